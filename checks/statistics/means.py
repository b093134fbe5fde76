"""The mean of a quantity that never leaves a declared range.

Betting (Waudby-Smith and Ramdas, Journal of the Royal Statistical Society B 86, 2024, 1-27). Scale the
values to [0, 1] and suppose that their mean is at most m. A gambler who stakes the share s of the capital
on each value X in turn multiplies it by 1 - s + s X / m, whose expectation is at most 1; so is that of the
average over several gamblers. By Markov's inequality this average exceeds 1 / alpha with probability at most
alpha. The lower bound is the largest m at which it does; the upper bound is the same for the distances to
the top of the range.

Most of the money is with the gamblers of `checks.statistics.hedges`, who look at what came before. The rest
has constant stakes, and so much capital against small m that these need no other gambler. From there on
means are excluded in steps: the gamblers play against the upper end of each cell of a grid that only the
number of values decides, and the first cell that is not excluded ends the search; within it their stakes are
those for its upper end, so that capital falls with the mean.

That holds at once. Let m be the true mean, C the constant and H the other capital against the cell of m. A
bound above m needs 3 % of C or 97 % of H to exceed 1 / alpha, hence so does their sum.

The guarantee holds for every n and every distribution in the range, for independent values, as far as the
hash that the orders are drawn from counts as chance: see `checks.statistics.hedges`. The order in which
values are handed over changes nothing: nobody can improve the bound by sorting them. A larger value can lower
the bound a little, since it draws other orders.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.hedges import Hedges, Shuffled, shuffled

BETTING: Final = "betting bound over drawn orders (Waudby-Smith and Ramdas; Voráček and Orabona)"
_RESOLUTION: Final = 2.0**-32
"""How much too wide the bound of constant stakes may be, as a share of the range. It is never too narrow."""
_CONSTANT: Final = 0.03
"""The part of the money that is staked constantly."""
_AT_ONCE: Final = 32
"""So many cells are tried at once."""
_PARTS: Final = 16
"""A cell is cut into so many parts, twice, to find where exclusion ends in it."""

Values = NDArray[np.float64]


def bounded_mean(values: Values, lowest: float, highest: float, confidence: Confidence) -> Interval:
    """The mean of independent `values` in [lowest, highest].

    Raises `CannotMeasure` without values, for an empty range, and for a value outside it or NaN.
    """
    require_within(values, lowest, highest)
    values = np.sort(values)  # so that not even the last digit depends on the order of the rows
    both = _both_sides(values, lowest, highest)
    return Interval(name=BETTING, value=float(np.mean(values)), n=len(values), **confidence.both(both))


def require_within(values: Values, lowest: float, highest: float) -> None:
    """Raises `CannotMeasure` without values, for an empty range, and for a value outside it or NaN."""
    if not len(values):
        raise CannotMeasure("no value: a mean of nothing is not measured")
    if not lowest < highest:
        raise CannotMeasure(f"expected a range [lowest, highest], found [{lowest}, {highest}]")
    outside = ~((values >= lowest) & (values <= highest))
    if outside.any():
        raise CannotMeasure(f"{int(outside.sum())} values outside the declared range [{lowest}, {highest}]")


def mean_bounds(values: Values, lowest: float, highest: float, confidence: float) -> tuple[float, float]:
    """One-sided bounds of the mean of `values` in [lowest, highest], each at `confidence`."""
    return _both_sides(np.sort(values), lowest, highest)(confidence)


def _both_sides(values: Values, lowest: float, highest: float) -> Callable[[float], tuple[float, float]]:
    width = highest - lowest
    scaled = np.clip((values - lowest) / width, 0.0, 1.0)
    orders = shuffled(scaled)

    def bounds(confidence: float) -> tuple[float, float]:
        below = _lower_bound(scaled, orders, confidence)
        above = _lower_bound(1 - scaled, orders.mirrored, confidence)
        return lowest + width * below, highest - width * above

    return bounds


def lower_bound(values: Values, confidence: float) -> float:
    """A lower bound of the mean of `values` in [0, 1], at `confidence`.

    For values that are all 1 it is all but the best possible bound, alpha ** (1 / n):

    >>> round(lower_bound(np.ones(100), 0.975), 3), round(0.025 ** (1 / 100), 3)
    (0.963, 0.964)
    """
    values = np.sort(values)
    return _lower_bound(values, shuffled(values), confidence)


def _lower_bound(values: Values, orders: Shuffled, confidence: float) -> float:
    alpha = 1 - confidence
    excluded = constant_bound(values, 1 - alpha * _CONSTANT)
    hedges = Hedges(orders, -math.log(alpha * (1 - _CONSTANT)))
    mean = float(np.mean(values))
    edges = _edges(len(values))
    cells = edges[np.searchsorted(edges, excluded, side="right") : np.searchsorted(edges, mean) + 1]
    for start in range(0, len(cells), _AT_ONCE):
        tried = cells[start : start + _AT_ONCE]
        capital, stakes = hedges.capital(tried)
        kept = np.flatnonzero(capital < hedges.needed)
        if len(kept):
            first = int(kept[0])
            below = float(tried[first - 1]) if first else excluded
            return min(mean, _within(hedges, stakes[first], below, float(tried[first])))
        excluded = float(tried[-1])
    return min(mean, excluded)


def _within(hedges: Hedges, stakes: Values, low: float, high: float) -> float:
    """The last mean in (low, high) that these stakes exclude, or `low`."""
    for _ in range(2):
        means = np.linspace(low, high, _PARTS + 1)
        out = np.flatnonzero(hedges.played(means[1:-1], stakes) >= hedges.needed)
        last = int(out[-1]) + 1 if len(out) else 0
        low, high = float(means[last]), float(means[last + 1])
    return low


@lru_cache(maxsize=64)
def _edges(n: int) -> Values:
    """The grid for n values: narrower than most bounds are apart from the mean, and finer at both ends."""
    step = 0.2 * n**-0.75
    start = min(0.5, 10 * step)
    tail = start * 1.1 ** -np.arange(1.0, 200)
    middle = np.linspace(start, 1 - start, 1 + math.ceil((1 - 2 * start) / step))
    return np.unique(np.concatenate([tail, middle, 1 - tail]))


def constant_bound(values: Values, confidence: float) -> float:
    """The lower bound of gamblers with constant stakes alone, for `values` in [0, 1]."""
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    stakes = stakes_for(len(values))
    needed = -math.log(1 - confidence)

    def excess(mean: float) -> float:
        return _log_capital(values, mean, stakes) - needed

    if excess(_RESOLUTION) < 0:
        return 0.0
    # At the observed mean no constant stake ever gains (Jensen): there the excess is negative.
    root = float(brentq(excess, _RESOLUTION, float(np.mean(values)), xtol=_RESOLUTION / 2))
    return max(0.0, root - _RESOLUTION)


def stakes_for(n: int) -> Values:
    """1, 1/2, 1/4 ... down to about 1 / sqrt(n): smaller ones cannot pay off within n bets."""
    return np.exp2(-np.arange(1 + np.ceil(np.log2(n) / 2), dtype=np.float64))


def _log_capital(values: Values, mean: float, stakes: Values) -> float:
    """The logarithm of the average capital after all bets against `mean`; decreasing in `mean`."""
    with np.errstate(divide="ignore"):
        logs = np.array([np.log(1 - stake + stake * values / mean).sum() for stake in stakes])
    return float(np.logaddexp.reduce(logs) - np.log(len(stakes)))
