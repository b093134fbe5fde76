"""Exact bounds of a paired difference: the probabilities of all samples added up, and other known tests."""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from checks.statistics.differences import difference_bounds
from checks.statistics.events import Events
from checks.statistics.pairs import EXACT_PAIRED, PAIRED, UNION_PAIRED, paired_bounds, paired_interval

ALPHA = 0.025
TRUTHS = np.unique([*np.linspace(0, 1, 21), 0.01, 0.03, 0.97, 0.99])


def bounds(x, y, n, confidence=1 - ALPHA):
    return paired_bounds(Events(x, n), Events(y, n), confidence)


@cache
def lowers(n):
    """The lower bound of every pair of counts; more than can be for those that cannot be."""
    return np.array(
        [[bounds(x, y, n)[0] if x + y <= n else -2.0 for y in range(n + 1)] for x in range(n + 1)]
    )


def chances(n, p, q):
    x, y = np.meshgrid(range(n + 1), range(n + 1), indexing="ij")
    share = min(1.0, q / (1 - p)) if p < 1 else 0.0
    return stats.binom.pmf(x, n, p) * stats.binom.pmf(y, n - x, share)


@pytest.mark.parametrize("n", [1, 4, 12, 25])
def test_the_bound_misses_with_alpha_at_most_and_nearly_that(n):
    worst = max(
        chances(n, p, q)[lowers(n) > p - q + 1e-12].sum() for p in TRUTHS for q in TRUTHS if p + q <= 1
    )
    assert worst <= ALPHA
    assert n < 12 or worst > 0.5 * ALPHA


@pytest.mark.parametrize("n", [300, 2000])
@pytest.mark.parametrize(("p", "q"), [(0.1, 0.05), (0.3, 0.3), (0.02, 0.001), (0.5, 0.1)])
def test_with_many_cases_the_bound_is_near_the_score_limit_which_has_no_guarantee(n, p, q):
    x, y = round(n * p), round(n * q)

    def excess(theta):
        return PAIRED.score(theta, np.array([float(x)]), n, np.array([float(y)]), n)[0] - stats.norm.ppf(
            1 - ALPHA
        )

    near = brentq(excess, -0.999, (x - y) / n)
    exact, distance = bounds(x, y, n)[0], (x - y) / n - near
    assert near - 0.2 * distance <= exact <= near + 0.02 * distance


@pytest.mark.parametrize(("x", "y", "n"), [(15, 3, 100), (8, 1, 40), (60, 30, 1000), (450, 40, 1000)])
def test_the_bound_is_closer_than_the_union_of_two(x, y, n):
    exact, union = bounds(x, y, n), difference_bounds(Events(x, n), Events(y, n), 1 - ALPHA)
    assert union[0] < exact[0]
    assert exact[1] < union[1]


def test_what_the_conditional_test_of_mcnemar_shows_is_shown_here_as_well():
    """At a difference of zero the exact test given the discordant pairs is known to be the weaker one."""
    for x in range(21):
        for y in range(21 - x):
            if stats.binomtest(x, max(x + y, 1), 0.5, alternative="greater").pvalue <= ALPHA / 1.05:
                assert bounds(x, y, 40)[0] > -1e-12, (x, y)


COUNTS = st.integers(1, 40).flatmap(
    lambda n: st.tuples(st.integers(0, n), st.just(n)).flatmap(
        lambda some: st.tuples(st.just(some[0]), st.integers(0, some[1] - some[0]), st.just(some[1]))
    )
)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.floats(0.9, 0.999))
@example((0, 0, 4), 0.904296875)
def test_the_difference_lies_between_bounds_that_turn_round_and_widen(counts, more):
    x, y, n = counts
    lower, upper = bounds(x, y, n, 0.9)
    assert -1 <= lower <= (x - y) / n <= upper <= 1
    assert bounds(y, x, n, 0.9) == (-upper, -lower)
    stride = ((x - y) / n - lower) / 50  # a limit is raised by strides of a sixtieth until it is sure
    assert bounds(x, y, n, more)[0] <= lower + stride + 1e-9


def test_beyond_some_size_the_union_of_two_bounds_stands_in():
    first, second = Events(9000, 30_000), Events(3000, 30_000)
    assert paired_bounds(first, second, 1 - ALPHA) == difference_bounds(first, second, 1 - ALPHA)


@pytest.mark.parametrize(("x", "y"), [(Events(3, 5), Events(3, 5)), (Events(1, 5), Events(1, 6))])
def test_a_case_counts_once_and_both_counts_are_of_the_same_cases(x, y):
    with pytest.raises(ValueError, match="same cases"):
        paired_bounds(x, y, 1 - ALPHA)


@pytest.mark.parametrize(("cases", "name"), [(20_000, EXACT_PAIRED), (20_001, UNION_PAIRED)])
def test_an_interval_is_called_what_it_is(cases, name):
    first, second = Events(cases // 10, cases), Events(cases // 20, cases)
    union = difference_bounds(first, second, 1 - ALPHA)
    assert paired_interval(cases) == name
    assert (paired_bounds(first, second, 1 - ALPHA) == union) == (name == UNION_PAIRED)
