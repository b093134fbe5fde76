"""How far stated probabilities lie from what happens: the binned calibration error, with a bound.

Probabilities are sorted into fixed bins. In each bin the error is the mean of what happened (0 or 1) minus
what was stated, and the calibration error is the mean of its absolute values, weighted by how many cases fall
into each bin. Bins hide what cancels within them: the error over finer bins is never smaller.

The plain estimate is too large, for noise has no sign left once absolute values are taken. It is reduced by
the bias that normal noise of the observed size would have (Kumar, Liang and Ma, Advances in Neural
Information Processing Systems 32, 2019, section 5; Roelofs and others, AISTATS 2022).

The bounds assume nothing of this. For signs s, one for each bin, let g(s) be the mean over cases of the sign
of the bin times the case's error. The calibration error is the largest g(s), at signs that are a fact of the
population. Upper bound: that it is at most U is shown by showing for all signs that g(s) is; the bound of the
true signs alone can be what misses, so that no correction is needed. Lower bound: the average over all signs
of the capitals of gamblers against "at most L" is itself a capital. Both take sums and products over bins
one by one, so that no sign need be tried by itself. The gamblers are those of `checks.statistics.means`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.means import stakes_for

BINNED: Final = "betting bounds over the signs of all bins, calibration error (debiased estimate)"
_PRECISION: Final = 2.0**-32

Values = NDArray[np.float64]
Bins = NDArray[np.int64]
Combined = Callable[[Values], float]
"""Of the logarithms of capitals, of shape [2 signs, bins], to one number."""


def calibration(errors: Values, bins: Bins, confidence: Confidence) -> Interval:
    """The calibration error of cases whose `errors` lie in [-1, 1], in `bins` counted from 0.

    Raises `CannotMeasure` without cases, and for an error outside [-1, 1] or NaN.
    """
    if not len(errors):
        raise CannotMeasure("no case: an error of nothing is not measured")
    if not (np.abs(errors) <= 1).all():  # false for NaN as well
        raise CannotMeasure("an error of a probability lies between -1 and 1")
    order = np.lexsort((errors, bins))  # so that not even the last digit depends on the order of the rows
    errors, bins = errors[order], bins[order]
    bounds = confidence.both(lambda level: _bounds(errors, bins, level))
    lower, upper = bounds["demonstrating"]
    value = min(max(_debiased(errors, bins), lower), upper)
    return Interval(name=BINNED, value=value, n=len(errors), **bounds)


def equal_bins(probabilities: Values, number: int) -> Bins:
    """The bin of each probability among so many equally wide ones; the last one includes 1.

    >>> equal_bins(np.array([0.0, 0.25, 1.0]), 4).tolist()
    [0, 1, 3]
    """
    if number < 1:
        raise CannotMeasure(f"expected at least one bin, found {number}")
    return np.minimum((probabilities * number).astype(np.int64), number - 1)


def plain(errors: Values, bins: Bins) -> float:
    """The estimate without correction: the weighted mean of the absolute error of each bin."""
    return float(np.abs(np.bincount(bins, errors)).sum() / len(errors))


def _debiased(errors: Values, bins: Bins) -> float:
    """The plain estimate minus, in each bin, E|d + noise| - |d| for normal noise and the observed error d."""
    from scipy.special import ndtr  # heavy: only where an interval is computed

    n = len(errors)
    distance = np.abs(np.bincount(bins, errors)) / n
    noise = np.sqrt(np.maximum(np.bincount(bins, errors**2) / n - distance**2, 0) / n)
    ratio = np.divide(distance, noise, out=np.full_like(noise, np.inf), where=noise > 0)
    folded = noise * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2) + distance * (1 - 2 * ndtr(-ratio))
    return max(0.0, float((2 * distance - folded).sum()))


def _bounds(errors: Values, bins: Bins, confidence: float) -> tuple[float, float]:
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    needed = -math.log(1 - confidence)
    seen = min(1.0, plain(errors, bins))

    def against_at_least(error: float) -> float:
        return _log_capital(-errors, bins, (1 - error) / 2, _worst_sign) - needed

    def against_at_most(error: float) -> float:
        return _log_capital(errors, bins, (1 + error) / 2, _average_of_signs) - needed

    most, upper, lower = 1 - _PRECISION, 1.0, 0.0
    if seen < most and against_at_least(most) >= 0:
        upper = min(1.0, float(brentq(against_at_least, seen, most, xtol=_PRECISION / 2)) + _PRECISION)
    if against_at_most(0.0) >= 0:
        lower = max(0.0, float(brentq(against_at_most, 0.0, seen, xtol=_PRECISION / 2)) - _PRECISION)
    return lower, upper


def _log_capital(errors: Values, bins: Bins, mean: float, combined: Combined) -> float:
    """Of gamblers against "the mean of (1 + s error) / 2 is at most `mean`", averaged over their stakes."""
    scaled = np.stack([(1 + errors) / 2, (1 - errors) / 2]) / mean
    logs = []
    with np.errstate(divide="ignore"):
        for stake in stakes_for(len(errors)):
            each = np.log(1 - stake + stake * scaled)
            logs.append(combined(np.stack([np.bincount(bins, sign) for sign in each])))
    return float(np.logaddexp.reduce(logs) - math.log(len(logs)))


def _worst_sign(logs: Values) -> float:
    """The smallest capital over all signs; what holds for each stake holds for their average."""
    return float(logs.min(axis=0).sum())


def _average_of_signs(logs: Values) -> float:
    """The mean of the capitals over all signs, which is a product over bins."""
    return float((np.logaddexp(logs[0], logs[1]) - math.log(2)).sum())
