"""Checks that judge one rate in each stratum by its exact bounds: the chance is a binomial sum.

Which counts are demonstrated is asked of the interval function itself. Several strata of one check are taken
as independent. Where they share rows they rise and fall together (all are sums of the same rows in the same
direction), so that the truth is not below the product (Esary, Proschan and Walkup, Annals of Mathematical
Statistics 38, 1967, 1466-1474).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from certify.evidence import exact
from checks.planning.chance import Chance
from checks.planning.hurdle import Hurdle
from checks.statistics.events import Events, split

View = Callable[[tuple[float, float]], tuple[float, float]]
"""How bounds of a rate become bounds of the statistic that is judged: as a margin, or over a constant."""


def itself(bounds: tuple[float, float]) -> tuple[float, float]:
    """A rate that is judged as it is."""
    return bounds


@dataclass(frozen=True, slots=True)
class Over:
    """A rate that is judged over a declared constant."""

    constant: float

    def __call__(self, bounds: tuple[float, float]) -> tuple[float, float]:
        """Both bounds over the constant."""
        return bounds[0] / self.constant, bounds[1] / self.constant


@dataclass(frozen=True, slots=True)
class Margin:
    """What is judged as the distance from a claim, in the direction in which it is better."""

    claim: Decimal
    sign: int = 1

    def __call__(self, bounds: tuple[float, float]) -> tuple[float, float]:
        """In decimals, as the method does: floats would lose digits where the two are close."""
        low, high = sorted(self.sign * (exact(bound) - self.claim) for bound in bounds)
        return float(low), float(high)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One rate before it is measured: how large it is taken to be, and on what part of the rows it rests."""

    hurdle: Hurdle
    value: float
    share: float
    """Of all rows, those that are in the denominator."""
    view: View = itself
    claims: int = 1
    """Among how many bounds the method splits its alpha."""

    def trials(self, rows: int) -> int:
        """The denominator on so many rows."""
        return math.floor(self.share * rows + 1e-9)

    @property
    def hopeless(self) -> bool:
        """Whether the value itself lies beyond the limit."""
        return self.hurdle.out_of_reach(self.view((self.value, self.value))[0])

    def chance(self, rows: int) -> Chance:
        """That the number of events is one of those that are demonstrated."""
        trials = self.trials(rows)
        if trials < max(1, self.hurdle.fewest):
            return Chance(value=0.0)
        fewest, most = demonstrated_counts(self.hurdle, trials, self.view, self.claims)
        return Chance(value=between(fewest, most, trials, self.value))


@cache
def demonstrated_counts(hurdle: Hurdle, trials: int, view: View, claims: int) -> tuple[int, int]:
    """The fewest and the most events that clear a hurdle; the fewest is above the most where none does.

    Both bounds rise with the number of events, so that one halving search finds either end.
    """
    confidence = split(hurdle.confidence, claims)

    def bounds(count: int) -> tuple[float, float]:
        return view(Events(count, trials).bounds(confidence))

    fewest = _first(lambda count: hurdle.cleared_by_lower(bounds(count)[0]), trials)
    beyond = _first(lambda count: not hurdle.cleared_by_upper(bounds(count)[1]), trials)
    return fewest, beyond - 1


def _first(holds: Callable[[int], bool], trials: int) -> int:
    """The smallest count for which something holds that holds for all larger ones; one too many for none."""
    low, high = 0, trials + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def between(fewest: int, most: int, trials: int, rate: float) -> float:
    """The probability that a binomial count lies between two numbers, both included."""
    from scipy.special import bdtr, bdtrc  # heavy: only where a plan is made

    if fewest > most:
        return 0.0
    if most == trials:
        return float(bdtrc(fewest - 1, trials, rate)) if fewest > 0 else 1.0
    below = float(bdtr(fewest - 1, trials, rate)) if fewest > 0 else 0.0
    return max(0.0, float(bdtr(most, trials, rate)) - below)
