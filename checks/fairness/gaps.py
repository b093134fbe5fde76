"""Equal opportunity: whether those who are positive are found equally often in every group.

Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning (NeurIPS 2016), definition 2.2.
"""

from __future__ import annotations

from checks.fairness.groups import compared, compared_groups
from checks.measured import Confidence, Measured
from checks.statistics.differences import absolute_difference
from checks.subject import Subject
from checks.table import Table


def true_positive_rate_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `true_positive_rate` per group and `true_positive_rate_gap` per unordered pair."""
    return compared(
        compared_groups(subject, data, groups).true_positives(),
        confidence,
        rate="true_positive_rate",
        between="true_positive_rate_gap",
        interval=absolute_difference,
    )
