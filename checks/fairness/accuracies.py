"""Whether decisions are right equally often in every group: "overall accuracy equality".

Berk, Heidari, Jabbari, Kearns and Roth, Fairness in Criminal Justice Risk Assessments (Sociological Methods
and Research 50, 2021, 3-44). Equal accuracies may hide opposite errors: which ones, the rates of true and of
false positives tell.
"""

from __future__ import annotations

from checks.fairness.comparison import GAP, RATIO, compared
from checks.fairness.groups import decided_groups
from checks.measured import Confidence, Measured
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
        by=GAP,
    )


def error_rate_ratio(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `error_rate` per group and `error_rate_ratio` (smaller over larger) per unordered pair.

    Of a system that errs rarely every gap is small, although one group may pay for most errors. Raises
    `CannotMeasure` for two groups without any error: zero over zero says nothing.
    """
    return compared(
        decided_groups(subject, data, groups).wrong(),
        confidence,
        rate="error_rate",
        between="error_rate_ratio",
        by=RATIO,
    )
