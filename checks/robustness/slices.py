"""How well the model does in each stretch of time and at each place, and not only on the whole.

A mean over a year hides a bad winter, and a mean over ten clinics a bad one. Stretches of time hold equal
numbers of rows, in order, so that nobody chooses where one ends; rows of one moment stay together. Places are
those that the vendor declares. Every row belongs to exactly one slice, or nothing is measured: whoever may
choose the rows that count for nobody chooses the figures.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from checks.design import require_drawn_rows
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.moment import moments
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure_rows, unit_of
from checks.statistics.extremes import greatest, least
from checks.subject import Subject
from checks.table import Table, as_codes


def performance_over_time(
    subject: Subject, data: Table | None, confidence: Confidence, *, metric: str, stretches: int
) -> Measured:
    """Estimates `performance` in each of so many `stretch=1`, `stretch=2` and so on, and in the worst (all).

    Raises `CannotMeasure` where no column of time is declared, a row says no moment, or a stretch is empty.
    """
    table = _drawn(data)
    column = table.dataset.time_column
    if column is None:
        raise CannotMeasure(f"{table.dataset.name} declares no time_column: no row says when it arose")
    _require_column(table, column)
    at = moments(table.frame[column])
    return _reported(subject, table, confidence, metric, _stretches(at, stretches))


def performance_at_places(
    subject: Subject, data: Table | None, confidence: Confidence, *, metric: str
) -> Measured:
    """Estimates `performance` at each declared `place=CODE`, and at the worst (all).

    Raises `CannotMeasure` where no places are declared, a row comes from none of them, or one has no row.
    """
    table = _drawn(data)
    column, places = table.dataset.place_column, table.dataset.places
    if column is None or places is None:
        raise CannotMeasure(f"{table.dataset.name} declares no place_column: no row says where it comes from")
    _require_column(table, column)
    codes = as_codes(table.frame[column])
    slices = {f"place={place}": codes.eq(place).to_numpy(dtype=np.bool_) for place in places}
    homeless = int(np.count_nonzero(~np.logical_or.reduce(list(slices.values()))))
    if homeless:
        raise CannotMeasure(f"{homeless} of {table.rows} rows come from no declared place")
    return _reported(subject, table, confidence, metric, slices)


def _drawn(data: Table | None) -> Table:
    if data is None:
        raise CannotMeasure("performance is measured on data, and none were given")
    require_drawn_rows(data)
    return data


def _require_column(data: Table, column: str) -> None:
    if column not in data.frame:
        raise CannotMeasure(f"{data.dataset.name} has no column {column}")


def _stretches(at: NDArray[np.int64], stretches: int) -> Mapping[str, Mask]:
    """Equal numbers of rows in the order of time; rows of one moment are in the stretch of the first."""
    if not 2 <= stretches <= len(at):
        raise CannotMeasure(f"expected two stretches or more and a row for each, found {stretches}")
    order = np.sort(at)
    place = np.searchsorted(order, at, side="left")
    which = place * stretches // len(at)
    return {f"stretch={number + 1}": which == number for number in range(stretches)}


def _reported(
    subject: Subject, data: Table, confidence: Confidence, metric: str, slices: Mapping[str, Mask]
) -> Measured:
    answers = Answers(subject, data)
    family = confidence.over(len(slices))
    found = {name: _measured(metric, answers, name, rows, family) for name, rows in slices.items()}
    worst = least if better(metric) == "higher" else greatest
    return Measured(
        estimates=tuple(
            interval.estimate(
                statistic="performance", stratum=name, confidence=family, unit=unit_of(metric, answers)
            )
            for name, interval in {**found, "all": worst([*found.values()])}.items()
        ),
        exhibits=(_exhibit(metric, found),),
    )


def _measured(metric: str, answers: Answers, name: str, rows: Mask, family: Confidence) -> Interval:
    if not rows.any():
        raise CannotMeasure(f"no row belongs to {name}")
    try:
        return measure_rows(metric, answers, rows, family)
    except CannotMeasure as refusal:
        raise CannotMeasure(f"{metric} of {name}: {refusal.explanation}", refusal.reason) from refusal


def _exhibit(metric: str, found: Mapping[str, Interval]) -> Exhibit:
    rows = [
        {
            "slice": name, "n": each.n, "value": str(exact(each.value)),
            "lower": str(exact(each.demonstrating[0])), "upper": str(exact(each.demonstrating[1])),
        }
        for name, each in found.items()
    ]  # fmt: skip
    return Exhibit(
        name="performance-by-slice.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"metric": metric, "slices": rows}),
    )
