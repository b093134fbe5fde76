"""Two ways of comparing two rates by one number, and how strongly counts speak against a value of it.

The scores are those of Miettinen and Nurminen (Statistics in Medicine 4, 1985, 213-226): the observed
distance from a contrast over its standard error under the two rates that are most likely where the contrast
holds. A bound that takes them for normal is only approximate; here they only put samples in an order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """A number `theta` that compares two rates, and rises with the first."""

    first_rate: Callable[[float, Numbers], Numbers]
    """The first rate, given the contrast and the second."""
    second_rates: Callable[[float], tuple[float, float]]
    """Between which values the second rate lies under a contrast."""
    between: Callable[[float, float, int], Numbers]
    """So many second rates from the lowest to the highest, evenly for this contrast."""
    score: Callable[[float, Numbers, int, Numbers, int], Numbers]
    """Of counts and sizes of both groups: negative where they speak for a smaller contrast."""


def _score_of_difference(theta: float, x: Numbers, m: int, y: Numbers, n: int) -> Numbers:
    """The likeliest second rate solves a cubic equation (their appendix I)."""
    cubic = m + n
    square = (m + 2 * n) * theta - cubic - x - y
    linear = (n * theta - cubic - 2 * y) * theta + x + y
    constant = y * theta * (1 - theta)
    third = square / (3 * cubic)
    q = third**3 - linear * square / (6 * cubic**2) + constant / (2 * cubic)
    p = np.copysign(np.sqrt(np.maximum(0, third**2 - linear / (3 * cubic))), q)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        cosine = np.clip(np.nan_to_num(q / p**3), -1, 1)
    second = 2 * p * np.cos((math.pi + np.arccos(cosine)) / 3) - third
    second = np.clip(second, max(0.0, -theta), min(1.0, 1 - theta))
    first = np.clip(second + theta, 0, 1)
    return standardised(x / m - y / n - theta, first * (1 - first) / m + second * (1 - second) / n, m + n)


def _score_of_ratio(theta: float, x: Numbers, m: int, y: Numbers, n: int) -> Numbers:
    """The likeliest second rate solves a quadratic equation (their equation 11)."""
    square = (m + n) * theta
    linear = m * theta + x + n + y * theta
    root = np.sqrt(np.maximum(0, linear**2 - 4 * square * (x + y)))
    second = np.clip((linear - root) / (2 * square), 0, 1 / max(1.0, theta))
    first = np.clip(theta * second, 0, 1)
    variance = first * (1 - first) / m + theta**2 * second * (1 - second) / n
    return standardised(x / m - theta * (y / n), variance, m + n)


_NOTHING: Final = 1e-13


def standardised(distance: Numbers, variance: Numbers, cases: int) -> Numbers:
    """No distance is no evidence, even where there is no variance either."""
    unbiased = np.maximum(variance, 0) * cases / (cases - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(distance) < _NOTHING, 0.0, distance / np.sqrt(unbiased))


DIFFERENCE: Final = Contrast(
    first_rate=lambda theta, second: np.clip(second + theta, 0, 1),
    second_rates=lambda theta: (max(0.0, -theta), min(1.0, 1 - theta)),
    between=np.linspace,
    score=_score_of_difference,
)
"""The first rate minus the second."""

RATIO: Final = Contrast(
    first_rate=lambda theta, second: np.clip(second * theta, 0, 1),
    second_rates=lambda theta: (0.0, 1 / max(1.0, theta)),
    between=np.geomspace,
    score=_score_of_ratio,
)
"""The first rate over the second."""
