"""The share of rows in which something is missing, of what the model is fed or of what is true.

A value is missing where there is none, where a text is blank, and where no number can be read of what has to
be one: a word in a numeric column reaches the model as NaN. What stands for "unknown" in a code of its own is
a value; whether it is a declared one is asked by `representativeness.domain` and `data_quality.labels`.
"""

from __future__ import annotations

from certify.digest import canonical
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation import Tabulation


def completeness(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `incomplete_share` (all): rows with any value missing in a declared input or the target.

    Other columns are not asked for. Bounds: Clopper-Pearson over the rows, taken as draws of the process that
    made the data; hence independent and unweighted rows. An integer input that lacks a value cannot be fed to
    the model at all: its table is not counted, and `CannotMeasure` says so.
    """
    if data is None:
        raise CannotMeasure("missing values are counted in a data set, and none was given")
    counted = subject.independent_rows(data.dataset.role)
    share = proportion(counted.incomplete, counted.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="incomplete_share", confidence=confidence),),
        exhibits=(_exhibit(counted, data.dataset.target),),
    )


def _exhibit(counted: Tabulation, target: str) -> Exhibit:
    counts = {
        "rows": counted.rows,
        "incomplete": counted.incomplete,
        "missing": {**{s.source: s.missing for s in counted.sources}, target: counted.target_missing},
    }
    return Exhibit(
        name="completeness.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
