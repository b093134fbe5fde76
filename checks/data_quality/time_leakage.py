"""Whether one data set begins where another ends: a model that knew the future has foretold nothing.

A test row no later than the last training row, and a training row no earlier than the first test row, are the
two ways in which sets overlap in time. A single row in the wrong place makes one of the two shares large.
A row that says no moment may be of any, and counts as one in the wrong place.
"""

from __future__ import annotations

from certify.digest import canonical
from checks.data_quality.defects import defective_share, times_of
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.moment import clock_of
from checks.relation import Relation
from checks.subject import Subject
from checks.tabulation import Times


def time_leakage(
    subject: Subject, data: Relation | None, confidence: Confidence, *, other_role: str
) -> Measured:
    """Estimates, over all rows, `early_share` of the data: rows no later than the last row of `other_role`;
    and `late_share` of `other_role`: rows no earlier than the first row of the data.

    Bounds: as for defects of rows (`checks.data_quality.defects`), with the other data set as it is. They
    always hold the share of these very rows; where rows depend on each other in time beyond their declared
    units, they speak of these rows and of no others.
    Raises `CannotMeasure` where either data set is absent, declares no column of time, or has days where the
    other has whole numbers.
    """
    if data is None:
        raise CannotMeasure("what was early is counted in a data set, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(f"the {other_role} data are no later than themselves: name another data set")
    other = subject.relation(other_role)
    ours, theirs = _times(subject, data), _times(subject, other)
    if ours.dated != theirs.dated:
        raise CannotMeasure("one data set says days and the other whole numbers: neither comes first")
    each = confidence.over(2)
    early, early_rows = _astray(subject, data, f"<= {theirs.last}", each)
    late, late_rows = _astray(subject, other, f">= {ours.first}", each)
    counts = {
        "rows": data.rows, "early": early_rows, "without_moment": data.rows - ours.rows,
        "other_role": other_role, "other_rows": other.rows, "late": late_rows,
        "other_without_moment": other.rows - theirs.rows,
    }  # fmt: skip
    return Measured(
        estimates=(
            early.estimate(statistic="early_share", confidence=each),
            late.estimate(statistic="late_share", confidence=each),
        ),
        exhibits=(
            Exhibit(
                name="time-leakage.json", media_type="application/json", visibility="public",
                data=canonical(counts),
            ),
        ),
    )  # fmt: skip


def _times(subject: Subject, data: Relation) -> Times:
    times = times_of(subject, data)
    if not times.rows:
        raise CannotMeasure(f"no row of {data.dataset.name} says a moment that can be read")
    return times


def _astray(subject: Subject, data: Relation, where: str, confidence: Confidence) -> tuple[Interval, int]:
    """The rows of a data set whose moment lies so, or that say none."""
    clock = clock_of(data, str(data.dataset.time_column))
    at = clock.instant if times_of(subject, data).dated else clock.place
    defect = f"coalesce({at} {where}, true)"
    rows = int(data.aggregate({"astray": f"count(CASE WHEN {defect} THEN 1 END)"})["astray"])
    return defective_share(subject, data, defect=defect, rows=rows, confidence=confidence), rows
