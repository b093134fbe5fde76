"""The share of rows that repeat an earlier one, with what the model is fed and with what is true.

Rows are equal as `checks.repetition` says: number by number, in the types that the model is fed. Of rows that
are nearly equal nothing is said. Persons may give equal answers where columns are coarse; no method can tell
them from a copy, so that they count as one.
"""

from __future__ import annotations

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject


def duplicates(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `repeated_share` (all): rows equal to an earlier row of any file, inputs and label alike.

    Bounds: Clopper-Pearson over all rows, taken as draws of the process that made the data, which copies each
    row independently of the others. They always hold the share of these very rows. Where rows are equal by
    chance, the share grows with the table and the counts scatter more than binomial ones: then the bounds
    speak of this table and of no other. Rows that repeat or belong together are what is counted here, and are
    not refused as they are elsewhere.
    Raises `CannotMeasure` for weighted rows: the share of rows is not the share of those they stand for.
    """
    if data is None:
        raise CannotMeasure("duplicates are counted in a data set, and none was given")
    if data.dataset.weights is not None:
        raise CannotMeasure("weighted rows need an interval method for survey weights")
    counted = subject.tabulation(data.dataset.role)
    share = proportion(counted.repeated, counted.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="repeated_share", confidence=confidence),),
        exhibits=(_exhibit(counted.repeated, counted.rows),),
    )


def _exhibit(copies: int, rows: int) -> Exhibit:
    counts = {"rows": rows, "repeated": copies}
    return Exhibit(
        name="duplicates.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
