"""When a row was collected, as its column says it: a calendar day, and a place in the order of time.

Two spellings are read, and no others: ISO 8601 days and moments (2026-03-31, 2026-03-31T14:05:00.25+02:00),
and whole numbers, which give an order without a calendar. One column keeps to one of them: where any value is
a day, a whole number is no moment. A moment without an offset is taken for one in UTC; its day is the day as
written, whatever the offset.

Everything here is SQL over the code of a value, so that tables in memory and relations that are streamed mean
the same by a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.table import as_codes

if TYPE_CHECKING:
    import pandas as pd

    from checks.relation import Relation

_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_CLOCK: Final = r"[T ](?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_CALENDAR: Final = rf"^(?:{_DAY}|{_DAY}{_CLOCK}(?:Z|([+-])(0\d|1[0-4])(?::?([0-5]\d))?)?)$"
_SIGN, _HOURS, _MINUTES = 1, 2, 3
"""The groups of an offset."""

_WHOLE: Final = r"-?\d{1,15}"
"""Beyond fifteen digits a column of floats has no exact whole numbers."""


_READ: Final = "what is read are ISO 8601 days and moments, or whole numbers alone"


def day(code: str) -> str:
    """SQL for the calendar day as written (DATE), NULL where the code is no day of the calendar.

    `code` is SQL for a text, as is all that these functions take and give.
    """
    return f"CASE WHEN {_at(code)} IS NOT NULL THEN TRY_CAST(left({code}, 10) AS DATE) END"


def instant(code: str) -> str:
    """SQL for the microseconds since 1970 in UTC (BIGINT), NULL where the code is no day of the calendar."""
    hours, minutes = (f"coalesce(TRY_CAST({_part(code, at)} AS BIGINT), 0)" for at in (_HOURS, _MINUTES))
    ahead = f"CASE WHEN {_part(code, _SIGN)} = '-' THEN -60000000 ELSE 60000000 END"
    return f"epoch_us({_at(code)}) - {ahead} * (60 * {hours} + {minutes})"


def place_in_order(code: str) -> str:
    """SQL for a whole number (BIGINT), NULL where the code is none."""
    return f"CASE WHEN regexp_full_match({code}, '{_WHOLE}') THEN TRY_CAST({code} AS BIGINT) END"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """SQL for what the column of time of one data set says, and whether it says days or gives an order."""

    column: str
    day: str
    at: str
    """Where a row stands in the order of time (BIGINT), NULL where it says no moment."""
    dated: bool
    rows: int
    """How many rows say a moment."""


def clock_of(data: Relation) -> Clock:
    """How to read the moments of a data set; costs a scan of one column.

    Raises `CannotMeasure` where no column of time is declared or there, and where no row says a moment.
    """
    column = data.dataset.time_column
    if column is None:
        raise CannotMeasure(f"{data.dataset.name} declares no time_column: no row says when it was collected")
    code = data.code(column)
    found = data.aggregate({"dated": f"count({instant(code)})", "placed": f"count({place_in_order(code)})"})
    if not any(found.values()):
        raise CannotMeasure(f"no row of {data.dataset.name} says a moment in {column}: {_READ}")
    dated = bool(found["dated"])
    return Clock(
        column=column,
        day=day(code),
        at=instant(code) if dated else place_in_order(code),
        dated=dated,
        rows=found["dated"] if dated else found["placed"],
    )


def moments(column: pd.Series[Any]) -> NDArray[np.int64]:
    """Where each row of a column stands in the order of time; larger is later.

    Raises `CannotMeasure` for a row that says no moment.
    """
    import duckdb
    import pandas as pd

    codes = as_codes(column)
    rows = pd.DataFrame({"code": codes.astype(object).where(codes.notna(), None)})
    with duckdb.connect(":memory:") as connection:
        connection.register("rows", rows)
        found = connection.execute(
            f"SELECT {instant('said')} AS instant, {place_in_order('said')} AS place "  # noqa: S608
            "FROM (SELECT CAST(code AS VARCHAR) AS said FROM rows)"
        ).fetchnumpy()
    dated, placed = (np.ma.MaskedArray(found[name]) for name in ("instant", "place"))
    told = dated if dated.count() else placed
    if told.count() < len(column):
        raise CannotMeasure(
            f"{len(column) - told.count()} rows say no moment in the column {column.name}: {_READ}"
        )
    return np.asarray(told, dtype=np.int64)


def _at(code: str) -> str:
    """The wall clock where the row arose, NULL for what no calendar or clock shows."""
    clock = f"regexp_extract({code}, '^{_DAY}(?:{_CLOCK})?')"
    return f"CASE WHEN regexp_matches({code}, '{_CALENDAR}') THEN TRY_CAST({clock} AS TIMESTAMP) END"


def _part(code: str, group: int) -> str:
    return f"regexp_extract({code}, '{_CALENDAR}', {group})"
