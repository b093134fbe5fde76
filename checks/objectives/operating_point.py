"""Whether the declared decision rule gives the decisions that the system is recorded to have taken.

A model is certified at an operating point: the rule of the manifest with its threshold. The vendor brings
what its own system decided on the rows; here the rule is applied again to what the delivered graph answers.
That the column was recorded, and not written afterwards from the delivered graph, is the vendor's word.

Two machines may round an answer differently. Where the answer lies so near to the boundary of the rule that
the last digits of its type decide, either neighbouring decision is taken as reproduced, and the row counts
among the near ties: whoever puts all answers on the threshold has reproduced nothing.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import Statement
from certify.submission.model import ArgmaxRule, IdentityRule, ThresholdRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, classes_of
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table, as_codes

_ROUNDINGS: Final = 4
"""So many last digits of the type of an answer are float noise: numerical slack of ours, no limit."""

_SHOWN: Final = 20
"""So many rows are named whose decision differs."""

Rule = ArgmaxRule | ThresholdRule


def operating_point(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `decisions_differ` and `near_ties` (all); states `decisions_reproduced`.

    A row without a decision, of the model or on record, differs, and so does one outside the declared
    contract. Raises `CannotMeasure` for a regression, and where the data hold no column of decisions.
    """
    if data is None:
        raise CannotMeasure("decisions are compared on data, and none were given")
    rule = subject.manifest.model.decision
    if isinstance(rule, IdentityRule):
        raise CannotMeasure("a regression decides nothing that could be reproduced")
    data.require_independent_rows()
    recorded = _recorded(rule, data)
    scores, slack = _answers(subject, data)
    decided = np.where(data.inside, subject.predictor.decisions_from(scores), UNDECIDED)
    near, other = _near_ties(rule, scores, slack)
    near &= decided != UNDECIDED
    same = (decided != UNDECIDED) & ((recorded == decided) | (near & (recorded == other)))
    family = confidence.over(2)
    return Measured(
        estimates=tuple(
            proportion(_count(rows), data.rows, family).estimate(statistic=statistic, confidence=family)
            for statistic, rows in (("decisions_differ", ~same), ("near_ties", near))
        ),
        statements=(_statement(~same, near),),
        exhibits=(_exhibit(~same, near),),
    )


def _recorded(rule: Rule, data: Table) -> NDArray[np.int64]:
    """The index of the recorded decision of each row; `UNDECIDED` where it is none of the classes."""
    column = data.dataset.decisions
    if column is None:
        raise CannotMeasure(
            f"{data.dataset.name} names no column of decisions: run your own system on these rows, keep what "
            "it decides in a column, and name that column under `decisions`"
        )
    if column not in data.frame:
        raise CannotMeasure(f"{data.dataset.name} has no column {column} with the decisions")
    index = {name: place for place, name in enumerate(classes_of(rule))}
    return np.asarray(as_codes(data.frame[column]).map(index).fillna(UNDECIDED), dtype=np.int64)


def _answers(subject: Subject, data: Table) -> tuple[NDArray[np.float64], float]:
    """The scores of each row, and what part of a score is float noise in the type of the output."""
    outputs = subject.predictor.outputs(data.inputs)
    kind = outputs[subject.manifest.model.decision.output].dtype
    slack = _ROUNDINGS * float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
    return subject.predictor.as_scores(outputs), slack


def _near_ties(
    rule: Rule, scores: NDArray[np.float64], slack: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which rows lie within float noise of another decision, and which decision that is."""
    if isinstance(rule, ThresholdRule):
        one, threshold = scores[:, rule.column], float(rule.threshold)
        return _close(one, np.full_like(one, threshold), slack), (one < threshold).astype(np.int64)
    order = np.argsort(-scores, axis=1, kind="stable")
    first, second = order[:, 0], order[:, 1]
    rows = np.arange(len(scores))
    return _close(scores[rows, first], scores[rows, second], slack), second.astype(np.int64)


def _close(one: NDArray[Any], other: NDArray[Any], slack: float) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):  # infinity minus infinity is no near tie
        apart = np.abs(one - other)
    return np.asarray(apart <= slack * np.maximum(np.abs(one), np.abs(other)), dtype=np.bool_)


def _statement(differs: Mask, near: Mask) -> Statement:
    return Statement(
        name="decisions_reproduced",
        subject="decisions",
        holds=not differs.any(),
        kind="document",
        explanation=f"{_count(differs)} of {len(differs)} recorded decisions are not those of the declared "
        f"rule; {_count(near)} rows lie within float noise of its boundary",
    )


def _exhibit(differs: Mask, near: Mask) -> Exhibit:
    content = {
        "rows": len(differs),
        "differ": _count(differs),
        "near_ties": _count(near),
        "first_that_differ": np.flatnonzero(differs)[:_SHOWN].tolist(),
    }
    return Exhibit(
        name="decisions.json", media_type="application/json", visibility="vendor", data=canonical(content)
    )


def _count(rows: Mask) -> int:
    return int(np.count_nonzero(rows))
