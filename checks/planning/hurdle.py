"""A hurdle: what the bounds of one statistic in one stratum must clear, all conditions taken together.

Decides what a criterion asks of numbers. It rounds and compares as `certify.ruling` does, so that whatever
clears a hurdle is demonstrated there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from certify.evidence import Bounds
from certify.standard import AtLeast, AtMost, Check, Count


class CannotPlan(Exception):
    """Nothing honest can be said beforehand about the chances of a check, and why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class CertainToRefuse(CannotPlan):
    """Whatever the data say, the check refuses, and why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hurdle:
    """The limits for one statistic in one stratum; None and zero where there is none."""

    statistic: str
    stratum: str
    confidence: float
    lowest: Decimal | None = None
    highest: Decimal | None = None
    fewest: int = 0

    def cleared(self, bounds: tuple[float, float]) -> bool:
        """Whether these bounds, each at the confidence of the hurdle, demonstrate what is asked."""
        return self.cleared_by_lower(bounds[0]) and self.cleared_by_upper(bounds[1])

    def cleared_by_lower(self, bound: float) -> bool:
        """Whether a lower bound is high enough; true where none is asked for."""
        if self.lowest is None:
            return True
        lower = Bounds.of(bound, None, self.confidence).lower
        return lower is not None and lower >= self.lowest

    def cleared_by_upper(self, bound: float) -> bool:
        """Whether an upper bound is low enough; true where none is asked for."""
        if self.highest is None:
            return True
        upper = Bounds.of(None, bound, self.confidence).upper
        return upper is not None and upper <= self.highest

    def out_of_reach(self, value: float) -> bool:
        """Whether bounds around this value can never clear, however many cases there are."""
        below = self.lowest is not None and value <= self.lowest
        return below or (self.highest is not None and value >= self.highest)

    @property
    def bounded(self) -> bool:
        """Whether a bound is asked for, and not a number of cases alone."""
        return self.lowest is not None or self.highest is not None


def hurdles(check: Check) -> Mapping[tuple[str, str], Hurdle]:
    """Every hurdle of a check, by statistic and stratum, in the order of its criterion."""
    found: dict[tuple[str, str], Hurdle] = {}
    for condition in check.criterion.all:
        if isinstance(condition, AtMost | AtLeast | Count):
            for stratum in condition.for_every.resolve(check.method.parameters):
                key = (condition.statistic, stratum)
                plain = Hurdle(statistic=key[0], stratum=stratum, confidence=float(check.confidence))
                found[key] = _higher(found.get(key, plain), condition, check.limit(condition.limit))
    return found


def _higher(hurdle: Hurdle, condition: AtMost | AtLeast | Count, limit: Decimal) -> Hurdle:
    if isinstance(condition, Count):
        return replace(hurdle, fewest=max(hurdle.fewest, math.ceil(limit)))
    if isinstance(condition, AtLeast):
        return replace(hurdle, lowest=limit if hurdle.lowest is None else max(hurdle.lowest, limit))
    return replace(hurdle, highest=limit if hurdle.highest is None else min(hurdle.highest, limit))
