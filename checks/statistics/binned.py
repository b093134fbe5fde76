"""How far predicted probabilities lie from what happens, bin by bin; bounds for any number of bins.

Over bins b of [0, 1] the error is the sum of |E[(Y - S) in b]|, S being the probability that was said and Y
whether it happened: the "expected calibration error" of equally wide bins (Naeini, Cooper and Hauskrecht,
AAAI 2015). What cancels within a bin is not seen.

Its plug-in estimate is a function of n independent cases of which each moves it by 2/n at most, so that it
exceeds or undercuts its own mean by more than sqrt(2 ln(1/alpha) / n) with probability at most alpha
(McDiarmid, On the Method of Bounded Differences, 1989). A sum of absolute values is convex, so that this mean
is never below the truth: the estimate is too large on average, and the upper bound holds as it is. By how
much it is too large at most, the lower bound takes off: the sum of the standard deviations of the bins, which
is at most sqrt(bins / n), for a bin with a share q of the cases has a variance of at most q / n.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval

BOUNDED_DIFFERENCES = "bounded differences (McDiarmid) of the binned calibration error"


def calibration_error(
    said: NDArray[np.float64], happened: NDArray[np.bool_], bins: int, confidence: Confidence
) -> Interval:
    """The calibration error of probabilities over so many equally wide bins; the last one includes 1.

    Raises `CannotMeasure` without cases, without bins, and for what is no probability.
    """
    if not len(said):
        raise CannotMeasure("no case: the calibration of nothing is not measured")
    if bins < 1:
        raise CannotMeasure(f"expected at least one bin, found {bins}")
    if not ((said >= 0) & (said <= 1)).all():  # false for NaN as well
        raise CannotMeasure("a probability lies between 0 and 1, and not every answer does")
    where = np.minimum((said * bins).astype(np.int64), bins - 1)
    sums = np.bincount(where, weights=happened - said, minlength=bins)
    value = float(np.abs(sums).sum()) / len(said)
    return Interval(
        name=BOUNDED_DIFFERENCES,
        value=value,
        n=len(said),
        demonstrating=_bounds(value, len(said), bins, confidence.demonstrating),
        refuting=_bounds(value, len(said), bins, confidence.refuting),
    )


def _bounds(value: float, n: int, bins: int, confidence: float) -> tuple[float, float]:
    """One-sided bounds, each at `confidence`.

    >>> lower, upper = _bounds(0.2, 10_000, 10, 0.975)
    >>> round(lower, 3), round(upper, 3)
    (0.141, 0.227)
    """
    by_chance = math.sqrt(2 * math.log(1 / (1 - confidence)) / n)
    return max(0.0, value - by_chance - math.sqrt(bins / n)), min(1.0, value + by_chance)
