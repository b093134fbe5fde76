"""Whether rows were collected when and where the vendor says: in the declared period, at declared places.

A row without a date or a place, or with one that cannot be read, was collected outside. Whether a date is
true is for nobody here to see.
"""

from __future__ import annotations

from certify.digest import canonical
from checks.data_quality.defects import defective_share
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.moment import clock_of
from checks.opening import text
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
    clock, period = clock_of(data), data.dataset.collected
    if not clock.dated:
        raise CannotMeasure(f"the whole numbers in {clock.column} give an order and no calendar day")
    first, last = (f"DATE '{day.isoformat()}'" for day in (period.first, period.last))
    outside = f"NOT coalesce({clock.day} BETWEEN {first} AND {last}, false)"
    found = data.aggregate(
        {
            "outside": f"count(*) FILTER ({outside})",
            "first": f"min({clock.day})::VARCHAR",
            "last": f"max({clock.day})::VARCHAR",
        }
    )
    rows = int(found["outside"])
    share = defective_share(subject, data, defect=outside, rows=rows, confidence=confidence)
    counts = {
        "rows": data.rows, "outside": rows, "without_date": data.rows - clock.rows,
        "first": found["first"], "last": found["last"],
        "declared_first": period.first.isoformat(), "declared_last": period.last.isoformat(),
    }  # fmt: skip
    return Measured(
        estimates=(share.estimate(statistic="outside_period_share", confidence=confidence),),
        exhibits=(_exhibit("collection-period.json", counts),),
    )


def collection_places(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `outside_places_share` (all): rows from no declared place. Bounds as for the period.

    Raises `CannotMeasure` where no column of places is declared.
    """
    if data is None:
        raise CannotMeasure("places are looked at in a data set, and none was given")
    column, places = data.dataset.place_column, data.dataset.places
    if column is None or places is None:
        raise CannotMeasure(f"{data.dataset.name} declares no place_column: no row says where it comes from")
    code = data.code(column)
    outside = f"NOT coalesce({code} IN ({', '.join(map(text, places))}), false)"
    found = data.query(
        f"SELECT {code} AS place, count(*) AS times FROM data WHERE {outside} "  # noqa: S608
        "GROUP BY place ORDER BY times DESC, place"
    )
    rows = sum(int(times) for _, times in found)
    share = defective_share(subject, data, defect=outside, rows=rows, confidence=confidence)
    named = [{"place": place, "rows": int(times)} for place, times in found[:_NAMED]]
    counts = {"rows": data.rows, "outside": rows, "undeclared_places": len(found), "most_frequent": named}
    return Measured(
        estimates=(share.estimate(statistic="outside_places_share", confidence=confidence),),
        exhibits=(_exhibit("collection-places.json", counts),),
    )


def _exhibit(name: str, counts: dict[str, object]) -> Exhibit:
    return Exhibit(name=name, media_type="application/json", visibility="public", data=canonical(counts))
