"""How far two distributions of numbers lie apart, both known from samples: the Kolmogorov distance.

The upper bound needs only one event, see `checks.statistics.shortfalls`. The lower one has to hold for the
event that the samples chose, hence for all at once: by the inequality of Dvoretzky, Kiefer and Wolfowitz with
Massart's constant (Annals of Probability 18, 1990, 1269-1283), for each sample at half of alpha. It serves to
refute.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.shortfalls import shortfall

KOLMOGOROV: Final = "Kolmogorov distance, bound of one event (Berry-Esseen, Bernstein, Hoeffding)"

Counts = NDArray[np.int64]


def kolmogorov(first: Counts, second: Counts, spread: NDArray[np.bool_], confidence: Confidence) -> Interval:
    """Between the distributions of two independent samples, counted in the same intervals, from below.

    `spread` says of which intervals the values differ: there the two functions may lie further apart than
    at its ends, and the upper bound allows for it. Without such intervals `value` is the distance between the
    samples, else the largest at an end of an interval. Raises `CannotMeasure` for an empty sample.
    """
    n, m = _sizes(first, second)
    one, other = first / n, second / m
    after = (np.cumsum(first) * m - np.cumsum(second) * n) / (n * m)
    before = np.concatenate([[0.0], after[:-1]])
    value = float(np.abs(after).max())
    inside = np.maximum(before + one, other - before)[spread]
    largest = max(value, float(inside.max(initial=0.0)))

    def bounds(level: float) -> tuple[float, float]:
        uniform = math.sqrt(math.log(4 / (1 - level)) / 2) * (1 / math.sqrt(n) + 1 / math.sqrt(m))
        return max(0.0, value - uniform), min(1.0, largest + shortfall(n, m, level))

    return Interval(name=KOLMOGOROV, value=value, n=min(n, m), **confidence.both(bounds))


def _sizes(first: Counts, second: Counts) -> tuple[int, int]:
    n, m = int(first.sum()), int(second.sum())
    if not n or not m:
        raise CannotMeasure("a sample without rows: its distance from another is not measured")
    return n, m
