"""How often something happens of itself, where it also happens by chance: Abbott's formula.

Abbott (Journal of Economic Entomology 18, 1925, 265-267): where a case is struck with probability c, and one
that is not is taken for struck with probability b all the same, then a = c + (1 - c) b, so that
c = (a - b) / (1 - b). Here a and b come from the same cases, each seen once as it is and once as a control.

Bounds: the numerator is a paired difference (`checks.statistics.pairs`), the denominator the share of
cases whose control is quiet (Clopper-Pearson). Both hold together at the confidence by the union bound. Where
nearly every control is struck too, the denominator may be next to nothing and the bounds say so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import Events, split
from checks.statistics.pairs import paired_bounds, paired_interval


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck:
    """How many of `cases` were struck only as they are, only as a control, and both ways."""

    only_as_is: int
    only_as_control: int
    both: int
    cases: int

    @property
    def quiet(self) -> Events:
        """The cases whose control is quiet."""
        return Events(self.cases - self.only_as_control - self.both, self.cases)


def excess(struck: Struck, confidence: Confidence, *, controls: int = 1) -> Interval:
    """The share of cases that are struck of themselves; below zero where controls are struck more often.

    `struck` is of the control that was struck most often of so many: the bounds hold for each of them, since
    the data chose which.
    Raises `CannotMeasure` where every control is struck: nothing is told from chance there.
    """
    if not struck.quiet.count:
        raise CannotMeasure("every control is struck as well: nothing can be told from chance")
    return Interval(
        name=f"Abbott's formula; {paired_interval(struck.cases)}; Clopper-Pearson",
        value=(struck.only_as_is - struck.only_as_control) / struck.quiet.count,
        n=struck.cases,
        **confidence.both(lambda level: _bounds(struck, split(level, controls))),
    )


def _bounds(struck: Struck, confidence: float) -> tuple[float, float]:
    each = split(confidence, 2)
    first, second = Events(struck.only_as_is, struck.cases), Events(struck.only_as_control, struck.cases)
    low, high = paired_bounds(first, second, each)
    least, most = struck.quiet.bounds(each)
    lower = low / most if low >= 0 else _over(low, least)
    upper = _over(high, least) if high >= 0 else high / most
    return lower, min(1.0, upper)


def _over(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.copysign(math.inf, numerator)
