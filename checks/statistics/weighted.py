"""A share of rows that are drawn in clusters, or that weigh differently.

What is drawn independently is a unit: a patient with several images, a household, a row with a survey weight.
A unit brings the weight m of its rows, and the weight s of those among them with the event. The share is the
ratio of two means, E[s] / E[m]; it is at most p exactly if the mean of s - p m is at most 0. So the game of
`checks.statistics.means` is played on these differences: with 0 <= s <= m <= most, a stake share multiplies
the capital by 1 - share m / most + share s / (p most), which is never negative and on average at most 1.

The guarantee holds for every number of units, however alike the rows of one unit are and however unequal the
units. It rests on `most`, the most that one unit can bring in the population: no sample shows it. What people
call the design effect, or the effective sample size of Kish (Survey Sampling, 1965, section 8.2), describes
how much is lost; nothing here rests on it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.means import stakes_for

BETTING_RATIO = "betting bound for a ratio of means, by unit (Waudby-Smith and Ramdas)"
_PRECISION = 2.0**-32
"""How much too wide a bound may be. It is never too narrow."""

Values = NDArray[np.float64]


def weighted_rate(
    sums: Values, sizes: Values, most: float, confidence: Confidence, times: Values | None = None
) -> Interval:
    """The share of the weight `sizes` that `sums` makes up; `n` is the number of units with any weight.

    `times` says how many units each entry stands for, if more than one.
    Raises `CannotMeasure` without weight, and for a unit that is not between 0 and its size, or that
    brings more than `most`.
    """
    inside = (sums >= 0) & (sums <= sizes * (1 + 1e-12)) & (sizes <= most)
    if not inside.all():
        raise CannotMeasure(
            f"{int((~inside).sum())} units bring more than {most:g}, or no share of what they weigh"
        )
    brings = sizes > 0
    if not brings.any():
        raise CannotMeasure("no unit brings any weight: a share of nothing is not measured")
    times = np.ones(int(brings.sum())) if times is None else times[brings].astype(np.float64)
    sums, sizes = np.minimum(sums[brings], sizes[brings]), sizes[brings]
    order = np.lexsort((sums, sizes))  # so that not even the last digit depends on the order of the units
    sums, sizes, times = sums[order] / most, sizes[order] / most, times[order]
    return Interval(
        name=BETTING_RATIO,
        value=float((times * sums).sum() / (times * sizes).sum()),
        n=int(times.sum()),
        **confidence.both(lambda level: _bounds(sums, sizes, level, times)),
    )


def _bounds(sums: Values, sizes: Values, confidence: float, times: Values) -> tuple[float, float]:
    others = lower_bound(sizes - sums, sizes, confidence, times)
    return lower_bound(sums, sizes, confidence, times), 1 - others


def lower_bound(sums: Values, sizes: Values, confidence: float, times: Values | None = None) -> float:
    """A lower bound of E[sums] / E[sizes] at `confidence`, where 0 <= sums <= sizes <= 1.

    With sizes of 1 it is the bound of a mean:

    >>> round(lower_bound(np.ones(100), np.ones(100), 0.975), 3)
    0.949
    """
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    times = np.ones(len(sums)) if times is None else times
    stakes = stakes_for(int(times.sum()))
    needed = -math.log(1 - confidence)
    observed = float((times * sums).sum() / (times * sizes).sum())

    def excess(share: float) -> float:
        return _log_capital(sums, sizes, share, stakes, times) - needed

    if observed <= _PRECISION or excess(_PRECISION) < 0:
        return 0.0
    root = float(brentq(excess, _PRECISION, observed, xtol=_PRECISION / 2))
    return max(0.0, root - _PRECISION)


def _log_capital(sums: Values, sizes: Values, share: float, stakes: Values, times: Values) -> float:
    """The logarithm of the average capital after all bets against `share`; decreasing in it."""
    with np.errstate(divide="ignore"):
        logs = np.array([(times * np.log1p(stake * (sums / share - sizes))).sum() for stake in stakes])
    return float(np.logaddexp.reduce(logs) - math.log(len(stakes)))
