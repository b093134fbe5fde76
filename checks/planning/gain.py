"""The gain over the best constant answer, before it is measured.

Its evidence tells how often each class was true, and how often the model was right on it. Rows are drawn from
those shares, the same draws each time, and the method's own bounds are asked about each draw.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checks.objectives.baseline import Gain
from checks.planning.averages import DRAWS, share_of
from checks.planning.case import VALIDATION, Case
from checks.planning.chance import Chance
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.statistics.events import Events

Counts = NDArray[np.int64]

_EXHIBIT = "gain-by-constant.json"
_SEED = 20260802


@dataclass(frozen=True, kw_only=True, slots=True)
class LeastGain:
    """For each class, the share of rows of it on which the model is right, and is wrong."""

    hurdle: Hurdle
    right: tuple[float, ...]
    wrong: tuple[float, ...]
    basis: str = VALIDATION
    model: str = f"{DRAWS} simulated tables"

    @property
    def hopeless(self) -> str | None:
        """Whether the least of the gains lies beyond the limit."""
        gains = (sum(self.right) - r - w for r, w in zip(self.right, self.wrong, strict=True))
        beyond = self.hurdle.out_of_reach(min(gains))
        return f"as assumed, {self.hurdle.statistic} misses its limit" if beyond else None

    def chance(self, rows: int) -> Chance:
        """That a table of so many rows demonstrates it."""
        if rows < max(2, self.hurdle.fewest):
            return Chance(value=0.0)
        shares = np.array([*self.right, *self.wrong])
        tables = np.random.default_rng(_SEED).multinomial(rows, shares / shares.sum(), size=DRAWS)
        right, wrong = tables[:, : len(self.right)], tables[:, len(self.right) :]
        only_model = right.sum(axis=1, keepdims=True) - right
        known = frontier(self.hurdle, rows)
        cleared = [known.which_clear(a, b) for a, b in zip(only_model.T, wrong.T, strict=True)]
        return share_of(np.all(cleared, axis=0).tolist())

    def rough(self, rows: int) -> float:
        """By normal approximation, one minus the sum of the risks of all constants."""
        from scipy.special import ndtr, ndtri  # heavy: only where a plan is made

        if rows < max(2, self.hurdle.fewest):
            return 0.0
        model, constant = np.array([sum(self.right) - r for r in self.right]), np.array(self.wrong)
        gain = model - constant
        error = np.sqrt(np.maximum(model + constant - gain**2, 1e-12) / rows)
        risks = ndtr(ndtri(self.hurdle.confidence) - (gain - float(self.hurdle.lowest or 0)) / error)
        return max(0.0, float(1 - risks.sum()))


@dataclass(frozen=True, slots=True)
class Frontier:
    """Between which counts the bound of one gain clears its hurdle, as far as anybody has asked.

    A gain over one constant is the larger, the more rows only the model has right and the fewer only the
    constant: what clears once clears with better counts as well. Asking takes long, so nothing is asked that
    follows from an answer before.
    """

    hurdle: Hurdle
    rows: int
    clear: list[tuple[int, int]] = field(default_factory=list)
    short: list[tuple[int, int]] = field(default_factory=list)

    def which_clear(self, only_model: Counts, only_constant: Counts) -> list[bool]:
        """For each pair of counts. The worst of all is asked first: if it clears, so do the others."""
        self.clears(int(only_model.min()), int(only_constant.max()))
        found = np.zeros(len(only_model), dtype=np.bool_)
        for place in _halving(np.argsort(only_model - only_constant, kind="stable")):
            found[place] = self.clears(int(only_model[place]), int(only_constant[place]))
        return [bool(each) for each in found]

    def clears(self, only_model: int, only_constant: int) -> bool:
        """Whether the bound clears at these counts."""
        if any(a <= only_model and b >= only_constant for a, b in self.clear):
            return True
        if any(a >= only_model and b <= only_constant for a, b in self.short):
            return False
        gain = Gain(
            constant="one of them",
            only_model=Events(only_model, self.rows),
            only_constant=Events(only_constant, self.rows),
        )
        clears = self.hurdle.cleared(gain.bounds(self.hurdle.confidence))
        (self.clear if clears else self.short).append((only_model, only_constant))
        return clears


@lru_cache(maxsize=256)
def frontier(hurdle: Hurdle, rows: int) -> Frontier:
    """What is known of these; several checks may ask the same."""
    return Frontier(hurdle, rows)


def _halving(places: Counts) -> Iterator[int]:
    """The middle one first, then the middles of both halves, and so on: the answers say most that way."""
    waiting = deque([places])
    while waiting:
        part = waiting.popleft()
        if len(part):
            middle = len(part) // 2
            yield int(part[middle])
            waiting.extend((part[:middle], part[middle + 1 :]))


def gain_over_constant(case: Case) -> LeastGain:
    """The prospect at the counts of the data that stand in; raises `CannotPlan` where they do not add up."""
    if list(case.hurdles) != [("gain_over_constant", "all")]:
        raise CannotPlan("the criterion asks for more than the gain over all rows")
    hurdle = case.hurdles["gain_over_constant", "all"]
    if hurdle.highest is not None:
        raise CannotPlan("a gain is asked to be small, for which no plan is known")
    right, wrong = _by_class(case.exhibits.get(_EXHIBIT, []))
    return LeastGain(
        hurdle=hurdle,
        right=tuple(n / case.rows for n in right),
        wrong=tuple(n / case.rows for n in wrong),
    )


def _by_class(counts: list[dict[str, Any]]) -> tuple[list[int], list[int]]:
    """Rows of each class on which the model is right, and wrong.

    Only the model is right where it is right on another class, so that over k constants each right row is
    counted k - 1 times.
    """
    if len(counts) < 2:
        raise CannotPlan("the evidence does not say how often each class was met")
    all_right = sum(c["only_the_model_right"] for c in counts) / (len(counts) - 1)
    right = [round(all_right) - c["only_the_model_right"] for c in counts]
    wrong = [c["only_the_constant_right"] for c in counts]
    if not math.isclose(all_right, round(all_right)) or min(right) < 0:
        raise CannotPlan("the counts of the constants do not add up: labels are unknown")
    if sum(right) + sum(wrong) != counts[0]["among"]:
        raise CannotPlan("the counts of the constants do not add up: labels are unknown")
    return right, wrong
