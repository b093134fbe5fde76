"""The reference population: `stratum,share`, read so strictly that a wrong table cannot pass for a right one.

Decides whether the file is sound and what share each stratum has. Whether it describes the right population,
and whether its source is to be believed, is for people to judge.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

HEADER = ["stratum", "share"]
SLACK = Decimal("0.000001")
"""How far from 1 rounded shares may sum: numerical slack of ours, no limit of acceptance."""

_SHARE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,30})?")
_STRATUM = re.compile(r"[a-z][a-z0-9_]{0,62}=\S(.{0,200}\S)?")
_MAX_ROWS = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """The share of each stratum `attribute=group`, and every defect that was found on the way."""

    shares: Mapping[str, Decimal]
    defects: tuple[str, ...]


def read_reference(data: bytes) -> Reference:
    """Parse the CSV; nothing is raised: what is wrong with it is what a certifier wants to read.

    Shares are plain decimals in (0, 1]; those of each attribute sum to 1; no stratum comes twice.

    >>> read_reference(b"stratum,share\\nsex=f,0.6\\nsex=m,0.3\\n").defects
    ('the shares of sex sum to 0.9, not to 1',)
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        return Reference(shares={}, defects=(f"no CSV file in UTF-8: {error}",))
    if not rows or rows[0] != HEADER:
        return Reference(shares={}, defects=("the first line is not exactly stratum,share",))
    if not 1 < len(rows) <= _MAX_ROWS:
        return Reference(shares={}, defects=(f"{len(rows) - 1} rows, where 1 to {_MAX_ROWS - 1} are read",))
    return _read_rows(rows[1:])


def _read_rows(rows: Sequence[Sequence[str]]) -> Reference:
    defects = [defect for line, row in enumerate(rows, start=2) for defect in _row_defects(row, line)]
    sound = [(row[0], Decimal(row[1])) for row in rows if not _row_defects(row, 0)]
    counts = Counter(stratum for stratum, _ in sound)
    defects += [f"the stratum {stratum} comes {n} times" for stratum, n in counts.items() if n > 1]
    return Reference(shares=dict(sound), defects=(*defects, *_sum_defects(sound)))


def _row_defects(row: Sequence[str], line: int) -> list[str]:
    if len(row) != len(HEADER):
        return [f"row {line} has {len(row)} fields instead of 2"]
    stratum, share = row
    defects = []
    if not _STRATUM.fullmatch(stratum):
        defects.append(f"row {line} names no stratum attribute=group but {stratum[:60]!r}")
    if not _SHARE.fullmatch(share) or not 0 < Decimal(share) <= 1:
        defects.append(f"row {line} has no share above 0 and up to 1 but {share[:60]!r}")
    return defects


def _sum_defects(sound: Sequence[tuple[str, Decimal]]) -> list[str]:
    totals: dict[str, Decimal] = {}
    for stratum, share in sound:
        attribute = stratum.partition("=")[0]
        totals[attribute] = totals.get(attribute, Decimal(0)) + share
    return [f"the shares of {a} sum to {t}, not to 1" for a, t in totals.items() if abs(t - 1) > SLACK]
