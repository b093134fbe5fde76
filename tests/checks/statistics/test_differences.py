from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from checks.measured import Confidence
from checks.statistics.differences import absolute_difference, difference_bounds
from checks.statistics.events import Events

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)
TRUTHS = [0.0, 0.001, 0.02, 0.1, 0.3, 0.5, 0.77, 0.95, 0.999, 1.0]


@st.composite
def events(draw, highest=500):
    trials = draw(st.integers(1, highest))
    return Events(draw(st.integers(0, trials)), trials)


@cache
def grid(n_1, n_2):
    """Bounds of the absolute difference for every pair of counts, [n_1 + 1, n_2 + 1, 2]."""
    return np.array(
        [
            [absolute_difference(Events(a, n_1), Events(b, n_2), LEVEL).demonstrating for b in range(n_2 + 1)]
            for a in range(n_1 + 1)
        ]
    )


def chances(n_1, n_2, p_1, p_2):
    """The probability of every pair of counts from independent groups."""
    return np.outer(stats.binom.pmf(range(n_1 + 1), n_1, p_1), stats.binom.pmf(range(n_2 + 1), n_2, p_2))


@pytest.mark.parametrize(("n_1", "n_2"), [(1, 1), (1, 40), (7, 7), (30, 30), (8, 60)])
def test_neither_bound_misses_more_often_than_alpha_whatever_the_truths(n_1, n_2):
    bounds = grid(n_1, n_2)
    for p_1 in TRUTHS:
        for p_2 in TRUTHS:
            chance, truth = chances(n_1, n_2, p_1, p_2), abs(p_1 - p_2)
            assert chance[bounds[..., 0] > truth + 1e-12].sum() <= ALPHA
            assert chance[bounds[..., 1] < truth - 1e-12].sum() <= ALPHA


def test_the_bounds_keep_alpha_in_large_samples_with_rare_events():
    rng = np.random.default_rng(1)
    for p_1, p_2, n_1, n_2 in [(0.004, 0.004, 3000, 300), (0.03, 0.0, 400, 4000), (0.7, 0.75, 2000, 900)]:
        pairs = zip(rng.binomial(n_1, p_1, 2000), rng.binomial(n_2, p_2, 2000), strict=True)
        drawn = [(Events(int(a), n_1), Events(int(b), n_2)) for a, b in pairs]
        bounds = np.array([absolute_difference(a, b, LEVEL).demonstrating for a, b in drawn])
        misses = np.array([bounds[:, 0] > abs(p_1 - p_2), bounds[:, 1] < abs(p_1 - p_2)])
        assert misses.mean(axis=1).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 2000)


def test_groups_that_are_the_same_cases_keep_alpha_too():
    n, p = 40, 0.3
    chance = stats.binom.pmf(range(n + 1), n, p)
    uppers = [difference_bounds(Events(x, n), Events(n - x, n), 0.975)[1] for x in range(n + 1)]
    assert chance[np.array(uppers) < p - (1 - p)].sum() <= ALPHA


@given(events(), events())
def test_the_point_value_lies_between_the_bounds(first, second):
    interval = absolute_difference(first, second, LEVEL)
    assert 0 <= interval.demonstrating[0] <= interval.value <= interval.demonstrating[1] <= 1


@given(events(), events())
def test_exchanging_the_groups_changes_nothing(first, second):
    assert absolute_difference(first, second, LEVEL) == absolute_difference(second, first, LEVEL)


@given(events(), events())
def test_the_corrected_bounds_are_wider(first, second):
    interval = absolute_difference(first, second, LEVEL.over(6))
    assert interval.refuting[0] <= interval.demonstrating[0]
    assert interval.demonstrating[1] <= interval.refuting[1]


@given(events(), events())
def test_a_larger_first_rate_raises_the_bounds_of_the_difference(first, second):
    more = Events(min(first.count + 1, first.trials), first.trials)
    assert all(np.less_equal(difference_bounds(first, second, 0.975), difference_bounds(more, second, 0.975)))


@given(events(), events())
def test_the_bounds_are_those_of_scipy_at_half_of_alpha(first, second):
    (a, b), (c, d) = (
        stats.binomtest(e.count, e.trials).proportion_ci(confidence_level=1 - ALPHA, method="exact")
        for e in (first, second)
    )
    assert difference_bounds(first, second, 1 - ALPHA) == pytest.approx((a - d, b - c), abs=1e-9)


def test_a_lower_bound_of_the_distance_makes_two_claims_and_an_upper_bound_one():
    first, second = Events(80, 100), Events(40, 100)
    lower, upper = absolute_difference(first, second, LEVEL).demonstrating
    assert lower == difference_bounds(first, second, 1 - ALPHA / 2)[0]
    assert upper == difference_bounds(first, second, 1 - ALPHA)[1]


def test_n_is_the_smaller_denominator():
    assert absolute_difference(Events(1, 30), Events(1, 9), LEVEL).n == 9


def test_equal_rates_in_large_samples_have_a_small_gap_and_small_samples_do_not():
    large = absolute_difference(Events(30_000, 60_000), Events(30_000, 60_000), LEVEL)
    small = absolute_difference(Events(5, 10), Events(5, 10), LEVEL)
    assert large.demonstrating[1] < 0.01
    assert small.demonstrating[1] > 0.5
