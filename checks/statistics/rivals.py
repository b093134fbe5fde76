"""How much of the loss of a rival answer a model saves, where both are given to the same cases.

The share that is saved is 1 - (loss of the model) / (loss of the rival), 1 at most and without a lowest
value. What bounds it depends on how cases hang together:

- *By unit*: units are drawn independently, each with its mean loss of either. "The model loses at least r
  times what the rival does" says that the mean of paired differences is at most 0, and the gamblers of
  `checks.statistics.means` play against it.
- *In order*: cases come one after another, and each may depend on all before it in any way. Then no
  population has a mean; what is bounded is the ratio of what model and rival could be *expected* to lose,
  each time given all that went before, added up over the very times that were seen (Choe and Ramdas,
  Comparing sequential forecasters, Operations Research 72, 2024, 1368-1387). With a difference x that is
  never below its forecast y by more than 1, exp(s (x - y) - p (x - y)**2), p = -log(1 - s) - s, is on average
  at most 1 + s (E x - y) (Fan, Grama and Liu, Electronic Journal of Probability 20, 2015, no. 1, lemma 4.1).
  Each divided by exp(s (E x - y)), the product of these over time is a supermartingale, whatever the
  dependence and however the expectations move (Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49,
  2021, theorem 4). By Markov's inequality it exceeds 1 / alpha with probability at most alpha.

In order, what is bounded is itself subject to chance. For every limit that is set beforehand the probability
that the bound clears it, and the share that could be expected does not, is at most alpha.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.means import require_within
from checks.statistics.savings import lower_ratio

BY_UNIT: Final = "betting bound for a ratio of means, by unit, model to rival"
IN_ORDER: Final = "empirical Bernstein supermartingale, in order, ratio of expected losses (Choe and Ramdas)"

_BOLD: Final = (0.95, 0.75)
"""Stakes beside 1/2, 1/4 ... down to about 1 / sqrt(n), for losses that hardly vary. At 1 one is ruined."""

Values = NDArray[np.float64]


def saved_by_unit(losses: Values, rivals: Values, most: float, confidence: Confidence) -> Interval:
    """The share of the rivals' loss that is saved, of independent units with losses in [0, `most`] each.

    Raises `CannotMeasure` without units, for a loss outside the range, and where no rival loses anything.
    """
    losses, rivals, value = _prepared(losses, rivals, most)
    order = np.lexsort((losses, rivals))  # so that not even the last digit depends on the order of the units
    losses, rivals = losses[order], rivals[order]

    def bounds(level: float) -> tuple[float, float]:
        return _saved(lower_ratio(rivals, losses, level), lower_ratio(losses, rivals, level))

    return Interval(name=BY_UNIT, value=value, n=len(losses), **confidence.both(bounds))


def saved_in_order(losses: Values, rivals: Values, most: float, confidence: Confidence) -> Interval:
    """The same where cases may depend on all before them; `losses` and `rivals` are in the order of time."""
    losses, rivals, value = _prepared(losses, rivals, most)
    model, rival = _Sums.of(rivals, losses), _Sums.of(losses, rivals)

    def bounds(level: float) -> tuple[float, float]:
        return _saved(model.lower_ratio(level), rival.lower_ratio(level))

    return Interval(name=IN_ORDER, value=value, n=len(losses), **confidence.both(bounds))


def _prepared(losses: Values, rivals: Values, most: float) -> tuple[Values, Values, float]:
    """Both as parts of `most`, and the share that was saved."""
    for values in (losses, rivals):
        require_within(values, 0.0, most)
    if not rivals.any():
        raise CannotMeasure("the rival is never wrong: nothing of its error can be saved")
    return losses / most, rivals / most, 1 - float(losses.sum() / rivals.sum())


def _saved(rival_to_model: float, model_to_rival: float) -> tuple[float, float]:
    """From the lower bounds of both ratios of losses."""
    return 1 - 1 / rival_to_model if rival_to_model else -math.inf, 1 - model_to_rival


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    """All that the bound needs of upper and lower values in [0, 1], in order: their sums, and those of the
    squares and products of what they differ from their forecasts by, the means of all before."""

    n: int
    upper: float
    lower: float
    uppers: float
    lowers: float
    products: float

    @classmethod
    def of(cls, upper: Values, lower: Values) -> _Sums:
        over, under = upper - _means_before(upper), lower - _means_before(lower)
        return cls(
            n=len(upper), upper=float(upper.sum()), lower=float(lower.sum()),
            uppers=float(over @ over), lowers=float(under @ under), products=float(over @ under),
        )  # fmt: skip

    def lower_ratio(self, confidence: float) -> float:
        """A lower bound of the ratio of what is to be expected of both; 0 if there is none.

        A gambler bets against "the upper are expected to sum to at most r times the lower" with
        x = (upper - r lower) / (1 + r), of range 1. Multiplied by (1 + r)**2, the condition to win is a
        quadratic in r that opens downwards: each gambler excludes an interval of ratios, and all together
        everything from 0 up to where their intervals no longer meet.
        """
        stakes = np.append(_BOLD, np.exp2(-np.arange(1, 1 + np.ceil(np.log2(self.n) / 2))))
        needed = math.log(len(stakes) / (1 - confidence))
        excluded = 0.0
        for low, high in sorted(self._excluded(float(stake), needed) for stake in stakes):
            if low <= excluded:
                excluded = max(excluded, high)
        return excluded

    def _excluded(self, stake: float, needed: float) -> tuple[float, float]:
        """The ratios at which a gambler wins; an interval that meets nothing if there are none."""
        penalty = -math.log1p(-stake) - stake
        constant = stake * self.upper - penalty * self.uppers - needed
        slope = stake * (self.upper - self.lower) + 2 * penalty * self.products - 2 * needed
        bend = stake * self.lower + penalty * self.lowers + needed
        inside = slope**2 + 4 * bend * constant
        if inside < 0:
            return math.inf, math.inf
        root = math.sqrt(inside)
        return (slope - root) / (2 * bend), (slope + root) / (2 * bend)


def _means_before(values: Values) -> Values:
    """The mean of all values before each one, 0 before the first."""
    return np.asarray(np.append(0.0, np.cumsum(values)[:-1] / np.arange(1, len(values))), dtype=np.float64)
