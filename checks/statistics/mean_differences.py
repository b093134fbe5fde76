"""How far the means of two samples lie apart, for a quantity that never leaves a declared range.

Each mean has its betting bound at half of alpha, and the union bound adds the two halves: nothing need be
known of how the two samples hang together.
"""

from __future__ import annotations

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import split
from checks.statistics.means import BETTING, Values, bounded_mean

BETTING_DIFFERENCE = f"union bound of two bounds ({BETTING}), absolute difference"


def absolute_difference_of_means(
    first: Values, second: Values, lowest: float, highest: float, confidence: Confidence
) -> Interval:
    """The distance between two means of values in [lowest, highest]; `n` is the size of the smaller sample.

    Raises `CannotMeasure` where one of the means does: for no values, and for one outside the range or NaN.
    """
    for name, values in (("first", first), ("second", second)):
        if not len(values):
            raise CannotMeasure(f"no value in the {name} sample: a mean of nothing is not measured")
    one_claim = _bounds(
        first, second, lowest, highest, Confidence(split(confidence.level, 2), confidence.family)
    )
    two_claims = _bounds(
        first, second, lowest, highest, Confidence(split(confidence.level, 4), confidence.family)
    )
    return Interval(
        name=BETTING_DIFFERENCE,
        value=abs(one_claim.value),
        n=min(len(first), len(second)),
        demonstrating=_absolute(one_claim.demonstrating, two_claims.demonstrating),
        refuting=_absolute(one_claim.refuting, two_claims.refuting),
    )


def _bounds(first: Values, second: Values, lowest: float, highest: float, each: Confidence) -> Interval:
    """Of the first mean minus the second."""
    one, other = (bounded_mean(values, lowest, highest, each) for values in (first, second))
    return Interval(
        name=BETTING_DIFFERENCE,
        value=one.value - other.value,
        n=min(one.n, other.n),
        demonstrating=_minus(one.demonstrating, other.demonstrating),
        refuting=_minus(one.refuting, other.refuting),
    )


def _minus(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] - other[1], one[1] - other[0]


def _absolute(one_claim: tuple[float, float], two_claims: tuple[float, float]) -> tuple[float, float]:
    """As for two rates: a small distance is one claim (two one-sided tests), a large one is two claims."""
    (lower, upper), (lower_of_two, upper_of_two) = one_claim, two_claims
    return max(0.0, lower_of_two, -upper_of_two), max(abs(lower), abs(upper))
