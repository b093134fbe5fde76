"""The files of a data set opened as the view `data` of a database in memory that reads nothing else.

Decides how each kind of file becomes rows: which text is a missing value, which column is a number. The
database may read the files of this data set and no other, writes none, and loads no extension.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from certify.submission.data import Dataset
from certify.submission.manifest import Manifest
from checks.arrays import arrays_as_columns
from checks.files import Files
from checks.measured import CannotMeasure

if TYPE_CHECKING:
    import duckdb

THREADS = 2
_MEMORY = "1200MB"

_MISSING = ", ".join(
    f"'{word}'"
    for word in (
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>",
        "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    )
)  # fmt: skip
"""How a missing value is written in a CSV file: what `pandas.read_csv` takes for one by default."""

_TRUTHS = "'True', 'TRUE', 'true', 'False', 'FALSE', 'false'"

_HELD_BYTES = 64 << 20
"""A CSV file smaller than this is read once and held; a larger one is read again for every question."""

_LONGEST_LINE = 1 << 20

_OURS = "certify: "
"""How the columns begin that we add. A vendor's column of such a name would be counted in the place of ours,
for SQL takes the first of two."""


def open_data(manifest: Manifest, dataset: Dataset, files: Files) -> duckdb.DuckDBPyConnection:
    """A connection with the view `data`: all rows of a data set, in the order of its files.

    In it every missing value is NULL, NaN among them. Raises `CannotMeasure` where a file is not readable, or
    the files do not have the same columns.
    """
    import duckdb

    paths = {name: files.verified(name) for name in dataset.files}
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads = {THREADS}")
    connection.execute(f"SET memory_limit = '{_MEMORY}'")
    connection.execute("SET temp_directory = ''")  # a worker may not write: what does not fit is refused
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET allowed_paths = ?", [[str(path) for path in paths.values()]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    try:
        _view(connection, manifest, dataset, files, paths)
    except duckdb.Error as error:
        first = str(error).splitlines()[0][:500]
        raise CannotMeasure(f"{dataset.name} cannot be read: {first}") from error
    return connection


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def own(name: str) -> str:
    """The SQL identifier of a column that we add to those of a file, of which none may be called so."""
    return quoted(_OURS + name)


def text(value: str) -> str:
    """A text as an SQL literal, whatever characters it holds."""
    if "\0" in value:
        raise CannotMeasure("a text with a zero character cannot be looked for in the data")
    return "'" + value.replace("'", "''") + "'"


def _view(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    dataset: Dataset,
    files: Files,
    paths: dict[str, Path],
) -> None:
    parts, columns = [], []
    for index, (name, path) in enumerate(paths.items()):
        source = _source(connection, manifest, files, name, path, index)
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608
        columns.append([entry[0] for entry in described])
        selected = ", ".join(_value(entry[0], entry[1]) for entry in described)
        connection.execute(f"CREATE VIEW {part(index)} AS SELECT {selected} FROM {source}")  # noqa: S608
        parts.append(f"FROM {part(index)}")
    if any(names != columns[0] for names in columns):
        raise CannotMeasure(f"the files of {dataset.name} do not have the same columns")
    if dataset.target not in columns[0]:
        raise CannotMeasure(f"{dataset.name} has no column {dataset.target} to be the target")
    connection.execute(f"CREATE VIEW data AS {' UNION ALL '.join(parts)}")
    if connection.execute("SELECT 1 FROM data LIMIT 1").fetchone() is None:
        raise CannotMeasure(f"{dataset.name} has no rows")


def _value(name: str, type_: str) -> str:
    """A column in which NaN is missing."""
    column = quoted(name)
    return f"nullif({column}, 'nan'::{type_}) AS {column}" if type_ in ("FLOAT", "DOUBLE") else column


def part(index: int) -> str:
    """The name of the view of one file, counted from 0."""
    return f"part{index}"


def _source(
    connection: duckdb.DuckDBPyConnection,
    manifest: Manifest,
    files: Files,
    name: str,
    path: Path,
    index: int,
) -> str:
    """SQL that stands for the rows of one file."""
    if name.endswith(".parquet"):
        return _parquet(path, name)
    if name.endswith(".csv"):
        return _csv(connection, path, name)
    frame = arrays_as_columns(manifest, files.read(name), name)
    _require_different(list(frame.columns), name)
    connection.register(f"arrays{index}", frame)
    return f"arrays{index}"


def _parquet(path: Path, name: str) -> str:
    import pyarrow.parquet

    try:
        _require_different(pyarrow.parquet.read_schema(path).names, name)
    except (pyarrow.ArrowException, OSError) as error:
        raise CannotMeasure(f"{name} is no readable Parquet file: {error}") from error
    return f"read_parquet({text(str(path))})"


def _csv(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> str:
    """Every field is read as text; a column of which every value is a number, or true or false, becomes one.

    Nothing is left to DuckDB's detection: from a file of a header and one row that is too long it concludes
    that there are no rows.
    """
    header = _header(path, name)
    _require_different(header, name)
    if not header:
        raise CannotMeasure(f"{name} is no readable CSV file: it has no header")
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in header)
    read = (
        f"read_csv({text(str(path))}, auto_detect = false, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', columns = {{{columns}}}, ignore_errors = false, null_padding = false, "
        f"strict_mode = true, max_line_size = {_LONGEST_LINE})"
    )
    fields = _present(read, header)
    if path.stat().st_size < _HELD_BYTES:
        held = quoted(f"text of {name}")
        connection.execute(f"CREATE TABLE {held} AS FROM {fields}")
        fields = held
    types = _types_in(connection, fields, header)
    selected = ", ".join(_cast(quoted(column), types[column]) for column in header)
    return f"(SELECT {selected} FROM {fields})"  # noqa: S608


def _types_in(connection: duckdb.DuckDBPyConnection, fields: str, header: Sequence[str]) -> dict[str, str]:
    """The type of each column of a CSV file: the narrowest that every value of it has."""
    counts = ", ".join(
        f"count({value}), count({as_number(value)}), "
        f"count(TRY_CAST({value} AS BIGINT)) FILTER (NOT regexp_matches({value}, '[.eE]')), "
        f"count(*) FILTER ({value} IN ({_TRUTHS}))"
        for value in map(quoted, header)
    )
    found = connection.execute(f"SELECT {counts} FROM {fields}").fetchone() or ()  # noqa: S608
    each = [found[start : start + 4] for start in range(0, 4 * len(header), 4)]
    return {column: _type_of(*four) for column, four in zip(header, each, strict=True)}


def _type_of(values: int, numbers: int, integers: int, truths: int) -> str:
    if values == numbers:
        return "BIGINT" if values and integers == values else "DOUBLE"
    return "BOOLEAN" if truths == values else "VARCHAR"


def _present(read: str, header: Sequence[str]) -> str:
    """The fields without the blanks before them, NULL where one says that a value is missing.

    Step by step, so that each is spelt once: DuckDB plans what is spelt, and that costs more than counting.
    """
    names = [quoted(column) for column in header]
    stripped = ", ".join(f"ltrim({name}, ' ') AS {name}" for name in names)
    there = ", ".join(f"CASE WHEN {name} NOT IN ({_MISSING}) THEN {name} END AS {name}" for name in names)
    return f"(SELECT {there} FROM (SELECT {stripped} FROM {read}))"  # noqa: S608


def _cast(column: str, type_: str) -> str:
    return column if type_ == "VARCHAR" else f"CAST({column} AS {type_}) AS {column}"


def as_number(value: str) -> str:
    """SQL for a text as DOUBLE, NULL where it is no number to others: DuckDB takes 1_000 and +-1 for one."""
    odd = f"contains({value}, '_') OR contains({value}, '+-')"
    return f"CASE WHEN {odd} THEN NULL ELSE TRY_CAST({value} AS DOUBLE) END"


def _header(path: Path, name: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = islice(csv.reader(iter(lambda: stream.readline(_LONGEST_LINE), "")), 1)
            header = next(lines, [])
    except (UnicodeDecodeError, csv.Error) as error:
        raise CannotMeasure(f"{name} is no readable CSV file: {error}") from error
    return [column.lstrip(" ") for column in header]


def _require_different(names: Sequence[str], path: str) -> None:
    again = [str(name) for name, times in Counter(names).items() if times > 1]
    if again:
        raise CannotMeasure(f"{path} has several columns or arrays called {', '.join(again[:5])}")
    folded = Counter(name.casefold() for name in names)
    alike = [name for name in names if folded[name.casefold()] > 1]
    if alike:  # SQL would take one for the other
        raise CannotMeasure(f"{path} has columns that differ in capitals alone: {', '.join(alike[:5])}")
    ours = [name for name in names if name.casefold().startswith(_OURS)]
    if ours:
        raise CannotMeasure(f"{path} has columns with names that are kept for us: {', '.join(ours[:5])}")
