"""The rows of one data set as a relation that DuckDB scans: streamed from its files, never whole in memory.

`checks.table` holds every row at once, as whoever runs the model must. Whoever only counts asks here, in SQL
over the view `data`, and can count tables that are larger than memory. A value means the same in both: what
is missing, what is a number and what is the same code. Tests hold the two against each other.

Parquet and CSV are streamed. An npz file is unpacked in memory, for it holds arrays that are no columns; as
in a table, an array with more axes is described by its extremes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certify.evidence import WHOLE, Opened
from certify.submission.data import Attribute, Dataset
from certify.submission.group import Group
from certify.submission.manifest import Manifest
from checks.files import Files
from checks.measured import CannotMeasure
from checks.opening import as_number, open_data, quoted, text
from checks.stratum import parts

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_EXACT = 2**53
"""Beyond it a float is no exact integer, and no code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    """One column of the view `data`, and what kind its values are: `number`, `truth` or `other`."""

    name: str
    type: str

    @property
    def kind(self) -> str:
        if self.type in WHOLE_NUMBERS or self.type in _FLOATS or self.type.startswith("DECIMAL"):
            return "number"
        return "truth" if self.type == "BOOLEAN" else "other"


WHOLE_NUMBERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)


_FLOATS = frozenset({"FLOAT", "DOUBLE"})


class Relation:
    """One data set, to be counted. A missing value is NULL in every column of the view `data`."""

    def __init__(self, manifest: Manifest, dataset: Dataset, files: Files) -> None:
        self.manifest = manifest
        self.dataset = dataset
        self.attributes: Mapping[str, Attribute] = {a.name: a for a in manifest.data.attributes}
        self._files = files

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        """Opened when first asked: whoever reads the counts of others opens nothing."""
        return open_data(self.manifest, self.dataset, self._files)

    @cached_property
    def _columns(self) -> Mapping[str, _Column]:
        described = self.query("DESCRIBE data")
        return {name: _Column(name=name, type=type_) for name, type_, *_ in described}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns in the order of the files."""
        return tuple(self._columns)

    @cached_property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.query("SELECT count(*) FROM data")[0][0])

    def kind(self, column: str) -> str:
        """Whether a column holds a `number`, a `truth` or something `other`, as a whole."""
        return self._column(column).kind

    def type(self, column: str) -> str:
        """The type of a column as DuckDB calls it."""
        return self._column(column).type

    def number(self, column: str) -> str:
        """SQL for the value as a number (DOUBLE): NULL where it is missing or none; infinity is a number."""
        name = quoted(column)
        if self._column(column).kind != "other":
            return f"CAST({name} AS DOUBLE)"
        return f"nullif({as_number(f'CAST({name} AS VARCHAR)')}, 'nan'::DOUBLE)"

    def code(self, column: str) -> str:
        """SQL for the value as a code in text; 1, 1.0 and "1" are the same; NULL where it is missing."""
        found = self._column(column)
        name = quoted(column)
        if found.kind == "truth":
            return f"CASE WHEN {name} THEN 'True' WHEN NOT {name} THEN 'False' END"
        if found.type in _FLOATS:
            whole = f"{name} = round({name}) AND abs({name}) < {_EXACT}"
            return (
                f"CASE WHEN {whole} THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) "
                f"ELSE CAST({name} AS VARCHAR) END"
            )
        return f"CAST({name} AS VARCHAR)"

    def equals(self, column: str, codes: Sequence[str]) -> str:
        """SQL that is true where the code of a value is one of `codes`, and NULL where there is no value.

        Numbers are compared as numbers: writing ten million of them as text takes longer than the rest.
        """
        if self.type(column) not in _FLOATS | WHOLE_NUMBERS:
            return f"({self.code(column)} IN ({', '.join(map(text, codes))}))"
        numbers = [literal for code in codes if (literal := _number_of(code, self.type(column)))]
        return f"({quoted(column)} IN ({', '.join(numbers)}))" if numbers else "false"

    def member(self, stratum: str) -> str:
        """SQL that is true for the rows of `all`, of `attribute=group` or of a crossing, and never NULL.

        Raises `CannotMeasure` as `Table.members` does: for a stratum that is not declared, and for an
        attribute of which a row belongs to no group or to several.
        """
        if stratum == WHOLE:
            return "true"
        pairs = parts(stratum)
        groups = [self._group(stratum, name, group) for name, group in pairs.items()]
        for name in pairs:
            self._require_one_group_per_row(name)
        each = [self._in_group(self.attributes[n], g) for n, g in zip(pairs, groups, strict=True)]
        return f"coalesce({' AND '.join(each)}, false)"

    def group(self, attribute: Attribute) -> str:
        """SQL for the index of the group of a row; NULL where it belongs to none, or to several.

        Codes exclude each other, and so do ranges: only a code may lie in a range as well.
        """
        each = [self._in_group(attribute, group) for group in attribute.groups]
        cases = " ".join(f"WHEN {member} THEN {index}" for index, member in enumerate(each))
        if len({group.codes is None for group in attribute.groups}) == 1:
            return f"CASE {cases} END"
        several = " + ".join(f"coalesce({member}, false)::INT" for member in each)
        return f"CASE WHEN {several} > 1 THEN NULL {cases} END"

    @property
    def opened(self) -> tuple[Opened, ...]:
        """The files of which the rows come."""
        return tuple(entry for entry in self._files.opened if entry.path in self.dataset.files)

    def aggregate(self, expressions: Mapping[str, str], *, over: str = "data") -> dict[str, Any]:
        """Any number of aggregates in one scan, by their keys; `over` stands for the rows, in SQL."""
        if not expressions:
            return {}
        found = self.query(f"SELECT {', '.join(expressions.values())} FROM {over}")[0]  # noqa: S608
        return dict(zip(expressions, found, strict=True))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of an answer; raises `CannotMeasure` where the data are not as a query takes them.

        `MemoryError` where it does not fit into the memory of the database: nothing spills to a disk.
        """
        with self._refusals():
            return self._connection.execute(sql).fetchall()

    def hashes(self, expression: str) -> NDArray[np.uint64]:
        """The value of a hash for every row, eight bytes each, in any order."""
        with self._refusals():
            found = self._connection.sql(f"SELECT {expression} AS hashed FROM data").fetchnumpy()  # noqa: S608
        return np.asarray(found["hashed"], dtype=np.uint64)

    def arrays(self, sql: str) -> dict[str, NDArray[Any]]:
        """The columns of an answer as arrays of numbers; raises as `query` does."""
        with self._refusals():
            return dict(self._connection.sql(sql).fetchnumpy())

    def frames(self, columns: Sequence[str], *, rows: int, over: str = "data") -> Iterator[pd.DataFrame]:
        """Some columns, so many rows at a time at most, in the order of the files.

        `over` stands for the rows, in SQL, if they are not those of `data`.
        """
        known = [self._column(column).name for column in columns] if over == "data" else columns
        names = ", ".join(map(quoted, known))
        with self._refusals():
            selected = self._connection.sql(f"SELECT {names} FROM {over}")  # noqa: S608
            for batch in selected.to_arrow_reader(rows):
                yield batch.to_pandas()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        import duckdb

        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from error
        except duckdb.Error as error:
            first = str(error).splitlines()[0][:500]
            raise CannotMeasure(f"{self.dataset.name} cannot be counted: {first}") from error

    def _column(self, name: str) -> _Column:
        found = self._columns.get(name)
        if found is None:
            raise CannotMeasure(f"{self.dataset.name} has no column {name}")
        return found

    def _group(self, stratum: str, name: str, group: str) -> Group:
        attribute = self.attributes.get(name)
        found = next((g for g in attribute.groups if g.name == group), None) if attribute else None
        if attribute is None or found is None:
            raise CannotMeasure(f"the submission declares no stratum {stratum}")
        if attribute.source not in self._columns:
            raise CannotMeasure(f"{self.dataset.name} has no column {attribute.source} for {stratum}")
        return found

    def _in_group(self, attribute: Attribute, group: Group) -> str:
        if group.codes is not None:
            return self.equals(attribute.source, group.codes)
        value = self.number(attribute.source)
        return f"({value} >= {_literal(group.from_)} AND {value} < {_literal(group.below)})"

    def _require_one_group_per_row(self, name: str) -> None:
        none, several = self._outside_groups(name)
        if none or several:
            raise CannotMeasure(
                f"{none} of {self.rows} rows belong to no group of {name} and {several} to several, "
                "where each must belong to exactly one"
            )

    def _outside_groups(self, name: str) -> tuple[int, int]:
        """How many rows belong to no group of an attribute, and how many to several."""
        if name not in self._memberships:
            attribute = self.attributes[name]
            each = (f"coalesce({self._in_group(attribute, group)}, false)::INT" for group in attribute.groups)
            count = " + ".join(each)
            found = self.aggregate(
                {
                    "none": f"count(CASE WHEN ({count}) = 0 THEN 1 END)",
                    "several": f"count(CASE WHEN ({count}) > 1 THEN 1 END)",
                }
            )
            self._memberships[name] = (found["none"], found["several"])
        return self._memberships[name]

    @cached_property
    def _memberships(self) -> dict[str, tuple[int, int]]:
        return {}


def _number_of(code: str, type_: str) -> str | None:
    """SQL for the number in a column of that type of which this is the code; None where there is none.

    Of 1 and 0.5, but not of 1.0, 01 or one; a float beyond 2**53 is written as a float, and an integer never.
    """
    whole = re.fullmatch(r"-?[0-9]+", code) is not None and str(int(code)) == code
    if type_ in WHOLE_NUMBERS:
        return code if whole else None
    try:
        number = float(code)
    except ValueError:
        return None
    written = str(np.float32(number)) if type_ == "FLOAT" else repr(number)
    as_float = not isnan(number) and written == code and (abs(number) >= _EXACT or number % 1)
    as_whole = whole and abs(number) < _EXACT
    return f"'{code}'::{type_}" if as_float or as_whole else None


def _literal(number: Any) -> str:
    return f"{float(number or 0)!r}::DOUBLE"
