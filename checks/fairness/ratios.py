"""Adverse impact: whether the favourable decision is given equally often in every group.

The ratio of selection rates is that of the "four-fifths rule" (29 CFR 1607.4 D), there against the most
selected group, here for every pair.
"""

from __future__ import annotations

from checks.fairness.comparison import GAP, RATIO, compared
from checks.fairness.groups import compared_groups
from checks.measured import Confidence, Measured
from checks.subject import Subject
from checks.table import Table


def selection_rate_ratio(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    groups: tuple[str, ...],
    favourable: str,
) -> Measured:
    """Estimates `selection_rate` per group and `selection_rate_ratio` (smaller over larger) per pair.

    `favourable` is the class that a person would rather be given; a submission that declares another one is
    not measured, for the ratio of refusals says little about the ratio of grants.
    """
    return compared(
        compared_groups(subject, data, groups).selected(favourable),
        confidence,
        rate="selection_rate",
        between="selection_rate_ratio",
        by=RATIO,
    )


def selection_rate_gap(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    groups: tuple[str, ...],
    favourable: str,
) -> Measured:
    """Estimates `selection_rate` per group and `selection_rate_gap` per unordered pair: demographic parity.

    Where nearly everybody is granted a ratio is near 1 whoever is refused, and where hardly anybody is it is
    far from 1 by chance: a gap says in both how many persons of a hundred are treated otherwise.
    """
    return compared(
        compared_groups(subject, data, groups).selected(favourable),
        confidence,
        rate="selection_rate",
        between="selection_rate_gap",
        by=GAP,
    )
