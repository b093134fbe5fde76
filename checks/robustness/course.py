"""The course of an attack over growing strength: who still stands at each, whoever fell staying fallen.

Decides nothing about what falling means: `before` are classes or numbers, and the attacker knows how far a
number must move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import Estimate, exact
from checks.attacks.attacker import Attacker, attacker_of
from checks.attacks.campaign import Budget
from checks.attacks.reach import Norm, ball
from checks.attacks.space import space_of
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import Inputs
from checks.robustness.counterexamples import Counterexample, counterexamples
from checks.robustness.neighbourhood import strengths_of
from checks.statistics.proportions import proportion
from checks.subject import Subject

_SHOWN: Final = 12


@dataclass(frozen=True, kw_only=True)
class Siege:
    """What an attack is asked: its norm, its strengths by their strata, its budget and seed.

    `tolerance` is how far an answer that is a number must move, in its unit.
    """

    norm: str
    strengths: Sequence[str]
    budget: Budget
    seed: int
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        """Raises `CannotMeasure` for a norm that is none, and for strengths that are none."""
        if self.norm not in get_args(Norm):
            raise CannotMeasure(f"expected the norm {' or '.join(get_args(Norm))}, found {self.norm}")
        strengths_of(self.strengths)

    @property
    def shares(self) -> dict[str, float]:
        """The strengths by their strata, the least first."""
        return dict(sorted(strengths_of(self.strengths).items(), key=lambda item: item[1]))


@dataclass(kw_only=True)
class _Course:
    """`rows` are the numbers of the tried rows in the data; all other arrays are over them."""

    rows: NDArray[np.int64]
    cases: NDArray[Any]
    before: NDArray[Any]
    standing: Mask
    shown: list[Counterexample] = field(default_factory=list)


def besieged(
    subject: Subject, siege: Siege, confidence: Confidence, *, rows: NDArray[np.int64], inputs: Inputs,
    before: NDArray[Any], standing: Mask, statistic: str,
) -> Measured:  # fmt: skip
    """Estimates the share of the tried rows that is left standing at each strength.

    `rows` and `inputs` are those that are tried, `before` what is answered at them, `standing` which of them
    stand before anything is moved. Raises `CannotMeasure` where none does, and where the attack fells too
    little when everything may change.
    """
    if not standing.any():
        raise CannotMeasure("no case is answered as it should be: there is nothing to attack")
    cases = space_of(subject.manifest.model.inputs).packed(inputs)
    course = _Course(rows=rows, cases=cases, before=before, standing=standing.copy())
    attacker = _attacker(subject, course, siege)
    family = confidence.over(len(siege.shares))
    estimates = []
    for name, strength in siege.shares.items():
        _go_on(attacker, course, "l2" if siege.norm == "l2" else "linf", strength)
        interval = proportion(int(np.count_nonzero(course.standing)), len(rows), family)
        estimates.append(interval.estimate(statistic=statistic, stratum=name, confidence=family))
    said = _exhibit(siege.norm, float(standing.mean()), estimates, attacker)
    return Measured(
        estimates=tuple(estimates),
        exhibits=(said, counterexamples(subject, attacker.space, course.shown)),
    )


def _attacker(subject: Subject, course: _Course, siege: Siege) -> Attacker:
    """An attacker that was shown to see."""
    cases, before = course.cases[course.standing], course.before[course.standing]
    random = subject.generator(siege.seed, "attack")
    attacker = attacker_of(subject, cases, budget=siege.budget, random=random, tolerance=siege.tolerance)
    attacker.require_sight(cases, before, ball(attacker.space, cases, "linf", 1.0))
    return attacker


def _go_on(attacker: Attacker, course: _Course, norm: Norm, strength: float) -> None:
    at = np.flatnonzero(course.standing)
    reach = ball(attacker.space, course.cases[at], norm, strength)
    if len(at):
        reach.require_room(~attacker.space.coded)
    found = attacker.assail(reach, course.before[at])
    course.standing[at[found.fallen]] = False
    some = np.flatnonzero(found.fallen)[: _SHOWN - len(course.shown)]
    if not len(some):
        return
    places = attacker.minimal(reach.of(some), found.places[some], course.before[at[some]])
    for one, place in zip(at[some], places, strict=True):
        course.shown.append(
            Counterexample(
                row=int(course.rows[one]), strength=strength, before=course.cases[one], after=place
            )
        )


def _exhibit(norm: str, clean: float, estimates: list[Estimate], attacker: Attacker) -> Exhibit:
    said = {
        "norm": norm,
        "answered_by": attacker.engine.name,
        "clean": str(exact(clean)),
        "attacked": [
            {
                "strength": estimate.stratum,
                "share": str(estimate.value),
                "lower": str(estimate.demonstrating.lower),
                "upper": str(estimate.demonstrating.upper),
                "cases": estimate.n,
            }
            for estimate in estimates
        ],
    }
    return Exhibit(
        name="attacked-accuracy.json", media_type="application/json", visibility="vendor",
        data=canonical(said),
    )  # fmt: skip
