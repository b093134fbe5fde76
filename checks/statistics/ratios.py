"""How large the smaller of two rates is, as a share of the larger.

As for differences: exact unconditional bounds where the groups share no case, and else the union bound of two
Clopper-Pearson bounds at half of alpha each, which holds however the two rates hang together.
"""

from __future__ import annotations

from collections.abc import Callable

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import Events, split
from checks.statistics.unconditional import upper_limit_of_ratio

CLOPPER_PEARSON_RATIO = "union bound of two Clopper-Pearson bounds, smaller rate over larger"
EXACT_RATIO = "exact unconditional (Buehler, score order), smaller rate over larger"

Bounds = Callable[[Events, Events, float], tuple[float, float]]


def ratio_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of `first` over `second`, each at `confidence`; the upper one may be infinite."""
    each = split(confidence, 2)
    (lower_1, upper_1), (lower_2, upper_2) = first.bounds(each), second.bounds(each)
    return lower_1 / upper_2, upper_1 / lower_2 if lower_2 else float("inf")


def independent_ratio_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """The same for two groups that share no case."""
    inverse = upper_limit_of_ratio(second, first, confidence)
    return 1 / inverse if inverse else 0.0, upper_limit_of_ratio(first, second, confidence)


def smaller_to_larger(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The smaller rate over the larger, between 0 and 1; `n` is the smaller of the two denominators.

    Raises `CannotMeasure` if neither event was ever seen: zero over zero says nothing.
    """
    return _quotient(first, second, confidence, ratio_bounds, CLOPPER_PEARSON_RATIO)


def independent_smaller_to_larger(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The same for two groups that share no case."""
    return _quotient(first, second, confidence, independent_ratio_bounds, EXACT_RATIO)


def _quotient(first: Events, second: Events, confidence: Confidence, bounds: Bounds, name: str) -> Interval:
    larger = max(first.rate, second.rate)
    if not larger:
        raise CannotMeasure("both rates are zero, and so have no ratio")
    return Interval(
        name=name,
        value=min(first.rate, second.rate) / larger,
        n=min(first.trials, second.trials),
        demonstrating=_both_ways(first, second, confidence.demonstrating, bounds),
        refuting=_both_ways(first, second, confidence.refuting, bounds),
    )


def _both_ways(first: Events, second: Events, confidence: float, bounds: Bounds) -> tuple[float, float]:
    """Each valid at `confidence`.

    "At least L" says that both quotients are, and at most one of them can be below: no correction. "At
    most U" is shown by either quotient: two claims.
    """
    lower, _ = bounds(first, second, confidence)
    lower_inverse, _ = bounds(second, first, confidence)
    _, upper = bounds(first, second, split(confidence, 2))
    _, upper_inverse = bounds(second, first, split(confidence, 2))
    return min(lower, lower_inverse), min(1.0, upper, upper_inverse)
