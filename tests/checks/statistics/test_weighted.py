"""Shares of clustered and weighted rows: against the mean of independent rows, and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.measured import CannotMeasure, Confidence
from checks.statistics.means import constant_bound
from checks.statistics.proportions import clopper_pearson
from checks.statistics.weighted import weighted_rate

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def drawn(rng, units, rate, most, how):
    """Sums and sizes of units; `alike`: all rows of a unit share their event."""
    sizes = {
        "alike": lambda: rng.integers(1, most + 1, units).astype(float),
        "one huge": lambda: np.where(rng.random(units) < 0.02, most, 1.0),
        "weights": lambda: rng.uniform(0.01, 1, units) ** 4 * most,
        "larger with the event": lambda: np.ones(units),
    }[how]()
    happened = rng.random(units) < rate
    if how == "larger with the event":
        sizes = np.where(happened, most, 1.0)
    return sizes * happened, sizes


TRUE = {"alike": lambda r, m: r, "one huge": lambda r, m: r, "weights": lambda r, m: r,
        "larger with the event": lambda r, m: r * m / (r * m + 1 - r)}  # fmt: skip


def test_units_of_one_row_are_the_rows_of_a_mean():
    rng = np.random.default_rng(1)
    values = rng.random(300)
    ours = weighted_rate(values, np.ones(300), 1.0, LEVEL)
    lower, upper = constant_bound(values, 0.975), 1 - constant_bound(1 - values, 0.975)
    assert ours.value == pytest.approx(values.mean())
    assert ours.demonstrating == pytest.approx((lower, upper), abs=1e-6)


@pytest.mark.parametrize("how", TRUE)
def test_neither_bound_misses_more_often_than_alpha(how):
    rng, replicates = np.random.default_rng(2), 400
    rate, most = 0.3, 20
    truth = TRUE[how](rate, most)
    bounds = [
        weighted_rate(*drawn(rng, 60, rate, most, how), most, LEVEL).demonstrating for _ in range(replicates)
    ]
    lower, upper = np.array(bounds).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / replicates)
    assert np.mean(lower > truth) <= ALPHA + error
    assert np.mean(upper < truth) <= ALPHA + error
    assert np.mean(lower) > 0.02


@pytest.mark.qualify
@pytest.mark.parametrize("how", TRUE)
def test_the_guarantee_over_sizes_and_rates(how):
    rng, replicates = np.random.default_rng(3), 2000
    for units, rate, most in [(30, 0.05, 50), (30, 0.9, 5), (300, 0.02, 100), (1000, 0.5, 10)]:
        truth = TRUE[how](rate, most)
        found = [
            weighted_rate(*drawn(rng, units, rate, most, how), most, LEVEL).demonstrating
            for _ in range(replicates)
        ]
        lower, upper = np.array(found).T
        missed = max(np.mean(lower > truth), np.mean(upper < truth))
        width = np.mean(upper - lower)
        print(f"{how}, {units} units of at most {most}, rate {rate}: misses {missed:.4f}, width {width:.3f}")
        assert missed <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / replicates)


def test_rows_taken_for_independent_would_be_far_too_sure():
    """The reason for the method: 40 units of 25 rows that are all alike are 40 cases and not 1,000."""
    rng = np.random.default_rng(4)
    misses = 0
    for _ in range(300):
        sums, sizes = np.where(rng.random(40) < 0.8, 25.0, 0.0), np.full(40, 25.0)
        misses += clopper_pearson(int(sums.sum()), int(sizes.sum()), 1 - ALPHA)[0] > 0.8
    assert misses / 300 > 5 * ALPHA


@given(st.lists(st.tuples(st.floats(0, 1), st.just(0.0) | st.floats(1e-6, 5)), min_size=1, max_size=40))
def test_the_estimate_lies_between_bounds_that_do_not_depend_on_the_order(units):
    sizes = np.array([size for _, size in units])
    sums = np.array([share * size for share, size in units])
    if not sizes.any():
        return
    found = weighted_rate(sums, sizes, 5.0, LEVEL)
    assert 0 <= found.demonstrating[0] <= found.value + 1e-9
    assert found.value - 1e-9 <= found.demonstrating[1] <= 1
    assert weighted_rate(sums[::-1], sizes[::-1], 5.0, LEVEL) == found


@pytest.mark.parametrize(
    ("sums", "sizes"),
    [([2.0], [1.0]), ([-0.1], [1.0]), ([1.0], [6.0]), ([np.nan], [1.0]), ([0.0], [0.0]), ([], [])],
)
def test_what_is_no_share_of_a_declared_weight_is_not_measured(sums, sizes):
    with pytest.raises(CannotMeasure):
        weighted_rate(np.array(sums), np.array(sizes), 5.0, LEVEL)


def test_units_of_the_same_kind_may_be_counted_together():
    rng = np.random.default_rng(8)
    sums, sizes = rng.integers(0, 3, 300) * 1.0, np.full(300, 2.0)
    kinds, times = np.unique(sums, return_counts=True)
    together = weighted_rate(kinds, np.full(len(kinds), 2.0), 2, LEVEL, times.astype(float))
    alone = weighted_rate(sums, sizes, 2, LEVEL)
    assert (together.value, together.n) == (pytest.approx(alone.value), alone.n)
    assert together.demonstrating == pytest.approx(alone.demonstrating, abs=1e-9)
