"""The mean of a quantity with a declared range, before it is measured.

A mean alone does not say how far single values lie apart. They are taken to follow a beta distribution over
the declared range, with the mean that was measured and as much spread as makes the measured bound the typical
one. That is an assumption and no bound: heavier tails need more rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import Confidence
from checks.planning.averages import share_of
from checks.planning.chance import Chance
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.rates import View, itself
from checks.statistics.means import bounded_mean

_SEED: Final = 20260803
_VALUES: Final = 1_500_000
"""So many values are drawn for one chance, in at least so many and at most so many data sets."""
_FEWEST, _MOST = 40, 300
_MANY: Final = 20_000
"""Beyond so many rows bounds are close to normal ones, which then stand for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """The mean of values in [lowest, highest] that have a beta distribution of this strength."""

    hurdle: Hurdle
    value: float
    lowest: float
    highest: float
    strength: float
    share: float
    view: View = itself

    @property
    def hopeless(self) -> bool:
        """Whether the assumed mean lies beyond the limit."""
        return self.hurdle.out_of_reach(self.view((self.value, self.value))[0])

    def chance(self, rows: int) -> Chance:
        """That the betting bound of so many values demonstrates it."""
        n = math.floor(self.share * rows + 1e-9)
        if n < max(2, self.hurdle.fewest):
            return Chance(value=0.0)
        if n > _MANY:
            return self._scaled(n)
        times = min(_MOST, max(_FEWEST, _VALUES // n))
        drawn = self.lowest + (self.highest - self.lowest) * _drawn(self._mean, self.strength, times, n)
        return share_of([self._clears(values) for values in drawn])

    @property
    def _mean(self) -> float:
        return (self.value - self.lowest) / (self.highest - self.lowest)

    def _clears(self, values: NDArray[np.float64]) -> bool:
        interval = bounded_mean(values, self.lowest, self.highest, Confidence(self.hurdle.confidence))
        return self.hurdle.cleared(self.view(interval.demonstrating))

    def _scaled(self, n: int) -> Chance:
        """By the distance between mean and bound at the largest number that is simulated, and a square root.

        Betting bounds come closer to normal ones than the square root says, so that this is rather too small.
        """
        drawn = self.lowest + (self.highest - self.lowest) * _drawn(self._mean, self.strength, _FEWEST, _MANY)
        shrunk = [self._shrunk(values, math.sqrt(_MANY / n)) for values in drawn]
        return share_of([self.hurdle.cleared(self.view(bounds)) for bounds in shrunk])

    def _shrunk(self, values: NDArray[np.float64], factor: float) -> tuple[float, float]:
        interval = bounded_mean(values, self.lowest, self.highest, Confidence(self.hurdle.confidence))
        low, high = interval.demonstrating
        return self.value + (low - self.value) * factor, self.value + (high - self.value) * factor


@lru_cache(maxsize=8)
def _drawn(mean: float, strength: float, times: int, n: int) -> NDArray[np.float64]:
    random = np.random.default_rng(_SEED)
    return random.beta(mean * strength, (1 - mean) * strength, size=(times, n))


def strength_of(
    value: float, bounds: tuple[float, float], n: int, *, lowest: float, highest: float, confidence: float
) -> float:
    """The strength of the beta distribution whose typical bounds are as far apart as those measured.

    Raises `CannotPlan` where the mean lies at an end of the range, or no strength fits.
    """
    mean, width = (value - lowest) / (highest - lowest), (bounds[1] - bounds[0]) / (highest - lowest)
    if not 0 < mean < 1:
        raise CannotPlan("the measured mean lies at an end of its range: nothing is known of the spread")
    grid = np.exp2(np.arange(-4.0, 12.0, 0.5))
    widths = [_typical_width(mean, float(strength), n, confidence) for strength in grid]
    if not widths[-1] <= width:
        raise CannotPlan("the measured values lie closer together than any spread that is tried")
    return float(grid[int(np.argmin(np.abs(np.array(widths) - width)))])


def _typical_width(mean: float, strength: float, n: int, confidence: float) -> float:
    """Of the values at evenly spaced quantiles: one data set that is like the distribution itself."""
    from scipy.special import betaincinv  # heavy: only where a plan is made

    places = (np.arange(min(n, _MANY)) + 0.5) / min(n, _MANY)
    values = np.clip(betaincinv(mean * strength, (1 - mean) * strength, places), 0, 1)
    low, high = bounded_mean(values, 0.0, 1.0, Confidence(confidence)).demonstrating
    return high - low
