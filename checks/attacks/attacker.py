"""An attacker of one submission: it knows the model, moves cases within a reach, and replays what it found.

Before anything is measured it must show that it can attack at all: where every number may become anything in
its declared range it has to fell nearly every case. An attacker that cannot do even that is blind (its slopes
vanish, or the model does not look at its input), and its silence would be taken for strength.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import IdentityRule, TensorInput
from checks.attacks.campaign import Budget, Campaign, Image, attack
from checks.attacks.engine import Engine, engine_of
from checks.attacks.goal import Goal, goal_of
from checks.attacks.minimal import nearer
from checks.attacks.reach import Reach
from checks.attacks.space import Space, space_of
from checks.measured import CannotMeasure
from checks.subject import Subject

Array = NDArray[Any]

FELLED: Final = 0.9
"""The share of cases that must fall where everything may change; a domain of validity, and no limit."""

_TRIED: Final = 32
"""So many cases are tried to find out whether the attacker can attack, and whether engines agree."""


@dataclass(frozen=True, kw_only=True)
class Attacker:
    """Ready to attack: the law of `assail` is that every case that fell was decided so by the model alone."""

    subject: Subject
    space: Space
    engine: Engine
    budget: Budget
    random: np.random.Generator
    tolerance: float
    """By how much an answer must move to count, in its unit; of no use where the answer is a class."""

    def assail(self, reach: Reach, before: Array) -> Campaign:
        """Search for a counterexample of each case. `before`: the decisions or answers at the cases."""
        goal = self._goal(before)
        return attack(
            self.engine, goal, reach, lambda places, rows: self.otherwise(places, before[rows]),
            image=self._image, budget=self.budget, random=self.random,
        )  # fmt: skip

    def otherwise(self, places: Array, before: Array) -> NDArray[np.bool_]:
        """Which places the submitted model, asked one by one, answers otherwise."""
        inputs = self.space.unpacked(places)
        if not self._regression:
            return np.asarray(self.subject.predictor.decide(inputs) != before)
        return ~(np.abs(self.subject.predictor.values(inputs) - before) <= self.tolerance)

    def minimal(self, reach: Reach, places: Array, before: Array) -> Array:
        """Counterexamples closer to their cases, where the model still answers them otherwise."""
        closer = nearer(self.engine, self._goal(before), reach, places)
        valid = reach.contains(closer) & self.otherwise(closer, before)
        return np.where(valid[:, np.newaxis], closer, places)

    def require_sight(self, cases: Array, before: Array, whole: Reach) -> None:
        """Raise `CannotMeasure` unless nearly all of some cases fall where everything may change."""
        some = np.arange(min(_TRIED, len(cases)))
        fallen = self.assail(whole.of(some), before[some]).fallen
        if not len(some) or np.count_nonzero(fallen) < FELLED * len(some):
            raise CannotMeasure(
                f"where every number may become anything in its declared range, the attack changes the "
                f"answer of {np.count_nonzero(fallen)} of {len(some)} cases: it is blind to this model, or "
                "the model is to its input, and that it finds nothing nearby says nothing"
            )

    def _goal(self, before: Array) -> Goal:
        return goal_of(self.subject.manifest.model, self.engine.squash, before, self.tolerance)

    @property
    def _regression(self) -> bool:
        return isinstance(self.subject.manifest.model.decision, IdentityRule)

    @property
    def _image(self) -> Image:
        inputs = self.subject.manifest.model.inputs
        only = inputs[0] if len(inputs) == 1 else None
        return only.shape if isinstance(only, TensorInput) else None


def attacker_of(
    subject: Subject, cases: Array, *, budget: Budget, random: np.random.Generator, tolerance: float = 0.0
) -> Attacker:
    """The attacker of a submission; `cases` are some real ones, on which its engine must agree."""
    if budget.steps < 1 or budget.queries < 1:
        raise CannotMeasure(
            f"{budget.steps} steps and {budget.queries} answers for each case: nothing is tried"
        )
    space = space_of(subject.manifest.model.inputs)
    engine = engine_of(subject.predictor, subject.files, cases[:_TRIED])
    return Attacker(
        subject=subject, space=space, engine=engine, budget=budget, random=random, tolerance=tolerance
    )
