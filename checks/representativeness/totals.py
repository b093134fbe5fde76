"""What the counts of a population table give away together: cells that come twice or not at all, and totals.

A row of a total counts everybody again. It is found by arithmetic, whatever it is called: its count is the
sum of the other rows that differ from it in the same columns only, wherever it stands. Where a table has one
other value beside it (a total and one sex), arithmetic cannot tell; then the declared total does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod

from certify.submission.population import PopulationTable
from checks.representativeness.cells import OLDEST, Cell, spelt

Key = tuple[str, ...]
_FEWEST_BESIDE = 2
"""So many other rows a total has at least: of two equal counts none is the total of the other."""


def total_defects(table: PopulationTable, cells: Sequence[Cell]) -> Iterator[str]:
    """All defects of cells that have a count each."""
    yield from _twice(table, cells)
    yield from _total_rows(table, cells)
    yield from _holes(table, cells)
    counted = sum(cell.count or 0 for cell in cells)
    if counted != table.total:
        yield f"the counts sum to {counted}, and the declared total is {table.total}"


def _twice(table: PopulationTable, cells: Sequence[Cell]) -> Iterator[str]:
    lines: dict[Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        lines[cell.key].append(cell)
    for same in lines.values():
        if len(same) > 1:
            where = ", ".join(str(cell.line) for cell in same[:5])
            yield f"the cell {same[0].named(table)} comes {len(same)} times (rows {where})"


def _total_rows(table: PopulationTable, cells: Sequence[Cell]) -> Iterator[str]:
    columns = [column.column for column in table.columns]
    for size in range(1, len(columns) + 1):
        for places in combinations(range(len(columns)), size):
            for value, rows in _totals(cells, places).items():
                which = spelt([columns[place] for place in places], value)
                yield (
                    f"{which} is a total: {rows[0].count} in row {rows[0].line} is the sum of the others, "
                    f"and so it is in each of its {len(rows)} rows"
                )


def _totals(cells: Sequence[Cell], places: tuple[int, ...]) -> Mapping[Key, list[Cell]]:
    """The values in these places whose rows are, everywhere, the sum of the other rows with the same rest."""
    alike: dict[Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        alike[tuple(v for place, v in enumerate(cell.key) if place not in places)].append(cell)
    found: dict[Key, list[Cell]] = defaultdict(list)
    other: Counter[Key] = Counter()
    for group in alike.values():
        total = sum(cell.count or 0 for cell in group)
        for cell in group:
            value = tuple(cell.key[place] for place in places)
            is_sum = 2 * (cell.count or 0) == total and len(group) > _FEWEST_BESIDE
            if is_sum and total:
                found[value].append(cell)
            elif not (is_sum or total == 0):
                other[value] += 1
    return {value: rows for value, rows in found.items() if not other[value]}


def _holes(table: PopulationTable, cells: Sequence[Cell]) -> Iterator[str]:
    """Every value stands beside every value of the other columns, and between two ages none is left out."""
    for place, column in enumerate(table.columns):
        if column.holds == "ages":
            ages = {int(cell.key[place]) for cell in cells if cell.key[place].isdecimal()}
            missing = [age for age in range(min(ages, default=0), _last(ages)) if age not in ages]
            if missing:
                yield f"{column.column} leaves out the ages {', '.join(map(str, missing[:20]))}"
    values = [sorted({cell.key[place] for cell in cells}) for place in range(len(table.columns))]
    keys = {cell.key for cell in cells}
    absent = prod(map(len, values)) - len(keys)
    if absent:
        first = _first_absent(values, keys)
        yield f"{absent} cells have no row, such as {spelt([c.column for c in table.columns], first)}"


def _last(ages: set[int]) -> int:
    """The oldest age beside which a younger one is missed: an age of 999 is a defect of its own."""
    return max((age for age in ages if age <= OLDEST), default=0)


def _first_absent(values: Sequence[Sequence[str]], keys: set[Key]) -> Key:
    return next(key for key in product(*values) if key not in keys)
