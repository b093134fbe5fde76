"""Whether the favourable decision is given equally often among persons who are alike in a legitimate respect.

Conditional statistical parity: Corbett-Davies, Pierson, Feller, Goel and Huq, Algorithmic Decision Making and
the Cost of Fairness (KDD 2017), section 2; Kamiran, Zliobaite and Calders, Quantifying Explainable
Discrimination (Knowledge and Information Systems 35, 2013). Which respect is legitimate is for
the basis to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from certify.standard import pair_of
from checks.fairness.comparison import GAP, Compare, counts_of
from checks.fairness.crossings import crossed_groups
from checks.measured import Confidence, Interval, Measured
from checks.statistics.events import Events, split
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table


def conditional_selection_rate_gap(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    groups: tuple[str, ...],
    given: tuple[str, ...],
    favourable: str,
) -> Measured:
    """Estimates `conditional_selection_rate_gap` per pair of `groups`: the greatest over the strata `given`.

    Estimates `selection_rate` in every crossing of a group with such a stratum as well; `n` of a gap is the
    fewest cases in any of them. Raises `CannotMeasure` for a crossing without a case, and where a row of a
    group belongs to none of the strata: whoever is in none is compared with nobody.
    """
    counted, cells = crossed_groups(subject, data, groups, given)
    rates = counted.selected(favourable)
    pairs = list(combinations(cells, 2))
    family = confidence.over(len(pairs))
    compare = GAP.between(
        {
            (a, b): (rates[a], rates[b])
            for one, other in pairs
            for a, b in zip(cells[one], cells[other], strict=True)
        }
    )
    selected = [
        proportion(e.count, e.trials, family).estimate(
            statistic="selection_rate", stratum=cell, confidence=family
        )
        for cell, e in rates.items()
    ]
    gaps = [
        _greatest(rates, list(zip(cells[one], cells[other], strict=True)), compare, family).estimate(
            statistic="conditional_selection_rate_gap", stratum=pair_of(one, other), confidence=family
        )
        for one, other in pairs
    ]
    return Measured(estimates=(*selected, *gaps), exhibits=(counts_of("selection_rate", rates),))


def _greatest(
    rates: Mapping[str, Events],
    pairs: list[tuple[str, str]],
    compare: Mapping[str, Compare],
    confidence: Confidence,
) -> Interval:
    """The greatest of several gaps.

    That it is at most U says that every gap is: no correction. That it is at least L is shown by any of them,
    and each may be the one that misses: as many claims as strata.
    """
    each = Confidence(split(confidence.level, len(pairs)), confidence.family)
    plain = [compare[pair_of(a, b)](rates[a], rates[b], confidence) for a, b in pairs]
    of_many = [compare[pair_of(a, b)](rates[a], rates[b], each) for a, b in pairs]
    return Interval(
        name=f"greatest of {len(pairs)}, {plain[0].name}",
        value=max(gap.value for gap in plain),
        n=min(gap.n for gap in plain),
        demonstrating=(
            max(gap.demonstrating[0] for gap in of_many), max(gap.demonstrating[1] for gap in plain),
        ),
        refuting=(max(gap.refuting[0] for gap in of_many), max(gap.refuting[1] for gap in plain)),
    )  # fmt: skip
