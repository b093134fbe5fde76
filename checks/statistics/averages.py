"""The unweighted average of several rates of different cases, such as the recalls of all classes.

Of two rates p and q the average is (1 + p - (1 - q)) / 2, with the exact bounds of a difference. Of more
than two it has the average of Clopper-Pearson bounds that hold together, by the union bound.
"""

from __future__ import annotations

from statistics import fmean

from checks.measured import Confidence, Interval
from checks.statistics.differences import independent_difference_bounds
from checks.statistics.events import Events, split

CLOPPER_PEARSON_AVERAGE = "union bound of Clopper-Pearson bounds, average"
EXACT_AVERAGE = "exact unconditional (Buehler, score order), average of two"


def average(rates: tuple[Events, ...], confidence: Confidence) -> Interval:
    """The average with its bounds; `n` is the smallest denominator. No case may count for two rates."""
    return Interval(
        name=EXACT_AVERAGE if len(rates) == 2 else CLOPPER_PEARSON_AVERAGE,
        value=fmean(rate.rate for rate in rates),
        n=min(rate.trials for rate in rates),
        demonstrating=_bounds(rates, confidence.demonstrating),
        refuting=_bounds(rates, confidence.refuting),
    )


def _bounds(rates: tuple[Events, ...], confidence: float) -> tuple[float, float]:
    if len(rates) == 2:
        return _of_two(*rates, confidence)
    bounds = [rate.bounds(split(confidence, len(rates))) for rate in rates]
    return fmean(lower for lower, _ in bounds), fmean(upper for _, upper in bounds)


def _of_two(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    missed = Events(second.trials - second.count, second.trials)
    lower, upper = independent_difference_bounds(first, missed, confidence)
    value = fmean((first.rate, second.rate))  # in floats the two may differ in the last digit
    return min(value, (1 + lower) / 2), max(value, (1 + upper) / 2)
