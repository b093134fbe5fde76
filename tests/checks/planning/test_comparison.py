"""Plans for comparisons of groups: against every pair of counts, asked of the interval function itself."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from certify.standard import pair_of
from checks.measured import Confidence, Interval, Measured
from checks.planning.catalogue import prospect
from checks.planning.comparison import MEASURES, Compared
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.rates import Rate
from checks.statistics.differences import absolute_difference, independent_absolute_difference
from checks.statistics.events import Events
from checks.statistics.proportions import proportion
from checks.statistics.ratios import independent_smaller_to_larger, smaller_to_larger

LEVEL = 0.975
PAIR = pair_of("sex=f", "sex=m")
INTERVALS = [
    absolute_difference,
    independent_absolute_difference,
    smaller_to_larger,
    independent_smaller_to_larger,
]


def compared(interval: Interval, p: float, q: float, share: float, limit: str) -> Compared:
    measure = MEASURES[interval.name]
    way = "lowest" if measure.ratio else "highest"
    hurdle = replace(Hurdle(statistic="gap", stratum=PAIR, confidence=LEVEL), **{way: Decimal(limit)})
    plain = Hurdle(statistic="rate", stratum="sex=f", confidence=LEVEL)
    rates = [Rate(hurdle=plain, value=value, share=part) for value, part in ((p, share), (q, 1 - share))]
    return Compared(hurdle=hurdle, measure=measure, first=rates[0], second=rates[1])


@pytest.mark.parametrize("interval", INTERVALS, ids=lambda f: f.__name__)
def test_the_chance_is_the_sum_over_every_pair_of_counts(interval: Any) -> None:
    m, n, p, q = 10, 14, 0.85, 0.8
    ratio = "smaller" in interval.__name__
    limit = "0.4" if ratio else "0.55"
    total = 0.0
    for x in range(m + 1):
        for y in range(n + 1):
            if (ratio and not (x or y)) or binom.pmf(x, m, p) * binom.pmf(y, n, q) < 1e-7:
                continue
            bounds = interval(Events(x, m), Events(y, n), Confidence(LEVEL)).demonstrating
            if bounds[0] >= float(limit) if ratio else bounds[1] <= float(limit):
                total += binom.pmf(x, m, p) * binom.pmf(y, n, q)
    known = interval(Events(6, m), Events(9, n), Confidence(LEVEL))
    planned = compared(known, p, q, m / (m + n), limit).chance(m + n).value
    slow = MEASURES[known.name].slow
    assert 0.02 < total < 0.98
    assert planned <= total + 1e-6, "a plan never promises more than the method delivers"
    assert planned == pytest.approx(total, abs=0.02 if slow else 1e-6)


@pytest.mark.parametrize("interval", INTERVALS, ids=lambda f: f.__name__)
def test_rates_at_the_limit_have_at_most_the_chance_alpha(interval: Any) -> None:
    known = interval(Events(40, 60), Events(40, 60), Confidence(LEVEL))
    p, q, limit = (0.8, 0.64, "0.8") if "smaller" in interval.__name__ else (0.8, 0.7, "0.1")
    assert compared(known, p, q, 0.5, limit).chance(160).value <= 0.025


def test_simulated_groups_come_out_as_planned() -> None:
    known = absolute_difference(Events(40, 60), Events(40, 60), Confidence(LEVEL))
    plan = compared(known, 0.8, 0.8, 0.4, "0.15")
    random = np.random.default_rng(5)
    xs, ys = random.binomial(280, 0.8, 1_500), random.binomial(420, 0.8, 1_500)
    bounds = [
        absolute_difference(Events(int(x), 280), Events(int(y), 420), Confidence(LEVEL)).demonstrating[1]
        for x, y in zip(xs, ys, strict=True)
    ]
    planned = plan.chance(700).value
    assert 0.3 < planned < 0.97
    assert abs(np.mean([b <= 0.15 for b in bounds]) - planned) < 4 * math.sqrt(
        planned * (1 - planned) / 1_500
    )


def groups(asking: Any, **limits: str) -> Any:
    conditions = [
        {
            "require": "at_most",
            "statistic": "accuracy_gap",
            "limit": "gap",
            "for_every": {"pairs_of": "groups"},
        },
        {"require": "count", "statistic": "accuracy", "limit": "fewest", "for_every": {"each_of": "groups"}},
    ]
    given = {"gap": (limits.get("gap", "0.1"), "lower"), "fewest": (limits.get("fewest", "30"), "higher")}
    return asking("fairness.accuracy_gap", conditions, given, groups=("sex=f", "sex=m"))


def measured_groups(f: Events, m: Events, interval: Any = absolute_difference) -> Measured:
    level = Confidence(LEVEL)
    rates = [
        proportion(e.count, e.trials, level).estimate(statistic="accuracy", stratum=name, confidence=level)
        for name, e in (("sex=f", f), ("sex=m", m))
    ]
    gap = interval(f, m, level).estimate(statistic="accuracy_gap", stratum=PAIR, confidence=level)
    return Measured(estimates=(*rates, gap))


def test_groups_keep_their_shares_and_the_smaller_one_decides(make_case: Any, asking: Any) -> None:
    measured = measured_groups(Events(90, 100), Events(270, 300))
    planned = prospect(make_case(groups(asking), measured, rows=400))
    assert planned.chance(119).value == 0.0, "29 of the smaller group, and 30 are asked for"
    assert planned.chance(400).value < planned.chance(1_200).value
    assert planned.rough(1_200) == pytest.approx(planned.chance(1_200).value, abs=0.35)


def test_rates_too_far_apart_are_said_to_be_hopeless(make_case: Any, asking: Any) -> None:
    planned = prospect(make_case(groups(asking), measured_groups(Events(70, 100), Events(90, 100)), rows=200))
    assert planned.hopeless is not None
    assert PAIR in planned.hopeless


def test_another_interval_is_not_planned(make_case: Any, asking: Any) -> None:
    measured = measured_groups(Events(90, 100), Events(90, 100))
    other = measured.estimates[2].model_copy(update={"interval": "guesswork"})
    with pytest.raises(CannotPlan, match="guesswork"):
        prospect(make_case(groups(asking), Measured(estimates=(*measured.estimates[:2], other)), rows=200))
