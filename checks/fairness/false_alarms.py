"""Whether those who are negative are falsely decided as positive equally often in every group.

Together with equal true-positive rates this is "equalized odds": Hardt, Price and Srebro, Equality of
Opportunity in Supervised Learning (NeurIPS 2016), definition 2.1.
"""

from __future__ import annotations

from checks.fairness.comparison import GAP, RATIO, compared
from checks.fairness.groups import compared_groups
from checks.measured import Confidence, Measured
from checks.subject import Subject
from checks.table import Table


def false_positive_rate_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `false_positive_rate` per group and `false_positive_rate_gap` per unordered pair."""
    return compared(
        compared_groups(subject, data, groups).false_positives(),
        confidence,
        rate="false_positive_rate",
        between="false_positive_rate_gap",
        by=GAP,
    )


def false_positive_rate_ratio(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `false_positive_rate` per group and `false_positive_rate_ratio` per pair, at most 1.

    Where false alarms are rare every gap is small, although one group may have several times as many.
    Raises `CannotMeasure` for two groups in which nobody is falsely alarmed.
    """
    return compared(
        compared_groups(subject, data, groups).false_positives(),
        confidence,
        rate="false_positive_rate",
        between="false_positive_rate_ratio",
        by=RATIO,
    )
