from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from checks.measured import Confidence
from checks.statistics.averages import average
from checks.statistics.events import Events
from checks.statistics.proportions import clopper_pearson

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


@st.composite
def events(draw, highest=300):
    trials = draw(st.integers(1, highest))
    return Events(draw(st.integers(0, trials)), trials)


@pytest.mark.parametrize("trials", [(1, 1), (5, 25), (20, 20), (4, 6, 9)])
def test_neither_bound_misses_more_often_than_alpha_whatever_the_truths(trials):
    counts = list(product(*(range(n + 1) for n in trials)))
    bounds = np.array(
        [average(tuple(map(Events, count, trials)), LEVEL).demonstrating for count in counts]
    ).reshape(*(n + 1 for n in trials), 2)
    for truths in product([0.0, 0.01, 0.2, 0.5, 0.9, 0.999], repeat=len(trials)):
        chance = np.ones(())
        for n, p in zip(trials, truths, strict=True):
            chance = np.multiply.outer(chance, stats.binom.pmf(range(n + 1), n, p))
        assert chance[bounds[..., 0] > np.mean(truths) + 1e-12].sum() <= ALPHA
        assert chance[bounds[..., 1] < np.mean(truths) - 1e-12].sum() <= ALPHA


@settings(max_examples=40, deadline=None)
@given(st.lists(events(), min_size=1, max_size=5).map(tuple))
def test_the_point_value_lies_between_bounds_that_widen_with_confidence(rates):
    interval = average(rates, LEVEL.over(7))
    (low, high), (lower, higher) = interval.demonstrating, interval.refuting
    assert lower <= low <= interval.value + 1e-12
    assert interval.value - 1e-12 <= high <= higher


def test_the_average_of_one_rate_is_that_rate():
    assert average((Events(3, 50),), LEVEL).demonstrating == clopper_pearson(3, 50, 0.975)


def test_of_three_the_bounds_are_averages_of_bounds_that_share_alpha():
    each = [
        stats.binomtest(*c).proportion_ci(confidence_level=1 - 2 * ALPHA / 3, method="exact")
        for c in [(3, 9), (8, 9), (4, 6)]
    ]
    expected = np.mean([(ci.low, ci.high) for ci in each], axis=0)
    found = average((Events(3, 9), Events(8, 9), Events(4, 6)), LEVEL)
    assert found.demonstrating == pytest.approx(tuple(expected))


def test_n_is_the_smallest_denominator():
    assert average((Events(3, 50), Events(2, 7)), LEVEL).n == 7


def test_of_two_the_bounds_are_tighter_than_those_that_share_alpha():
    lower, _ = average((Events(80, 100), Events(80, 100)), LEVEL).demonstrating
    shared = clopper_pearson(80, 100, 1 - ALPHA / 2)[0]
    assert 0.8 - lower < 0.75 * (0.8 - shared)
