"""The gain over the best constant answer, before it is measured.

Its evidence tells how often each class was true, and how often the model was right on it. Rows are drawn from
those shares, the same draws each time, and the method's own bounds are asked about each draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from checks.measured import Confidence
from checks.objectives.baseline import Gain, least
from checks.planning.averages import DRAWS, share_of
from checks.planning.case import VALIDATION, Case
from checks.planning.chance import Chance
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.statistics.events import Events

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
        return share_of([self._clears(tuple(table), rows) for table in tables.tolist()])

    def rough(self, rows: int) -> float:
        """The same."""
        return self.chance(rows).value

    def _clears(self, table: tuple[int, ...], rows: int) -> bool:
        """Asked of one constant after the other: the least gain clears if all do."""
        classes = len(self.right)
        right, wrong = table[:classes], table[classes:]
        return all(
            _gain_clears(self.hurdle, sum(right) - of_class, missed, rows)
            for of_class, missed in zip(right, wrong, strict=True)
        )


@cache
def _gain_clears(hurdle: Hurdle, only_model: int, only_constant: int, rows: int) -> bool:
    gain = Gain(
        constant="one of them", only_model=Events(only_model, rows), only_constant=Events(only_constant, rows)
    )
    return hurdle.cleared(least((gain,), Confidence(hurdle.confidence)).demonstrating)


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
