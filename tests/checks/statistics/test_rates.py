"""Exact Poisson bounds: against R's published example, chi-squared quantiles, and sums of probabilities."""

import numpy as np
import pytest
from scipy.stats import chi2, poisson

from checks.measured import CannotMeasure, Confidence
from checks.statistics.rates import garwood, poisson_rate

ALPHA = 0.025


def test_it_is_the_example_of_rs_manual():
    """`poisson.test(137, 24.19893)`: 5.661, 95 percent from 4.753 to 6.692 (Fay, 2010)."""
    lower, upper = garwood(137, 24.19893, 1 - ALPHA)
    assert (round(lower, 6), round(upper, 6)) == (4.753125, 6.692709)


@pytest.mark.parametrize("events", [1, 2, 10, 1000])
def test_it_is_a_quantile_of_chi_squared(events):
    lower, upper = garwood(events, 2.0, 1 - ALPHA)
    assert lower == pytest.approx(chi2.ppf(ALPHA, 2 * events) / 4)
    assert upper == pytest.approx(chi2.ppf(1 - ALPHA, 2 * events + 2) / 4)


@pytest.mark.parametrize("rate", [0.01, 0.5, 3, 40, 300])
def test_neither_bound_misses_more_often_than_alpha(rate):
    counts = np.arange(poisson.ppf(1 - 1e-12, rate) + 2).astype(int)
    chance = poisson.pmf(counts, rate)
    bounds = np.array([garwood(int(count), 1.0, 1 - ALPHA) for count in counts])
    assert chance[bounds[:, 0] > rate].sum() <= ALPHA
    assert chance[bounds[:, 1] < rate].sum() <= ALPHA


@pytest.mark.parametrize("exposure", [0.0, -1.0, float("inf"), float("nan")])
def test_a_rate_per_nothing_is_not_measured(exposure):
    with pytest.raises(CannotMeasure):
        poisson_rate(3, exposure, Confidence(1 - ALPHA))


def test_no_event_leaves_a_bound():
    found = poisson_rate(0, 10.0, Confidence(1 - ALPHA))
    assert (found.value, found.demonstrating[0], found.n) == (0, 0, 1)
    assert found.demonstrating[1] == pytest.approx(-np.log(ALPHA) / 10)
