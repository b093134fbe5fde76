"""The share of rows whose statistical unit also stands in another data set: a patient in train and in test.

Other images of a person whom the model has seen are no new cases, though no two rows are equal. Units are the
same where their codes are; whether a code stands for one unit in both data sets is the vendor's word.
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from checks.data_quality.defects import require_drawn, share_by_unit, unit_hash
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject


def unit_leakage(
    subject: Subject, data: Relation | None, confidence: Confidence, *, other_role: str
) -> Measured:
    """Estimates `known_unit_share` (all): rows of a unit that also has rows in the data set of `other_role`.

    Bounds: units are draws of the process that made them, with the other data set as it is. With one row to
    a unit Clopper-Pearson, else a betting bound by unit, which needs `most_rows_per_unit`. Holds eight bytes
    for each row of both data sets; two of ten million units are taken for one in one of 400,000 tables.
    Raises `CannotMeasure` for weighted rows, where the other data set is absent or the same one, and where
    either names no unit, not the same kind of unit, or not that of each row.
    """
    if data is None:
        raise CannotMeasure("shared units are counted in a data set, and none was given")
    if other_role == data.dataset.role:
        raise CannotMeasure(f"the {other_role} data share all units with themselves: name another data set")
    other = subject.relation(other_role)
    ours, theirs = data.dataset.statistical_unit, other.dataset.statistical_unit
    if ours != theirs:
        raise CannotMeasure(f"a row stands for a {ours} here and for a {theirs} there: units do not compare")
    require_drawn(subject, data)
    known = np.unique(other.hashes(unit_hash(subject, other)))
    units, sizes = np.unique(data.hashes(unit_hash(subject, data)), return_counts=True)
    shared = np.isin(units, known, assume_unique=True)
    if subject.tabulation(data.dataset.role).clustered:
        share = share_by_unit(data, np.where(shared, sizes, 0), sizes, confidence)
    else:
        share = proportion(int(shared.sum()), len(units), confidence)
    counts = {
        "rows": data.rows,
        "rows_of_shared_units": int(sizes[shared].sum()),
        "units": len(units),
        "shared_units": int(shared.sum()),
        "other_role": other_role,
        "other_units": len(known),
    }
    return Measured(
        estimates=(share.estimate(statistic="known_unit_share", confidence=confidence),),
        exhibits=(
            Exhibit(
                name="unit-leakage.json", media_type="application/json", visibility="public",
                data=canonical(counts),
            ),
        ),
    )  # fmt: skip
