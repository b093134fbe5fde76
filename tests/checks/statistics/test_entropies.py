"""Entropies: against scipy, a search over all shares within the intervals, and samples of known truth."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom
from scipy.stats import entropy as scipy_entropy

from checks.measured import CannotMeasure, Confidence
from checks.statistics.entropies import entropy, entropy_bounds, entropy_ratio
from checks.statistics.events import split
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)


@pytest.mark.parametrize("counts", [(5, 5), (1, 99), (0, 7), (3, 4, 5), (10, 0, 30, 2)])
def test_the_entropy_is_that_of_scipy(counts):
    assert entropy(np.array(counts) / sum(counts)) == pytest.approx(scipy_entropy(counts), abs=1e-12)


def test_the_ratio_is_that_of_the_two_entropies():
    found = entropy_ratio((90, 10), (70, 30), LEVEL)
    assert found.value == pytest.approx(scipy_entropy((9, 1)) / scipy_entropy((7, 3)))
    assert found.n == 100


@pytest.mark.parametrize("counts", [(3, 17), (0, 20), (10, 10), (2, 5, 13), (1, 1, 18), (4, 6, 4, 6)])
def test_no_shares_within_the_intervals_have_a_lower_or_a_higher_entropy(counts):
    claims = 2 * len(counts) if len(counts) > 2 else 2
    bounds = [clopper_pearson(count, sum(counts), split(0.975, claims)) for count in counts]
    low, high = np.array(bounds).T
    rng = np.random.default_rng(1)
    tried = rng.uniform(low, high, (200_000, len(counts)))
    tried[:, -1] = 1 - tried[:, :-1].sum(axis=1)
    tried = tried[(tried[:, -1] >= low[-1]) & (tried[:, -1] <= high[-1])]
    known = scipy_entropy(tried, axis=1)
    least, greatest = entropy_bounds(counts, 0.975)
    assert least <= known.min()
    assert known.max() <= greatest + 1e-12
    slack = 0.02 * len(counts) ** 2
    assert known.min() - least < slack
    assert greatest - known.max() < slack


def test_of_many_classes_the_lower_bound_is_still_one():
    counts = (20, 18, 22, 19, 21, 20, 15, 25, 20, 20)
    least, greatest = entropy_bounds(counts, 0.975)
    assert 0 < least < entropy(np.array(counts) / 200) <= greatest <= np.log(10) + 1e-12


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.05, 0.3), (0.3, 0.05), (0.02, 0.5)])
def test_neither_bound_misses_more_often_than_it_says(p, q):
    """All samples of 15 and 12 cases, each with its probability: no simulation error."""
    true = scipy_entropy((p, 1 - p)) / scipy_entropy((q, 1 - q))
    below = above = 0.0
    for x, y in product(range(16), range(1, 12)):
        lower, upper = entropy_ratio((x, 15 - x), (y, 12 - y), LEVEL).demonstrating
        chance = binom.pmf(x, 15, p) * binom.pmf(y, 12, q)
        below, above = below + chance * (upper < true), above + chance * (lower > true)
    assert below <= 0.025
    assert above <= 0.025


def test_the_bounds_close_in_with_the_sample():
    few, many = (entropy_ratio((n // 2, n // 2), (n // 2, n // 2), LEVEL) for n in (100, 100_000))
    assert few.demonstrating[0] < 0.96
    assert many.demonstrating[0] > 0.999


def test_nothing_and_a_single_class_to_compare_with_are_not_measured():
    with pytest.raises(CannotMeasure, match="no case"):
        entropy_ratio((0, 0), (1, 1), LEVEL)
    with pytest.raises(CannotMeasure, match="of one class"):
        entropy_ratio((1, 1), (9, 0), LEVEL)
