"""By how much the observed difference of two rates of one event falls short of the true one.

That is all that an upper bound of a distance between two distributions needs, be it total variation, the
largest difference that any event makes, or Kolmogorov's, the largest that an event "at most x" makes. There
is an event for which the true difference is the distance, and the samples do not choose it. What was observed
of that event is at most the observed distance, so that the true distance exceeds the observed one by more
than `shortfall` with probability alpha at most. How many events there are costs nothing (an
intersection-union test, as over groups).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BERRY_ESSEEN: Final = 0.56
"""For sums of different variables: Shevtsova, Doklady Mathematics 82, 2010, 862-864."""
_VARIANCES: Final = 128
"""So many intervals of the variance of each rate are tried, each with the worst of it."""

Values = NDArray[np.float64]


@lru_cache(maxsize=256)
def shortfall(n: int, m: int, confidence: float) -> float:
    """By how much the observed difference of two rates, of n and m cases, may fall short of the true one.

    It is exceeded with probability at most 1 - `confidence`, whatever the two rates are. For each pair of
    variances the least of three bounds counts: of Hoeffding, of Bernstein, and the normal one with the error
    of Berry and Esseen. From some thousand cases on it is little more than the normal bound for rates of
    one half.

    >>> round(shortfall(10_000, 10_000, 0.975), 4), round(1.96 * (0.5 / 10_000) ** 0.5, 4)
    (0.0143, 0.0139)
    """
    alpha, low = 1 - confidence, 0.0
    high = math.sqrt(math.log(1 / alpha) / 2 * (1 / n + 1 / m))
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if _chance(middle, n, m) <= alpha else (middle, high)
    return high


def _chance(apart: float, n: int, m: int) -> float:
    """At most so probable, for the worst pair of rates, is a difference short by more than `apart`."""
    edges = np.linspace(0, 0.25, _VARIANCES + 1)
    smallest = edges[:-1, None] / n + edges[None, :-1] / m
    largest = edges[1:, None] / n + edges[None, 1:] / m
    third = edges[1:] * (1 - 2 * edges[1:])  # of a rate: increases with its variance
    thirds = third[:, None] / n**2 + third[None, :] / m**2
    bernstein = np.exp(-(apart**2) / 2 / (largest + apart * max(1 / n, 1 / m) / 3))
    return float(np.minimum(bernstein, _normal(apart, smallest, largest, thirds)).max())


def _normal(apart: float, smallest: Values, largest: Values, thirds: Values) -> Values:
    from scipy.special import ndtr  # heavy: only where an interval is computed

    with np.errstate(divide="ignore"):
        return np.asarray(ndtr(-apart / np.sqrt(largest)) + _BERRY_ESSEEN * thirds / smallest**1.5)
