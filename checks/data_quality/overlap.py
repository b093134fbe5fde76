"""The share of rows that the model may have seen before: their inputs also stand in another data set.

Only what the model is fed is compared. The same case under another label was seen all the same, and is a
contradiction besides: worse, not better. Rows are equal as `checks.repetition` says; of rows that are nearly
equal, such as a copy with a digit changed, nothing is said.
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation import input_hash


def overlap(subject: Subject, data: Relation | None, confidence: Confidence, *, other_role: str) -> Measured:
    """Estimates `overlapping_share` (all): rows whose inputs also stand in the data set of `other_role`.

    Bounds: Clopper-Pearson over the rows, taken as draws of the process that made them, with the other data
    set as it is; hence independent and unweighted rows.
    Raises `CannotMeasure` where the other data set is absent, or is the same one.
    """
    if data is None:
        raise CannotMeasure("overlap is counted in a data set, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(f"the {other_role} data overlap with themselves: name another data set")
    other = subject.relation(other_role)
    rows = subject.independent_rows(data.dataset.role).rows
    known = np.unique(other.hashes(input_hash(other)))
    overlapping = int(np.isin(data.hashes(input_hash(data)), known).sum())
    share = proportion(overlapping, rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="overlapping_share", confidence=confidence),),
        exhibits=(_exhibit(overlapping, data, other),),
    )


def _exhibit(overlapping: int, data: Relation, other: Relation) -> Exhibit:
    counts = {
        "rows": data.rows,
        "overlapping": overlapping,
        "other_role": other.dataset.role,
        "other_rows": other.rows,
    }
    return Exhibit(
        name="overlap.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
