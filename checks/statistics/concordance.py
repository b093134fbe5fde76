"""How well a score tells two classes apart: the area under the receiver operating characteristic.

The area is the probability that a case of one class scores higher than a case of the other, a tie counting as
a half (Bamber, Journal of Mathematical Psychology 12, 1975, 387-415), that is a mean over all pairs. Pairs
share cases, so that a mean of them is no mean of independent values; DeLong, DeLong and Clarke-Pearson
(Biometrics 44, 1988, 837-845) give it a normal approximation, which has no guarantee and is not used here.

Two games are played one after the other. (1) Given the cases of the second class, the share of them that a
case of the first beats lies in [0, 1] and is independent from case to case; a gambler bets that its mean, A,
is larger than supposed. (2) A is also the average, over the cases of the second class, of the probability of
being beaten, whose expectation is the area; another gambler bets that it exceeds the supposed area. Each
capital is on average at most 1, the first whatever the cases of the second class are, so that their product
is (as in `checks.statistics.means`, averaged over stakes that move both alike). A tenth of the money is
played on pairs of different cases, all ways of pairing at once: there the logarithm of the average capital is
at least the average logarithm (Hoeffding, Journal of the American Statistical Association 58, 1963, section
5). It pays where the area is close to 0, and costs little where it is not.

A and the probabilities are not seen. But each probability lies within the band of Massart (Annals of
Probability 18, 1990, 1269-1283) around the observed share, at a twentieth of alpha. The product is taken at
its least over all of them: for a given A that is where they lie furthest apart, the largest at the upper end
of the band and the smallest at the lower one, which exceeds every other choice in the sense of majorisation.

Nothing is assumed of the scores. What is needed is that cases are independent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval

CONCORDANCE: Final = "product of two betting bounds within a band of Massart, area under the curve"
_FOR_THE_BAND: Final = 1 / 20
"""The part of alpha that the band may cost."""

_ON_PAIRS: Final = (0.5, 0.95)
"""Stakes on pairs, each with a twentieth of the money."""

_PART_ON_PAIRS: Final = 1 / 20
_NODES: Final = 64
_HIGHEST_STAKE: Final = 0.9
_PRECISION: Final = 2.0**-32
"""How much too wide a bound may be. It is never too narrow."""

Values = NDArray[np.float64]


def concordance(positives: Values, negatives: Values, confidence: Confidence) -> Interval:
    """The probability that one of `positives` scores above one of `negatives`; `n` is the smaller class.

    Scores may be infinite. Raises `CannotMeasure` without cases of both classes, and for a score of NaN.

    >>> found = concordance(np.array([1.0, 2.0]), np.array([0.0, 1.0]), Confidence(0.975))
    >>> found.value
    0.875
    """
    if not len(positives) or not len(negatives):
        raise CannotMeasure("cases of both classes are needed to tell them apart")
    if np.isnan(positives).any() or np.isnan(negatives).any():
        raise CannotMeasure("a case without a score has no rank")
    return Interval(
        name=CONCORDANCE,
        value=float(np.mean(_beaten(positives, negatives))),
        n=min(len(positives), len(negatives)),
        **confidence.both(lambda level: _bounds(positives, negatives, level)),
    )


def _beaten(scores: Values, others: Values) -> Values:
    """The share of `others` that each score exceeds, in ascending order; half of those that equal it."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, scores, side="left") + np.searchsorted(ordered, scores, side="right")
    return np.sort(below / (2 * len(ordered)))


def _bounds(positives: Values, negatives: Values, confidence: float) -> tuple[float, float]:
    won, lost = _beaten(positives, negatives), np.sort(1 - _beaten(negatives, positives))
    wins, ties = _pairs(positives, negatives)
    lower = _lower(_Games(won, lost, wins, ties, 1 - confidence))
    turned = _Games(np.sort(1 - won), np.sort(1 - lost), 1 - wins - ties, ties, 1 - confidence)
    return lower, 1 - _lower(turned)


def _pairs(positives: Values, negatives: Values) -> tuple[float, float]:
    """The shares of all pairs in which the positive case scores higher, and in which both score the same."""
    ordered = np.sort(negatives)
    below, upto = (np.searchsorted(ordered, positives, side=side) for side in ("left", "right"))
    pairs = len(positives) * len(negatives)
    return float(below.sum() / pairs), float((upto - below).sum() / pairs)


def _lower(games: _Games) -> float:
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    seen = min(1.0, games.wins + games.ties / 2)
    if seen <= _PRECISION or games.excess(_PRECISION) < 0 or games.excess(seen) >= 0:
        return 0.0
    return max(0.0, float(brentq(games.excess, _PRECISION, seen, xtol=_PRECISION / 2)) - _PRECISION)


@dataclass(frozen=True)
class _Games:
    """Shares of the other class that cases beat or are beaten by, ascending; and shares of all pairs."""

    won: Values
    lost: Values
    wins: float
    ties: float
    alpha: float

    @property
    def first(self) -> Values:
        """Of the larger class, so that the band around what is not seen is narrower."""
        return self.won if len(self.won) >= len(self.lost) else self.lost

    @property
    def second(self) -> Values:
        """Of the other one."""
        return self.lost if len(self.won) >= len(self.lost) else self.won

    def excess(self, area: float) -> float:
        """By how much the logarithm of the capital against "at most `area`" exceeds what is needed."""
        logs = [
            self._least(stakes, area, ahead) for stakes, ahead in zip(self._stakes, self._ahead, strict=True)
        ]
        part = (1 - len(_ON_PAIRS) * _PART_ON_PAIRS) / len(logs)
        played = [log + math.log(part) for log in logs]
        played += [self._on_pairs(stake, area) + math.log(_PART_ON_PAIRS) for stake in _ON_PAIRS]
        return float(np.logaddexp.reduce(played)) + math.log(self.alpha * (1 - _FOR_THE_BAND))

    def _on_pairs(self, stake: float, area: float) -> float:
        gained = 1 - stake + stake * np.array([1.0, 0.5, 0.0]) / area
        shares = np.array([self.wins, self.ties, 1 - self.wins - self.ties])
        return float(min(len(self.won), len(self.lost)) * (shares * np.log(gained)).sum())

    @cached_property
    def _stakes(self) -> list[tuple[float, float]]:
        """Of both games; each pair moves both capitals alike where A changes a little.

        The smallest is the best for the largest variance that there can be, the largest nearly ruinous.
        """
        m, n = len(self.first), len(self.second)
        smallest = math.sqrt(-8 * math.log(self.alpha) * m * n / (m + n))
        largest = _HIGHEST_STAKE * min(m, n)
        steps = max(0, math.floor(math.log2(largest / smallest))) if smallest < largest else 0
        totals = [*(smallest * 2.0**step for step in range(steps + 1)), largest]
        return [(min(total, largest) / m, min(total, largest) / n) for total in totals]

    @cached_property
    def _band(self) -> tuple[Values, Values]:
        band = math.sqrt(math.log(2 / (self.alpha * _FOR_THE_BAND)) / (2 * len(self.first)))
        return np.clip(self.second - band, 0, 1), np.clip(self.second + band, 0, 1)

    @cached_property
    def _averages(self) -> Values:
        """A, while one value after the other goes from the lower to the upper end, the largest first."""
        low, high = self._band
        return np.asarray((low.sum() + np.concatenate([[0.0], np.cumsum((high - low)[::-1])])) / len(low))

    @cached_property
    def _nodes(self) -> Values:
        return np.linspace(self._averages[0], self._averages[-1], _NODES + 1)

    @cached_property
    def _ahead(self) -> list[Values]:
        """The logarithm of the capital of the first game with each stake, at each node of A: concave in A."""
        return [
            np.array([np.log1p(stake * (self.first - node)).sum() for node in self._nodes])
            for stake, _ in self._stakes
        ]

    def _least(self, stakes: tuple[float, float], area: float, ahead: Values) -> float:
        """The least product over A and all that fits it; between places tried both logarithms are concave."""
        low, high = (np.log1p(stakes[1] * (end - area)) for end in self._band)
        behind = low.sum() + np.concatenate([[0.0], np.cumsum((high - low)[::-1])])
        at_averages = np.interp(self._averages, self._nodes, ahead) + behind
        at_nodes = ahead + np.interp(self._nodes, self._averages, behind)
        return float(min(at_averages.min(), at_nodes.min()))
