"""The declared domain cut into cells: every part of one column crossed with every part of another.

Pairs and not whole rows: twenty columns of ten parts have 10**20 combinations, of which no table holds a
share worth telling, and 19,000 pairs. Most faults that depend on a combination depend on two conditions
(combination coverage: Kuhn, Mendoza, Kacker and Lei, Combinatorial coverage measurement concepts and
applications, IEEE ICSTW 2013, sections I and II; NIST SP 800-142, section 2.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, MeasuredColumn
from checks.measured import CannotMeasure
from checks.relation import Relation
from checks.tabulation import Source, fed_rows, sources

if TYPE_CHECKING:
    import pandas as pd

_ROWS_AT_A_TIME = 1 << 18

MOST_CELLS = 1_000_000
"""More cells than that are not counted: their counts would take the memory of the rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """One column and its parts: `place` is SQL over the rows as they are fed, NULL outside all of them.

    `ends` are those of the parts of a range, () where each part is a code or a step.
    """

    source: str
    labels: tuple[str, ...]
    place: str
    ends: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """How many rows lie in each part of each column, and in each crossing of two.

    `single` by column, of shape [parts]; `crossed` by pair of columns, of shape [parts of the first, parts of
    the second]. A row with a value outside the domain lies in no cell of that column.
    """

    axes: tuple[Axis, ...]
    single: Mapping[str, NDArray[np.int64]]
    crossed: Mapping[tuple[str, str], NDArray[np.int64]]

    @property
    def tables(self) -> Mapping[tuple[str, ...], NDArray[np.int64]]:
        """The crossings of pairs, or the parts of the one column that there is."""
        if self.crossed:
            return {(first, second): table for (first, second), table in self.crossed.items()}
        return {(name,): rows for name, rows in self.single.items()}

    @property
    def counts(self) -> NDArray[np.int64]:
        """The rows of every cell of a pair, or of every part where there is one column alone."""
        return np.concatenate([table.ravel() for table in self.tables.values()])


def axes_of(relation: Relation, parts: int) -> tuple[Axis, ...]:
    """Every column that the model is fed, each code or declared step by itself or in `parts` equal parts.

    Raises `CannotMeasure` for arrays, whose elements are no conditions, and for too many cells.
    """
    fed = sources(relation)
    if any(source.column is None for source in fed):
        raise CannotMeasure("an array has no columns of which the domain could be cut into cells")
    axes = tuple(_axis(source, parts) for source in fed)
    cells = sum(len(a.labels) * len(b.labels) for a, b in combinations(axes, 2))
    if cells > MOST_CELLS:
        raise CannotMeasure(f"the domain has {cells} cells, of which {MOST_CELLS} at most are counted")
    return axes


def with_elsewhere(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """The same columns with a last part for rows that lie in none: missing, no number, outside the domain."""
    return tuple(
        replace(
            axis,
            labels=(*axis.labels, "elsewhere"),
            place=f"coalesce({axis.place}, {len(axis.labels)})",
        )
        for axis in axes
    )


def count_cells(relation: Relation, axes: Sequence[Axis]) -> Cells:
    """Count all cells in one scan."""
    found = relation.aggregate(
        {
            **{f"{i}": f"histogram({_place(i)})" for i in range(len(axes))},
            **{f"{i} {j}": f"histogram({pair})" for i, j, pair in _pairs(axes)},
        },
        over=placed_rows(relation, axes),
    )
    single = {axis.source: _table(found[f"{i}"], (len(axis.labels),)) for i, axis in enumerate(axes)}
    crossed = {
        (axes[i].source, axes[j].source): _table(
            found[f"{i} {j}"], (len(axes[i].labels), len(axes[j].labels))
        )
        for i, j in combinations(range(len(axes)), 2)
    }
    return Cells(axes=tuple(axes), single=single, crossed=crossed)


def count_rows_in(
    relation: Relation, cells: Cells, empty: Mapping[tuple[str, ...], NDArray[np.bool_]]
) -> int:
    """How many rows lie in any of the `empty` cells of another data set; a row outside all lies in none."""
    places = {axis.source: _place(i) for i, axis in enumerate(cells.axes)}
    wanted = {tuple(places[name] for name in names): table for names, table in empty.items() if table.any()}
    over = placed_rows(relation, cells.axes)
    frames = relation.frames(tuple(places.values()), rows=_ROWS_AT_A_TIME, over=over) if wanted else ()
    return sum(_rows_in(frame, wanted) for frame in frames)


def _rows_in(frame: pd.DataFrame, empty: Mapping[tuple[str, ...], NDArray[np.bool_]]) -> int:
    placed = {name: column.fillna(-1).to_numpy(dtype=np.int64) for name, column in frame.items()}
    found = np.zeros(len(frame), dtype=np.bool_)
    for names, table in empty.items():
        at = [placed[name] for name in names]
        inside = np.logical_and.reduce([place >= 0 for place in at])
        found |= inside & table[tuple(np.maximum(place, 0) for place in at)]
    return int(found.sum())


def placed_rows(relation: Relation, axes: Sequence[Axis]) -> str:
    """SQL for the rows with the part of each column into which they fall."""
    places = ", ".join(f"({axis.place})::INTEGER AS {_place(i)}" for i, axis in enumerate(axes))
    return f"(SELECT {places} FROM {fed_rows(sources(relation))})"  # noqa: S608


def _place(index: int) -> str:
    return f"place{index}"


def _pairs(axes: Sequence[Axis]) -> Iterator[tuple[int, int, str]]:
    for i, j in combinations(range(len(axes)), 2):
        yield i, j, _crossing([_place(i), _place(j)], _shape(axes[i], axes[j]))


def _crossing(places: Sequence[str], shape: Sequence[int]) -> str:
    """SQL for the number of a cell, row by row of its table."""
    return f"({places[0]} * {shape[1]} + {places[1]})"


def _shape(first: Axis, second: Axis) -> tuple[int, int]:
    return len(first.labels), len(second.labels)


def _table(counted: Mapping[int, int] | None, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """A histogram as a table; of a column without any value there is none."""
    flat = np.zeros(int(np.prod(shape)), dtype=np.int64)
    for place, rows in (counted or {}).items():
        flat[place] = rows
    return flat.reshape(shape)


def _axis(source: Source, parts: int) -> Axis:
    if isinstance(source.column, CodedColumn):
        return _coded(source, source.column)
    assert source.column is not None  # arrays were refused
    return _measured(source, source.column, parts)


def _coded(source: Source, column: CodedColumn) -> Axis:
    cases = " ".join(
        f"WHEN {float(code)!r}::{'FLOAT' if source.dtype == 'float32' else 'DOUBLE'} THEN {index}"
        for index, code in enumerate(column.codes)
    )
    return Axis(
        source=source.name,
        labels=tuple(str(code) for code in column.codes),
        place=f"CASE {source.value} {cases} END",
    )


def _measured(source: Source, column: MeasuredColumn, parts: int) -> Axis:
    """The last part holds the upper end; where there are fewer steps than parts each step is one."""
    low, high = column.range
    steps = int((high - low) / column.step) + 1 if column.step is not None else None
    value = f"CAST({source.value} AS DOUBLE)"
    ends: tuple[tuple[Decimal, Decimal], ...] = ()
    if steps is not None and steps <= parts:
        step = column.step or Decimal(1)
        labels = tuple(f"{(low + step * index).normalize():f}" for index in range(steps))
        place = f"round_even(({value} - {float(low)!r}::DOUBLE) / {float(step)!r}::DOUBLE, 0)"
    else:
        ends = tuple(pairwise(low + (high - low) * index / parts for index in range(parts + 1)))
        labels = tuple(f"{_short(a)} to {_short(b)}" for a, b in ends)
        share = f"({value} - {float(low)!r}::DOUBLE) / {float(high - low)!r}::DOUBLE * {parts}"
        place = f"least(greatest(floor({share}), 0), {parts - 1})"
    place = f"CASE WHEN {source.inside} THEN {place} END"
    return Axis(source=source.name, labels=labels, place=place, ends=ends)


def _short(end: Decimal) -> str:
    return f"{end.quantize(Decimal('1e-6')).normalize():f}" if abs(end) < 10**12 else f"{end:.6g}"
