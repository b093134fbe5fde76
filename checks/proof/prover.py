"""Whether a property of a network holds: an attack first, then the engine that fits.

Networks of few inputs are proved by halving the box of inputs (`splitting`), others by the signs of their
activations (`activations`). What "holds" says: in the real numbers, with the weights that the file stores, no
point of any region is unsafe, nor within `margin` of being so. What "violated" says: the model itself, asked
by the caller's `confirms`, did it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.activations import settle
from checks.proof.answer import Answer, Verdict
from checks.proof.budget import Budget
from checks.proof.descent import descended
from checks.proof.network import Network
from checks.proof.property import F64, Case, Property, Region
from checks.proof.splitting import split, steps_of

Confirms = Callable[[F64], NDArray[np.bool_]]
"""Which of some points (k, inputs) the model itself treats as the property says that it never does."""

Model = Callable[[F64], F64]
"""The model itself: answers (k, outputs) of onnxruntime at points (k, inputs)."""

TRIED, TRIED_OF_MANY = 4096, 128
"""Points tried before anything is bounded, of few inputs and of many, where chance finds next to nothing."""

CONFIRMED_AT_ONCE: Final = 16
COMPARED: Final = 256
SPARE: Final = 10.0
UNIT: Final = 2.0**-24
AGREEMENT: Final = 1e-4
"""How far model and network may differ, relative to the larger of an answer and 1."""

MOST_INPUTS: Final = 24


@dataclass
class _Attempt:
    confirms: Confirms
    margin: float
    budget: Budget
    regions: int = 0
    counterexample: F64 | None = None

    def answer(self, verdict: Verdict, reason: str) -> Answer:
        """The answer as things stand."""
        return Answer(
            verdict=verdict,
            counterexample=self.counterexample,
            reason=reason,
            arithmetic=_arithmetic(verdict, self.margin),
            regions=self.regions,
            seconds=self.budget.elapsed,
            margin=self.margin,
        )

    def violated(self, case: Case, points: F64) -> bool:
        """Whether the model confirms one of the points as violating a case; keeps it."""
        points = inside(case.region, points)
        confirmed = points[self.confirms(points)] if len(points) else points
        self.counterexample = confirmed[0] if len(confirmed) else None
        return len(confirmed) > 0


def prove(
    network: Network,
    property: Property,
    *,
    budget: Budget,
    generator: np.random.Generator,
    confirms: Confirms,
    margin: float,
) -> Answer:
    """Prove a property, refute it by a point that `confirms` confirms, or say why neither was done.

    `margin`, at least 0, is added to each limit: `rounding_margin` measures one. Raises `ValueError` for a
    property over other inputs or outputs than the network's, and a margin that is negative or no number.
    """
    _require_same_shape(network, property)
    if not 0 <= margin < np.inf:
        raise ValueError(f"expected a margin of at least 0, found {margin}")
    attempt = _Attempt(confirms, margin, budget)
    if any(attempt.violated(case, _tried(network, case, generator)) for case in property.cases):
        return attempt.answer("violated", _VIOLATED)
    steps = steps_of(network)
    if steps is None or network.inputs > MOST_INPUTS:
        return _by_activations(network, property, attempt)
    for case in property.cases:
        for found in split(steps, network, case, margin, budget, attempt.regions):
            attempt.regions = found.regions
            if found.suspect is not None and attempt.violated(case, found.suspect[None]):
                return attempt.answer("violated", _VIOLATED)
            if found.stopped:
                return attempt.answer("unknown", found.stopped)
    return attempt.answer("holds", f"Shown in each of {attempt.regions} boxes, which cover all regions.")


def _by_activations(network: Network, property: Property, attempt: _Attempt) -> Answer:
    for case in property.cases:
        settled = settle(
            network,
            case,
            margin=attempt.margin,
            budget=attempt.budget,
            spent=attempt.regions,
            violated=partial(attempt.violated, case),
        )
        attempt.regions = settled.regions
        if attempt.counterexample is not None:
            return attempt.answer("violated", _VIOLATED)
        if settled.stopped:
            return attempt.answer("unknown", settled.stopped)
    return attempt.answer("holds", f"Shown in each of {attempt.regions} branches, which cover all regions.")


_VIOLATED: Final = "The model itself does at the counterexample what it must not."


def rounding_margin(
    network: Network, property: Property, model: Model, generator: np.random.Generator
) -> float:
    """Ten times the largest difference of a row between model and network at random points: no bound.

    At least ten units in the last place of single precision, in which answers are given at best.

    Raises `CannotMeasure` if the model gives something else than the network, so that nothing that is
    proved of one would hold of the other.
    """
    largest = 0.0
    for case in property.cases:
        with np.errstate(over="ignore"):  # beyond single precision nothing agrees, which is told below
            points = _uniform(case.region, COMPARED, generator).astype(np.float32).astype(np.float64)
        answers = model(points)
        difference = _difference(network, points, answers)
        for condition in case.unsafe:
            place = UNIT * np.abs(answers) @ np.abs(condition.rows.T)
            largest = max(largest, float(np.maximum(place, np.abs(difference @ condition.rows.T)).max()))
    return SPARE * largest


def _difference(network: Network, points: F64, answers: F64) -> F64:
    expected = network.evaluate(points)
    if answers.shape != expected.shape:
        raise CannotMeasure(f"the model gives {answers.shape[1:]} numbers, read were {expected.shape[1:]}")
    with np.errstate(invalid="ignore"):
        result: F64 = answers - expected
    if not (np.abs(result) <= AGREEMENT * np.maximum(1, np.abs(expected))).all():  # false for NaN as well
        raise CannotMeasure(
            f"onnxruntime and double precision differ by more than a relative {AGREEMENT:g} at random points "
            "of the region: what is proved of one is not proved of the other"
        )
    return result


def confirming(property: Property, model: Model) -> Confirms:
    """What confirms a violation where the conditions are on the model's own answers."""

    def confirms(points: F64) -> NDArray[np.bool_]:
        answers = model(points)
        result = np.zeros(len(points), dtype=np.bool_)
        for case in property.cases:
            within = ((points >= case.region.lower) & (points <= case.region.upper)).all(axis=1)
            for condition in case.unsafe:
                result |= within & condition.met(answers)
        return result

    return confirms


def inside(region: Region, points: F64) -> F64:
    """The points moved to numbers of single precision within a region; none, if it holds no such point."""
    lower, upper = region.lower.astype(np.float32), region.upper.astype(np.float32)
    lower = np.where(lower < region.lower, np.nextafter(lower, np.float32(np.inf)), lower)
    upper = np.where(upper > region.upper, np.nextafter(upper, np.float32(-np.inf)), upper)
    if not (lower <= upper).all():
        return np.empty((0, len(lower)))
    result: F64 = np.clip(points.astype(np.float32), lower, upper).astype(np.float64)
    return result


def _tried(network: Network, case: Case, generator: np.random.Generator) -> F64:
    """Of many random points and corners, and a few that walked, those that come nearest to being unsafe."""
    count = TRIED if network.inputs <= MOST_INPUTS else TRIED_OF_MANY
    points = _uniform(case.region, count, generator)
    corners = generator.random((count // 4, network.inputs)) < 0.5
    points[: len(corners)] = np.where(corners, case.region.lower, case.region.upper)
    points = inside(case.region, np.concatenate([points, descended(network, case, generator)]))
    answers = network.evaluate(points)
    gaps = [(answers @ c.rows.T - c.limits).max(axis=1, initial=-np.inf) for c in case.unsafe]
    return points[np.argsort(np.min(gaps, axis=0))[:CONFIRMED_AT_ONCE]]


def _uniform(region: Region, count: int, generator: np.random.Generator) -> F64:
    share = generator.random((count, len(region.lower)))
    return region.lower * (1 - share) + region.upper * share


def _require_same_shape(network: Network, property: Property) -> None:
    for case in property.cases:
        widths = {condition.rows.shape[1] for condition in case.unsafe}
        if case.region.lower.shape != (network.inputs,) or widths != {network.outputs}:
            raise ValueError(
                f"expected a property over {network.inputs} inputs and {network.outputs} outputs, "
                f"found {len(case.region.lower)} and {sorted(widths)}"
            )


def _arithmetic(verdict: Verdict, margin: float) -> str:
    if verdict == "violated":
        return "The counterexample was decided by the model itself, in onnxruntime."
    return (
        "Real numbers and the stored weights; bounds count their own rounding. For that of the model as it "
        f"is run a margin of {margin:.2g} is kept, measured at random points and not proved: a network that "
        "was built to round badly where nobody looks can answer otherwise."
    )
