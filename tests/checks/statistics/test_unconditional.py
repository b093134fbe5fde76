"""Exact limits of contrasts of two independent rates.

Oracles: the probabilities of all samples, added up; and the definition itself, by brute force over a grid.
"""

from functools import cache

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from checks.statistics.contrasts import DIFFERENCE, RATIO
from checks.statistics.differences import difference_bounds, independent_difference_bounds
from checks.statistics.events import Events
from checks.statistics.ratios import independent_ratio_bounds, ratio_bounds
from checks.statistics.unconditional import upper_limit_of_difference, upper_limit_of_ratio

ALPHA = 0.025
TRUTHS = np.unique([*np.linspace(0, 1, 41), 0.001, 0.005, 0.01, 0.99, 0.995, 0.999])
SIZES = [(1, 1), (2, 3), (7, 7), (5, 30), (30, 5)]


@cache
def limits(limit, m, n):
    """For every pair of counts, [m + 1, n + 1]."""
    return np.array(
        [[limit(Events(x, m), Events(y, n), 1 - ALPHA) for y in range(n + 1)] for x in range(m + 1)]
    )


def chances(m, n, p, q):
    return np.outer(stats.binom.pmf(range(m + 1), m, p), stats.binom.pmf(range(n + 1), n, q))


def misses(limit, contrast, m, n):
    """The largest probability of a limit below the truth, over a grid of truths."""
    found = limits(limit, m, n)
    return max(
        chances(m, n, p, q)[found < contrast(p, q) - 1e-12].sum()
        for p in TRUTHS
        for q in TRUTHS
        if contrast is difference or q > 0
    )


def difference(p, q):
    return p - q


def ratio(p, q):
    return p / q


@pytest.mark.parametrize(("m", "n"), SIZES)
def test_the_limit_of_a_difference_misses_with_alpha_at_most_and_nearly_that(m, n):
    assert 0.85 * ALPHA < misses(upper_limit_of_difference, difference, m, n) <= ALPHA


@pytest.mark.parametrize(("m", "n"), SIZES)
def test_the_limit_of_a_ratio_misses_with_alpha_at_most_and_nearly_that(m, n):
    assert 0.75 * ALPHA < misses(upper_limit_of_ratio, ratio, m, n) <= ALPHA


@pytest.mark.qualify
@pytest.mark.parametrize(("m", "n"), [(25, 25), (12, 60), (60, 12), (40, 41)])
def test_it_keeps_alpha_in_larger_samples(m, n):
    for limit, contrast in ((upper_limit_of_difference, difference), (upper_limit_of_ratio, ratio)):
        worst = misses(limit, contrast, m, n)
        print(f"{limit.__name__}, {m} and {n}: at worst {worst:.5f} of {ALPHA}")
        assert worst <= ALPHA


@pytest.mark.qualify
@pytest.mark.parametrize(
    ("p", "q", "m", "n"), [(0.004, 0.004, 3000, 300), (0.03, 0.001, 400, 12000), (0.7, 0.6, 90, 900)]
)
def test_it_keeps_alpha_where_events_are_rare_and_groups_unequal(p, q, m, n):
    rng, replicates = np.random.default_rng(1), 2000
    drawn = zip(rng.binomial(m, p, replicates), rng.binomial(n, q, replicates), strict=True)
    samples = [(Events(int(x), m), Events(int(y), n)) for x, y in drawn]
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / replicates)
    low = np.mean([upper_limit_of_difference(a, b, 1 - ALPHA) < p - q for a, b in samples])
    low_ratio = np.mean([upper_limit_of_ratio(a, b, 1 - ALPHA) < p / q for a, b in samples])
    print(f"{p} of {m} against {q} of {n}: difference {low:.4f}, ratio {low_ratio:.4f}")
    assert max(low, low_ratio) <= ALPHA + error


def by_definition(contrast, x, m, y, n, alpha, most):
    """Buehler's limit with the confidence set of Berger and Boos, and a grid of rates inside it."""
    z = stats.norm.ppf(alpha)

    def score(theta, counts, others):
        return contrast.score(theta, counts.astype(float), m, others.astype(float), n)

    one = np.array([x]), np.array([y])
    low = x / m - y / n if contrast is DIFFERENCE else max(x / m / (y / n), 1e-3 / m)
    near = brentq(lambda theta: float(score(theta, *one)[0]) - z, low, most * (1 - 1e-9))
    counts, others = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
    inside = score(near, counts, others) <= score(near, *one)[0] + 1e-9

    sure = np.nan_to_num(
        stats.beta.ppf([alpha / 2000, 1 - alpha / 2000], [y, y + 1], [n - y + 1, n - y]), nan=0
    )
    if y == n:
        sure[1] = 1

    def greatest(theta):
        least, greatest = contrast.second_rates(theta)
        q = np.linspace(max(least, sure[0]), min(greatest, sure[1]), 4001)
        p = contrast.first_rate(theta, q)
        firsts, seconds = (
            stats.binom.pmf(np.arange(m + 1)[:, None], m, p),
            stats.binom.pmf(np.arange(n + 1)[:, None], n, q),
        )
        return np.einsum("xy,xg,yg->g", inside.astype(float), firsts, seconds).max()

    return brentq(lambda theta: greatest(theta) - 0.999 * alpha, low, most, xtol=1e-9)


@pytest.mark.parametrize(
    ("x", "m", "y", "n"), [(8, 10, 7, 10), (3, 15, 1, 12), (0, 20, 2, 30), (19, 20, 18, 20)]
)
def test_the_limit_is_that_of_the_definition(x, m, y, n):
    """At most a hundredth of its distance from the estimate above it, and never below."""
    expected = by_definition(DIFFERENCE, x, m, y, n, ALPHA, 1.0)
    found = upper_limit_of_difference(Events(x, m), Events(y, n), 1 - ALPHA)
    assert 0 <= found - expected < 0.01 * (expected - (x / m - y / n))
    expected = by_definition(RATIO, x, m, y, n, ALPHA, 1e4)
    found = upper_limit_of_ratio(Events(x, m), Events(y, n), 1 - ALPHA)
    assert -1e-9 <= found - expected < 0.03 * (expected - x / m / (y / n))


def test_no_sample_of_both_extremes_bounds_anything_beyond_what_is_possible():
    assert upper_limit_of_difference(Events(9, 9), Events(0, 9), 0.975) == 1
    assert upper_limit_of_ratio(Events(3, 9), Events(0, 9), 0.975) == np.inf
    assert independent_ratio_bounds(Events(0, 9), Events(3, 9), 0.975)[0] == 0


@st.composite
def events(draw, highest=60):
    trials = draw(st.integers(1, highest))
    return Events(draw(st.integers(0, trials)), trials)


@settings(max_examples=60, deadline=None)
@given(events(), events())
def test_the_estimate_lies_between_the_bounds_and_these_inside_what_is_possible(first, second):
    lower, upper = independent_difference_bounds(first, second, 1 - ALPHA)
    assert -1 <= lower <= first.rate - second.rate <= upper <= 1


@settings(max_examples=40, deadline=None)
@given(events(), events())
@example(Events(34, 39), Events(0, 10))
def test_a_higher_confidence_widens_the_bounds(first, second):
    lower, upper = independent_difference_bounds(first, second, 0.975)
    wider_lower, wider_upper = independent_difference_bounds(first, second, 0.995)
    assert wider_lower <= lower + 1e-12
    assert upper <= wider_upper + 1e-12


@pytest.mark.parametrize(("rate", "trials"), [(0.5, 400), (0.8, 300), (0.95, 600)])
def test_independent_groups_need_far_fewer_cases_than_a_union_bound(rate, trials):
    same = Events(round(rate * trials), trials)
    assert (
        independent_difference_bounds(same, same, 0.975)[1] < 0.65 * difference_bounds(same, same, 0.975)[1]
    )
    _, exact = independent_ratio_bounds(same, same, 0.975)
    assert exact - 1 < 0.65 * (ratio_bounds(same, same, 0.975)[1] - 1)


def test_in_large_samples_the_bounds_are_the_normal_ones():
    same = Events(80_000, 100_000)
    expected = stats.norm.ppf(0.975) * np.sqrt(2 * 0.8 * 0.2 / 100_000)
    assert independent_difference_bounds(same, same, 0.975)[1] == pytest.approx(expected, rel=0.01)
