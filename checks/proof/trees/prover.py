"""Whether a property holds of a tree ensemble: exactly, up to the rounding of a sum in single precision.

Decides nothing about what has to be proved, and runs no model: `answers` is how the submitted model answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.answer import Answer, Verdict
from checks.proof.property import Condition, Property, Region
from checks.proof.trees.ensemble import ROUNDING, Ensemble
from checks.proof.trees.scores import on_scores
from checks.proof.trees.search import Forest, Found, search

F64 = NDArray[np.float64]
Answers = Callable[[F64], F64]
"""What the model answers to points of shape [cases, inputs]: shape [cases, answers]."""

Violates = Callable[[F64], NDArray[np.bool_]]
"""Which of some points of shape [cases, inputs] the model, asked itself, treats as it must not."""

ARITHMETIC: Final = (
    "exact comparisons with thresholds of single precision; sums of leaves in double precision, the most "
    "that single precision can lose in any order being taken to the side of violation"
)

_AGREEMENT: Final = 1e-5
_DRAWN, _AGREED = 200, 20
_DOUBTS: Final = 20
"""So many boxes in which only rounding decides are looked at before the search gives up."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Question:
    """Whether a point of a region is answered so that a condition is met.

    `never_below` holds rows over the scores, of shape [rows, scores]: where each tree adds at least nothing
    to each of them, the condition cannot be met in any order of adding up.
    """

    region: Region
    condition: Condition
    never_below: F64 | None = None


def require_agreement(ensemble: Ensemble, answers: Answers, points: F64) -> None:
    """Raises `CannotMeasure` unless the model answers at these points as the ensemble that was read."""
    ours, theirs = ensemble.answers(points), answers(points)
    if (
        ours.shape != theirs.shape
        or not (np.abs(ours - theirs) <= _AGREEMENT * np.maximum(1, np.abs(ours))).all()
    ):
        raise CannotMeasure("onnxruntime adds the trees up otherwise than they were read: nothing is proved")


def prove_trees(
    forest: Forest, property_: Property, *, answers: Answers, most_boxes: int, generator: np.random.Generator
) -> Answer:
    """Holds, violated with a point that the model itself confirms, or unknown.

    Points of each region that are drawn at random are tried first. Raises `CannotMeasure` where the model
    does not answer as its trees say, and for a condition that the last transform does not let through.
    """
    questions = [
        Question(region=case.region, condition=condition)
        for case in property_.cases
        for condition in case.unsafe
    ]
    return settle(forest, questions, answers=answers, most_boxes=most_boxes, generator=generator)


def settle(
    forest: Forest,
    questions: Sequence[Question],
    *,
    answers: Answers,
    most_boxes: int,
    generator: np.random.Generator,
    violates: Violates | None = None,
) -> Answer:
    """The same of single questions; `violates` tells what the model does at points, if not the conditions."""
    if not questions:
        raise ValueError("expected at least one question: of nothing nothing is proved")
    boxes, doubts = 0, 0
    for question in questions:
        confirmed = violates or _meets(question.condition, answers)
        drawn = points_of(forest, question.region, _DRAWN, generator)
        if not len(drawn):
            raise CannotMeasure("a region holds no number of the model's input: nothing is proved of it")
        require_agreement(forest.ensemble, answers, drawn[:_AGREED])
        for point in drawn[confirmed(drawn)]:
            return _answer("violated", point, "a point drawn at random violates it", boxes)
        for found in _search(forest, question, most_boxes - boxes):
            for point in found.points:
                if confirmed(point[None]).all():
                    return _answer("violated", point, "a settled box violates it", boxes + found.boxes)
            doubts += len(found.points)
            if doubts > _DOUBTS or found.gave_up:
                spent = boxes + found.boxes
                return _answer("unknown", None, _why(spent, doubts, most_boxes), spent)
        boxes += found.boxes
    if doubts:
        return _answer("unknown", None, _why(boxes, doubts, most_boxes), boxes)
    return _answer("holds", None, "every box was settled", boxes)


def _meets(condition: Condition, answers: Answers) -> Violates:
    return lambda points: condition.met(answers(points))


def points_of(forest: Forest, region: Region, count: int, generator: np.random.Generator) -> F64:
    """Points of a region, of shape [points, inputs]; none where a feature can take no value in it."""
    low, high = region.lower, region.upper
    first, last = forest.axes.box(low, high)
    if forest.axes.point(first, last, low, high) is None:
        return np.empty((0, len(low)))
    columns = [_column(forest, f, low[f], high[f], count, generator) for f in range(len(low))]
    return np.stack(columns, axis=1)


def _column(
    forest: Forest, feature: int, low: float, high: float, count: int, generator: np.random.Generator
) -> F64:
    """Values of one feature: those allowed, or cells drawn alike and in each one value."""
    allowed = forest.axes.lattice[feature]
    if allowed is not None:
        inside = allowed[(allowed >= low) & (allowed <= high)]
        return np.asarray(inside[generator.integers(0, len(inside), count)])
    first, last = forest.axes.cell(feature, low), forest.axes.cell(feature, high)
    cells = generator.integers(first, last + 1, count)
    values = [forest.axes.value(feature, int(c), int(c), low, high) for c in cells]
    least = forest.axes.value(feature, first, last, low, high)
    assert least is not None  # asked before
    return np.asarray([least if value is None else value for value in values])


def _search(forest: Forest, question: Question, most_boxes: int) -> Iterator[Found]:
    scores = on_scores(forest.ensemble, question.condition)
    if scores is None:
        return iter((Found(points=(), boxes=0, complete=True),))
    return search(forest, question.region, scores, most_boxes, question.never_below)


def _why(boxes: int, doubts: int, most_boxes: int) -> str:
    if doubts:
        return (
            f"in {doubts} boxes the answer lies so near to the border that the rounding of a sum decides "
            f"(at most {ROUNDING:.1g} of its size for each tree)"
        )
    return f"{boxes} boxes were not enough, and {most_boxes} are the budget"


def _answer(verdict: Verdict, point: F64 | None, reason: str, boxes: int) -> Answer:
    return Answer(
        verdict=verdict,
        counterexample=point,
        reason=reason,
        arithmetic=ARITHMETIC,
        regions=boxes,
    )
