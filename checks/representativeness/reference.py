"""The reference population as shares of groups and of crossings, and the list of shares as a file for it.

Decides whether the list is sound and what share each stratum has. Whether it describes the right population,
and whether its source is to be believed, is for people to judge. A table of counts is read in
`checks.representativeness.population`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from certify.submission.data import Attribute
from checks.measured import CannotMeasure
from checks.stratum import crossing, parts

HEADER = ["stratum", "share"]
SLACK = Fraction(1, 1_000_000)
"""How far from 1 rounded shares may sum: numerical slack of ours, no limit of acceptance."""

_SHARE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,30})?")
_STRATUM = re.compile(r"[a-z][a-z0-9_]{0,62}=\S(.{0,200}\S)?")
_MAX_ROWS = 10_000

Names = tuple[str, ...]
"""Attributes in alphabetical order, as a crossing is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """For attributes and their crossings the share of each stratum; and every defect that was found."""

    tables: Mapping[Names, Mapping[str, Fraction]]
    defects: tuple[str, ...]
    says: str = ""
    """What was looked at and is sound, in a sentence."""

    @property
    def shares(self) -> Mapping[str, Fraction]:
        """All that the file gives, by stratum."""
        return {stratum: share for table in self.tables.values() for stratum, share in table.items()}

    def share(self, stratum: str) -> Fraction:
        """That of a group or crossing; raises `CannotMeasure` where the file tells nothing of it."""
        share = self.cells(tuple(parts(stratum))).get(stratum)
        if share is None:
            raise CannotMeasure(f"the reference population gives no share of {stratum}")
        return share

    def cells(self, attributes: Sequence[str]) -> Mapping[str, Fraction]:
        """The full crossing of some attributes, added up from the smallest table that tells them all.

        Raises `CannotMeasure` where no table does: of groups alone no crossing follows.
        """
        wanted = tuple(sorted(attributes))
        fitting = [names for names in self.tables if set(wanted) <= set(names)]
        if not fitting:
            raise CannotMeasure(f"the reference population does not tell {' and '.join(wanted)} together")
        found: dict[str, Fraction] = {}
        for stratum, share in self.tables[min(fitting, key=len)].items():
            cell = crossing((name, group) for name, group in parts(stratum).items() if name in wanted)
            found[cell] = found.get(cell, Fraction(0)) + share
        return found


def compared(
    reference: Reference, attributes: Mapping[str, Attribute], wanted: Sequence[Names]
) -> tuple[str, ...]:
    """A defect for every cell of the `wanted` crossings in which the reference departs from what is declared.

    Each attribute and crossing needs all declared groups and no other: a share for people whom nobody counts
    would shrink the shares of the others.
    """
    defects: dict[str, None] = {}
    for names in wanted:
        pairs = [[(name, group.name) for group in attributes[name].groups] for name in names]
        declared = {crossing(chosen) for chosen in product(*pairs)}
        try:
            given = set(reference.cells(names))
        except CannotMeasure as error:
            if len(names) > 1:
                defects[error.explanation] = None
                continue
            given = set()
        defects |= dict.fromkeys(f"it gives no share of {stratum}" for stratum in sorted(declared - given))
        defects |= dict.fromkeys(f"{stratum} is no declared group" for stratum in sorted(given - declared))
    return tuple(defects)


def read_reference(data: bytes) -> Reference:
    """Parse the CSV; nothing is raised: what is wrong with it is what a certifier wants to read.

    Shares are plain decimals in (0, 1], or 0 in a crossing; those of each attribute and of each crossing sum
    to 1, and those of a crossing add up to those of its attributes; no stratum comes twice.

    >>> read_reference(b"stratum,share\\nsex=f,0.6\\nsex=m,0.3\\n").defects
    ('the shares of sex sum to 0.9, not to 1',)
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return Reference(tables={}, defects=(f"no CSV file in UTF-8: {error}",))
    if not rows or rows[0] != HEADER:
        return Reference(tables={}, defects=("the first line is not exactly stratum,share",))
    if not 1 < len(rows) <= _MAX_ROWS:
        return Reference(tables={}, defects=(f"{len(rows) - 1} rows, where 1 to {_MAX_ROWS - 1} are read",))
    return _read_rows(rows[1:])


def _read_rows(rows: Sequence[Sequence[str]]) -> Reference:
    defects = [defect for line, row in enumerate(rows, start=2) for defect in _row_defects(row, line)]
    sound = [(row[0], Fraction(row[1])) for row in rows if not _row_defects(row, 0)]
    counts = Counter(stratum for stratum, _ in sound)
    defects += [f"the stratum {stratum} comes {n} times" for stratum, n in counts.items() if n > 1]
    tables: dict[Names, dict[str, Fraction]] = {}
    for stratum, share in sound:
        tables.setdefault(tuple(parts(stratum)), {})[stratum] = share
    return Reference(
        tables=tables,
        defects=(*defects, *_sum_defects(sound), *_margin_defects(tables)),
        says=f"{len(sound)} strata; the shares of each attribute sum to 1",
    )


def _row_defects(row: Sequence[str], line: int) -> list[str]:
    if len(row) != len(HEADER):
        return [f"row {line} has {len(row)} fields instead of 2"]
    stratum, share = row
    defects = []
    if not _names_a_stratum(stratum):
        defects.append(f"row {line} names no stratum attribute=group but {stratum[:60]!r}")
    least = 0 if " & " in stratum else Fraction(1, 10**40)
    if not _SHARE.fullmatch(share) or not least <= Fraction(share) <= 1:
        defects.append(f"row {line} has no share above 0 and up to 1 but {share[:60]!r}")
    return defects


def _names_a_stratum(stratum: str) -> bool:
    try:
        return all(_STRATUM.fullmatch(f"{name}={group}") for name, group in parts(stratum).items())
    except CannotMeasure:
        return False


def _sum_defects(sound: Sequence[tuple[str, Fraction]]) -> list[str]:
    totals: dict[str, Fraction] = {}
    for stratum, share in sound:
        attributes = " & ".join(parts(stratum))
        totals[attributes] = totals.get(attributes, Fraction(0)) + share
    return [
        f"the shares of {a} sum to {float(t):g}, not to 1" for a, t in totals.items() if abs(t - 1) > SLACK
    ]


def _margin_defects(tables: Mapping[Names, Mapping[str, Fraction]]) -> list[str]:
    """Where a crossing tells another share of a group than the group's own line."""
    defects = []
    for names, table in tables.items():
        for single in (name for name in names if len(names) > 1 and (name,) in tables):
            added = Reference(tables={names: table}, defects=()).cells((single,))
            for stratum, share in tables[single,].items():
                crossed = added.get(stratum, Fraction(0))
                if abs(crossed - share) > SLACK * len(table):
                    other = f"{float(share):g} by its own line and {float(crossed):g} by {' & '.join(names)}"
                    defects.append(f"the share of {stratum} is {other}")
    return defects
