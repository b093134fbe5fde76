"""How far two rates lie apart.

Each rate gets its Clopper-Pearson bound at half of alpha, and the union bound adds the two halves: the
difference of a lower and an upper bound then misses with probability at most alpha, for all sample sizes,
all true rates and even if the two groups share cases. It needs larger samples than an exact unconditional
test would; what it buys is a guarantee that can be checked by hand.
"""

from __future__ import annotations

from checks.measured import Confidence, Interval
from checks.statistics.events import Events, split

CLOPPER_PEARSON_DIFFERENCE = "union bound of two Clopper-Pearson bounds, absolute difference"


def difference_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of `first` minus `second`, each at `confidence`."""
    each = split(confidence, 2)
    (lower_1, upper_1), (lower_2, upper_2) = first.bounds(each), second.bounds(each)
    return lower_1 - upper_2, upper_1 - lower_2


def absolute_difference(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The distance between two rates; `n` is the smaller of the two denominators."""
    return Interval(
        name=CLOPPER_PEARSON_DIFFERENCE,
        value=abs(first.rate - second.rate),
        n=min(first.trials, second.trials),
        demonstrating=_absolute_bounds(first, second, confidence.demonstrating),
        refuting=_absolute_bounds(first, second, confidence.refuting),
    )


def _absolute_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """Each valid at `confidence`.

    That the distance is at most U says two things, d <= U and d >= -U, of which at most one can be wrong:
    no correction (two one-sided tests). That it is at least L is shown by d >= L or by d <= -L: two claims.
    """
    lower, upper = difference_bounds(first, second, confidence)
    lower_of_two, upper_of_two = difference_bounds(first, second, split(confidence, 2))
    return max(0.0, lower_of_two, -upper_of_two), max(abs(lower), abs(upper))
