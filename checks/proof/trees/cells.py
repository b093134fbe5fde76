"""The axes of the inputs, cut where the trees compare: cells within which no comparison changes.

Of the n cuts of a feature come 2 n + 1 cells: below the first cut, at it, between it and the next, and so on.
A box is a range of cells for each feature. Comparisons are exact: numbers of the input's type against
thresholds of single precision. A cell may hold no number of the input's type, or none of the values that a
feature can take; then nothing needs to be said of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Cells = NDArray[np.int64]

Lattice = Sequence[F64 | None]
"""For each feature the values that it can take, in order; None where it can take any number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """The cuts of each feature in order, the type of the input, and the values that features can take."""

    cuts: tuple[F64, ...]
    dtype: str
    lattice: Lattice

    def cell(self, feature: int, value: float) -> int:
        """In which cell a value lies."""
        cuts = self.cuts[feature]
        before = int(np.searchsorted(cuts, value, side="left"))
        return 2 * before + int(before < len(cuts) and cuts[before] == value)

    def box(self, lower: F64, upper: F64) -> tuple[Cells, Cells]:
        """The least box around a closed region of numbers."""
        low = [self.cell(f, value) for f, value in enumerate(lower)]
        high = [self.cell(f, value) for f, value in enumerate(upper)]
        return np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)

    def value(self, feature: int, low: int, high: int, least: float, most: float) -> float | None:
        """A value that lies in cells `low` to `high` and from `least` to `most`; None where there is none."""
        start = self._up(max(least, self._start(feature, low)))
        if low % 2 == 0 and low > 0 and start <= self.cuts[feature][low // 2 - 1]:
            start = self._next(start)
        end = self._down(min(most, self._end(feature, high)))
        if high % 2 == 0 and high // 2 < len(self.cuts[feature]) and end >= self.cuts[feature][high // 2]:
            end = self._previous(end)
        if start > end:
            return None
        return self._between(feature, start, end)

    def point(self, low: Cells, high: Cells, least: F64, most: F64) -> F64 | None:
        """A point of a box within a region; None where a feature can take no value in it."""
        values = [
            self.value(f, int(low[f]), int(high[f]), float(least[f]), float(most[f])) for f in range(len(low))
        ]
        return None if None in values else np.asarray(values, dtype=np.float64)

    def _between(self, feature: int, start: float, end: float) -> float | None:
        allowed = self.lattice[feature]
        if allowed is None:
            middle = float(np.asarray(start / 2 + end / 2).astype(self.dtype))
            return min(max(middle, start), end)
        at = int(np.searchsorted(allowed, start, side="left"))
        last = int(np.searchsorted(allowed, end, side="right"))
        return float(allowed[(at + last - 1) // 2]) if at < last else None

    def _start(self, feature: int, cell: int) -> float:
        return -np.inf if cell == 0 else float(self.cuts[feature][(cell - 1) // 2])

    def _end(self, feature: int, cell: int) -> float:
        cuts = self.cuts[feature]
        return np.inf if cell // 2 == len(cuts) else float(cuts[cell // 2])

    def _typed(self, value: float) -> Any:
        return np.asarray(value).astype(self.dtype)[()]

    def _up(self, value: float) -> float:
        """The least number of the type that is not below."""
        near = self._typed(value)
        return float(near) if float(near) >= value else self._next(float(near))

    def _down(self, value: float) -> float:
        near = self._typed(value)
        return float(near) if float(near) <= value else self._previous(float(near))

    def _next(self, value: float) -> float:
        near = self._typed(value)
        return float(np.nextafter(near, near.dtype.type(np.inf)))

    def _previous(self, value: float) -> float:
        near = self._typed(value)
        return float(np.nextafter(near, near.dtype.type(-np.inf)))
