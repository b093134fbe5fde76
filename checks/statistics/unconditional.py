"""Exact bounds for the contrast of two rates from independent groups: their difference, or their ratio.

Buehler's upper limit (Journal of the American Statistical Association 52, 1957, 482-493) for the order that
a good approximate limit gives, as Kabaila and Lloyd advise (Technometrics 44, 2002, 390-395). The samples
that speak at least as strongly for a small contrast as the observed one form a region; the limit is the
smallest contrast under which no pair of rates reaches that region with probability above alpha. Samples are
put in order by the scores of `checks.statistics.contrasts` at the approximate limit. Only the rates of a
confidence set for the second one are tried, at the cost of a thousandth of alpha (Berger and Boos, Journal of
the American Statistical Association 89, 1994, 1012-1016).

Nothing is left to a grid. The region is made convex in Barnard's sense, so that its probability falls with
the first rate and rises with the second: over a small cell of rates it is at most what the worst corner
gives. Cells whose corner is not below alpha are halved, a few times; what is still undecided then counts as
not excluded. The order does not depend on the contrast that is tried, so that what excludes one contrast
excludes every larger one. Nor does it depend on alpha, so that what is excluded at a confidence is excluded
at every lower one.

Both groups must be independent: rates of the same cases, or of groups that share cases, are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from checks.statistics.contrasts import DIFFERENCE, RATIO, Contrast, Numbers
from checks.statistics.events import Events
from checks.statistics.proportions import clopper_pearson

Counts = NDArray[np.int64]

_SET_ASIDE: Final = 1 / 1000
"""The part of alpha that the confidence set of the second rate may cost."""

_DEVIATIONS: Final = 8.0
"""How many standard deviations of a count are summed; the rest is added as if it lay in the region."""

ROUNDING: Final = 1e-8
"""More than the relative error of a sum of probabilities in floats."""

_ORDERED_AT: Final = 0.025
"""The alpha of the approximate limits by which samples are ordered, whatever that of the bound: an order that
moved with alpha would let a higher confidence give a narrower bound."""

_EQUALLY_STRONG: Final = 1e-9
"""Samples whose scores differ by less count as equally strong."""

_CELLS: Final = 24
_HALVINGS: Final = 6
"""How often a cell is divided: to about a hundredth of the standard error of the second rate."""


def upper_limit_of_difference(first: Events, second: Events, confidence: float) -> float:
    """An upper bound of the first rate minus the second, at `confidence`.

    >>> round(upper_limit_of_difference(Events(240, 300), Events(240, 300), 0.975), 3)
    0.065
    """
    return _difference(first.count, first.trials, second.count, second.trials, confidence)


def upper_limit_of_ratio(first: Events, second: Events, confidence: float) -> float:
    """An upper bound of the first rate over the second, at `confidence`; infinite if the second may be 0."""
    return _ratio(first.count, first.trials, second.count, second.trials, confidence)


@lru_cache(maxsize=4096)
def _difference(x: int, m: int, y: int, n: int, confidence: float) -> float:
    observed = x / m - y / n
    return Sample(DIFFERENCE, x, m, y, n, 1 - confidence, observed, 1.0).limit()


@lru_cache(maxsize=4096)
def _ratio(x: int, m: int, y: int, n: int, confidence: float) -> float:
    if not y:
        return math.inf
    sure = clopper_pearson(y, n, 1 - (1 - confidence) * _SET_ASIDE / 2)[0]
    return Sample(RATIO, x, m, y, n, 1 - confidence, (x / m) / (y / n), 1 / sure).limit()


@dataclass(frozen=True)
class Sample:
    """Two observed counts and what they say of a contrast that is `observed`, and `most` at most."""

    contrast: Contrast
    x: int
    m: int
    y: int
    n: int
    alpha: float
    observed: float
    most: float

    stride: ClassVar[float] = 1 / 200
    """By which part of its distance from the estimate a limit is raised until it is sure."""

    def limit(self) -> float:
        """The smallest contrast that is excluded for sure, or nearly; `most` if none is."""
        near = self._near
        stride = min(self.stride * (near - self.observed), (self.most - near) / 8)
        while near < self.most and stride > 0:
            if self._excluded(near):
                return near
            near, stride = near + stride, 2 * stride
        return self.most

    @cached_property
    def _near(self) -> float:
        """About the smallest excluded contrast: the rates are tried at a few places only."""
        from scipy.optimize import brentq

        def excess(theta: float) -> float:
            return math.log(max(self._greatest_at(theta), 1e-300) / self._allowed)

        low, high = self.observed, self._approximate
        step = max(high - low, 1e-6 * self.most)
        while excess(high) > 0:
            if high >= self.most:
                return self.most
            low, high, step = high, min(high + step / 8, self.most), 2 * step
        if excess(low) <= 0:
            return low
        return float(brentq(excess, low, high, xtol=step / 1000, rtol=1e-9))

    @cached_property
    def _approximate(self) -> float:
        """About where the limit is."""
        usual = math.isclose(self.alpha, _ORDERED_AT, rel_tol=1e-9)
        return self._ordering if usual else self._limit_by_score(self.alpha)

    @cached_property
    def _ordering(self) -> float:
        """The approximate limit by which samples are ordered."""
        return self._limit_by_score(_ORDERED_AT)

    def _limit_by_score(self, alpha: float) -> float:
        """The limit at which the score would be that of alpha were it normal."""
        from scipy.optimize import brentq
        from scipy.special import ndtri

        def excess(theta: float) -> float:
            return float(self._scores(theta, np.array([self.x]), np.array([self.y]))[0] - ndtri(alpha))

        low = max(self.observed, 1e-3 * self._smallest_step)
        high = self.most * (1 - 1e-9)
        if excess(low) <= 0 or excess(high) >= 0:
            return low if excess(low) <= 0 else high
        return float(brentq(excess, low, high, xtol=1e-12))

    @property
    def _smallest_step(self) -> float:
        """A ratio of zero has no logarithm, and no score; a difference may be negative."""
        return 1 / self.m if self.contrast is RATIO else -math.inf

    @property
    def _allowed(self) -> float:
        return self.alpha * (1 - _SET_ASIDE)

    @cached_property
    def _confidence_set(self) -> tuple[float, float]:
        """Of the second rate, at a thousandth of alpha on both sides together."""
        return clopper_pearson(self.y, self.n, 1 - self.alpha * _SET_ASIDE / 2)

    def _tried(self, theta: float) -> Numbers:
        """The edges of the first cells of second rates; none if no rate is possible."""
        (low, high), (least, greatest) = self._confidence_set, self.contrast.second_rates(theta)
        low, high = max(low, least), min(high, greatest)
        if low > high:
            return np.empty(0)
        return self.contrast.between(low, high, _CELLS + 1)

    def _greatest_at(self, theta: float) -> float:
        tried = self._tried(theta)
        if not len(tried):
            return 0.0
        return float(self._probability(self.contrast.first_rate(theta, tried), tried).max())

    def _excluded(self, theta: float) -> bool:
        """Whether no pair of rates under `theta` reaches the region with probability above alpha."""
        if not len(self._tried(theta)):
            return True
        edges = self._tried(theta)
        below, above = edges[:-1], edges[1:]
        for _ in range(_HALVINGS + 1):
            worst = self._probability(self.contrast.first_rate(theta, below), above)
            below, above = below[worst > self._allowed], above[worst > self._allowed]
            if not len(below):
                return True
            middle = (below + above) / 2
            if self._probability(self.contrast.first_rate(theta, middle), middle).max() > self._allowed:
                return False
            below, above = np.concatenate([below, middle]), np.concatenate([middle, above])
        return False

    def _probability(self, first: Numbers, second: Numbers) -> Numbers:
        """Of the region under each pair of rates; rounded up."""
        counts, masses = binomial_masses(self.m, first)
        start, survival = _survival(self.n, second)
        place = np.clip(self._fewest(counts) - start, 0, survival.shape[1] - 1)
        inside = (masses * survival[:, place]).sum(axis=1)
        outside = np.maximum(0, 1 - masses.sum(axis=1))
        return np.asarray(np.minimum(1, (inside + outside) * (1 + ROUNDING)), dtype=np.float64)

    def _fewest(self, counts: Counts) -> Counts:
        """With each count of the first group, the fewest events of the second in the region; n + 1 for none.

        With a sample the region has all that have fewer events in the first group or more in the second.
        """
        known, asked = self._known, counts.tolist()
        if not known.keys() >= set(asked):
            known.update(zip(asked, self._searched(counts).tolist(), strict=True))
        return np.array([known[count] for count in asked])

    @cached_property
    def _known(self) -> dict[int, int]:
        return {}

    def _searched(self, counts: Counts) -> Counts:
        strength = self._scores(self._ordering, np.array([self.x]), np.array([self.y]))[0]
        low, high = np.full_like(counts, -1), np.full_like(counts, self.n + 1)
        while (high - low > 1).any():
            middle = np.clip((low + high) // 2, 0, self.n)
            inside = self._scores(self._ordering, counts, middle) <= strength + _EQUALLY_STRONG
            high, low = np.where(inside, middle, high), np.where(inside, low, middle)
        high = np.where(counts <= self.x, np.minimum(high, self.y), high)
        return np.asarray(np.minimum.accumulate(high[::-1])[::-1])

    def _scores(self, theta: float, x: Counts, y: Counts) -> Numbers:
        return self.contrast.score(theta, x.astype(float), self.m, y.astype(float), self.n)


def _window(trials: int, rates: Numbers) -> Counts:
    """The counts that are at all probable under one of the rates."""
    spread = _DEVIATIONS * np.sqrt(trials * rates * (1 - rates)) + _DEVIATIONS**2 / 2
    low = max(0, math.floor(float((trials * rates - spread).min())))
    return np.arange(low, min(trials, math.ceil(float((trials * rates + spread).max()))) + 1)


def binomial_masses(trials: int, rates: Numbers) -> tuple[Counts, Numbers]:
    """Counts, and the probability of each under each rate, of shape [rates, counts]."""
    from scipy.special import gammaln, xlog1py, xlogy

    counts = _window(trials, rates)
    ways = gammaln(trials + 1) - gammaln(counts + 1) - gammaln(trials - counts + 1)
    if rates.min() > 0 and rates.max() < 1:  # the same in two products of vectors
        logs = np.outer(np.log(rates / (1 - rates)), counts) + (trials * np.log1p(-rates))[:, np.newaxis]
        return counts, np.exp(ways + logs)
    each = rates[:, np.newaxis]
    return counts, np.asarray(np.exp(ways + xlogy(counts, each) + xlog1py(trials - counts, -each)))


def _survival(trials: int, rates: Numbers) -> tuple[int, Numbers]:
    """The first count of a window, and under each rate P(count >= c) for c from there to one beyond it.

    What lies outside the window counts as if it were at or above c.
    """
    counts, masses = binomial_masses(trials, rates)
    missing = np.maximum(0, 1 - masses.sum(axis=1))[:, np.newaxis]
    sums = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1]
    return int(counts[0]), np.minimum(1, np.concatenate([sums, np.zeros_like(missing)], axis=1) + missing)
