"""The columns of two data sets, counted in the same bins, so that their distributions can be compared.

Codes, classes, groups and numbers in declared steps are in the counts that all checks share. Of other
numbers equal parts of the range would say little: most rows may stand in one of them. They are counted
between some of their own values, and each of these values by itself, in one scan of each table more and one
to find them. Which values these are decides how wide a bound is and never whether it holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.relation import Relation
from checks.tabulation import Distribution, Tabulation, input_hash

_LOOKED_AT: Final = 20_000
"""About so many rows of each table say between which values to count."""
_VALUES: Final = 200
"""So many values, evenly spaced in rank, are taken from each table."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """One column of two tables, counted alike."""

    name: str
    first: Counts
    second: Counts
    spread: NDArray[np.bool_] | None
    """For numbers, from below: in which intervals values differ. None for codes, classes and groups."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One table: its rows, and what was counted of them."""

    rows: Relation
    counted: Tabulation


def pairs(first: Side, second: Side) -> tuple[Pair, ...]:
    """Every column that the model is fed with, the target, and every attribute that is neither.

    A missing value is one of its own: among numbers, one above all of them. A code that is not declared is
    taken to differ from every one in the other table. Raises `CannotMeasure` for an array of several axes,
    which has no one distribution, and where both tables do not have the same columns.
    """
    _require_columns(first.counted)
    columns = {d.source: (d, second.counted.distribution(d.source)) for d in first.counted.distributions}
    loose = [name for name, both in columns.items() if not _is_in_steps(both, first, second)]
    found = [_declared(*both) for name, both in columns.items() if name not in loose]
    attributes = [name for name in first.rows.attributes if not _is_one_of(columns, name, first)]
    named = [*found, *_between_values(first, second, loose), *(_groups(first, second, a) for a in attributes)]
    names = [pair.name for pair in named]
    if len(set(names)) < len(names):
        raise CannotMeasure(f"a column and an attribute have the same name: {', '.join(sorted(names))}")
    return tuple(sorted(named, key=lambda pair: pair.name))


def _require_columns(counted: Tabulation) -> None:
    known = {distribution.source for distribution in counted.distributions}
    arrays = sorted({source.source for source in counted.sources} - known)
    if arrays:
        raise CannotMeasure(
            f"{', '.join(arrays)} is an array of several values a row: columns are compared, and it is none"
        )


def _is_in_steps(both: tuple[Distribution, Distribution], first: Side, second: Side) -> bool:
    """Whether each count is of one value: of a code, or of a declared step to which all values keep.

    A step that is declared wider than it is would hide what values between two steps do.
    """
    if both[0].labels:
        return True
    return both[0].stepwise and not any(_off_steps(*side) for side in zip(both, (first, second), strict=True))


def _off_steps(distribution: Distribution, side: Side) -> bool:
    known = distribution.missing + distribution.below + distribution.above
    fed = (each for each in side.counted.sources if each.source == distribution.source)
    return any(each.outside > known for each in fed)


def _is_one_of(columns: dict[str, tuple[Distribution, Distribution]], attribute: str, side: Side) -> bool:
    """Whether the column of an attribute is compared anyway, value by value."""
    return side.rows.attributes[attribute].source in columns


def _declared(one: Distribution, other: Distribution) -> Pair:
    """Of codes and classes, and of numbers with a step."""
    if one.labels:
        first = [*one.counts, one.missing, one.other, 0]
        second = [*other.counts, other.missing, 0, other.other]
        return Pair(name=one.source, first=np.array(first), second=np.array(second), spread=None)
    tails = np.zeros(len(one.counts) + 3, dtype=bool)
    tails[[0, -2]] = True
    first, second = ([d.below, *d.counts, d.above, d.missing] for d in (one, other))
    return Pair(name=one.source, first=np.array(first), second=np.array(second), spread=tails)


def _groups(first: Side, second: Side, attribute: str) -> Pair:
    """Of an attribute; rows of no group or of several are one more."""
    groups = [*(group.name for group in first.rows.attributes[attribute].groups), None]
    counts = [_by_group(side.counted, attribute) for side in (first, second)]
    one, other = (np.array([found.get(group, 0) for group in groups]) for found in counts)
    return Pair(name=attribute, first=one, second=other, spread=None)


def _by_group(counted: Tabulation, attribute: str) -> dict[str | None, int]:
    if attribute not in counted.attributes:
        raise CannotMeasure(f"the {counted.role} data have no column for {attribute}")
    place, found = counted.attributes.index(attribute), dict[str | None, int]()
    for cell in counted.cells:
        found[cell.groups[place]] = found.get(cell.groups[place], 0) + cell.rows
    return found


def _between_values(first: Side, second: Side, names: Sequence[str]) -> list[Pair]:
    if not names:
        return []
    looked_at = [_some_rows(side, names) for side in (first, second)]
    values = [_values([rows[:, column] for rows in looked_at]) for column in range(len(names))]
    one, other = (_counts(side, names, values) for side in (first, second))
    return [
        Pair(name=name, first=one[i], second=other[i], spread=np.append(_spread(values[i]), False))
        for i, name in enumerate(names)
    ]


def _some_rows(side: Side, names: Sequence[str]) -> NDArray[np.float64]:
    """Chosen by a hash of all that the model is fed: the same ones each time, whatever the order."""
    numbers = ", ".join(side.rows.number(name) for name in names)
    one_of = max(1, side.counted.rows // _LOOKED_AT)
    chosen = f"{input_hash(side.rows)} % {one_of} = 0"
    found = side.rows.query(f"SELECT {numbers} FROM data WHERE {chosen}")  # noqa: S608
    return np.array(found, dtype=np.float64).reshape(-1, len(names))


def _values(samples: Sequence[NDArray[np.float64]]) -> list[float]:
    """Some values of both tables, in order."""
    ranks = np.linspace(0, 1, _VALUES)
    finite = [sample[np.isfinite(sample)] for sample in samples]
    chosen = [np.quantile(sample, ranks, method="inverted_cdf") for sample in finite if len(sample)]
    return sorted({float(value) + 0.0 for each in chosen for value in each})


def _edges(values: Sequence[float]) -> list[float]:
    """Upper ends: just below each value, the value itself, and infinity."""
    below = [math.nextafter(value, -math.inf) for value in values]
    return sorted({*below, *values, math.inf})


def _spread(values: Sequence[float]) -> NDArray[np.bool_]:
    return ~np.isin(_edges(values), values)


def _counts(side: Side, names: Sequence[str], values: Sequence[Sequence[float]]) -> list[Counts]:
    edges = [_edges(each) for each in values]
    asked = {
        name: f"histogram({side.rows.number(name)}, [{', '.join(map(_literal, each))}])"
        for name, each in zip(names, edges, strict=True)
    }
    found = side.rows.aggregate(asked)
    return [
        _counted(found[name] or {}, each, side.counted.rows) for name, each in zip(names, edges, strict=True)
    ]


def _counted(found: dict[float, int], edges: Sequence[float], rows: int) -> Counts:
    counts = [found.get(edge, 0) for edge in edges]
    return np.array([*counts, rows - sum(counts)])


def _literal(number: float) -> str:
    return f"'{number!r}'::DOUBLE"
