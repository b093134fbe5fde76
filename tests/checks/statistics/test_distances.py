"""Distances of shares: binomials summed by scipy, all sets by brute force, and truths of simulations."""

import doctest
from itertools import product

import numpy as np
import pytest
from scipy.stats import beta, binom

from checks.measured import CannotMeasure, Confidence
from checks.statistics import distances
from checks.statistics.distances import distance_between, distance_to, total_variation
from checks.statistics.proportions import clopper_pearson

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def even(cells):
    return np.full(cells, 1 / cells)


def uneven(cells):
    return np.arange(1, cells + 1) / np.arange(1, cells + 1).sum()


def moved(shares, distance, how):
    """A population at this distance: all of it between two cells, or a little in every cell."""
    p = shares.copy()
    if how == "in two cells":
        order = np.argsort(p, kind="stable")
        most, least = order[-1], order[0]
        p[most], p[least] = p[most] - distance, p[least] + distance
        return p
    half = len(p) // 2
    p[:half] += distance * p[:half] / p[:half].sum()
    p[half:] -= distance * p[half:] / p[half:].sum()
    return p


def bounds_of(samples, shares, level=LEVEL):
    """As `distance_to`, with what depends on the reference alone worked out once."""
    noise = distances._noise(int(samples[0].sum()), shares)
    each = level.demonstrating
    return np.array([(distances._lower(c, noise, each), distances._upper(c, noise, each)) for c in samples])


def test_the_examples_in_the_documentation_are_true():
    assert doctest.testmod(distances).failed == 0


def test_with_two_cells_it_is_two_one_sided_bounds_of_a_share():
    found = distance_to(np.array([70, 130]), np.array([0.4, 0.6]), LEVEL)
    lower, upper = (beta.ppf(ALPHA, 70, 131), beta.ppf(1 - ALPHA, 71, 130))
    assert found.name == distances.BY_SETS
    assert found.demonstrating[1] == pytest.approx(max(upper - 0.4, 0.4 - lower))
    split = beta.ppf(1 - ALPHA / 2, 71, 130)
    assert found.demonstrating[0] == pytest.approx(max(0.0, 0.4 - split))


@pytest.mark.parametrize(
    "counts", [[5, 0, 3, 40, 2], [10, 10, 10, 10, 10], [0, 0, 0, 0, 60], [1, 30, 9, 9, 1]]
)
def test_the_upper_bound_is_that_of_the_worst_set_of_cells(monkeypatch, counts):
    counts, shares = np.array(counts), np.array([0.1, 0.25, 0.05, 0.4, 0.2])
    sets = [np.array(chosen, dtype=bool) for chosen in product((False, True), repeat=5)]
    worst = max(
        clopper_pearson(int(counts[s].sum()), int(counts.sum()), 1 - ALPHA)[1] - shares[s].sum() for s in sets
    )
    (_, upper), *_ = bounds_of([counts], shares)
    assert upper == pytest.approx(worst)
    monkeypatch.setattr(distances, "_MOST_TRIED", 1)
    (_, upper), *_ = bounds_of([counts], shares)
    assert worst - 1e-9 <= upper <= worst + 0.02


@pytest.mark.parametrize("cases", [1, 7, 50])
def test_the_mean_deviation_and_its_derivative_are_those_of_the_binomial(cases):
    seen = np.arange(cases + 1) / cases
    for p, share in [(0.2, 0.13), (0.4, 0.5), (0.1, 0.0), (0.9, 1.0), (0.3, 2 / 7)]:
        one, other = np.array([p]), np.array([share])
        mean = [binom.pmf(np.arange(cases + 1), cases, at) @ np.abs(seen - share) for at in (p, p + 1e-6)]
        assert distances._mean_deviation(cases, one, other)[0] == pytest.approx(mean[0], abs=1e-12)
        slope = (mean[1] - mean[0]) / 1e-6
        assert distances._derivative(cases, one, other)[0] == pytest.approx(slope, abs=1e-4)


def test_lines_that_touch_lie_below_the_mean_deviation_everywhere():
    shares, grid = np.array([0.0, 0.01, 0.2, 0.7]), np.linspace(0, 1, 501)
    for slope in distances._SLOPES:
        raised = distances._raised(slope, 40, shares)
        for share, height in zip(shares, raised, strict=True):
            mean = distances._mean_deviation(40, grid, np.full_like(grid, share))
            assert (height + slope * np.abs(grid - share) <= mean + 1e-9).all()


CASES = [
    (even, 2, 400), (uneven, 5, 200), (uneven, 12, 500), (even, 60, 800), (uneven, 148, 3000),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "cells", "cases"), CASES)
@pytest.mark.parametrize(("distance", "how"), [(0.0, "in two cells"), (0.1, "in every cell")])
def test_neither_bound_misses_more_often_than_agreed(shape, cells, cases, distance, how):
    rng, trials = np.random.default_rng(cells), 150
    shares = shape(cells)
    samples = rng.multinomial(cases, moved(shares, distance, how), trials)
    lower, upper = bounds_of(samples, shares).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)
    assert np.mean(lower > distance + 1e-9) <= ALPHA + error
    assert np.mean(upper < distance - 1e-9) <= ALPHA + error


def test_the_bounds_close_in_on_the_truth():
    rng = np.random.default_rng(5)
    for cells in (4, 60):
        p = moved(even(cells), 0.2, "in every cell")
        found = distance_to(rng.multinomial(200_000, p), even(cells), LEVEL)
        assert found.value == pytest.approx(0.2, abs=0.005)
        assert found.demonstrating == pytest.approx((0.2, 0.2), abs=0.012)


def test_the_value_is_nearer_to_the_truth_than_the_observed_distance():
    rng, shares = np.random.default_rng(6), even(40)
    samples = rng.multinomial(500, shares, 30)
    value = np.mean([distance_to(c, shares, LEVEL).value for c in samples])
    assert value < 0.7 * np.mean([total_variation(c / 500, shares) for c in samples])


def test_cells_that_are_missing_on_either_side_add_to_the_distance():
    found = distance_to(np.array([0, 500, 500]), np.array([0.5, 0.5, 0.0]), LEVEL)
    assert found.value == pytest.approx(0.5, abs=0.01)
    assert found.demonstrating[0] > 0.45


def test_refuting_bounds_are_wider():
    found = distance_to(np.array([70, 130]), np.array([0.4, 0.6]), LEVEL.over(10))
    assert found.refuting[0] <= found.demonstrating[0] <= found.demonstrating[1] <= found.refuting[1]


def test_no_case_and_shares_that_are_none_are_refused():
    with pytest.raises(CannotMeasure, match="no case"):
        distance_to(np.array([0, 0]), np.array([0.5, 0.5]), LEVEL)
    with pytest.raises(CannotMeasure, match="the sum 1"):
        distance_to(np.array([1, 2]), np.array([0.5, 0.6]), LEVEL)
    with pytest.raises(CannotMeasure, match="the sum 1"):
        distance_to(np.array([1, 2]), np.array([1.0]), LEVEL)
    with pytest.raises(CannotMeasure, match="two cells"):
        distance_to(np.array([3]), np.array([1.0]), LEVEL)
    with pytest.raises(CannotMeasure, match="same cells"):
        distance_between(np.array([1, 2]), np.array([3]), LEVEL)
    with pytest.raises(CannotMeasure, match="no case"):
        distance_between(np.array([1, 2]), np.array([0, 0]), LEVEL)


@pytest.mark.parametrize(("cells", "one", "other"), [(2, 300, 300), (8, 200, 2000), (80, 1000, 500)])
@pytest.mark.parametrize("distance", [0.0, 0.15])
def test_neither_bound_of_two_samples_misses(cells, one, other, distance):
    rng, trials = np.random.default_rng(cells), 200
    p, q = moved(uneven(cells), distance, "in every cell"), uneven(cells)
    found = [
        distance_between(rng.multinomial(one, p), rng.multinomial(other, q), LEVEL).demonstrating
        for _ in range(trials)
    ]
    lower, upper = np.array(found).T
    assert np.mean(lower > distance + 1e-9) <= 2 * ALPHA
    assert np.mean(upper < distance - 1e-9) <= 2 * ALPHA
    assert np.mean(upper) < distance + 0.3


@pytest.mark.qualify
def test_coverage_and_power_over_cells_sizes_and_distances():
    """Misses over the worst of two populations at the distance, and how often a margin of 0.1 is shown."""
    rng, trials, limit = np.random.default_rng(7), 1000, ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 1000)
    print("\ncells  cases  distance  upper misses  lower misses  mean upper  mean lower  below 0.1")
    for cells, cases in product((2, 4, 12, 40, 148), (200, 1000, 5000)):
        for distance, shape in product((0.0, 0.02, 0.1, 0.2), (even, uneven)):
            shares = shape(cells)
            fitting = [h for h in ("in two cells", "in every cell") if (moved(shares, distance, h) > 0).all()]
            worst = np.zeros(2)
            for how in fitting:
                lower, upper = bounds_of(
                    rng.multinomial(cases, moved(shares, distance, how), trials), shares
                ).T
                misses = np.mean(upper < distance - 1e-9), np.mean(lower > distance + 1e-9)
                worst = np.maximum(worst, misses)
            print(
                f"{cells:5} {cases:6} {distance:9} {worst[0]:13.4f} {worst[1]:13.4f} {upper.mean():11.4f} "
                f"{lower.mean():11.4f} {np.mean(upper <= 0.1):10.3f}"
            )
            assert worst.max() <= limit
