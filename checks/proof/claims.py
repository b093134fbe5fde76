"""What is claimed of a submitted model and can be proved or refuted, whatever kind of model it is.

A claim names points and what the model must not do at any of them. It is said twice: as conditions on
numbers, which may be a little too wide, for whoever searches; and as a question to the model itself, which
alone confirms a violation. Whether a claim is what a law asks for is none of the business of this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import ThresholdRule
from checks.measured import CannotMeasure
from checks.predictor import Predictor
from checks.proof.answer import Answer
from checks.proof.decisions import Link, both, decided_apart, decides, outside, undone
from checks.proof.declared import Declared
from checks.proof.property import Condition, Region

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Unsafe = Callable[[int, Link], tuple[Condition, ...]]
"""The conditions, of how many numbers of one case, before which link."""

Violates = Callable[[F64], Mask]
"""Which of some points the model itself treats as claimed that it never does."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Claim:
    """At no point of a region are the answers of the output `output` such that a condition is met."""

    region: Region
    output: str
    unsafe: Unsafe
    violates: Violates


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class TwinClaim:
    """No two cases of a region that differ in one number alone are answered as the conditions say.

    The number is that of `column`, which the first case has as a, the second as b, for each (a, b) of
    `values`; the region's own ends there are not read. Conditions speak of the answers of both behind each
    other, and are never met by equal answers. A point of twins holds the first case and then b.
    """

    region: Region
    column: int
    values: tuple[tuple[float, float], ...]
    output: str
    unsafe: Unsafe
    violates: Violates
    between: bool = False
    """Whether the first case may have any number between the least and the greatest a; all b - a are
    equal."""


class Provable(Protocol):
    """A model of which claims can be proved. Both ways look at `regions` parts of the region at most."""

    domain: Declared

    def cells(self, column: int) -> tuple[float, ...] | None:
        """Values of a number between which no answer changes, in order; None where there are no such."""
        ...

    def prove(self, claim: Claim, regions: int, generator: np.random.Generator) -> Answer:
        """Holds at every point, violated at one that the model confirms, or unknown."""
        ...

    def prove_twins(self, claim: TwinClaim, regions: int, generator: np.random.Generator) -> Answer:
        """The same of two cases."""
        ...


def keeps(domain: Declared, predictor: Predictor, region: Region, decided: int) -> Claim:
    """Every point of a region is given the decision `decided`."""
    rule = predictor.model.decision
    return Claim(
        region=region,
        output=rule.output,
        unsafe=lambda numbers, link: undone(rule, decided, numbers, link),
        violates=lambda points: predictor.decide(domain.fed(points)) != decided,
    )


def indifferent(
    domain: Declared, predictor: Predictor, column: int, values: tuple[tuple[float, float], ...]
) -> TwinClaim:
    """Over the whole domain, no two cases that differ in `column` alone are decided differently."""
    rule = predictor.model.decision

    def violates(points: F64) -> Mask:
        first, second = (predictor.decide(domain.fed(cases)) for cases in twins_of(points, column))
        return np.asarray(first != second)

    return TwinClaim(
        region=domain.region, column=column, values=values, output=rule.output, violates=violates,
        unsafe=lambda numbers, link: decided_apart(rule, numbers, link),
    )  # fmt: skip


def never_lost(
    domain: Declared,
    predictor: Predictor,
    column: int,
    values: tuple[tuple[float, float], ...],
    *,
    between: bool = False,
) -> TwinClaim:
    """Over the whole domain, no case that is decided positively as a is decided negatively as b.

    Raises `CannotMeasure` for a model that does not decide between two classes.
    """
    rule = predictor.model.decision
    if not isinstance(rule, ThresholdRule):
        raise CannotMeasure(
            "that a decision is never lost is asked of models that decide between two classes"
        )

    def violates(points: F64) -> Mask:
        first, second = (predictor.decide(domain.fed(cases)) for cases in twins_of(points, column))
        return np.asarray((first == 1) & (second != 1))

    def unsafe(numbers: int, link: Link) -> tuple[Condition, ...]:
        return (both(decides(rule, 1, numbers, link), decides(rule, 0, numbers, link)),)

    return TwinClaim(
        region=domain.region,
        column=column,
        values=values,
        output=rule.output,
        unsafe=unsafe,
        violates=violates,
        between=between,
    )


def stays_within(domain: Declared, predictor: Predictor, output: str, ends: tuple[float, float]) -> Claim:
    """Over the whole domain no number of an output leaves its range, the ends rounded as answers are."""
    low, high = (float(np.float32(end)) for end in ends)

    def violates(points: F64) -> Mask:
        given = np.asarray(predictor.outputs(domain.fed(points))[output], dtype=np.float64)
        flat = given.reshape(len(points), -1)
        return np.asarray(~((flat >= low) & (flat <= high)).all(axis=1))

    return Claim(
        region=domain.region, output=output, violates=violates,
        unsafe=lambda numbers, link: outside(low, high, numbers, link),
    )  # fmt: skip


def twins_of(points: F64, column: int) -> tuple[F64, F64]:
    """Both cases of points of twins, each of shape [cases, numbers]."""
    first = points[:, :-1]
    second = first.copy()
    second[:, column] = points[:, -1]
    return first, second
