"""Whether rows were collected when and where the vendor says: in the declared period, at declared places.

A row without a date or a place, or with one that cannot be read, was collected outside. Whether a date is
true is for nobody here to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from certify.digest import canonical
from checks.data_quality.defects import defective_share, times_of
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.moment import clock_of
from checks.relation import Relation
from checks.subject import Subject

_NAMED = 10
"""So many undeclared places are named, the most frequent first."""


def collection_period(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `outside_period_share` (all): rows dated before the first or after the last declared day.

    The day is the one that is written, whatever its offset from UTC. Bounds: as for defects of rows, see
    `checks.data_quality.defects`. Raises `CannotMeasure` where no column of time is declared, and where it
    holds whole numbers, which stand in no calendar.
    """
    if data is None:
        raise CannotMeasure("dates are looked at in a data set, and none was given")
    times, period = times_of(subject, data), data.dataset.collected
    if not times.dated and times.rows:
        raise CannotMeasure(
            f"the whole numbers in {data.dataset.time_column} give an order and no calendar day"
        )
    first, last = (f"DATE '{day.isoformat()}'" for day in (period.first, period.last))
    day = clock_of(data, str(data.dataset.time_column)).day
    outside = f"NOT coalesce({day} BETWEEN {first} AND {last}, false)"
    rows = data.rows - times.inside_period
    share = defective_share(subject, data, defect=outside, rows=rows, confidence=confidence)
    counts = {
        "rows": data.rows, "outside": rows, "without_date": data.rows - times.rows,
        "first": _day(times.first_day), "last": _day(times.last_day),
        "declared_first": _day(period.first), "declared_last": _day(period.last),
    }  # fmt: skip
    return Measured(
        estimates=(share.estimate(statistic="outside_period_share", confidence=confidence),),
        exhibits=(_exhibit("collection-period.json", counts),),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def collection_places(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `outside_places_share` (all): rows from no declared place. Bounds as for the period.

    Raises `CannotMeasure` where no column of places is declared, or there.
    """
    if data is None:
        raise CannotMeasure("places are looked at in a data set, and none was given")
    column, places = data.dataset.place_column, data.dataset.places
    if column is None or places is None:
        raise CannotMeasure(f"{data.dataset.name} declares no place_column: no row says where it comes from")
    inside = subject.tabulation(data.dataset.role).inside_places
    if inside is None:
        raise CannotMeasure(f"{data.dataset.name} has no column {column} of places")
    outside, rows = f"NOT coalesce({data.equals(column, places)}, false)", data.rows - inside
    share = defective_share(subject, data, defect=outside, rows=rows, confidence=confidence)
    counts = {"rows": data.rows, "outside": rows, **(_undeclared(data, column, outside) if rows else {})}
    return Measured(
        estimates=(share.estimate(statistic="outside_places_share", confidence=confidence),),
        exhibits=(_exhibit("collection-places.json", counts),),
    )


def _undeclared(data: Relation, column: str, outside: str) -> dict[str, object]:
    found = data.query(
        f"SELECT {data.code(column)} AS place, count(*) AS times FROM data WHERE {outside} "  # noqa: S608
        "GROUP BY place ORDER BY times DESC, place"
    )
    named = [{"place": place, "rows": int(times)} for place, times in found[:_NAMED]]
    return {"undeclared_places": len(found), "most_frequent": named}


def _exhibit(name: str, counts: Mapping[str, object]) -> Exhibit:
    return Exhibit(name=name, media_type="application/json", visibility="public", data=canonical(counts))
