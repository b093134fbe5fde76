"""How much worse the model is on cases that it has not seen than on those it was trained on.

Two measured performances are compared, which is what EASA's Concept Paper Issue 2 asks for (LM-04 and LM-14)
in its simplest form. It is no uniform bound over a class of hypotheses: nothing is said of what the same
training would have made of other data. The bound on the training side treats the training rows as draws,
although the model was fitted to them: it speaks of this model on the process that made those rows.

A small gap is not a good model: one that is equally bad on both has none. Whether the training data are
those that the model was trained on, and not a second test set, cannot be seen from here; whether test rows
stand among them is counted by `data_quality.overlap`.
"""

from __future__ import annotations

import numpy as np

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import IdentityRule
from checks.design import require_drawn_rows
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure, unit_of
from checks.predictor import UNDECIDED
from checks.statistics.events import split
from checks.subject import Subject
from checks.table import Table

_TRAIN = "train"


def generalisation(subject: Subject, data: Table | None, confidence: Confidence, *, metric: str) -> Measured:
    """Estimates `generalisation_gap` (all): `metric` on the training data minus `metric` on `data`.

    For an error it is the other way round: positive is always worse on unseen data. Raises `CannotMeasure`
    where a training row cannot be scored: counted as wrong, as in any other table, it would narrow the gap.
    """
    if data is None:
        raise CannotMeasure("generalisation is measured on data, and none were given")
    if data.dataset.role == _TRAIN:
        raise CannotMeasure("the training data are compared with themselves: name data that were not seen")
    seen, unseen = Answers(subject, subject.table(_TRAIN)), Answers(subject, data)
    for answers in (seen, unseen):
        require_drawn_rows(answers.data)
    _require_scored(seen)
    each = Confidence(split(confidence.level, 2), confidence.family)
    on_seen, on_unseen = (_performance(metric, answers, each) for answers in (seen, unseen))
    pair = (on_seen, on_unseen) if better(metric) == "higher" else (on_unseen, on_seen)
    gap = _difference(*pair).estimate(
        statistic="generalisation_gap", confidence=confidence, unit=unit_of(metric, unseen)
    )
    return Measured(estimates=(gap,), exhibits=(_exhibit(metric, (seen, on_seen), (unseen, on_unseen)),))


def _require_scored(seen: Answers) -> None:
    """Of a regression `measure` refuses missing errors itself."""
    if isinstance(seen.model.decision, IdentityRule):
        return
    decisions = seen.decisions
    unscored = np.count_nonzero((decisions.true == UNDECIDED) | (decisions.decided == UNDECIDED))
    if unscored:
        raise CannotMeasure(
            f"{unscored} rows of {seen.data.dataset.name} have no known label or no decision, or lie outside "
            "the contract: counted as wrong they would make the gap smaller"
        )


def _performance(metric: str, answers: Answers, confidence: Confidence) -> Interval:
    try:
        return measure(metric, answers, confidence)
    except CannotMeasure as refusal:
        name = answers.data.dataset.name
        raise CannotMeasure(f"{name}: {refusal.explanation}", refusal.reason) from refusal


def _difference(first: Interval, second: Interval) -> Interval:
    """Of bounds that each miss with half of alpha; together they miss with alpha at most (union bound)."""
    return Interval(
        name=f"union bound of two bounds ({first.name}), difference",
        value=_minus(first.value, second.value),
        n=min(first.n, second.n),
        demonstrating=_between(first.demonstrating, second.demonstrating),
        refuting=_between(first.refuting, second.refuting),
    )


def _between(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    return _minus(first[0], second[1]), _minus(first[1], second[0])


def _minus(first: float, second: float) -> float:
    """In decimals: floats would lose digits where the two are close."""
    return float(exact(first) - exact(second))


def _exhibit(metric: str, *measured: tuple[Answers, Interval]) -> Exhibit:
    rows = [
        {"role": answers.data.dataset.role, "value": str(exact(interval.value)), "n": interval.n}
        for answers, interval in measured
    ]
    return Exhibit(
        name="seen-and-unseen.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"metric": metric, "data": rows}),
    )
