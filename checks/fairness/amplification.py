"""Whether decisions differ more between groups than the labels did from which the system learnt.

Bias amplification: Zhao, Wang, Yatskar, Ordonez and Chang, Men Also Like Shopping (EMNLP 2017), here for the
rates of the favourable class. Labels may be unjust themselves; a system that repeats them amplifies nothing.
Sizes are compared and not directions: a gap that is turned round is no larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from certify.standard import pair_of
from checks.fairness.comparison import GAP, Compare, counts_of
from checks.fairness.groups import BinaryGroups, compared_groups
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.statistics.events import Events, split
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

_TRAIN = "train"


def bias_amplification(
    subject: Subject,
    data: Table | None,
    confidence: Confidence,
    *,
    groups: tuple[str, ...],
    favourable: str,
) -> Measured:
    """Estimates `bias_amplification` per pair: the gap of the decisions minus that of train's labels.

    Estimates `selection_rate` (decisions) and `label_rate` (labels in train) per group as well. Raises
    `CannotMeasure` for the training data themselves, and where a row has no decision or no known label.
    """
    decided = compared_groups(subject, data, groups)
    if decided.data.dataset.role == _TRAIN:
        raise CannotMeasure("the training data are compared with themselves: name data that were not seen")
    selections = decided.selected(favourable)
    labels = _labelled(subject, decided, groups, favourable)
    pairs = list(combinations(selections, 2))
    family = confidence.over(len(pairs))
    on_data, on_train = (
        GAP.between({(a, b): (rates[a], rates[b]) for a, b in pairs}) for rates in (selections, labels)
    )
    rates = [
        proportion(e.count, e.trials, family).estimate(statistic=name, stratum=group, confidence=family)
        for name, of in (("selection_rate", selections), ("label_rate", labels))
        for group, e in of.items()
    ]
    grown = [
        _minus(_gap(selections, a, b, on_data, family), _gap(labels, a, b, on_train, family)).estimate(
            statistic="bias_amplification", stratum=pair_of(a, b), confidence=family
        )
        for a, b in pairs
    ]
    exhibits = (counts_of("selection_rate", selections), counts_of("label_rate", labels))
    return Measured(estimates=(*rates, *grown), exhibits=exhibits)


def _labelled(
    subject: Subject, decided: BinaryGroups, groups: tuple[str, ...], favourable: str
) -> dict[str, Events]:
    train = subject.table(_TRAIN)
    labelled = BinaryGroups(
        rule=decided.rule,
        data=train,
        decided=train.labels,
        members={name: train.members(name) for name in groups},
    )
    train.require_independent_rows()
    try:
        return labelled.labelled(favourable)
    except CannotMeasure as refusal:
        raise CannotMeasure(f"{train.dataset.name}: {refusal.explanation}", refusal.reason) from refusal


def _gap(
    rates: Mapping[str, Events], a: str, b: str, compare: Mapping[str, Compare], confidence: Confidence
) -> Interval:
    """At half of alpha, so that two of them hold together."""
    each = Confidence(split(confidence.level, 2), confidence.family)
    return compare[pair_of(a, b)](rates[a], rates[b], each)


def _minus(decided: Interval, learnt: Interval) -> Interval:
    return Interval(
        name=f"union bound of two bounds ({decided.name}; {learnt.name}), difference",
        value=decided.value - learnt.value,
        n=min(decided.n, learnt.n),
        demonstrating=_between(decided.demonstrating, learnt.demonstrating),
        refuting=_between(decided.refuting, learnt.refuting),
    )


def _between(decided: tuple[float, float], learnt: tuple[float, float]) -> tuple[float, float]:
    return decided[0] - learnt[1], decided[1] - learnt[0]
