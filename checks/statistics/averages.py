"""The unweighted average of several rates, such as the recalls of all classes."""

from __future__ import annotations

from statistics import fmean

from checks.measured import Confidence, Interval
from checks.statistics.events import Events, split

CLOPPER_PEARSON_AVERAGE = "union bound of Clopper-Pearson bounds, average"


def average(rates: tuple[Events, ...], confidence: Confidence) -> Interval:
    """The average with the averages of bounds that hold together; `n` is the smallest denominator."""
    return Interval(
        name=CLOPPER_PEARSON_AVERAGE,
        value=fmean(rate.rate for rate in rates),
        n=min(rate.trials for rate in rates),
        demonstrating=_bounds(rates, confidence.demonstrating),
        refuting=_bounds(rates, confidence.refuting),
    )


def _bounds(rates: tuple[Events, ...], confidence: float) -> tuple[float, float]:
    bounds = [rate.bounds(split(confidence, len(rates))) for rate in rates]
    return fmean(lower for lower, _ in bounds), fmean(upper for _, upper in bounds)
