"""The share of rows that have a defect, with bounds that fit how the rows were drawn.

Rows that are drawn by themselves have exact binomial bounds. Of several rows of one statistical unit the
unit is what is drawn, and the bounds are those of `checks.statistics.weighted`, which rest on the most rows
that one unit can have. Weighted rows and tables that repeat themselves are refused, as they are elsewhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from checks.design import require_most_rows
from checks.domain import finely_measured
from checks.independence import refuse_repetition
from checks.measured import CannotMeasure, Confidence, Interval
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.statistics.weighted import weighted_rate
from checks.subject import Subject
from checks.tabulation import Times


def defective_share(
    subject: Subject, data: Relation, *, defect: str, rows: int, confidence: Confidence
) -> Interval:
    """The share of rows with a defect; `defect` is SQL that is never NULL, and true for `rows` rows.

    Raises `CannotMeasure` for weighted rows, for a table that repeats itself, and where rows of one unit are
    not all named, or their number is not bounded.
    """
    require_drawn(subject, data)
    if not subject.tabulation(data.dataset.role).clustered:
        return proportion(rows, data.rows, confidence)
    found = data.query(
        "SELECT defective, size, count(*) FROM (SELECT "  # noqa: S608
        f"count(CASE WHEN {defect} THEN 1 END) AS defective, count(*) AS size "
        f"FROM data GROUP BY {unit_hash(subject, data)}) GROUP BY ALL ORDER BY ALL"
    )
    defective, sizes, units = np.asarray(found, dtype=np.int64).T
    return share_by_unit(data, np.repeat(defective, units), np.repeat(sizes, units), confidence)


def share_by_unit(
    data: Relation, defective: NDArray[np.int64], sizes: NDArray[np.int64], confidence: Confidence
) -> Interval:
    """Of the rows of all units, `sizes` of each, the share of those with a defect."""
    most = require_most_rows(data.dataset, int(sizes.max()))
    return weighted_rate(defective.astype(np.float64), sizes.astype(np.float64), float(most), confidence)


def require_drawn(subject: Subject, data: Relation) -> None:
    """Refuse weighted rows and tables that repeat themselves; rows of one unit may be several."""
    counted = subject.tabulation(data.dataset.role)
    if not counted.clustered:
        subject.independent_rows(data.dataset.role)
        return
    if data.dataset.weights is not None:
        raise CannotMeasure("weighted rows of several to a unit have no bounds for a share of rows")
    refuse_repetition(data.dataset, counted.defect(fine=finely_measured(data.manifest.model.inputs)))


def unit_hash(subject: Subject, data: Relation) -> str:
    """SQL for 64 bits that are equal where the statistical unit is; those of two relations compare.

    Raises `CannotMeasure` where no column of units is declared, or rows say not of which one they are.
    """
    column, unit = data.dataset.unit_column, data.dataset.statistical_unit
    if column is None:
        raise CannotMeasure(f"{data.dataset.name} declares no unit_column: no row says of which {unit} it is")
    code, unnamed = data.code(column), subject.tabulation(data.dataset.role).missing[column]
    if unnamed:
        raise CannotMeasure(f"{unnamed} rows of {data.dataset.name} say not of which {unit} they are")
    return f"hash({code})"


def times_of(subject: Subject, data: Relation) -> Times:
    """What the column of time says; raises `CannotMeasure` where none is declared, or there."""
    column = data.dataset.time_column
    if column is None:
        raise CannotMeasure(f"{data.dataset.name} declares no time_column: no row says when it was collected")
    times = subject.tabulation(data.dataset.role).times
    if times is None:
        raise CannotMeasure(f"{data.dataset.name} has no column {column} of moments")
    return times
