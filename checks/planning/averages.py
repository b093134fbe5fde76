"""The average of several rates, such as the recalls of all classes, before it is measured.

Of two rates the chance is summed over their counts. Of more it is simulated, with the same draws each time,
so that more rows are compared with fewer on equal terms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Final

import numpy as np

from checks.measured import Confidence
from checks.planning.chance import Chance
from checks.planning.hurdle import Hurdle
from checks.planning.rates import View, itself
from checks.planning.region import Pair, probability
from checks.statistics.averages import average
from checks.statistics.events import Events

DRAWS: Final = 400
_SEED: Final = 20260801


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall:
    """One of the rates: how large it is taken to be, and on what part of the rows it rests."""

    value: float
    share: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Average:
    """The average of recalls whose lower bound must reach a limit."""

    hurdle: Hurdle
    recalls: tuple[Recall, ...]
    view: View = itself

    @property
    def value(self) -> float:
        """The average that is assumed."""
        return fmean(recall.value for recall in self.recalls)

    @property
    def hopeless(self) -> bool:
        """Whether the assumed average lies beyond the limit."""
        return self.hurdle.out_of_reach(self.view((self.value, self.value))[0])

    def chance(self, rows: int) -> Chance:
        """That the counts of all classes demonstrate it."""
        trials = self._trials(rows)
        if min(trials) < max(2, self.hurdle.fewest):
            return Chance(value=0.0)
        return self._summed(*trials) if len(trials) == 2 else self._simulated(trials)

    def rough(self, rows: int) -> float:
        """For two rates by normal approximation; more are simulated at little cost."""
        trials = self._trials(rows)
        if min(trials) < max(2, self.hurdle.fewest):
            return 0.0
        if len(trials) != 2 or self.hurdle.lowest is None or self.hurdle.highest is not None:
            return self.chance(rows).value
        from scipy.special import ndtr, ndtri  # heavy: only where a plan is made

        variances = (r.value * (1 - r.value) / n for r, n in zip(self.recalls, trials, strict=True))
        spread = math.sqrt(sum(variances)) / 2
        distance = self.view((self.value, self.value))[0] - float(self.hurdle.lowest)
        return float(ndtr(distance / spread - ndtri(self.hurdle.confidence))) if spread else 1.0

    def _trials(self, rows: int) -> tuple[int, ...]:
        return tuple(math.floor(recall.share * rows + 1e-9) for recall in self.recalls)

    def _clears(self, *rates: Events) -> bool:
        bounds = average(rates, Confidence(self.hurdle.confidence)).demonstrating
        return self.hurdle.cleared(self.view(bounds))

    def _summed(self, m: int, n: int) -> Chance:
        pair = Pair(first=m, second=n, first_rate=self.recalls[0].value, second_rate=self.recalls[1].value)
        upwards = self.hurdle.highest is None

        def clears(x: int, y: int) -> bool:
            return self._clears(Events(x, m), Events(y, n))

        return Chance(value=probability(pair, clears, lambda _: n if upwards else 0, slow=True))

    def _simulated(self, trials: tuple[int, ...]) -> Chance:
        counts = draws(trials, tuple(recall.value for recall in self.recalls))
        cleared = [self._clears(*(Events(c, n) for c, n in zip(row, trials, strict=True))) for row in counts]
        return share_of(cleared)


@lru_cache(maxsize=64)
def draws(trials: tuple[int, ...], rates: tuple[float, ...]) -> tuple[tuple[int, ...], ...]:
    """Independent binomial counts, the same ones each time."""
    from scipy.special import bdtrik  # heavy: only where a plan is made

    chances = np.random.default_rng(_SEED).random((DRAWS, len(trials)))
    with np.errstate(invalid="ignore"):
        found = np.ceil(bdtrik(chances, np.array(trials, dtype=float), np.array(rates)))
    exact = np.where(np.isin(rates, (0.0, 1.0)), np.array(trials) * np.array(rates), found)
    within = np.clip(np.nan_to_num(exact), 0, np.array(trials)).astype(int)
    return tuple(tuple(int(c) for c in row) for row in within)


def share_of(cleared: list[bool]) -> Chance:
    """The share of draws that cleared, with its standard error (at least that of one draw)."""
    n, value = len(cleared), sum(cleared) / len(cleared)
    return Chance(value=value, error=math.sqrt(max(value * (1 - value), 1 / n) / n))
