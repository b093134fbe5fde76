"""The contract of the model in SQL: the type in which a value is fed, and whether it lies inside.

Says the same as `checks.domain` says of arrays; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from certify.submission.model import CodedColumn, Column, Quantity, TableInput, TensorInput
from checks.arrays import identity_of, inside_of, missing_of
from checks.domain import bounds_of, codes_of, step_slack
from checks.measured import CannotMeasure
from checks.opening import own, quoted
from checks.relation import WHOLE_NUMBERS, Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One column or array that is fed to the model.

    `place` counts them from 0: names are the vendor's, and may be put together to look like others.
    `typed` is SQL over the view `data`: the value as it is fed, or a number that is equal where arrays are.
    `missing` and `inside` are SQL over `fed_rows`; `inside` is NULL where the value is missing.
    """

    place: int
    input: str
    name: str
    typed: str
    missing: str
    inside: str
    column: Column | None
    dtype: str

    @property
    def value(self) -> str:
        """The name of the value in `fed_rows`."""
        return _value(self.place)


def fed_rows(fed: Sequence[Source]) -> str:
    """SQL for the rows of `data` with every value as it is fed: each is worked out, and planned, once."""
    typed = ", ".join(f"{source.typed} AS {source.value}" for source in fed)
    return f"(SELECT *, {typed} FROM data)"  # noqa: S608


def sources(relation: Relation) -> tuple[Source, ...]:
    """Every column and array that the model is fed, in the order of its inputs."""
    found: list[Source] = []
    for entry in relation.manifest.model.inputs:
        if isinstance(entry, TableInput):
            found += [
                _column(relation, entry, column, place)
                for place, column in enumerate(entry.columns, start=len(found))
            ]
        else:
            found.append(_array(relation, entry, len(found)))
    return tuple(found)


def input_hash(relation: Relation) -> str:
    """SQL for 64 bits that are equal where all that the model is fed is; those of two relations compare."""
    return f"hash({', '.join(alike(source.typed, source) for source in sources(relation))})"


def alike(value: str, source: Source) -> str:
    """SQL for a value of a source that is equal where values are: minus zero is zero."""
    return f"({value} + 0)" if source.column is not None else value


def _array(relation: Relation, entry: TensorInput, place: int) -> Source:
    if identity_of(entry.array) not in relation.names:
        raise CannotMeasure(f"{relation.dataset.name} has no array {entry.array} with cases of {entry.shape}")
    return Source(
        place=place,
        input=entry.name,
        name=entry.array,
        typed=quoted(identity_of(entry.array)),
        missing=quoted(missing_of(entry.array)),
        inside=quoted(inside_of(entry.array)),
        column=None,
        dtype=entry.dtype,
    )


def _column(relation: Relation, entry: TableInput, column: Column, place: int) -> Source:
    if column.name not in relation.names:
        raise CannotMeasure(f"the data have no column {column.name}, which the model is declared to take")
    value = _value(place)
    within = (
        _coded(column, entry.dtype, value)
        if isinstance(column, CodedColumn)
        else _measured(column, entry.dtype, value)
    )
    return Source(
        place=place,
        input=entry.name,
        name=column.name,
        typed=_typed(relation, column.name, entry.dtype),
        missing=f"({value} IS NULL)",
        inside=f"({within})",
        column=column,
        dtype=entry.dtype,
    )


def _value(place: int) -> str:
    return own(f"value {place}")


def _typed(relation: Relation, column: str, dtype: str) -> str:
    """The value as the model is fed with it: beyond float32 lies infinity, and integers are cut."""
    number = relation.number(column)
    if dtype != "float32":
        return number if dtype == "float64" else f"trunc({number})"
    if relation.type(column) == "FLOAT":
        return quoted(column)
    if relation.type(column) in WHOLE_NUMBERS:
        return f"CAST({quoted(column)} AS FLOAT)"
    beyond = f"CASE WHEN {number} > 0 THEN 'inf'::FLOAT WHEN {number} < 0 THEN '-inf'::FLOAT END"
    return f"coalesce(TRY_CAST({number} AS FLOAT), {beyond})"


def _coded(column: CodedColumn, dtype: str, value: str) -> str:
    return f"{value} IN ({', '.join(_literal(code, dtype) for code in codes_of(column, dtype))})"


def _measured(quantity: Quantity, dtype: str, value: str) -> str:
    low, high = bounds_of(quantity, dtype)
    number = f"CAST({value} AS DOUBLE)"
    within = f"{number} BETWEEN {float(low)!r}::DOUBLE AND {float(high)!r}::DOUBLE"
    if quantity.step is None:
        return within
    start, step = f"{float(quantity.range[0])!r}::DOUBLE", f"{float(quantity.step)!r}::DOUBLE"
    absolute, relative = step_slack(quantity, dtype)
    off = f"abs({number} - ({start} + round_even(({number} - {start}) / {step}, 0) * {step}))"
    slack = f"{absolute!r} + {relative!r} * greatest(abs({number}), abs({start}))"
    return f"({within} AND {off} <= {slack})"


def _literal(code: float, dtype: str) -> str:
    return f"{float(code)!r}::{'FLOAT' if dtype == 'float32' else 'DOUBLE'}"


def out_of_type(source: Source, number: str) -> str | None:
    """SQL for the rows of which a value cannot be fed at all, since the input takes integers."""
    if not source.dtype.startswith("int"):
        return None
    allowed = np.iinfo(source.dtype)
    return f"NOT coalesce({number} BETWEEN {allowed.min} AND {allowed.max}, false)"
