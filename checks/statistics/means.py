"""The mean of a quantity that never leaves a declared range.

Betting (Waudby-Smith and Ramdas, Journal of the Royal Statistical Society B 86, 2024, 1-27). Scale the
values to [0, 1] and suppose that their mean is at most m. A gambler who stakes the share s of the capital
on each value X in turn multiplies it by 1 - s + s X / m, whose expectation is at most 1; so is that of the
average over several gamblers with constant stakes (their "diversified" bets). By Markov's inequality this
average exceeds 1 / alpha with probability at most alpha. The lower bound is the largest m at which it
does; the upper bound is the same for the distances to the top of the range.

The guarantee holds for every n and every distribution in the range. Constant stakes, unlike adaptive
ones, make the bound independent of the order of the rows: nobody can improve it by sorting them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval

BETTING = "betting bound with constant stakes (Waudby-Smith and Ramdas)"
_RESOLUTION = 2.0**-32
"""How much too wide a bound may be, as a share of the range. It is never too narrow."""

Values = NDArray[np.float64]


def bounded_mean(values: Values, lowest: float, highest: float, confidence: Confidence) -> Interval:
    """The mean of independent `values` in [lowest, highest].

    Raises `CannotMeasure` without values, for an empty range, and for a value outside it or NaN.
    """
    require_within(values, lowest, highest)
    values = np.sort(values)  # so that not even the last digit depends on the order of the rows
    return Interval(
        name=BETTING,
        value=float(np.mean(values)),
        n=len(values),
        **confidence.both(lambda level: mean_bounds(values, lowest, highest, level)),
    )


def require_within(values: Values, lowest: float, highest: float) -> None:
    """Raises `CannotMeasure` without values, for an empty range, and for a value outside it or NaN."""
    if not len(values):
        raise CannotMeasure("no value: a mean of nothing is not measured")
    if not lowest < highest:
        raise CannotMeasure(f"expected a range [lowest, highest], found [{lowest}, {highest}]")
    outside = ~((values >= lowest) & (values <= highest))
    if outside.any():
        raise CannotMeasure(f"{int(outside.sum())} values outside the declared range [{lowest}, {highest}]")


def mean_bounds(values: Values, lowest: float, highest: float, confidence: float) -> tuple[float, float]:
    """One-sided bounds of the mean of `values` in [lowest, highest], each at `confidence`."""
    width = highest - lowest
    scaled = np.clip((values - lowest) / width, 0.0, 1.0)
    below = lower_bound(scaled, confidence)
    above = lower_bound(1 - scaled, confidence)
    return lowest + width * below, highest - width * above


def lower_bound(values: Values, confidence: float) -> float:
    """A lower bound of the mean of `values` in [0, 1], at `confidence`.

    For values that are all 1 it comes close to the best possible bound, alpha ** (1 / n):

    >>> round(lower_bound(np.ones(100), 0.975), 3), round(0.025 ** (1 / 100), 3)
    (0.949, 0.964)
    """
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    stakes = stakes_for(len(values))
    needed = -np.log(1 - confidence)

    def excess(mean: float) -> float:
        return _log_capital(values, mean, stakes) - float(needed)

    if excess(_RESOLUTION) < 0:
        return 0.0
    # At the observed mean no constant stake ever gains (Jensen): there the excess is negative.
    root = float(brentq(excess, _RESOLUTION, float(np.mean(values)), xtol=_RESOLUTION / 2))
    return max(0.0, root - _RESOLUTION)


def stakes_for(n: int) -> Values:
    """1, 1/2, 1/4 ... down to about 1 / sqrt(n): smaller ones cannot pay off within n bets."""
    return np.exp2(-np.arange(1 + np.ceil(np.log2(n) / 2), dtype=np.float64))


def _log_capital(values: Values, mean: float, stakes: Values) -> float:
    """The logarithm of the average capital after all bets against `mean`; decreasing in `mean`."""
    with np.errstate(divide="ignore"):
        logs = np.array([np.log(1 - stake + stake * values / mean).sum() for stake in stakes])
    return float(np.logaddexp.reduce(logs) - np.log(len(stakes)))
