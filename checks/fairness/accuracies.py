"""Whether decisions are right equally often in every group: "overall accuracy equality".

Berk, Heidari, Jabbari, Kearns and Roth, Fairness in Criminal Justice Risk Assessments (Sociological Methods
and Research 50, 2021, 3-44). Equal accuracies may hide opposite errors: which ones, the rates of true and of
false positives tell.
"""

from __future__ import annotations

from checks.fairness.groups import compared, decided_groups
from checks.measured import Confidence, Measured
from checks.statistics.differences import absolute_difference
from checks.subject import Subject
from checks.table import Table


def accuracy_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `accuracy` per group and `accuracy_gap` per unordered pair, for two classes or more."""
    return compared(
        decided_groups(subject, data, groups).correct(),
        confidence,
        rate="accuracy",
        between="accuracy_gap",
        interval=absolute_difference,
    )
