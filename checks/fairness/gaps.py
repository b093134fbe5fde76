"""Equal opportunity: whether those who are positive are found equally often in every group.

Hardt, Price and Srebro, Equality of Opportunity in Supervised Learning (NeurIPS 2016), definition 2.2.
"""

from __future__ import annotations

from checks.fairness.groups import compared_groups, counts_exhibit, pairs
from checks.measured import Confidence, Measured
from checks.statistics.differences import absolute_difference
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table


def true_positive_rate_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `true_positive_rate` per group and `true_positive_rate_gap` per unordered pair."""
    rates = compared_groups(subject, data, groups).true_positives()
    compared = list(pairs(rates))
    family = confidence.over(len(rates) + len(compared))
    return Measured(
        estimates=(
            *(
                proportion(e.count, e.trials, family).estimate(
                    statistic="true_positive_rate", confidence=family, stratum=group
                )
                for group, e in rates.items()
            ),
            *(
                absolute_difference(first, second, family).estimate(
                    statistic="true_positive_rate_gap", confidence=family, stratum=pair
                )
                for pair, first, second in compared
            ),
        ),
        exhibits=(counts_exhibit("true-positives-by-group", rates),),
    )
