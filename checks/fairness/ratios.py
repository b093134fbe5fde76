"""Adverse impact: whether the favourable decision is given equally often in every group.

The ratio of selection rates is that of the "four-fifths rule" (29 CFR 1607.4 D), there against the most
selected group, here for every pair.
"""

from __future__ import annotations

from checks.fairness.groups import compared_groups, counts_exhibit, pairs
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.statistics.events import Events
from checks.statistics.proportions import proportion
from checks.statistics.ratios import smaller_to_larger
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
    rates = compared_groups(subject, data, groups).selected(favourable)
    compared = list(pairs(rates))
    family = confidence.over(len(rates) + len(compared))
    return Measured(
        estimates=(
            *(
                proportion(e.count, e.trials, family).estimate(
                    statistic="selection_rate", confidence=family, stratum=group
                )
                for group, e in rates.items()
            ),
            *(
                _ratio(pair, first, second, family).estimate(
                    statistic="selection_rate_ratio", confidence=family, stratum=pair
                )
                for pair, first, second in compared
            ),
        ),
        exhibits=(counts_exhibit("selected-by-group", rates),),
    )


def _ratio(pair: str, first: Events, second: Events, confidence: Confidence) -> Interval:
    try:
        return smaller_to_larger(first, second, confidence)
    except CannotMeasure as refusal:
        raise CannotMeasure(f"{pair}: {refusal.explanation}") from refusal
