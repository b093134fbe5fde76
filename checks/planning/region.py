"""Which pairs of counts are demonstrated, and how probable they are together.

For each count of the first group the demonstrated counts of the second are a stretch without gaps: bounds
rise and fall with the counts. Where asking takes long, the ends of the stretch are asked for at some counts
of the first group and drawn straight between them, rounded inwards, so that the sum is rather too small than
too large.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

_DEVIATIONS: Final = 5.5
"""Counts further out have less than one in ten million together, and count as not demonstrated."""
_NODES: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two groups before they are measured: their sizes and the rates that are assumed."""

    first: int
    second: int
    first_rate: float
    second_rate: float


def probability(
    pair: Pair, clears: Callable[[int, int], bool], best: Callable[[int], int], *, slow: bool
) -> float:
    """That the counts of both groups are such as `clears` says.

    `best` names, for a count of the first group, the count of the second that clears if any does.
    """
    counts, masses = _likely(pair.first, pair.first_rate)
    asked = _spread(counts) if slow else counts
    stretches = [_stretch(pair, int(count), clears, best(int(count))) for count in asked]
    lowest, highest = _between(counts, asked, stretches)
    return float((masses * _mass(pair.second, pair.second_rate, lowest, highest)).sum())


def _likely(trials: int, rate: float) -> tuple[Counts, Numbers]:
    spread = _DEVIATIONS * math.sqrt(trials * rate * (1 - rate)) + 2
    low, high = max(0, math.floor(trials * rate - spread)), min(trials, math.ceil(trials * rate + spread))
    counts = np.arange(low, high + 1)
    return counts, binomial(counts, trials, rate)


def binomial(counts: Counts, trials: int, rate: float) -> Numbers:
    """The probability of each count."""
    from scipy.special import gammaln, xlog1py, xlogy  # heavy: only where a plan is made

    ways = gammaln(trials + 1) - gammaln(counts + 1) - gammaln(trials - counts + 1)
    return np.asarray(np.exp(ways + xlogy(counts, rate) + xlog1py(trials - counts, -rate)), dtype=np.float64)


def _spread(counts: Counts) -> Counts:
    places = np.linspace(0, len(counts) - 1, min(_NODES, len(counts)))
    return np.asarray(counts[np.unique(np.rint(places).astype(int))], dtype=np.int64)


Stretch = tuple[int, int] | None


def _stretch(pair: Pair, count: int, clears: Callable[[int, int], bool], best: int) -> Stretch:
    """The fewest and the most of the second group that clear with `count` of the first; None for none."""
    best = min(max(best, 0), pair.second)
    if not clears(count, best):
        return None
    lowest = _last(lambda step: clears(count, best - step), best)
    highest = _last(lambda step: clears(count, best + step), pair.second - best)
    return best - lowest, best + highest


def _last(holds: Callable[[int], bool], most: int) -> int:
    """The largest step up to `most` at which something holds that holds at 0 and at all smaller steps."""
    low, high = 0, 1
    while high <= most and holds(high):
        low, high = high, 2 * high
    high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _between(counts: Counts, asked: Counts, stretches: list[Stretch]) -> tuple[Counts, Counts]:
    """The ends for every count: straight between two asked counts that have a stretch, none elsewhere."""
    low = np.array([math.nan if s is None else s[0] for s in stretches])
    high = np.array([math.nan if s is None else s[1] for s in stretches])
    lowest, highest = np.interp(counts, asked, low), np.interp(counts, asked, high)
    none = np.isnan(lowest) | np.isnan(highest)
    lowest[none], highest[none] = 0, -1
    return np.ceil(lowest - 1e-9).astype(np.int64), np.floor(highest + 1e-9).astype(np.int64)


def _mass(trials: int, rate: float, lowest: Counts, highest: Counts) -> Numbers:
    """The probability of each stretch of counts."""
    from scipy.special import bdtr  # heavy: only where a plan is made

    up_to = np.where(highest >= 0, bdtr(np.maximum(highest, 0).astype(float), trials, rate), 0.0)
    below = np.where(lowest > 0, bdtr(np.maximum(lowest - 1, 0).astype(float), trials, rate), 0.0)
    return np.asarray(np.maximum(0, up_to - below), dtype=np.float64)
