import doctest
import math
from statistics import median as plain_median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics import quantiles
from checks.statistics.quantiles import median, ranks

CONFIDENCE = Confidence(0.975)


def test_the_examples_in_the_documentation_are_true() -> None:
    assert doctest.testmod(quantiles).failed == 0


@pytest.mark.parametrize(
    ("n", "expected"),
    [(6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (10, (2, 9)), (15, (4, 12)), (20, (6, 15)), (25, (8, 18))],
)
def test_the_ranks_for_a_median_are_those_of_the_published_sign_test_tables(
    n: int, expected: tuple[int, int]
) -> None:
    """Two-sided 5 % critical values of the sign test: 0 for n = 6, 1 for 9, 5 for 20, 7 for 25."""
    assert ranks(n, 0.5, 0.975) == expected


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.77])
@pytest.mark.parametrize("confidence", [0.9, 0.975, 0.999])
def test_no_rank_nearer_to_the_middle_has_the_confidence_by_scipys_binomial(
    probability: float, confidence: float
) -> None:
    for n in (70, 150, 400):
        below = stats.binom(n, probability)
        lower, upper = ranks(n, probability, confidence)
        assert below.sf(lower - 1) >= confidence > below.sf(lower)
        assert below.cdf(upper - 1) >= confidence > below.cdf(upper - 2)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_too_few_values_bound_nothing(n: int) -> None:
    with pytest.raises(CannotMeasure, match="too few"):
        median([1.0] * n, CONFIDENCE)


def test_six_values_are_enough_for_the_median() -> None:
    interval = median([6.0, 1.0, 5.0, 2.0, 4.0, 3.0], CONFIDENCE)
    assert (interval.value, interval.demonstrating, interval.n) == (3.5, (1.0, 6.0), 6)


def test_refuting_in_a_family_needs_more_values() -> None:
    with pytest.raises(CannotMeasure):
        median([1.0] * 6, CONFIDENCE.over(2))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_an_error_of_the_caller(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        median([1.0] * 20 + [value], CONFIDENCE)


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=60))
def test_the_bounds_are_observed_values_around_the_plain_median(values: list[float]) -> None:
    interval = median(values, CONFIDENCE)
    lower, upper = interval.demonstrating
    assert interval.value == pytest.approx(plain_median(values))
    assert lower in values
    assert upper in values
    assert lower <= interval.value <= upper


@pytest.mark.parametrize("n", [6, 7, 23, 60])
@pytest.mark.parametrize("shape", ["lognormal", "three values"])
def test_each_bound_misses_the_true_median_no_oftener_than_promised(n: int, shape: str) -> None:
    generator, trials = np.random.default_rng(7), 20_000
    if shape == "lognormal":
        samples, truth = generator.lognormal(0, 2, (trials, n)), 1.0
    else:
        samples, truth = generator.choice([0.0, 1.0, 2.0], p=[0.4, 0.2, 0.4], size=(trials, n)), 1.0
    ordered = np.sort(samples, axis=1)
    lower, upper = ranks(n, 0.5, 0.975)
    slack = 4 * math.sqrt(0.025 * 0.975 / trials)
    assert np.mean(ordered[:, lower - 1] > truth) <= 0.025 + slack
    assert np.mean(ordered[:, upper - 1] < truth) <= 0.025 + slack
