"""The population that the data must represent: read in the form that the manifest declares, and checked.

A table of counts becomes shares of groups and of their crossings. A wrong one must not make good data look
bad, nor bad data look good: everything in it is accounted for, or the whole is refused, with all defects at
once. That it is the right population, and that its source is to be believed, is for people to judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from certify.submission.data import Attribute, Data
from certify.submission.group import Group
from certify.submission.population import PopulationColumn, PopulationTable
from checks.representativeness.cells import OLDEST, Cell, is_age, read_cells
from checks.representativeness.reference import Reference, read_reference
from checks.representativeness.totals import total_defects
from checks.stratum import crossing
from checks.subject import Subject


def reference_of(subject: Subject) -> Reference:
    """The declared reference population; nothing is raised for what is wrong with it, it is said."""
    declared = subject.manifest.data
    data = subject.files.read(declared.reference.file)
    return read_reference(data) if declared.reference.table is None else read_population(data, declared)


def read_population(data: bytes, declared: Data) -> Reference:
    """Read a table of counts as `declared.reference.table` says it is to be read."""
    table = declared.reference.table
    if table is None:
        raise ValueError("expected a declaration of the table")
    read = read_cells(data, table, declared.reference.as_of)
    attributes = {attribute.name: attribute for attribute in declared.attributes}
    defects = [*read.defects, *_declaration_defects(table, attributes)]
    if read.cells and all(cell.count is not None for cell in read.cells):
        defects += total_defects(table, read.cells)
    defects += _meaning_defects(table, attributes, read.cells)
    if defects:
        return Reference(tables={}, defects=tuple(defects))
    shares = _shares(table, attributes, read.cells)
    none = [
        f"it counts nobody in {s}" for names, t in shares.items() for s in t if len(names) == 1 and not t[s]
    ]
    return Reference(
        tables=shares,
        defects=tuple(none),
        says=_said(table, len(read.cells)),
    )


def _said(table: PopulationTable, cells: int) -> str:
    """What a person has to know in order to judge whether it is the right population."""
    chosen = [f"{selection.column} {selection.value}" for selection in table.selected]
    meant = [
        f"of {c.column} from {c.from_ or 0} to below {c.below or OLDEST + 1} only"
        for c in table.columns
        if (c.from_, c.below) != (None, None)
    ]
    whole = f"{cells} cells, each once, sum to the declared total of {table.total}"
    return "; ".join([whole, *(["selected: " + ", ".join(chosen)] if chosen else []), *meant])


def _groups(column: PopulationColumn, attributes: Mapping[str, Attribute]) -> tuple[Group, ...]:
    return column.groups or attributes[str(column.attribute)].groups


def _telling(table: PopulationTable) -> list[tuple[int, PopulationColumn]]:
    """The columns of which the groups matter, with their places."""
    return [(place, c) for place, c in enumerate(table.columns) if c.attribute is not None]


def _declaration_defects(table: PopulationTable, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    """Groups that are not those of the attribute, or not told by what the column holds."""
    for _, column in _telling(table):
        groups = _groups(column, attributes)
        wanted = {group.name for group in attributes[str(column.attribute)].groups}
        if {group.name for group in groups} != wanted:
            yield f"{column.column} has other groups than {column.attribute}: {', '.join(sorted(wanted))}"
        if any((group.codes is None) == (column.holds == "codes") for group in groups):
            way = "codes" if column.holds == "codes" else "from and below"
            yield f"{column.column} holds {column.holds}, so that its groups are told by {way}"
        elif any(float(end or 0) % 1 for g in groups for end in (g.from_, g.below)):
            yield f"{column.column} holds whole years, and a group of {column.attribute} ends between two"
        else:
            yield from _other_ages(column, groups, attributes[str(column.attribute)].groups)


def _other_ages(column: PopulationColumn, told: Sequence[Group], in_data: Sequence[Group]) -> Iterator[str]:
    """Groups that hold ages in the table which they do not hold in the data, or the other way round.

    Nobody of the data may belong to people whom the office counts and the population leaves out.
    """
    by_name = {group.name: group for group in in_data if group.codes is None}
    youngest, oldest = column.from_ or 0, column.below or OLDEST + 1
    for group in (group for group in told if group.name in by_name):
        first, end = int(by_name[group.name].from_ or 0), int(by_name[group.name].below or 0)
        low, high = max(int(group.from_ or 0), youngest), min(int(group.below or 0), oldest)
        left_out = first < youngest or (column.below is not None and end > column.below)
        if low < first or high > end or left_out:
            in_table = f"from {low} to below {high} in {column.column}"
            yield f"{group.name} is from {first} to below {end} in the data, and {in_table}"


def _meaning_defects(
    table: PopulationTable, attributes: Mapping[str, Attribute], cells: Sequence[Cell]
) -> Iterator[str]:
    """Values that mean no declared group, and ages of the population for which there is no row."""
    for place, column in enumerate(table.columns):
        lines: dict[str, int] = {}
        for cell in cells:
            lines.setdefault(cell.key[place], cell.line)
        if column.attribute is not None:
            foreign = {v: at for v, at in lines.items() if v.strip() and _meant(column, v)}
            what = "an age in no group" if column.holds == "ages" else "no declared code"
            for value, line in foreign.items():
                if _group(column, attributes, value) is None:
                    yield f"{column.column} {value[:60]} is {what} of {column.attribute} (row {line})"
        if column.holds == "ages":
            yield from _youngest(column, attributes, [int(value) for value in lines if is_age(value)])


def _youngest(
    column: PopulationColumn, attributes: Mapping[str, Attribute], ages: Sequence[int]
) -> Iterator[str]:
    groups = _groups(column, attributes) if column.attribute is not None else ()
    first = min((int(group.from_) for group in groups if group.from_ is not None), default=column.from_ or 0)
    first = max(first, column.from_ or 0)
    if ages and min(ages) > first:
        yield f"{column.column} begins at {min(ages)}, and the population at {first}"


def _meant(column: PopulationColumn, value: str) -> bool:
    """Whether a value is of the population that is meant."""
    if column.holds == "codes":
        return True
    if not is_age(value):
        return False  # a defect of its own
    return (column.from_ or 0) <= int(value) < (column.below or OLDEST + 1)


def _group(column: PopulationColumn, attributes: Mapping[str, Attribute], value: str) -> str | None:
    for group in _groups(column, attributes):
        if group.codes is not None:
            found = value in group.codes
        else:
            found = is_age(value) and int(group.from_ or 0) <= int(value) < int(group.below or 0)
        if found:
            return group.name
    return None


def _shares(
    table: PopulationTable, attributes: Mapping[str, Attribute], cells: Sequence[Cell]
) -> Mapping[tuple[str, ...], Mapping[str, Fraction]]:
    """Of the full crossing, and of each attribute by itself."""
    telling = sorted(_telling(table), key=lambda entry: str(entry[1].attribute))
    names = tuple(str(column.attribute) for _, column in telling)
    each = [[(name, group.name) for group in attributes[name].groups] for name in names]
    counts = {crossing(chosen): 0 for chosen in product(*each)}
    for cell in cells:
        if all(_meant(column, cell.key[place]) for place, column in enumerate(table.columns)):
            groups = [(str(c.attribute), str(_group(c, attributes, cell.key[p]))) for p, c in telling]
            counts[crossing(groups)] += cell.count or 0
    total = sum(counts.values())
    crossed = {names: {stratum: Fraction(count, max(1, total)) for stratum, count in counts.items()}}
    whole = Reference(tables=crossed, defects=())
    return {**{(name,): whole.cells((name,)) for name in names}, **crossed}
