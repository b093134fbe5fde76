"""A statistic whose bound is known on the data that stand in, and of whose single values nothing is known.

The distance from the estimate to its bound is taken to shrink with the square root of the number of cases,
and the estimate to be normal with the standard error that this distance would have if the bound were a normal
one. Bounds with a guarantee lie further out than normal ones, so that the error is taken for larger than it
is, and chances above one half for smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from certify.evidence import Estimate
from checks.planning.chance import Chance
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.rates import View, itself

SQUARE_ROOT: Final = "normal, bounds shrink with the square root of the cases"
_FEWEST_CASES: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaled:
    """A statistic, and how far below and above it the bounds lay when `cases` were known."""

    hurdle: Hurdle
    value: float
    below: float
    above: float
    cases: int
    share: float
    view: View = itself

    @property
    def hopeless(self) -> bool:
        """Whether the assumed value lies beyond the limit."""
        return self.hurdle.out_of_reach(self.view((self.value, self.value))[0])

    def chance(self, rows: int) -> Chance:
        """By the normal distribution, for each limit that there is; no claim is made below ten cases."""
        n = math.floor(self.share * rows + 1e-9)
        if n < max(_FEWEST_CASES, self.hurdle.fewest):
            return Chance(value=0.0)
        factor = math.sqrt(self.cases / n)
        risks = [self._risk(distance, margin) for distance, margin in self._bounds(factor)]
        return Chance(value=max(0.0, 1 - sum(risks)))

    def _bounds(self, factor: float) -> list[tuple[float, float]]:
        """For each limit the distance of its bound, and by how much the expected bound clears it."""
        low, high = self.view((self.value - self.below * factor, self.value + self.above * factor))
        value = self.view((self.value, self.value))[0]
        lowest, highest = self.hurdle.lowest, self.hurdle.highest
        limits = [] if lowest is None else [(value - low, low - float(lowest))]
        return limits if highest is None else [*limits, (high - value, float(highest) - high)]

    def _risk(self, distance: float, margin: float) -> float:
        from scipy.special import ndtr, ndtri  # heavy: only where a plan is made

        error = distance / float(ndtri(self.hurdle.confidence))
        return float(ndtr(-margin / error)) if error > 0 else float(margin < 0)


def scaled(hurdle: Hurdle, estimate: Estimate, share: float, view: View = itself) -> Scaled:
    """From what was measured; raises `CannotPlan` where a bound that is needed was not given."""
    bounds, value = estimate.demonstrating, float(estimate.value)
    if bounds.lower is None or bounds.upper is None:
        raise CannotPlan(f"{estimate.statistic} of {estimate.stratum} has no bounds to start from")
    return Scaled(
        hurdle=hurdle,
        value=value,
        below=value - float(bounds.lower),
        above=float(bounds.upper) - value,
        cases=estimate.n,
        share=share,
        view=view,
    )
