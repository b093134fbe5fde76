"""What an attacker wants, as a margin over the scores: above zero the model still stands, below it fell.

An aim is a number to be lowered, with its slope by the scores. Several aims lead to the same goal, since a
search that is stuck with one may get on with another. Scores are what the model gives before anything only
squeezes them, where slopes do not vanish.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logit, softmax

from certify.submission.model import ArgmaxRule, IdentityRule, Model, ThresholdRule
from checks.attacks.slopes import Squash

Array = NDArray[Any]
_MOST_TARGETS: Final = 9
"""As many other classes are aimed at one by one as in AutoAttack."""


class Goal(Protocol):
    """What is wanted of some cases; `aims` are the names of the ways to it."""

    @property
    def aims(self) -> tuple[str, ...]:
        """The ways, the plainest first."""
        ...

    def of(self, rows: Array) -> Self:
        """The same for some of the cases."""
        ...

    def towards(self, name: str, scores: Array) -> Self:
        """The same with all that an aim needs to be told once, from the scores of the cases themselves."""
        ...

    def margins(self, scores: Array) -> Array:
        """Of shape [cases], from scores of shape [cases, numbers]: below zero where the model fell."""
        ...

    def aim(self, name: str, scores: Array) -> tuple[Array, Array]:
        """The number to be lowered for each case, and its slope by the scores."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherClass:
    """The highest score belongs to another class than `own`, of shape [cases]."""

    own: Array
    classes: int
    target: Array | None = None
    """The class to which a search for a single class leads."""

    @property
    def aims(self) -> tuple[str, ...]:
        """The margin, the cross entropy, and single classes, the nearest first."""
        targets = range(1, min(_MOST_TARGETS, self.classes - 1) + 1)
        return ("margin", "entropy", *(f"class {place}" for place in targets))

    def of(self, rows: Array) -> OtherClass:
        """The same for some of the cases."""
        return replace(self, own=self.own[rows], target=None if self.target is None else self.target[rows])

    def towards(self, name: str, scores: Array) -> OtherClass:
        """See `Goal`: the class is chosen by its place among the others at the case, and kept."""
        if not name.startswith("class"):
            return self
        return replace(self, target=np.argsort(-self._others(scores), axis=1)[:, int(name.split()[1]) - 1])

    def margins(self, scores: Array) -> Array:
        """The own score less the highest other one."""
        return self._lead(scores, self._others(scores).argmax(axis=1))[0]

    def aim(self, name: str, scores: Array) -> tuple[Array, Array]:
        """See `Goal`."""
        if name == "entropy":
            return self._entropy(scores)
        return self._lead(scores, self._others(scores).argmax(axis=1) if self.target is None else self.target)

    def _others(self, scores: Array) -> Array:
        others = scores.copy()
        others[np.arange(len(scores)), self.own] = -np.inf
        return others

    def _lead(self, scores: Array, other: Array) -> tuple[Array, Array]:
        each = np.arange(len(scores))
        slope = np.zeros_like(scores)
        slope[each, self.own] += 1
        slope[each, other] -= 1
        return scores[each, self.own] - scores[each, other], slope

    def _entropy(self, scores: Array) -> tuple[Array, Array]:
        each = np.arange(len(scores))
        slope = -softmax(scores, axis=1)
        slope[each, self.own] += 1
        return log_softmax(scores, axis=1)[each, self.own], slope


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherSide:
    """One score comes to lie on the other side of a threshold; `above`, of shape [cases]: where it lies."""

    above: Array
    column: int
    threshold: float
    squash: Squash

    @property
    def aims(self) -> tuple[str, ...]:
        """One, from three places: there is one number."""
        return ("margin",) * 3

    def of(self, rows: Array) -> OtherSide:
        """The same for some of the cases."""
        return replace(self, above=self.above[rows])

    def towards(self, name: str, scores: Array) -> OtherSide:
        """See `Goal`: there is nothing to be told."""
        return self

    def margins(self, scores: Array) -> Array:
        """How far the score still lies on its own side."""
        return self.aim("margin", scores)[0]

    def aim(self, name: str, scores: Array) -> tuple[Array, Array]:
        """See `Goal`."""
        value, slope = self._value(scores)
        sign = np.where(self.above, 1, -1).astype(scores.dtype)
        return sign * (value - np.asarray(self._level, scores.dtype)), sign[:, np.newaxis] * slope

    @property
    def _level(self) -> float:
        if not self.squash:
            return self.threshold
        return float(logit(self.threshold))

    def _value(self, scores: Array) -> tuple[Array, Array]:
        """The score, or its log odds against all others together where a softmax follows."""
        slope = np.zeros_like(scores)
        slope[:, self.column] = 1
        if self.squash != "Softmax":
            return scores[:, self.column], slope
        others = np.delete(scores, self.column, axis=1)
        top = others.max(axis=1, keepdims=True)
        raised = np.exp(others - top)
        total = raised.sum(axis=1, keepdims=True)
        slope[:, np.arange(scores.shape[1]) != self.column] = -raised / total
        return scores[:, self.column] - (top + np.log(total))[:, 0], slope


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """A number moves by more than `tolerance` from what it was at first, of shape [cases]."""

    first: Array
    tolerance: float

    @property
    def aims(self) -> tuple[str, ...]:
        """Up and down, from two places each."""
        return ("up", "down") * 2

    def of(self, rows: Array) -> Moved:
        """The same for some of the cases."""
        return replace(self, first=self.first[rows])

    def towards(self, name: str, scores: Array) -> Moved:
        """See `Goal`: there is nothing to be told."""
        return self

    def margins(self, scores: Array) -> Array:
        """What is left until the tolerance."""
        return np.asarray(self.tolerance - np.abs(scores[:, 0] - self.first))

    def aim(self, name: str, scores: Array) -> tuple[Array, Array]:
        """See `Goal`."""
        sign = -1 if name == "up" else 1
        slope = np.zeros_like(scores)
        slope[:, 0] = sign
        return self.tolerance + sign * (scores[:, 0] - self.first), slope


def margins_of(goal: Goal, scores: Array) -> Array:
    """The margins, below zero too where there is no number: such a case has no decision, which is another."""
    return np.where(np.isfinite(scores).all(axis=1), np.nan_to_num(goal.margins(scores)), -np.inf)


def goal_of(model: Model, squash: Squash, before: Array, tolerance: float) -> Goal:
    """The goal for a declared decision. `before`: the decided classes, or the answers of a regression.

    `tolerance` is in the unit of the answer, and only of use where the answer is a number.
    """
    rule = model.decision
    if isinstance(rule, ArgmaxRule):
        return OtherClass(own=before, classes=len(rule.classes))
    if isinstance(rule, ThresholdRule):
        return OtherSide(
            above=before == 1, column=rule.column, threshold=float(rule.threshold), squash=squash
        )
    assert isinstance(rule, IdentityRule)
    return Moved(first=before, tolerance=tolerance)


def may_be_bare(model: Model) -> bool:
    """Whether the scores before a squeezing end decide as well as those after it."""
    rule = model.decision
    if isinstance(rule, IdentityRule):
        return False
    return isinstance(rule, ArgmaxRule) or 0 < rule.threshold < 1
