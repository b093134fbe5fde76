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
from checks.opening import quoted
from checks.table import as_codes

if TYPE_CHECKING:
    import pandas as pd

    from checks.relation import Relation

_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_CLOCK: Final = r"[T ](?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_CALENDAR: Final = rf"^{_DAY}(?:{_CLOCK}(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$"
_OFFSET: Final = r"([+-])(\d{2}):?(\d{2})?$"
_SIGN, _HOURS, _MINUTES = 1, 2, 3
_SHORTEST: Final = len("2026-03-31T14:05")
"""An offset begins after so many characters."""

_WHOLE: Final = r"-?\d{1,15}"
"""Beyond fifteen digits a column of floats has no exact whole numbers."""

_READ: Final = "what is read are ISO 8601 days and moments, or whole numbers alone"


def day(code: str) -> str:
    """SQL for the calendar day as written (DATE), NULL where the code is no day of the calendar.

    `code` is SQL for a text, as is all that these functions take and give.
    """
    return f"CAST({_at(code)} AS DATE)"


def instant(code: str) -> str:
    """SQL for the microseconds since 1970 in UTC (BIGINT), NULL where the code is no day of the calendar."""
    after = f"substr({code}, {_SHORTEST + 1})"
    shifted = f"(contains({after}, '+') OR contains({after}, '-'))"
    return f"epoch_us({_at(code)}) - CASE WHEN {shifted} THEN {_offset(code)} ELSE 0 END"


def place_in_order(code: str) -> str:
    """SQL for a whole number (BIGINT), NULL where the code is none."""
    return f"CASE WHEN regexp_full_match({code}, '{_WHOLE}') THEN TRY_CAST({code} AS BIGINT) END"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """SQL for what a column of one data set says of time: day, microseconds in UTC, and place in an order."""

    day: str
    instant: str
    place: str


def clock_of(data: Relation, column: str) -> Clock:
    """How to read a column of moments, by its type; raises `CannotMeasure` where it is not there."""
    name, type_ = quoted(column), data.type(column)
    if type_ == "DATE" or type_.startswith("TIMESTAMP"):
        finite = f"CASE WHEN isfinite({name}) THEN {name} END"
        return Clock(day=f"CAST({finite} AS DATE)", instant=f"epoch_us({finite})", place="NULL::BIGINT")
    code = data.code(column)
    if data.kind(column) == "number":
        return Clock(day="NULL::DATE", instant="NULL::BIGINT", place=place_in_order(code))
    return Clock(day=day(code), instant=instant(code), place=place_in_order(code))


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
    """The wall clock where the row arose (DuckDB ignores offsets), NULL for what no calendar shows."""
    return f"CASE WHEN regexp_matches({code}, '{_CALENDAR}') THEN TRY_CAST({code} AS TIMESTAMP) END"


def _offset(code: str) -> str:
    sign, hours, minutes = (
        f"regexp_extract({code}, '{_OFFSET}', {group})" for group in (_SIGN, _HOURS, _MINUTES)
    )
    ahead = f"CASE WHEN {sign} = '-' THEN -60000000 ELSE 60000000 END"
    return f"{ahead} * (60 * CAST({hours} AS BIGINT) + coalesce(TRY_CAST({minutes} AS BIGINT), 0))"
