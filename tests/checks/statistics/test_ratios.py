from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics.events import Events
from checks.statistics.ratios import ratio_bounds, smaller_to_larger

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)
TRUTHS = [0.001, 0.02, 0.1, 0.3, 0.5, 0.77, 0.95, 0.999, 1.0]


@st.composite
def events(draw, highest=500):
    trials = draw(st.integers(1, highest))
    return Events(draw(st.integers(0, trials)), trials)


@cache
def grid(n_1, n_2):
    """Bounds of smaller over larger for every pair of counts; where there is no claim, (0, 1)."""
    bounds = np.tile([0.0, 1.0], (n_1 + 1, n_2 + 1, 1))
    for a in range(n_1 + 1):
        for b in range(n_2 + 1):
            if a or b:
                bounds[a, b] = smaller_to_larger(Events(a, n_1), Events(b, n_2), LEVEL).demonstrating
    return bounds


@pytest.mark.parametrize(("n_1", "n_2"), [(1, 1), (1, 40), (7, 7), (30, 30), (8, 60)])
def test_neither_bound_misses_more_often_than_alpha_whatever_the_truths(n_1, n_2):
    bounds = grid(n_1, n_2)
    for p_1 in TRUTHS:
        for p_2 in TRUTHS:
            first, second = (
                stats.binom.pmf(range(n_1 + 1), n_1, p_1),
                stats.binom.pmf(range(n_2 + 1), n_2, p_2),
            )
            chance, truth = np.outer(first, second), min(p_1, p_2) / max(p_1, p_2)
            assert chance[bounds[..., 0] > truth + 1e-12].sum() <= ALPHA
            assert chance[bounds[..., 1] < truth - 1e-12].sum() <= ALPHA


def test_the_bounds_keep_alpha_in_large_samples_with_rare_events():
    rng = np.random.default_rng(2)
    for p_1, p_2, n_1, n_2 in [(0.01, 0.01, 3000, 300), (0.03, 0.02, 4000, 4000), (0.7, 0.75, 2000, 900)]:
        pairs = zip(rng.binomial(n_1, p_1, 2000), rng.binomial(n_2, p_2, 2000), strict=True)
        drawn = [(Events(int(a), n_1), Events(int(b), n_2)) for a, b in pairs]
        bounds = np.array([smaller_to_larger(a, b, LEVEL).demonstrating for a, b in drawn])
        misses = np.array([bounds[:, 0] > p_1 / p_2, bounds[:, 1] < min(p_1 / p_2, p_2 / p_1)])
        assert misses.mean(axis=1).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 2000)


@given(events(), events())
def test_the_point_value_lies_between_the_bounds(first, second):
    assume(first.count or second.count)
    interval = smaller_to_larger(first, second, LEVEL)
    assert 0 <= interval.demonstrating[0] <= interval.value <= interval.demonstrating[1] <= 1


@given(events(), events())
def test_exchanging_the_groups_changes_nothing(first, second):
    assume(first.count or second.count)
    assert smaller_to_larger(first, second, LEVEL) == smaller_to_larger(second, first, LEVEL)


@given(events(), events())
def test_the_corrected_bounds_are_wider(first, second):
    assume(first.count or second.count)
    interval = smaller_to_larger(first, second, LEVEL.over(6))
    assert interval.refuting[0] <= interval.demonstrating[0]
    assert interval.demonstrating[1] <= interval.refuting[1]


@given(events(), events())
def test_a_larger_first_rate_raises_the_bounds_of_the_quotient(first, second):
    more = Events(min(first.count + 1, first.trials), first.trials)
    assert all(np.less_equal(ratio_bounds(first, second, 0.975), ratio_bounds(more, second, 0.975)))


def test_an_upper_bound_of_the_ratio_makes_two_claims_and_a_lower_bound_one():
    smaller, larger = Events(40, 100), Events(80, 100)
    lower, upper = smaller_to_larger(smaller, larger, LEVEL).demonstrating
    assert lower == ratio_bounds(smaller, larger, 1 - ALPHA)[0]
    assert upper == ratio_bounds(smaller, larger, 1 - ALPHA / 2)[1]


def test_a_rate_of_zero_has_a_ratio_of_zero_and_no_lower_bound():
    interval = smaller_to_larger(Events(0, 50), Events(25, 50), LEVEL)
    assert (interval.value, interval.demonstrating[0]) == (0.0, 0.0)
    assert interval.demonstrating[1] < 0.5


def test_the_ratio_of_two_zeros_is_not_measured():
    with pytest.raises(CannotMeasure, match="both rates are zero"):
        smaller_to_larger(Events(0, 50), Events(0, 50), LEVEL)


def test_n_is_the_smaller_denominator():
    assert smaller_to_larger(Events(1, 30), Events(1, 9), LEVEL).n == 9
