"""How large the smaller of two rates is, as a share of the larger.

As for differences: each rate gets its Clopper-Pearson bound at half of alpha, and the union bound adds
the halves. Valid for all sample sizes and true rates, and even if the two groups share cases.
"""

from __future__ import annotations

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import Events, split

CLOPPER_PEARSON_RATIO = "union bound of two Clopper-Pearson bounds, smaller rate over larger"


def ratio_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of `first` over `second`, each at `confidence`; the upper one may be infinite."""
    each = split(confidence, 2)
    (lower_1, upper_1), (lower_2, upper_2) = first.bounds(each), second.bounds(each)
    return lower_1 / upper_2, upper_1 / lower_2 if lower_2 else float("inf")


def smaller_to_larger(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The smaller rate over the larger, between 0 and 1; `n` is the smaller of the two denominators.

    Raises `CannotMeasure` if neither event was ever seen: zero over zero says nothing.
    """
    larger = max(first.rate, second.rate)
    if not larger:
        raise CannotMeasure("both rates are zero, and so have no ratio")
    return Interval(
        name=CLOPPER_PEARSON_RATIO,
        value=min(first.rate, second.rate) / larger,
        n=min(first.trials, second.trials),
        demonstrating=_bounds(first, second, confidence.demonstrating),
        refuting=_bounds(first, second, confidence.refuting),
    )


def _bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """Each valid at `confidence`.

    "At least L" says that both quotients are, and at most one of them can be below: no correction. "At
    most U" is shown by either quotient: two claims.
    """
    lower, _ = ratio_bounds(first, second, confidence)
    lower_inverse, _ = ratio_bounds(second, first, confidence)
    _, upper = ratio_bounds(first, second, split(confidence, 2))
    _, upper_inverse = ratio_bounds(second, first, split(confidence, 2))
    return min(lower, lower_inverse), min(1.0, upper, upper_inverse)
