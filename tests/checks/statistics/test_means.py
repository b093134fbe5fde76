from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics.means import bounded_mean, lower_bound

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)

samples = st.lists(st.floats(0, 1), min_size=1, max_size=60).map(np.array)


@pytest.mark.parametrize("n", [1, 2, 5, 20, 60])
@pytest.mark.parametrize("low", [0.0, 0.3, 0.9])
def test_no_bound_misses_more_often_than_alpha_for_values_of_two_sizes(n, low):
    """Exact, not simulated: the number of values at 1 is binomial, all others are at `low`."""
    bounds = np.array(
        [bounded_mean(np.repeat([low, 1.0], [n - k, k]), 0, 1, LEVEL).demonstrating for k in range(n + 1)]
    )
    share = np.concatenate(
        [np.linspace(0, 1, 101), np.geomspace(1e-5, 1e-2, 30), 1 - np.geomspace(1e-5, 1e-2, 30)]
    )
    truth = low + (1 - low) * share
    chance = stats.binom.pmf(np.arange(n + 1)[:, None], n, share)
    too_high = (chance * (bounds[:, :1] > truth)).sum(axis=0)
    too_low = (chance * (bounds[:, 1:] < truth)).sum(axis=0)
    assert max(too_high.max(), too_low.max()) <= ALPHA


def test_no_bound_misses_more_often_than_alpha_for_values_of_three_sizes():
    n, middle = 18, 0.2
    counts = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    bounds = np.array(
        [
            bounded_mean(np.repeat([0.0, middle, 1.0], [n - b - c, b, c]), 0, 1, LEVEL).demonstrating
            for b, c in counts
        ]
    )
    for p_b, p_c in [(0.9, 0.01), (0.5, 0.04), (0.3, 0.3), (0.1, 0.85), (0.99, 0.005)]:
        chance = np.array(
            [
                comb(n, b) * comb(n - b, c) * p_b**b * p_c**c * (1 - p_b - p_c) ** (n - b - c)
                for b, c in counts
            ]
        )
        truth = middle * p_b + p_c
        assert chance[bounds[:, 0] > truth].sum() <= ALPHA
        assert chance[bounds[:, 1] < truth].sum() <= ALPHA


@pytest.mark.parametrize(
    "law",
    [stats.beta(0.05, 2), stats.beta(0.3, 0.3), stats.beta(40, 2), stats.uniform()],
    ids=["rare", "two-ended", "near-the-top", "uniform"],
)
def test_no_bound_misses_more_often_than_alpha_for_skewed_values(law):
    draws = law.rvs(size=(200, 30), random_state=np.random.default_rng(3))
    bounds = np.array([bounded_mean(draw, 0, 1, LEVEL).demonstrating for draw in draws])
    misses = np.array([bounds[:, 0] > law.mean(), bounds[:, 1] < law.mean()])
    assert misses.mean(axis=1).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 200)


@settings(max_examples=40)
@given(samples)
def test_the_point_value_lies_between_bounds_that_widen_with_confidence(values):
    interval = bounded_mean(values, 0, 1, LEVEL.over(5))
    (low, high), (lower, higher) = interval.demonstrating, interval.refuting
    assert lower <= low <= interval.value + 1e-9
    assert interval.value - 1e-9 <= high <= higher


@settings(max_examples=40)
@given(samples, st.randoms())
def test_the_order_of_the_values_changes_nothing(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert bounded_mean(np.array(shuffled), 0, 1, LEVEL) == bounded_mean(values, 0, 1, LEVEL)


@settings(max_examples=40)
@given(samples, st.data())
def test_one_larger_value_lowers_neither_bound(values, data):
    index = data.draw(st.integers(0, len(values) - 1))
    larger = values.copy()
    larger[index] = data.draw(st.floats(values[index], 1))
    before, after = bounded_mean(values, 0, 1, LEVEL), bounded_mean(larger, 0, 1, LEVEL)
    assert np.greater_equal(after.demonstrating, np.array(before.demonstrating) - 1e-9).all()


@settings(max_examples=40)
@given(samples, st.floats(-100, 100), st.floats(0.01, 100))
def test_shifting_and_scaling_the_range_shifts_and_scales_the_bounds(values, start, width):
    moved = start + width * values
    interval = bounded_mean(np.clip(moved, start, start + width), start, start + width, LEVEL)
    plain = np.array(bounded_mean(values, 0, 1, LEVEL).demonstrating)
    assert np.allclose(interval.demonstrating, start + width * plain, atol=1e-6 * (width + abs(start)))


def test_a_wider_range_widens_the_bounds():
    values = np.linspace(0.2, 0.4, 100)
    narrow, wide = bounded_mean(values, 0, 1, LEVEL), bounded_mean(values, 0, 10, LEVEL)
    assert wide.demonstrating[1] > narrow.demonstrating[1]


def test_the_bound_is_shorter_than_the_empirical_bernstein_bound():
    """Maurer and Pontil (COLT 2009, theorem 4), the usual choice with the same guarantee."""
    for n in (20, 200, 2000):
        values = stats.beta(2, 18).rvs(size=n, random_state=np.random.default_rng(4))
        log = np.log(2 / ALPHA)
        bernstein = np.sqrt(2 * values.var(ddof=1) * log / n) + 7 * log / (3 * (n - 1))
        assert values.mean() - lower_bound(values, 1 - ALPHA) < bernstein


def test_the_bounds_close_in_on_the_mean():
    values = stats.uniform().rvs(size=20_000, random_state=np.random.default_rng(5))
    low, high = bounded_mean(values, 0, 1, LEVEL).demonstrating
    assert high - low < 0.015


@pytest.mark.parametrize("value", [-0.001, 1.001, np.nan, np.inf])
def test_a_value_outside_the_range_is_not_measured(value):
    with pytest.raises(CannotMeasure, match="1 values outside"):
        bounded_mean(np.array([0.5, value]), 0, 1, LEVEL)


def test_no_value_and_no_range_are_not_measured():
    with pytest.raises(CannotMeasure, match="no value"):
        bounded_mean(np.array([]), 0, 1, LEVEL)
    with pytest.raises(CannotMeasure, match="expected a range"):
        bounded_mean(np.array([1.0]), 1, 1, LEVEL)
