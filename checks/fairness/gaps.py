"""Equal opportunity: whether those who are positive are found equally often in every group.

Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning (NeurIPS 2016), definition 2.2.
"""

from __future__ import annotations

from checks.fairness.comparison import GAP, RATIO, compared
from checks.fairness.groups import compared_groups
from checks.measured import Confidence, Measured
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
        by=GAP,
    )


def true_positive_rate_ratio(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `true_positive_rate` per group and `true_positive_rate_ratio` (smaller over larger) per pair.

    Where few are found a small gap may hide that one group is found twice as often; the ratio shows it.
    Raises `CannotMeasure` for two groups in which nobody is found.
    """
    return compared(
        compared_groups(subject, data, groups).true_positives(),
        confidence,
        rate="true_positive_rate",
        between="true_positive_rate_ratio",
        by=RATIO,
    )
