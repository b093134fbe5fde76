"""How many decisions are still right when an attacker looks for the worst place beside each case.

The attack is named and its budget is fixed: Auto-PGD on several aims, then a search that needs no slope (see
`checks.attacks`). What it fells is felled for good, so that no attack, however strong, leaves more decisions
right: an upper bound here is one for every attack. What it does not fell it only did not fell. A lower bound
speaks of this attack with this budget, as a trial on a case drawn from the population, and of no other.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from checks.predictor import UNDECIDED
from checks.robustness.counterexamples import Counterexample, counterexamples
from checks.robustness.neighbourhood import strengths_of, tried_rows
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

STATISTIC: Final = "accuracy_under_attack"
_SHOWN: Final = 12


@dataclass(kw_only=True)
class _Course:
    """What is left standing while the strength grows: whoever fell at a lesser strength stays fallen."""

    cases: NDArray[Any]
    own: NDArray[np.int64]
    standing: Mask
    shown: list[Counterexample]


def attack(
    subject: Subject, data: Table | None, confidence: Confidence, *, norm: str, strengths: tuple[str, ...],
    rows: int, steps: int, queries: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `accuracy_under_attack` (each strength): cases decided rightly, and so at all that was tried.

    `norm` is `linf` (each number within a share of its declared range) or `l2` (all together, measured in
    declared ranges). So many `rows` are tried, the same as by chance and by proof. A case outside the
    contract, of unknown label or undecided counts as wrong. Raises `CannotMeasure` where the attack fells too
    little when everything may change.
    """
    if data is None:
        raise CannotMeasure("accuracy is measured on data, and none were given")
    if norm not in get_args(Norm):
        raise CannotMeasure(f"expected the norm {' or '.join(get_args(Norm))}, found {norm}")
    data.require_independent_rows()
    shares = dict(sorted(strengths_of(strengths).items(), key=lambda item: item[1]))
    which = tried_rows(subject, data, rows, seed)
    attacker, course = _begun(subject, data, which, Budget(steps=steps, queries=queries), seed)
    clean, family = int(np.count_nonzero(course.standing)), confidence.over(len(shares))
    estimates = []
    for name, strength in shares.items():
        _go_on(attacker, course, "l2" if norm == "l2" else "linf", strength, which)
        interval = proportion(int(np.count_nonzero(course.standing)), len(which), family)
        estimates.append(interval.estimate(statistic=STATISTIC, stratum=name, confidence=family))
    shown = counterexamples(subject, attacker.space, course.shown)
    return Measured(
        estimates=tuple(estimates),
        exhibits=(_exhibit(norm, clean / len(which), estimates, attacker), shown),
    )


def _begun(
    subject: Subject, data: Table, which: NDArray[np.int64], budget: Budget, seed: int
) -> tuple[Attacker, _Course]:
    """An attacker that was shown to see, and the cases before anything is moved."""
    inputs = {name: values[which] for name, values in data.inputs.items()}
    labels = data.labels[which]
    own = np.where(data.inside[which], subject.predictor.decide(inputs), UNDECIDED)
    standing = (own == labels) & (own != UNDECIDED)
    if not standing.any():
        raise CannotMeasure("no case is decided rightly: there is nothing to attack")
    random = subject.generator(seed, "attack")
    space = space_of(subject.manifest.model.inputs)
    cases = space.packed(inputs)
    attacker = attacker_of(subject, cases[standing], budget=budget, random=random)
    whole = ball(space, cases[standing], "linf", 1.0)
    attacker.require_sight(cases[standing], own[standing], whole)
    return attacker, _Course(cases=cases, own=own, standing=standing, shown=[])


def _go_on(
    attacker: Attacker, course: _Course, norm: Norm, strength: float, which: NDArray[np.int64]
) -> None:
    rows = np.flatnonzero(course.standing)
    reach = ball(attacker.space, course.cases[rows], norm, strength)
    if len(rows):
        reach.require_room(~attacker.space.coded)
    found = attacker.assail(reach, course.own[rows])
    course.standing[rows[found.fallen]] = False
    some = np.flatnonzero(found.fallen)[: _SHOWN - len(course.shown)]
    if not len(some):
        return
    places = attacker.minimal(reach.of(some), found.places[some], course.own[rows[some]])
    for row, place in zip(rows[some], places, strict=True):
        course.shown.append(
            Counterexample(row=int(which[row]), strength=strength, before=course.cases[row], after=place)
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
