"""When and where the rows of a table were collected, counted: what its columns of time and place say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from certify.submission.data import Dataset
from certify.value import Day, Number, Value
from checks.moment import clock_of
from checks.opening import own
from checks.relation import Relation

Count = int

DAY, INSTANT, PLACE = own("day of collection"), own("instant of collection"), own("place in the order")
"""What each row is given, see `said`."""


class Times(Value):
    """What the column of time says. Rows that say no moment are none of `rows`."""

    dated: bool
    """Whether any row says a day; then a whole number is no moment."""
    rows: Count = Field(ge=0)
    first: Number | None
    last: Number | None
    """In microseconds since 1970 in UTC, or the whole numbers."""
    first_day: Day | None
    last_day: Day | None
    inside_period: Count = Field(ge=0)
    """Rows dated within the declared period of collection."""


def said(relation: Relation) -> dict[str, str]:
    """SQL for what every row says of time, by the names above; nothing without a column of time."""
    column = relation.dataset.time_column
    if column is None or column not in relation.names:
        return {}
    clock = clock_of(relation, column)
    return {DAY: clock.day, INSTANT: clock.instant, PLACE: clock.place}


def expressions(relation: Relation) -> dict[str, str]:
    """Aggregates over rows that say so, for `times_of` and `outside_places_of`."""
    return {**(_of_time(relation.dataset) if said(relation) else {}), **_of_places(relation)}


def _of_time(dataset: Dataset) -> dict[str, str]:
    first, last = dataset.collected.first.isoformat(), dataset.collected.last.isoformat()
    within = f"{DAY} BETWEEN DATE '{first}' AND DATE '{last}'"
    return {
        "dated": f"count({INSTANT})",
        "first instant": f"min({INSTANT})",
        "last instant": f"max({INSTANT})",
        "placed": f"count({PLACE})",
        "first place": f"min({PLACE})",
        "last place": f"max({PLACE})",
        "first day": f"min({DAY})",
        "last day": f"max({DAY})",
        "inside period": f"count(CASE WHEN {within} THEN 1 END)",
    }


def _of_places(relation: Relation) -> dict[str, str]:
    column, places = relation.dataset.place_column, relation.dataset.places
    if column is None or places is None or column not in relation.names:
        return {}
    return {"inside places": f"count(CASE WHEN {relation.equals(column, places)} THEN 1 END)"}


def times_of(counted: Mapping[str, Any]) -> Times | None:
    """From what was counted; None where no column says anything of time."""
    if "dated" not in counted:
        return None
    dated = bool(counted["dated"])
    what = "instant" if dated else "place"
    return Times(
        dated=dated,
        rows=counted["dated" if dated else "placed"],
        first=counted[f"first {what}"],
        last=counted[f"last {what}"],
        first_day=counted["first day"],
        last_day=counted["last day"],
        inside_period=counted["inside period"],
    )
