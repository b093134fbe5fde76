"""Shares saved of a rival's loss: the truth of a simulation, in every succession that was thought of."""

import math

import numpy as np
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.statistics.rivals import saved_by_unit, saved_in_order

LEVEL = Confidence(0.975)
SAVED = {"by unit": saved_by_unit, "in order": saved_in_order}


def regimes(rng, n):
    """Losses of 0 and 1 whose probabilities follow what was lost before, and what was to be expected."""
    model, rival, expected = np.zeros(n), np.zeros(n), np.zeros(2)
    state, chance = rng.uniform(0.1, 0.9), rng.random((n, 2))
    for t in range(n):
        likely = 0.1 + 0.8 * state
        ahead = (0.4 if state > 0.5 else 0.9) * likely
        model[t], rival[t] = chance[t, 0] < ahead, chance[t, 1] < likely
        expected += (ahead, likely)
        state = 0.95 * state + 0.05 * rival[t]
    return model, rival, 1 - expected[0] / expected[1]


def rare_disasters(rng, n):
    """The rival always loses a little, the model seldom but all: in one series of twenty it never did."""
    likely = 3 / n
    return (rng.random(n) < likely).astype(float), np.full(n, likely), 0.0


def alternating(rng, n):
    """Each loss is the other of the last one, with chance in which comes first."""
    steps = (np.arange(n) + rng.integers(0, 2)) % 2
    return steps * 0.5, np.where(steps, 0.4, 0.2) + 0.0 * steps, 1 - 0.25 / 0.3


def drifting(rng, n):
    """A random walk foretold by a model that shares a part of its errors with the last value."""
    steps = np.clip(rng.normal(0, 0.1, n), -0.5, 0.5)
    return np.abs(0.6 * steps), np.abs(steps), 0.4


def stopped_when_ahead(rng, n):
    """Chance alone, until the model looks as if it saved something; from then on nothing happens any more."""
    model, rival = rng.integers(0, 2, n).astype(float), np.full(n, 0.5)
    for t in range(8, n, max(1, n // 40)):
        if saved_in_order(model[:t], rival[:t], 1.0, LEVEL).demonstrating[0] > 0:
            model[t:] = 0.5
            break
    return model, rival, 0.0


SUCCESSIONS = (regimes, rare_disasters, alternating, drifting, stopped_when_ahead)


def misses(succession, n, times, seed=1):
    """How often a bound lay above, and how often below, what was to be expected to be saved."""
    rng, above, below = np.random.default_rng(seed), 0, 0
    for _ in range(times):
        model, rival, true = succession(rng, n)
        if not rival.any():
            continue  # not measured, which is no miss
        lower, upper = saved_in_order(model, rival, 1.0, LEVEL).demonstrating
        above, below = above + (lower > true + 1e-9), below + (upper < true - 1e-9)
    return above, below


@pytest.mark.parametrize("succession", SUCCESSIONS)
def test_bounds_in_order_hold_whatever_came_before(succession):
    # 200 times 2.5 % are 5; twelve or more happen by chance once in 200 such tests.
    assert max(misses(succession, 150, 200)) < 12


@pytest.mark.qualify
@pytest.mark.parametrize("n", [30, 300, 3000])
@pytest.mark.parametrize("succession", SUCCESSIONS)
def test_bounds_in_order_miss_no_more_often_than_they_may(succession, n):
    above, below = misses(succession, n, 2000)
    print(f"{succession.__name__:>15} n={n}: above {above / 2000:.4f}, below {below / 2000:.4f}")
    assert max(above, below) <= 2000 * 0.025 + 3 * math.sqrt(2000 * 0.025 * 0.975)


def test_an_interval_for_independent_differences_would_miss_where_this_one_holds():
    """A t interval of the paired differences certifies what never happened yet to happen never."""
    rng, wrong = np.random.default_rng(2), 0
    for _ in range(400):
        model, rival, _ = rare_disasters(rng, 150)
        gains = rival - model
        wrong += gains.mean() - 1.96 * gains.std(ddof=1) / math.sqrt(len(gains)) > 0
    assert wrong > 2 * 0.025 * 400
    assert misses(rare_disasters, 150, 400, seed=2)[0] <= 0.025 * 400


def test_bounds_by_unit_hold_for_units_of_any_size():
    rng, missed = np.random.default_rng(3), 0
    for _ in range(200):
        rival = rng.beta(0.3, 0.5, 120)
        model = rival * (rng.random(120) < 0.7)
        lower, upper = saved_by_unit(model, rival, 1.0, LEVEL).demonstrating
        missed += not lower <= 0.3 <= upper
    assert missed < 20  # two bounds of 2.5 % each


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_a_model_that_is_the_rival_saves_nothing_and_one_that_is_never_wrong_nearly_all(saved):
    rival = np.random.default_rng(4).uniform(0, 3, 1000)
    same = saved(rival, rival, 10.0, LEVEL)
    assert same.value == 0
    assert same.demonstrating[0] < 0 < same.demonstrating[1]
    perfect = saved(np.zeros(1000), rival, 10.0, LEVEL)
    assert (perfect.value, perfect.n) == (1, 1000)
    assert 0.9 < perfect.demonstrating[0] < 1 == perfect.demonstrating[1]


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_what_is_wide_is_narrower_with_more_cases_and_wider_at_more_confidence(saved):
    rng = np.random.default_rng(5)
    model, rival = rng.uniform(0, 0.5, 2000), rng.uniform(0, 1, 2000)
    few, many = (saved(model[:n], rival[:n], 1.0, LEVEL).demonstrating for n in (200, 2000))
    surer = saved(model, rival, 1.0, Confidence(0.999)).demonstrating
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert surer[0] < many[0] < many[1] < surer[1]


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_a_single_case_shows_nothing(saved):
    assert saved(np.array([0.0]), np.array([1.0]), 1.0, LEVEL).demonstrating[0] < -10


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_losses_beyond_the_most_and_a_rival_that_is_never_wrong_are_not_measured(saved):
    ones = np.ones(5)
    with pytest.raises(CannotMeasure, match="outside the declared range"):
        saved(ones, 2 * ones, 1.5, LEVEL)
    with pytest.raises(CannotMeasure, match="outside the declared range"):
        saved(np.array([np.nan]), np.array([1.0]), 1.0, LEVEL)
    with pytest.raises(CannotMeasure, match="never wrong"):
        saved(ones, 0 * ones, 1.0, LEVEL)
    with pytest.raises(CannotMeasure, match="no value"):
        saved(ones[:0], ones[:0], 1.0, LEVEL)


def test_the_order_of_units_changes_nothing_and_that_of_time_does():
    rng = np.random.default_rng(6)
    model, rival = rng.uniform(0, 0.5, 300), np.sort(rng.uniform(0, 1, 300))
    turned = slice(None, None, -1)
    assert saved_by_unit(model, rival, 1.0, LEVEL) == saved_by_unit(model[turned], rival[turned], 1.0, LEVEL)
    assert saved_in_order(model, rival, 1.0, LEVEL) != saved_in_order(
        model[turned], rival[turned], 1.0, LEVEL
    )
