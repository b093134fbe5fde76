"""How far the shares of several cells lie from known ones, or from those of another sample: total variation.

The distance between shares p and q is the largest p(A) - q(A) over all sets A of cells, half of the sum of
the absolute differences: the share of cases that would have to be of another cell. What a sample shows is on
average too large, for noise has no sign left; the value given is less by that bias, as a bootstrap would find
it, but in closed form. The bounds assume nothing of this and hold for every number of cases and cells.

**Upper bound, by sets.** One set A of the population attains the distance. For it alone p(A) has its exact
Clopper-Pearson bound. Which set it is nobody knows; so the bound is the largest over all sets, and needs no
correction (as two one-sided tests need none, which this is with two cells).

**Upper bound, by the mean.** One case moves the observed distance by at most 1/n, so that it lies below its
mean by at most t = sqrt(ln(1 / alpha) / 2n) (McDiarmid, Surveys in Combinatorics, 1989, lemma 1.2). Its mean
is half of the sum of E|x_i / n - q_i|, each a convex function of p_i, which lies above the lines
h_i(s) + s |p_i - q_i| that touch it. Hence distance <= (observed + t - half of the sum of h_i(s)) / s, for
every slope s up to 1; at 1 it is Jensen's inequality. With many cells this takes away the noise of the cells.

**Lower bound.** By sets: Clopper-Pearson bounds of all of them together, by the union bound, as in Weissman
and others (Inequalities for the L1 deviation of the empirical distribution, HP Labs, 2003). Or by the mean,
which exceeds the distance by at most what it would be without any (draw a sample of each population together,
so that they differ only where they must).

Which of two bounds is used depends on the numbers of cases and cells and on the reference, never on what was
counted: the smaller of two bounds seen would not hold. Sets are tighter up to some forty cells, the mean
beyond; `make qualify` prints coverage and power. Weissman's inequality as an upper bound is wider everywhere,
by half with two cells and by twice with a hundred, and so is the sum of the bounds of all cells.

**Two samples** (drift): `distance_between`, above by sets as in `checks.statistics.shortfalls`. Give the
counts of the same cells in both, cells without any case included, and fix them before looking at the counts:
the declared codes, and one cell for whatever else there is. The upper bound does not depend on the number of
cells, the lower one does. Rows are independent draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.proportions import clopper_pearson
from checks.statistics.shortfalls import shortfall

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]

BY_SETS: Final = "Clopper-Pearson over all sets of cells"
BY_MEAN: Final = "McDiarmid around the least mean distance"
TWO_SAMPLES: Final = "total variation, bound of one event (Berry-Esseen, Bernstein, Hoeffding)"

_SLOPES: Final = tuple(step / 16 for step in range(1, 17))
_HALVINGS: Final = 32
_MOST_TRIED: Final = 10
"""Of how many cells every set is tried."""
_MOST_IN_SETS: Final = 30
"""Of more cells there are so many sets that the confidence for each is hardly a number below 1."""


def distance_to(counts: Counts, shares: Shares, confidence: Confidence) -> Interval:
    """The distance of the population behind `counts`, shape [cells], from `shares` that sum to 1.

    A cell of share 0 may have cases, and a share may be of a cell without any; both add to the distance.
    Raises `CannotMeasure` without cases, and for shares that are none.
    """
    _require_cases(counts)
    if len(counts) < 2:
        raise CannotMeasure("a distance needs at least two cells: of one everybody is")
    if len(counts) != len(shares) or not (shares >= 0).all() or abs(shares.sum() - 1) > 1e-9:
        raise CannotMeasure("a distance needs a share of every cell, none below 0, with the sum 1")
    noise = _noise(int(counts.sum()), shares)
    bounds = confidence.both(lambda level: (_lower(counts, noise, level), _upper(counts, noise, level)))
    lower, upper = bounds["demonstrating"]
    return Interval(
        name=BY_SETS if noise.sets_are_tighter(confidence.demonstrating) else BY_MEAN,
        value=min(max(_without_bias(counts, shares), lower), upper),
        n=noise.cases,
        **bounds,
    )


def distance_between(first: Counts, second: Counts, confidence: Confidence) -> Interval:
    """The distance between the populations behind two independent samples, shape [cells] each.

    `n` is the size of the smaller sample. Raises `CannotMeasure` where one has no cases.
    """
    _require_cases(first)
    _require_cases(second)
    if len(first) != len(second):
        raise CannotMeasure("a distance between two samples needs the counts of the same cells")
    seen = total_variation(first / first.sum(), second / second.sum())
    sizes = int(first.sum()), int(second.sum())
    spread = 1 / sizes[0] + 1 / sizes[1]
    return Interval(
        name=TWO_SAMPLES,
        value=seen,
        n=min(sizes),
        **confidence.both(lambda level: _between(seen, spread, sizes, len(first), level)),
    )


def total_variation(one: Shares, other: Shares) -> float:
    """Half of the sum of the absolute differences.

    >>> total_variation(np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.5, 0.25]))
    0.25
    """
    return float(np.abs(one - other).sum()) / 2


def _without_bias(counts: Counts, shares: Shares) -> float:
    """The observed distance, less what the mean of others like it would exceed it by."""
    cases = int(counts.sum())
    observed = counts / cases
    others = float(_mean_deviation(cases, observed, shares).sum()) / 2
    return 2 * total_variation(observed, shares) - others


def _require_cases(counts: Counts) -> None:
    if not len(counts) or int(counts.sum()) == 0:
        raise CannotMeasure("no case: a distance of nothing is not measured")
    if (counts < 0).any():
        raise ValueError("expected counts, none below 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Noise:
    """What so many cases show of these shares by chance, whatever was counted."""

    cases: int
    shares: Shares
    mean: float
    """The mean of the observed distance where there is none."""
    touching: tuple[float, ...]
    """For each slope half of the sum of the h_i: how far lines can be raised, cell by cell."""

    def upper(self, seen: float, level: float) -> float:
        """The bound by the mean."""
        high = seen + _slack(1 / self.cases, level)
        return min((high - raised) / slope for slope, raised in zip(_SLOPES, self.touching, strict=True))

    def sets_are_tighter(self, level: float) -> bool:
        """Whether sets give the smaller upper bound where noise alone made the data."""
        by_sets = self.mean + clopper_pearson(self.cases // 2, self.cases, level)[1] - 0.5
        return by_sets <= self.upper(self.mean, level)


def _noise(cases: int, shares: Shares) -> _Noise:
    each, times = np.unique(shares, return_counts=True)
    return _Noise(
        cases=cases,
        shares=shares,
        mean=float(times @ _mean_deviation(cases, each, each)) / 2,
        touching=tuple(float(times @ _raised(slope, cases, each)) / 2 for slope in _SLOPES),
    )


def _upper(counts: Counts, noise: _Noise, level: float) -> float:
    if noise.sets_are_tighter(level):
        return min(1.0, _upper_by_sets(counts, noise.shares, level))
    return min(1.0, noise.upper(total_variation(counts / noise.cases, noise.shares), level))


def _lower(counts: Counts, noise: _Noise, level: float) -> float:
    below = noise.mean + _slack(1 / noise.cases, level)
    if len(counts) <= _MOST_IN_SETS:
        of_each = _of_each_set(len(counts), level)
        if 0.5 - clopper_pearson(noise.cases // 2, noise.cases, of_each)[0] <= below:
            return max(0.0, _lower_by_sets(counts, noise.shares, of_each))
    return max(0.0, total_variation(counts / noise.cases, noise.shares) - below)


def _between(
    seen: float, spread: float, sizes: tuple[int, int], cells: int, level: float
) -> tuple[float, float]:
    """Of one set of cells what is seen falls short by little; noise of all of them brings more."""
    below = math.sqrt((cells - 1) * spread) / 2 + _slack(spread, level)
    if cells <= _MOST_IN_SETS:
        below = min(below, _slack(spread, _of_each_set(cells, level)))
    return max(0.0, seen - below), min(1.0, seen + shortfall(*sizes, level))


def _slack(spread: float, level: float) -> float:
    """How far a quantity that one case moves by its part of the sample may lie from its mean."""
    return math.sqrt(-math.log1p(-level) * spread / 2)


def _of_each_set(cells: int, level: float) -> float:
    """The confidence for each set of cells, of all that are neither empty nor everything, together."""
    return 1 - (1 - level) / float(max(1, 2**cells - 2))


def _upper_by_sets(counts: Counts, shares: Shares, level: float) -> float:
    """The largest bound of a set minus its share; beyond some cells, of sets that may hold a part of a cell.

    Of those with so many cases the one with the least share takes cells in the order of share over cases. The
    bound is concave in the cases and this least share is convex, so that the search is for one summit.
    """
    cases = int(counts.sum())
    if len(counts) <= _MOST_TRIED:
        chosen = np.array([*product((0, 1), repeat=len(counts))])
        events, parts = chosen @ counts, chosen @ shares
        least = {int(e): float(parts[events == e].min()) for e in np.unique(events)}
        return max(clopper_pearson(e, cases, level)[1] - part for e, part in least.items())
    counts, shares = counts[counts > 0], shares[counts > 0]
    order = np.argsort(shares / counts, kind="stable")
    ends, least_parts = np.append(0, np.cumsum(counts[order])), np.append(0.0, np.cumsum(shares[order]))

    def excess(events: int) -> float:
        return clopper_pearson(events, cases, level)[1] - float(np.interp(events, ends, least_parts))

    low, high = 0, cases
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if excess(middle) < excess(middle + 1) else (low, middle)
    return excess(low)


def _lower_by_sets(counts: Counts, shares: Shares, level: float) -> float:
    """The largest of the sets that take cells in the order of cases over share; it holds for all at once."""
    cases = int(counts.sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(-np.where(shares > 0, counts / shares, np.inf), kind="stable")
    events, parts = np.cumsum(counts[order])[:-1], np.cumsum(shares[order])[:-1]
    found = [clopper_pearson(int(e), cases, level)[0] - float(q) for e, q in zip(events, parts, strict=True)]
    return max(found, default=0.0)


def _raised(slope: float, cases: int, shares: Shares) -> Shares:
    """The h_i: the least of E|x / n - q| - slope |p - q| over all p."""
    above = _least(slope, cases, shares, shares, np.ones_like(shares))
    below = _least(-slope, cases, shares, np.zeros_like(shares), shares)
    return np.asarray(np.minimum(above, below))


def _least(slope: float, cases: int, shares: Shares, low: Shares, high: Shares) -> Shares:
    """The least of E|x / n - q| - slope (p - q) for p in [low, high]: where its derivative passes 0."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rising = _derivative(cases, middle, shares) > slope
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    ends = [_mean_deviation(cases, p, shares) - slope * (p - shares) for p in (low, high)]
    return np.asarray(np.minimum(*ends))


def _mean_deviation(cases: int, p: Shares, shares: Shares) -> Shares:
    """E|x / n - q| for x binomial with n and p: 2 E(q - x / n)+ + p - q."""
    from scipy.special import bdtr  # heavy: only where an interval is computed

    whole = np.floor(cases * shares)
    below = shares * bdtr(whole, cases, p) - p * _below(whole - 1, cases - 1, p)
    return np.asarray(2 * below + p - shares)


def _derivative(cases: int, p: Shares, shares: Shares) -> Shares:
    """Its derivative in p: n times the mean of the difference that one more event makes."""
    whole = np.floor(cases * shares)
    part = cases * shares - whole
    until, before = _below(whole, cases - 1, p), _below(whole - 1, cases - 1, p)
    return np.asarray(1 - 2 * before - 2 * part * (until - before))


def _below(most: Shares, cases: int, p: Shares) -> Shares:
    from scipy.special import bdtr

    if cases == 0:
        return np.where(most >= 0, 1.0, 0.0)
    return np.where(most < 0, 0.0, bdtr(np.clip(most, 0, cases), cases, p))
