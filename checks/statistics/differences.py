"""How far two rates lie apart.

Of independent groups: exact unconditional bounds, see `checks.statistics.unconditional`. Where the two rates
may hang together, because groups share cases or the rates are those of the same rows, each rate gets its
Clopper-Pearson bound at half of alpha, and the union bound adds the two halves: the difference of a lower and
an upper bound then misses with probability at most alpha, however the two depend on each other. It needs
larger samples (about two and a half times as large); what it buys is that nothing need be known.
"""

from __future__ import annotations

from collections.abc import Callable

from checks.measured import Confidence, Interval
from checks.statistics.events import Events, split
from checks.statistics.unconditional import upper_limit_of_difference

CLOPPER_PEARSON_DIFFERENCE = "union bound of two Clopper-Pearson bounds, absolute difference"
EXACT_DIFFERENCE = "exact unconditional (Buehler, score order), absolute difference"

Bounds = Callable[[Events, Events, float], tuple[float, float]]


def difference_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of `first` minus `second`, each at `confidence`, whatever the two have in common."""
    each = split(confidence, 2)
    (lower_1, upper_1), (lower_2, upper_2) = first.bounds(each), second.bounds(each)
    return lower_1 - upper_2, upper_1 - lower_2


def independent_difference_bounds(first: Events, second: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds of `first` minus `second`, each at `confidence`, for groups that share no case."""
    upper = upper_limit_of_difference(first, second, confidence)
    return -upper_limit_of_difference(second, first, confidence), upper


def absolute_difference(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The distance between two rates that may hang together; `n` is the smaller of the two denominators."""
    return _distance(first, second, confidence, difference_bounds, CLOPPER_PEARSON_DIFFERENCE)


def independent_absolute_difference(first: Events, second: Events, confidence: Confidence) -> Interval:
    """The distance between the rates of two groups that share no case; `n` is the smaller denominator."""
    return _distance(first, second, confidence, independent_difference_bounds, EXACT_DIFFERENCE)


def _distance(first: Events, second: Events, confidence: Confidence, bounds: Bounds, name: str) -> Interval:
    return Interval(
        name=name,
        value=abs(first.rate - second.rate),
        n=min(first.trials, second.trials),
        demonstrating=_absolute(first, second, confidence.demonstrating, bounds),
        refuting=_absolute(first, second, confidence.refuting, bounds),
    )


def _absolute(first: Events, second: Events, confidence: float, bounds: Bounds) -> tuple[float, float]:
    """Each valid at `confidence`.

    That the distance is at most U says two things, d <= U and d >= -U, of which at most one can be wrong:
    no correction (two one-sided tests). That it is at least L is shown by d >= L or by d <= -L: two claims.
    """
    lower, upper = bounds(first, second, confidence)
    lower_of_two, upper_of_two = bounds(first, second, split(confidence, 2))
    return max(0.0, lower_of_two, -upper_of_two), max(abs(lower), abs(upper))
