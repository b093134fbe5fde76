"""Whether decisions are as diverse as the labels from which the system learnt, or pressed into fewer moulds.

A system that answers most cases with the most frequent class is right often and levels what it judges. The
entropy of its decisions over that of the training labels tells: 1 where outcomes are as evenly spread as they
were, 0 where all are the same. It asks for no decision to be right; random ones are as diverse as can be.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, classes_of
from checks.statistics.entropies import entropy_ratio
from checks.subject import Subject
from checks.table import Table

_TRAIN = "train"


def outcome_diversity(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `outcome_diversity` (all): the entropy of the decisions over that of train's labels.

    Raises `CannotMeasure` for a regression, for the training data themselves, and where a row has no decision
    or no known label: either would be one more kind of outcome.
    """
    rule = subject.manifest.model.decision
    if data is None:
        raise CannotMeasure("diversity is measured on data, and none were given")
    if isinstance(rule, IdentityRule):
        raise CannotMeasure("the diversity of decisions is measured, and a regression takes none")
    if data.dataset.role == _TRAIN:
        raise CannotMeasure("the training data are compared with themselves: name data that were not seen")
    train = subject.table(_TRAIN)
    for table in (data, train):
        table.require_independent_rows()
    classes = classes_of(rule)
    decisions = _counts(subject.decide(data), len(classes), f"rows of {data.dataset.name} have no decision")
    labels = _counts(train.labels, len(classes), f"rows of {train.dataset.name} have an unknown label")
    estimate = entropy_ratio(decisions, labels, confidence).estimate(
        statistic="outcome_diversity", confidence=confidence
    )
    shown = [
        {"class": name, "decisions": a, "labels_in_train": b}
        for name, a, b in zip(classes, decisions, labels, strict=True)
    ]
    return Measured(estimates=(estimate,), exhibits=(_exhibit(shown),))


def _counts(outcomes: NDArray[np.int64], classes: int, defect: str) -> tuple[int, ...]:
    if missing := int((outcomes == UNDECIDED).sum()):
        raise CannotMeasure(f"{missing} {defect}")
    return tuple(np.bincount(outcomes, minlength=classes).tolist())


def _exhibit(counts: list[dict[str, object]]) -> Exhibit:
    return Exhibit(
        name="outcomes.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
