"""A population table of counts as its cells, and all that is wrong with its lines.

Decides what stands in the file. What the values mean is decided in `checks.representativeness.population`,
what the counts give away together in `checks.representativeness.totals`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certify.submission.population import PopulationTable

OLDEST = 125
"""No person is known to have lived longer; the oldest known died at 122."""

_MAX_ROWS = 200_000
_DATE = re.compile(r"(?<![0-9])((?:1[89]|20|21)[0-9]{2})(?:-?(?:0[1-9]|1[0-2])(?:-?[0-3][0-9])?)?(?![0-9])")
"""A year, with or without month and day, wherever it stands: 2019, 2019-07-01, 201907, FY2019."""
_AGE = re.compile(r"[0-9]{1,3}")
_COUNT = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One line: what it says in each of the `columns` of the table, and the count; None where it is none."""

    line: int
    key: tuple[str, ...]
    count: int | None

    def named(self, table: PopulationTable) -> str:
        """As it is told to people."""
        return spelt([column.column for column in table.columns], self.key)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cells:
    """The lines that were selected, and every defect that was found on the way."""

    cells: tuple[Cell, ...]
    defects: tuple[str, ...]


def spelt(columns: Sequence[str], key: Sequence[str]) -> str:
    """A cell as it is told to people.

    >>> spelt(["AGE", "SEX"], ["40", "F"])
    'AGE 40, SEX F'
    """
    return ", ".join(f"{column} {value}" for column, value in zip(columns, key, strict=True))


def read_cells(data: bytes, table: PopulationTable, as_of: date) -> Cells:
    """Parse the CSV; nothing is raised: what is wrong with it is what a certifier wants to read."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=table.separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return Cells(cells=(), defects=(f"no CSV file in UTF-8: {error}",))
    if not 1 < len(rows) <= _MAX_ROWS:
        return Cells(cells=(), defects=(f"{len(rows) - 1} rows, where 1 to {_MAX_ROWS - 1} are read",))
    if header := _header_defects(rows[0], table):
        return Cells(cells=(), defects=tuple(header))
    return _read_rows(rows[0], rows[1:], table, as_of)


def _header_defects(header: Sequence[str], table: PopulationTable) -> list[str]:
    absent = sorted(table.named - set(header))
    unread = sorted(set(header) - table.named)
    twice = sorted({name for name in header if header.count(name) > 1})
    return [
        *(f"there is no column {name}: the header is {', '.join(header)[:200]!r}" for name in absent),
        *(f"the column {name} has no purpose: select a value, or say that it is ignored" for name in unread),
        *(f"several columns are called {name}" for name in twice),
    ]


def _read_rows(
    header: Sequence[str], rows: Sequence[Sequence[str]], table: PopulationTable, as_of: date
) -> Cells:
    short = [line for line, row in enumerate(rows, start=2) if len(row) != len(header)]
    if short:
        return Cells(cells=(), defects=(f"{len(short)} rows have not {len(header)} fields{_first(short)}",))
    lines = [(line, dict(zip(header, row, strict=True))) for line, row in enumerate(rows, start=2)]
    chosen = [(line, row) for line, row in lines if all(row[s.column] == s.value for s in table.selected)]
    if not chosen:
        which = spelt([s.column for s in table.selected], [s.value for s in table.selected])
        return Cells(cells=(), defects=(f"no row has {which}",))
    cells = tuple(
        Cell(line=line, key=tuple(row[c.column] for c in table.columns), count=_count(row[table.count]))
        for line, row in chosen
    )
    found = [
        *_selection_defects(table, as_of),
        *_mixed_dates(table, [row for _, row in chosen]),
        *_count_defects([(line, row[table.count]) for line, row in chosen]),
        *_value_defects(table, cells),
    ]
    return Cells(cells=cells, defects=tuple(found))


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _first(lines: Sequence[int]) -> str:
    return f" (row {lines[0]})" if len(lines) == 1 else f" (the first is row {lines[0]})"


def _selection_defects(table: PopulationTable, as_of: date) -> Iterator[str]:
    """A selected year that is not the one that the manifest declares."""
    for chosen in table.selected:
        found = _DATE.search(chosen.value)
        if found and int(found[1]) != as_of.year:
            yield (
                f"{chosen.column} {chosen.value} is selected, and the population is declared as of "
                f"{as_of.isoformat()}"
            )


def _mixed_dates(table: PopulationTable, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """An ignored column of several years or dates: each line may then be of another population."""
    for name in table.ignored:
        found = [_DATE.search(value) for value in {row[name] for row in rows}]
        values = sorted({date[0] for date in found if date})
        if len(values) > 1 and all(found):
            several = ", ".join(values[:5])
            yield f"{name} holds several years or dates ({several}): select one instead of ignoring it"


def _count_defects(counts: Sequence[tuple[int, str]]) -> Iterator[str]:
    kinds: dict[str, list[int]] = {}
    for line, text in counts:
        if _count(text) is None:
            kinds.setdefault(_unfit(text), []).append(line)
    for kind, lines in kinds.items():
        yield f"{len(lines)} rows have {kind}{_first(lines)}"


def _unfit(text: str) -> str:
    if not text.strip():
        return "no count"
    if re.fullmatch(r"-[0-9]+([.,][0-9]+)?", text):
        return "a count below 0"
    if re.fullmatch(r"[0-9]+[.,][0-9]+", text):
        return "a count with a fraction"
    return "a count that is no whole number"


def _value_defects(table: PopulationTable, cells: Sequence[Cell]) -> Iterator[str]:
    """Empty fields, and ages that no person has."""
    for place, column in enumerate(table.columns):
        lines: dict[str, list[int]] = {}
        for cell in cells:
            lines.setdefault(cell.key[place], []).append(cell.line)
        for value, found in lines.items():
            if not value.strip():
                yield f"{len(found)} rows say nothing of {column.column}{_first(found)}"
            elif column.holds == "ages" and not is_age(value):
                yield (
                    f"{column.column} {value[:60]} is no age in whole years from 0 to {OLDEST}, in "
                    f"{len(found)} rows{_first(found)}"
                )


def is_age(value: str) -> bool:
    """Whether a text is an age that a person can have."""
    return bool(_AGE.fullmatch(value)) and int(value) <= OLDEST
