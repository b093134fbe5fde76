"""Which of two rules is right more often on the same cases: exact bounds for a paired difference of rates.

Cases on which both are right or both are wrong cancel. What is left are two counts of one multinomial sample:
cases that only the first rule has right, and cases that only the second has. Their difference over all cases
is the difference of the two rates. McNemar's test (Psychometrika 12, 1947, 153-157) asks whether it is zero;
a bound needs every other value as well, and the share of cases on which the rules differ is not known.

Buehler's upper limit, as in `checks.statistics.unconditional`, for the order given by the score of Tango
(Statistics in Medicine 17, 1998, 891-908): nothing but the sampling of cases is assumed, and no
approximation decides. Where one of the two shares rises, its new cases come out of those on which the rules
agree. So the probability of a region that has, with every sample, all those with fewer of the first kind or
more of the second falls with the first share and rises with the second, and over a small cell of shares it is
at most what the worst corner gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np

from checks.statistics.contrasts import Contrast, Numbers, standardised
from checks.statistics.differences import difference_bounds
from checks.statistics.events import Events
from checks.statistics.unconditional import ROUNDING, Sample, binomial_masses

_NOTHING: Final = 1e-300
_EVERY: Final = 3
_MANY: Final = 20_000
"""Beyond so many cases the exact limit takes too long, and the union of two bounds stands in."""

EXACT_PAIRED: Final = "exact unconditional (Buehler, score order), paired difference"
UNION_PAIRED: Final = "union bound of two Clopper-Pearson bounds, paired difference"


def paired_interval(cases: int) -> str:
    """The name of the interval that so many cases get."""
    return EXACT_PAIRED if cases <= _MANY else UNION_PAIRED


def paired_bounds(only_first: Events, only_second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of the rate of the first minus that of the second, each at `confidence`.

    Both counts are of the same cases, and no case counts in both.

    >>> lower, upper = paired_bounds(Events(15, 100), Events(3, 100), 0.975)
    >>> round(lower, 2), round(upper, 2)
    (0.04, 0.21)
    """
    cases = only_first.trials
    if only_second.trials != cases or only_first.count + only_second.count > cases:
        raise ValueError("expected two counts of the same cases, none of which counts twice")
    if cases > _MANY:
        return difference_bounds(only_first, only_second, confidence)
    lower = -_upper(only_second.count, only_first.count, cases, confidence)
    return lower, _upper(only_first.count, only_second.count, cases, confidence)


@lru_cache(maxsize=4096)
def _upper(first: int, second: int, cases: int, confidence: float) -> float:
    alpha, observed = 1 - confidence, (first - second) / cases
    return _Pairs(PAIRED, first, cases, second, cases, alpha, observed, 1.0).limit()


def _score(theta: float, x: Numbers, m: int, y: Numbers, n: int) -> Numbers:
    """The likeliest second rate solves a quadratic equation (Tango's section 3)."""
    linear = (2 * n - x + y) * theta - x - y
    constant = -y * theta * (1 - theta)
    root = np.sqrt(np.maximum(0, linear**2 - 8 * n * constant))
    second = np.clip((root - linear) / (4 * n), max(0.0, -theta), (1 - theta) / 2)
    return standardised((x - y) / n - theta, (2 * second + theta * (1 - theta)) / n, m + n)


PAIRED: Final = Contrast(
    first_rate=lambda theta, second: np.clip(second + theta, 0, 1),
    second_rates=lambda theta: (max(0.0, -theta), (1 - theta) / 2),
    between=np.linspace,
    score=_score,
)
"""The first rate minus the second, of the same cases."""


@dataclass(frozen=True)
class _Pairs(Sample):
    """The two counts are parts of one sample; `m` and `n` are both its size."""

    stride: ClassVar[float] = 1 / 60

    def _greatest_at(self, theta: float) -> float:
        tried = self._tried(theta)[::_EVERY]  # only to come near: what is near is then made sure of
        if not len(tried):
            return 0.0
        return float(self._probability(self.contrast.first_rate(theta, tried), tried).max())

    def _probability(self, first: Numbers, second: Numbers) -> Numbers:
        """Of the region under each pair of rates; rounded up.

        With a count of the first kind, that of the second is binomial among the other cases.
        """
        from scipy.special import betainc

        counts, probable = binomial_masses(self.m, first)
        fewest, others = self._fewest(counts), self.n - counts
        share = np.minimum(second / np.maximum(1 - first, np.maximum(second, _NOTHING)), 1)[:, np.newaxis]
        some = np.clip(fewest, 1, np.maximum(others, 1))
        reached = betainc(some, np.maximum(others - some, 0) + 1, share)
        reached = np.where(fewest <= 0, 1.0, np.where(fewest > others, 0.0, reached))
        inside = (probable * reached).sum(axis=1)
        outside = np.maximum(0, 1 - probable.sum(axis=1))
        return np.asarray(np.minimum(1, (inside + outside) * (1 + ROUNDING)), dtype=np.float64)
