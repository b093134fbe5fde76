"""Checks that compare the rates of groups, pair by pair, as a difference or as a ratio.

Which bounds are asked for is told by the name of the interval that the method used on the data that stand
in. Beyond the sizes at which the methods give exact bounds up, the plan does as well. The pairs of one check
share groups; their joint chance is not below one minus the sum of the risks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from certify.standard import pair_of
from checks.fairness.comparison import MOST_CASES
from checks.planning.case import VALIDATION, Case
from checks.planning.chance import Chance, at_least
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.parts import first_beyond
from checks.planning.rates import Rate
from checks.planning.region import Pair, probability
from checks.statistics.differences import (
    CLOPPER_PEARSON_DIFFERENCE,
    EXACT_DIFFERENCE,
    difference_bounds,
    independent_difference_bounds,
)
from checks.statistics.events import Events
from checks.statistics.ratios import (
    CLOPPER_PEARSON_RATIO,
    EXACT_RATIO,
    independent_ratio_bounds,
    ratio_bounds,
)

TwoRates = Callable[[Events, Events, float], tuple[float, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One way of comparing two rates: its bounds, and whether they take long."""

    bounds: TwoRates
    ratio: bool
    slow: bool

    def value(self, first: float, second: float) -> float:
        """The distance, or the smaller rate over the larger."""
        if self.ratio:
            return min(first, second) / max(first, second) if max(first, second) else 0.0
        return abs(first - second)

    def clears(self, hurdle: Hurdle, first: Events, second: Events) -> bool:
        """Whether the bound on the unsafe side demonstrates; it is the worse one of both directions."""
        if self.ratio:
            if not first.count or not second.count:
                return False
            orders = ((first, second), (second, first))
            return hurdle.cleared_by_lower(min(self.bounds(*o, hurdle.confidence)[0] for o in orders))
        lower, upper = self.bounds(first, second, hurdle.confidence)
        return hurdle.cleared_by_upper(max(abs(lower), abs(upper)))


MEASURES: Final[Mapping[str, Measure]] = {
    CLOPPER_PEARSON_DIFFERENCE: Measure(bounds=difference_bounds, ratio=False, slow=False),
    EXACT_DIFFERENCE: Measure(bounds=independent_difference_bounds, ratio=False, slow=True),
    CLOPPER_PEARSON_RATIO: Measure(bounds=ratio_bounds, ratio=True, slow=False),
    EXACT_RATIO: Measure(bounds=independent_ratio_bounds, ratio=True, slow=True),
}

_ANY_TWO: Final = {False: MEASURES[CLOPPER_PEARSON_DIFFERENCE], True: MEASURES[CLOPPER_PEARSON_RATIO]}
"""By whether a ratio is asked for: what the methods use where exact bounds would take too long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """Two groups whose rates must be close enough."""

    hurdle: Hurdle
    measure: Measure
    first: Rate
    second: Rate

    @property
    def hopeless(self) -> bool:
        """Whether the assumed rates themselves are too far apart."""
        return self.hurdle.out_of_reach(self.measure.value(self.first.value, self.second.value))

    def cases(self, rows: int) -> int:
        """How many cases both groups have on so many rows."""
        return self.first.trials(rows) + self.second.trials(rows)

    def chance(self, rows: int, *, exact: bool = True) -> Chance:
        """That the counts of both groups demonstrate it, by exact bounds if the method can afford them."""
        m, n = self.first.trials(rows), self.second.trials(rows)
        if min(m, n) < max(2, self.hurdle.fewest):
            return Chance(value=0.0)
        measure = self.measure if exact else _ANY_TWO[self.measure.ratio]

        def clears(x: int, y: int) -> bool:
            return measure.clears(self.hurdle, Events(x, m), Events(y, n))

        pair = Pair(first=m, second=n, first_rate=self.first.value, second_rate=self.second.value)
        return Chance(value=probability(pair, clears, lambda x: round(x * n / m), slow=measure.slow))

    def rough(self, rows: int) -> float:
        """The same by normal approximation (two one-sided tests), to find out where to look."""
        m, n = self.first.trials(rows), self.second.trials(rows)
        if min(m, n) < max(2, self.hurdle.fewest):
            return 0.0
        p, q = self.first.value, self.second.value
        if not self.measure.ratio:
            spread = math.sqrt(p * (1 - p) / m + q * (1 - q) / n)
            return equivalence(p - q, spread, float(self.hurdle.highest or 0), self.hurdle.confidence)
        if not p or not q or not self.hurdle.lowest:
            return 0.0
        spread = math.sqrt((1 - p) / (p * m) + (1 - q) / (q * n))
        return equivalence(math.log(p / q), spread, -math.log(self.hurdle.lowest), self.hurdle.confidence)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Groups compared pair by pair, and whatever is asked of the rate of each group."""

    pairs: tuple[Compared, ...]
    alone: tuple[Rate, ...]
    basis: str = VALIDATION
    model: str = "binomial groups, exact sum"

    @property
    def hopeless(self) -> str | None:
        """The first pair or group whose rates lie beyond the limit."""
        return first_beyond((*self.pairs, *self.alone))

    def chance(self, rows: int) -> Chance:
        """A number below which the joint chance of all pairs does not lie; of a single pair its chance."""
        alone = [rate.chance(rows) for rate in self.alone]
        if any(not chance.value for chance in alone):
            return Chance(value=0.0)
        exact = sum(pair.cases(rows) for pair in self.pairs) <= MOST_CASES
        pairs = [pair.chance(rows, exact=exact) for pair in self.pairs]
        return pairs[0] if len(pairs) == 1 and not alone else Chance(value=at_least((*alone, *pairs)))

    def rough(self, rows: int) -> float:
        """The same with normal approximations for the pairs."""
        alone = [rate.chance(rows) for rate in self.alone]
        return at_least((*alone, *(Chance(value=pair.rough(rows)) for pair in self.pairs)))


def pairs_of_groups(case: Case, *, rate: str, between: str) -> Comparison:
    """The prospect of a method that gives the statistic `rate` for each group and `between` for each pair."""
    names = tuple(dict.fromkeys(case.parameter("groups")))
    events = {name: case.events(rate, name) for name in names}
    assumed = {
        name: Rate(
            hurdle=case.hurdles.get((rate, name), Hurdle(statistic=rate, stratum=name, confidence=0.975)),
            value=found.rate,
            share=case.share(found.trials),
        )
        for name, found in events.items()
    }
    asked = {key: hurdle for key, hurdle in case.hurdles.items() if key[0] == between}
    other = set(case.hurdles) - set(asked) - {(rate, name) for name in names}
    if other:
        raise CannotPlan(f"the criterion asks for {', '.join(sorted({s for s, _ in other}))} as well")
    pairs = tuple(
        Compared(
            hurdle=asked[between, pair_of(a, b)],
            measure=_measure(case, between, pair_of(a, b)),
            first=assumed[a],
            second=assumed[b],
        )
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if (between, pair_of(a, b)) in asked
    )
    if len(pairs) != len(asked):
        raise CannotPlan("the criterion asks for pairs that the method does not compare")
    alone = tuple(r for name, r in assumed.items() if (rate, name) in case.hurdles)
    return Comparison(pairs=pairs, alone=alone)


def equivalence(distance: float, spread: float, margin: float, confidence: float) -> float:
    """The chance that both one-sided normal bounds of a distance lie within a margin."""
    from scipy.special import ndtr, ndtri  # heavy: only where a plan is made

    if not spread:
        return float(abs(distance) <= margin)
    needed = float(ndtri(confidence))
    both = ndtr((margin - distance) / spread - needed) + ndtr((margin + distance) / spread - needed) - 1
    return max(0.0, float(both))


def _measure(case: Case, between: str, pair: str) -> Measure:
    interval = case.estimate(between, pair).interval
    if interval not in MEASURES:
        raise CannotPlan(f"no plan is known for the interval {interval}")
    measure, hurdle = MEASURES[interval], case.hurdles[between, pair]
    if (hurdle.highest if measure.ratio else hurdle.lowest) is not None:
        raise CannotPlan("a comparison is asked to be far from equal, for which no plan is known")
    return measure
