"""Values that lie where a conversion would bring the bulk of a column, with hardly any between: pure
arithmetic.

A column is given as counts of small bins. Its bulk is where most of the values are that lie in the declared
range. If some rows are written in another unit, they form a second bulk of the same shape, shifted (on the
scale of logarithms) or moved (temperatures), and there is a valley between. Of honest data, however heavy
their tails, ever fewer values lie farther out: what is told here is a second summit and no outlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Counts = NDArray[np.int64]

_QUARTER: Final = 0.25
_WIDENING: Final = 6.3
"""From half the shortest interval with a quarter of a normal distribution to two standard deviations."""

_TAIL: Final = 0.005
_CHANCE: Final = 1e-4
_LEAST_VALLEY: Final = 0.25
"""The valley has to be so wide, in widths of the bulk, or the two units cannot be told apart."""

_LEAST_BINS: Final = 3
"""A single value that is repeated is a code for something, and not a measurement in another unit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """From `low` to `high` on the scale of the bins."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How long it is."""
        return self.high - self.low

    def holds(self, places: Values) -> NDArray[np.bool_]:
        """Which places lie in it."""
        return np.asarray((places >= self.low) & (places <= self.high), dtype=np.bool_)


@dataclass(frozen=True, kw_only=True, slots=True)
class Summit:
    """What is seen where another unit would be: `separable` if it can be seen at all, and which bins."""

    separable: bool
    rows: int
    bins: NDArray[np.bool_]


def bulk_of(places: Values, counts: Counts, declared: Span) -> Span:
    """Where the values of the declared range are dense; that range itself if it holds none.

    Around the shortest interval with a quarter of them, so that the bulk stays where it is while more than
    half of the values belong to it; never beyond all but the last of 200 values on either side.
    """
    inside = declared.holds(places)
    places, counts = places[inside], counts[inside]
    if not counts.sum():
        return declared
    below = np.cumsum(counts) / counts.sum()
    middle, half = _shortest(places, below)
    low, high = places[np.searchsorted(below, _TAIL)], places[np.searchsorted(below, 1 - _TAIL)]
    return Span(
        low=float(max(low, middle - _WIDENING * half)), high=float(min(high, middle + _WIDENING * half))
    )


def _shortest(places: Values, below: Values) -> tuple[float, float]:
    """The middle and half the width of the shortest interval that holds a quarter; at least two bins of
    it."""
    before = np.concatenate([[0.0], below[:-1]])
    ends = np.minimum(np.searchsorted(below, before + _QUARTER - 1e-12), len(places) - 1)
    possible = before + _QUARTER <= 1 + 1e-12
    widths = np.where(possible, places[ends] - places, np.inf)
    start = int(np.argmin(widths))
    spacing = float(np.diff(places).min(initial=np.inf)) if len(places) > 1 else 0.0
    half = max(float(widths[start]) / 2, spacing if np.isfinite(spacing) else 0.0)
    return float(places[start] + places[ends[start]]) / 2, half


def summit(places: Values, counts: Counts, bulk: Span, other: Span) -> Summit:
    """What lies at `other`, the image of the bulk, beyond what the valley before it leads to expect.

    The valley is the farther half of what lies between: of a single summit it is at least as densely filled
    as what lies beyond it. If there are many more rows than that, by a binomial test with the lengths as
    odds, all from the valley to as far beyond are told; else only those in excess of the valley's density.
    """
    gap = _between(bulk, other)
    nothing = np.zeros(len(places), np.bool_)
    length = max(other.width, 1e-9)
    if gap.width < _LEAST_VALLEY * max(bulk.width, length):
        return Summit(separable=False, rows=0, bins=nothing)
    there, valley = other.holds(places), _farther_half(gap, other)
    between = valley.holds(places) & ~there
    seen, few = int(counts[there].sum()), int(counts[between].sum())
    places_seen = int(np.count_nonzero(there))
    if places_seen >= _LEAST_BINS and _is_summit(seen, few, length / (length + valley.width)):
        told = Span(low=other.low - valley.width, high=other.high + valley.width).holds(places)
        return Summit(separable=True, rows=int(counts[told].sum()), bins=told)
    excess = max(0, int(np.ceil(seen - few * length / valley.width)))
    excess = excess if places_seen >= _LEAST_BINS else min(excess, places_seen)
    return Summit(separable=True, rows=excess, bins=nothing)


def _is_summit(seen: int, few: int, odds: float) -> bool:
    from scipy.stats import binom

    return bool(seen > 0 and binom.sf(seen - 1, seen + few, odds) <= _CHANCE)


def _between(bulk: Span, other: Span) -> Span:
    return (
        Span(low=bulk.high, high=other.low) if other.low > bulk.low else Span(low=other.high, high=bulk.low)
    )


def _farther_half(gap: Span, other: Span) -> Span:
    middle = (gap.low + gap.high) / 2
    return Span(low=middle, high=gap.high) if other.low >= gap.high else Span(low=gap.low, high=middle)
