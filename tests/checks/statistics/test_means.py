from dataclasses import replace
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics.hedges import Hedges, seed_of, shuffled
from checks.statistics.means import bounded_mean, constant_bound, lower_bound

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


def test_a_value_that_hardly_changes_draws_other_orders_and_hardly_moves_the_bounds():
    values, found = np.random.default_rng(6).random(300), []
    for step in range(20):
        values[0] = 0.5 + 1e-5 * step
        found.append(bounded_mean(values, 0, 1, LEVEL).demonstrating)
    lower, upper = np.array(found).T
    assert 0 < np.ptp(lower) < 0.2 * (values.mean() - lower.mean())
    assert 0 < np.ptp(upper) < 0.2 * (upper.mean() - values.mean())


def test_the_bound_is_the_same_everywhere():
    """A value that another machine rounds otherwise draws no other orders."""
    values = np.random.default_rng(7).beta(2, 5, 400)
    found = [bounded_mean(each, 0, 1, LEVEL).demonstrating for each in (values, np.nextafter(values, 1))]
    assert found[0] == pytest.approx(found[1], abs=1e-12)


def by_hand(values, mean, needed):
    """The average capital over the drawn orders, one value after the other and with true logarithms."""
    drawn = shuffled(values)
    generator, capitals = np.random.default_rng(seed_of(values)), []
    stakes = Hedges(drawn, needed).capital(np.array([mean]))[1][0]
    for order in range(len(stakes)):
        each = np.repeat(stakes[order], np.diff(drawn.ends, prepend=0))
        capitals.append(np.log1p(each * (generator.permutation(np.sort(values)) - mean)).sum())
    return np.log(np.mean(np.exp(capitals)))


@pytest.mark.parametrize("law", [stats.beta(2, 5), stats.bernoulli(0.3), stats.beta(49, 1)])
@pytest.mark.parametrize("n", [1, 7, 200, 3000])
def test_the_capital_is_that_of_bets_one_after_the_other_or_a_little_less(law, n):
    values = law.rvs(size=n, random_state=np.random.default_rng(8)).astype(float)
    mean = max(0.01, values.mean() - 2.5 * law.std() / np.sqrt(n))
    hedges = Hedges(shuffled(values), 3.0)
    found, stakes = hedges.capital(np.array([mean]))
    true = by_hand(values, mean, 3.0)
    assert true - 0.1 < found[0] <= true + 1e-9
    assert hedges.played(np.array([mean]), stakes[0]) == pytest.approx(found)


def test_no_stake_looks_at_values_to_come():
    values = np.random.default_rng(9).random(500)
    drawn = shuffled(values)
    later = drawn.powers.copy()
    later[:, :, 30:] *= 0.9
    squares = drawn.squares.copy()
    squares[:, 31:] *= 0.9
    means = np.array([0.45, 0.5])
    stakes, other = (
        Hedges(each, 3.0).capital(means)[1] for each in (drawn, replace(drawn, powers=later, squares=squares))
    )
    assert np.array_equal(stakes[:, :, :31], other[:, :, :31])
    assert not np.array_equal(stakes[:, :, 31:], other[:, :, 31:])


def test_the_upper_bound_is_the_lower_bound_of_what_is_missing_in_the_same_orders():
    values = np.random.default_rng(10).beta(3, 1, 200)
    drawn = shuffled(values)
    assert np.allclose(drawn.mirrored.powers[2], -drawn.powers[2])
    assert drawn.mirrored.centre == pytest.approx(1 - values.mean())
    assert np.array_equal(drawn.mirrored.mirrored.powers, drawn.powers)


@pytest.mark.parametrize("law", [stats.beta(4, 1), stats.bernoulli(0.8), stats.beta(18, 2)])
def test_the_bound_is_closer_than_that_of_constant_stakes(law):
    for n in (300, 1000, 20_000):
        values = law.rvs(size=n, random_state=np.random.default_rng(11)).astype(float)
        constant, mean = constant_bound(values, 1 - ALPHA), values.mean()
        assert mean - lower_bound(values, 1 - ALPHA) < 0.88 * (mean - constant)


@pytest.mark.parametrize("alpha", [ALPHA, 0.05])
@pytest.mark.parametrize("n", [9, 30, 70])
def test_the_orders_that_are_drawn_certify_no_rate_with_more_than_alpha(n, alpha):
    """Exact, not simulated: values of 0 and 1 have n + 1 samples, each with a bound of its own."""
    bounds = np.array([lower_bound(np.repeat([0.0, 1.0], [n - k, k]), 1 - alpha) for k in range(n + 1)])
    for rate in bounds[bounds > 0] - 1e-9:
        assert stats.binom.pmf(np.flatnonzero(bounds > rate), n, rate).sum() <= alpha


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
