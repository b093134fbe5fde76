"""Whether a property holds of a tree ensemble: exactly, up to the rounding of a sum in single precision.

Decides nothing about what has to be proved, and runs no model: `answers` is how the submitted model answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.answer import Answer, Verdict
from checks.proof.property import Case, Condition, Property
from checks.proof.trees.ensemble import ROUNDING, Ensemble
from checks.proof.trees.scores import on_scores
from checks.proof.trees.search import Forest, Found, search

F64 = NDArray[np.float64]
Answers = Callable[[F64], F64]
"""What the model answers to points of shape [cases, inputs]: shape [cases, answers]."""

ARITHMETIC: Final = (
    "exact comparisons with thresholds of single precision; sums of leaves in double precision, the most "
    "that single precision can lose in any order being taken to the side of violation"
)

_AGREEMENT: Final = 1e-5
_DRAWN: Final = 200
_DOUBTS: Final = 20
"""So many boxes in which only rounding decides are looked at before the search gives up."""


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
    boxes, doubts = 0, 0
    for case in property_.cases:
        drawn = points_of(forest, case, _DRAWN, generator)
        if len(drawn):
            require_agreement(forest.ensemble, answers, drawn)
        for point in _unsafe(case.unsafe, answers, drawn):
            return _answer("violated", point, "a point drawn at random violates it", boxes)
        for condition in case.unsafe:
            before = boxes
            for found in _search(forest, case, condition, most_boxes - boxes):
                boxes = before + found.boxes
                for point in _unsafe((condition,), answers, np.asarray(found.points)):
                    return _answer("violated", point, "a point of a settled box violates it", boxes)
                doubts += len(found.points)
                if doubts > _DOUBTS or (not found.points and not found.complete):
                    return _answer("unknown", None, _why(boxes, doubts, most_boxes), boxes)
    verdict: Verdict = "unknown" if doubts else "holds"
    return _answer(
        verdict, None, _why(boxes, doubts, most_boxes) if doubts else "every box was settled", boxes
    )


def points_of(forest: Forest, case: Case, count: int, generator: np.random.Generator) -> F64:
    """Points of a region, of shape [points, inputs]; none where a feature can take no value in it."""
    low, high = case.region.lower, case.region.upper
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


def _search(forest: Forest, case: Case, condition: Condition, most_boxes: int) -> Iterator[Found]:
    scores = on_scores(forest.ensemble, condition)
    return iter(()) if scores is None else search(forest, case.region, scores, most_boxes)


def _unsafe(conditions: tuple[Condition, ...], answers: Answers, points: F64) -> list[F64]:
    if not len(points):
        return []
    given = answers(points)
    return [
        point
        for point, answer in zip(points, given, strict=True)
        if any(c.met(answer[None]).all() for c in conditions)
    ]


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
