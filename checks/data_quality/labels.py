"""The share of rows of which it is not known what is true: the label is none that the submission declares.

A missing label is no class either. For a regression, which declares no classes, the label has to be a finite
number.
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table


def labels(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `unknown_label_share` (all): rows whose label is no declared class, or no finite number.

    Bounds: Clopper-Pearson over the rows, taken as draws of the process that made the data; hence independent
    and unweighted rows. Where a declared class never occurs beside words that are no class, the classes are
    spelt otherwise than the labels: such a table is not read, and `CannotMeasure` names both.
    """
    if data is None:
        raise CannotMeasure("labels are counted in a data set, and none was given")
    data.require_independent_rows()
    unknown = int(_unknown(subject, data).sum())
    share = proportion(unknown, data.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="unknown_label_share", confidence=confidence),),
        exhibits=(_exhibit(unknown, data.rows),),
    )


def _unknown(subject: Subject, data: Table) -> Mask:
    if isinstance(subject.manifest.model.decision, IdentityRule):
        return np.asarray(~np.isfinite(data.labels), dtype=np.bool_)
    return np.asarray(data.labels == UNDECIDED, dtype=np.bool_)


def _exhibit(unknown: int, rows: int) -> Exhibit:
    counts = {"rows": rows, "unknown": unknown}
    return Exhibit(
        name="labels.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
