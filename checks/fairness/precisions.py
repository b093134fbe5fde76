"""Predictive parity: whether a positive decision is right equally often in every group.

Chouldechova, Fair Prediction with Disparate Impact (Big Data 5, 2017, 153-163), definition 2.2. Where groups
differ in how many are positive, equal precision and equal rates of both errors cannot all hold (ibid., 2.6).
"""

from __future__ import annotations

from checks.fairness.comparison import GAP, compared
from checks.fairness.groups import compared_groups
from checks.measured import Confidence, Measured
from checks.subject import Subject
from checks.table import Table


def precision_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `precision` per group and `precision_gap` per unordered pair.

    The denominators are the cases decided positive; the bounds hold given how many those are. Raises
    `CannotMeasure` for a group in which nobody is decided positive.
    """
    return compared(
        compared_groups(subject, data, groups).confirmed(),
        confidence,
        rate="precision",
        between="precision_gap",
        by=GAP,
    )
