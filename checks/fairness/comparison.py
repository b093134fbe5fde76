"""Comparing the rates of every two groups, by the narrowest bounds that are valid for them.

Two groups of one attribute share no case, and neither do two crossings that name different groups of an
attribute: given their sizes their counts are independent, and exact unconditional bounds hold. Other groups,
such as women and the young, may share cases: there a bound must hold however the two rates hang together.

Exact bounds take seconds where groups are very large or very many, and gain little there: beyond a number of
pairs, or of cases in all pairs together, union bounds serve. Both numbers are sizes, of which the bounds
already take account; the counts that are compared choose nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from certify.digest import canonical
from certify.standard import pair_of
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.statistics.differences import absolute_difference, independent_absolute_difference
from checks.statistics.events import Events
from checks.statistics.proportions import proportion
from checks.statistics.ratios import independent_smaller_to_larger, smaller_to_larger
from checks.stratum import apart

MOST_PAIRS: Final = 200
MOST_CASES: Final = 2_000_000
"""Beyond which exact bounds are not computed: about ten seconds for one pair, some minutes for many."""

Compare = Callable[[Events, Events, Confidence], Interval]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How two rates are made into one number: bounds for groups that share no case, and for any."""

    independent: Compare
    any_two: Compare

    def between(self, pairs: Mapping[tuple[str, str], tuple[Events, Events]]) -> Mapping[str, Compare]:
        """What to compare each pair of groups by, by the name of the pair."""
        cases = sum(first.trials + second.trials for first, second in pairs.values())
        affordable = len(pairs) <= MOST_PAIRS and cases <= MOST_CASES
        return {
            pair_of(a, b): self.independent if affordable and apart(a, b) else self.any_two for a, b in pairs
        }


GAP: Final = Comparison(independent=independent_absolute_difference, any_two=absolute_difference)
RATIO: Final = Comparison(independent=independent_smaller_to_larger, any_two=smaller_to_larger)


def compared(
    rates: Mapping[str, Events], confidence: Confidence, *, rate: str, between: str, by: Comparison
) -> Measured:
    """Estimates the statistic `rate` of every group, and `between` for every unordered pair of groups.

    The family is all of them. Raises `CannotMeasure`, naming the pair, where a comparison does.
    """
    pairs = {(a, b): (rates[a], rates[b]) for a, b in combinations(rates, 2)}
    family = confidence.over(len(rates) + len(pairs))
    estimates = [
        proportion(e.count, e.trials, family).estimate(statistic=rate, stratum=group, confidence=family)
        for group, e in rates.items()
    ]
    compare = by.between(pairs)
    for (a, b), (first, second) in pairs.items():
        found = _between(pair_of(a, b), first, second, family, compare[pair_of(a, b)])
        estimates.append(found.estimate(statistic=between, stratum=pair_of(a, b), confidence=family))
    return Measured(estimates=tuple(estimates), exhibits=(counts_of(rate, rates),))


def _between(pair: str, first: Events, second: Events, confidence: Confidence, compare: Compare) -> Interval:
    try:
        return compare(first, second, confidence)
    except CannotMeasure as refusal:
        raise CannotMeasure(f"{pair}: {refusal.explanation}") from refusal


def counts_of(rate: str, rates: Mapping[str, Events]) -> Exhibit:
    """The counts behind the rates; they speak of no single person."""
    counts = [{"group": group, "events": e.count, "among": e.trials} for group, e in rates.items()]
    return Exhibit(
        name=f"{rate}-by-group.json", media_type="application/json", visibility="public",
        data=canonical(counts),
    )  # fmt: skip
