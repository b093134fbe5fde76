"""The operational domain as a proof needs it: a box of all that is declared, and the values on its axes.

Where a column holds codes, or numbers on declared steps, only these values occur; a counterexample must be
one of them, and what is proved for the whole box around them is proved for them as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Column, Input, Quantity, TableInput
from checks.domain import bounds_of, codes_of
from checks.measured import CannotMeasure
from checks.proof.property import Region

F64 = NDArray[np.float64]

_MOST_VALUES: Final = 100_000
"""A quantity with more steps is treated as one that takes any number, which claims more."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Declared:
    """The one input of a model: its name, the shape of a case, the box, and each axis with its values."""

    entry: Input
    region: Region
    names: tuple[str, ...]
    values: tuple[F64 | None, ...]
    """For each number of a case the values that it can take, in order; None for any in its range."""

    def fed(self, points: F64) -> dict[str, NDArray[np.generic]]:
        """Points (cases, numbers) as the model takes them."""
        return {self.entry.name: points.reshape(len(points), *self.entry.shape).astype(self.entry.dtype)}

    def nearest(self, points: F64) -> F64:
        """The points of the domain next to some points (cases, numbers)."""
        clipped = np.clip(points, self.region.lower, self.region.upper).astype(self.entry.dtype)
        near = np.asarray(clipped, dtype=np.float64)
        for at, allowed in enumerate(self.values):
            if allowed is not None:
                near[:, at] = allowed[nearest_of(allowed, points[:, at])]
        return near

    def drawn(self, count: int, generator: np.random.Generator) -> F64:
        """So many points, each number drawn evenly from its values or its range."""
        span = self.region.upper - self.region.lower
        return self.nearest(self.region.lower + generator.random((count, len(self.names))) * span)


def declared(contract: tuple[Input, ...]) -> Declared:
    """The domain of a model with one floating input; `CannotMeasure` for any other."""
    if len(contract) != 1 or contract[0].dtype not in ("float32", "float64"):
        raise CannotMeasure(
            "a proof speaks of a model with one input of floating numbers, and this is another"
        )
    entry = contract[0]
    axes = list(_axes(entry))
    lower, upper = (np.asarray([axis[1][end] for axis in axes]) for end in (0, 1))
    return Declared(
        entry=entry,
        region=Region(lower, upper),
        names=tuple(axis[0] for axis in axes),
        values=tuple(axis[2] for axis in axes),
    )


def _axes(entry: Input) -> Iterator[tuple[str, tuple[float, float], F64 | None]]:
    if isinstance(entry, TableInput):
        yield from ((column.name, *_axis(column, entry.dtype)) for column in entry.columns)
        return
    ends, values = _axis(entry.elements, entry.dtype)
    for place in np.ndindex(*entry.shape):
        yield f"{entry.array}[{','.join(map(str, place))}]", ends, values


def _axis(column: Column | Quantity, dtype: str) -> tuple[tuple[float, float], F64 | None]:
    if isinstance(column, CodedColumn):
        codes = np.sort(codes_of(column, dtype).astype(np.float64))
        return (float(codes[0]), float(codes[-1])), codes
    low, high = map(float, column.range)
    if column.step is None or (high - low) / float(column.step) > _MOST_VALUES:
        return bounds_of(column, dtype), None
    count = round((high - low) / float(column.step))
    steps = np.asarray([low + (high - low) * at / count for at in range(count + 1)])
    typed = steps.astype(dtype).astype(np.float64)
    return (float(typed[0]), float(typed[-1])), typed


def nearest_of(allowed: F64, wanted: F64) -> NDArray[np.int64]:
    """The places of the values (in order) that lie next to some numbers; of two as near, the lower."""
    at = np.searchsorted(allowed, wanted)
    below, above = np.maximum(at - 1, 0), np.minimum(at, len(allowed) - 1)
    nearer = wanted - allowed[below] <= allowed[above] - wanted
    return np.asarray(np.where(nearer & (at > 0), below, above), dtype=np.int64)
