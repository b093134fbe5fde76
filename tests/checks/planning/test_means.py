"""Plans for means, for shares of groups, and for what is only known by its bounds."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom, norm

from certify.evidence import Bounds, Estimate, exact
from checks.measured import Confidence, Measured
from checks.planning.catalogue import prospect
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.planning.means import Mean, strength_of
from checks.planning.rates import Margin
from checks.planning.scaled import SQUARE_ROOT, scaled
from checks.statistics.means import bounded_mean
from checks.statistics.proportions import proportion

LEVEL = Confidence(0.975)
PLAIN = Hurdle(statistic="performance", stratum="all", confidence=0.975)


def test_betting_bounds_come_out_as_planned_for_values_that_are_as_assumed() -> None:
    random = np.random.default_rng(1)
    known = bounded_mean(10 * random.beta(1.0, 4.0, size=600), 0.0, 10.0, LEVEL)
    strength = strength_of(
        known.value, known.demonstrating, known.n, lowest=0.0, highest=10.0, confidence=0.975
    )
    assert 2.5 < strength < 10, "five is true"
    hurdle = replace(PLAIN, highest=Decimal("2.4"))
    plan = Mean(hurdle=hurdle, value=2.0, lowest=0.0, highest=10.0, strength=5.0, share=1.0)
    tried = [
        bounded_mean(10 * random.beta(1.0, 4.0, size=250), 0.0, 10.0, LEVEL).demonstrating[1] <= 2.4
        for _ in range(300)
    ]
    chance = plan.chance(250)
    assert 0.2 < chance.value < 0.98
    assert abs(np.mean(tried) - chance.value) < 4 * math.hypot(chance.error, 0.5 / math.sqrt(300))


def test_a_mean_at_its_limit_has_hardly_a_chance() -> None:
    plan = Mean(
        hurdle=replace(PLAIN, highest=Decimal(2)),
        value=2.0,
        lowest=0.0,
        highest=10.0,
        strength=5.0,
        share=1.0,
    )
    assert plan.hopeless
    assert plan.chance(400).value <= 0.025


def test_values_without_any_spread_are_not_planned() -> None:
    with pytest.raises(CannotPlan, match="end of its range"):
        strength_of(0.0, (0.0, 0.1), 50, lowest=0.0, highest=1.0, confidence=0.975)


def normal_estimate(value: float, error: float, n: int) -> Estimate:
    half = norm.ppf(0.975) * error
    bounds = Bounds.of(value - half, value + half, 0.975)
    return Estimate(
        statistic="performance", stratum="all", value=exact(value), unit="1", n=n, interval="some bound",
        kind="statistical", demonstrating=bounds, refuting=bounds,
    )  # fmt: skip


@pytest.mark.parametrize("rows", [100, 400, 1_600])
def test_of_normal_bounds_the_chance_is_the_textbook_power(rows: int) -> None:
    """Phi((value - limit) / error - z), with an error that shrinks with the square root."""
    error = 0.02 * math.sqrt(400 / rows)
    plan = scaled(replace(PLAIN, lowest=Decimal("0.8")), normal_estimate(0.85, 0.02, 400), share=1.0)
    assert plan.chance(rows).value == pytest.approx(norm.cdf(0.05 / error - norm.ppf(0.975)), abs=1e-6)


def test_a_margin_over_a_claimed_error_is_planned_from_the_other_bound() -> None:
    """A lower error is better: the lower bound of the margin is the claim minus the upper one."""
    estimate = normal_estimate(0.15, 0.02, 400)
    hurdle = replace(PLAIN, lowest=Decimal(0))
    plan = scaled(hurdle, estimate, share=1.0, view=Margin(Decimal("0.2"), -1))
    assert plan.chance(400).value == pytest.approx(norm.cdf(0.05 / 0.02 - norm.ppf(0.975)), abs=1e-6)
    assert not plan.hopeless


def test_a_bound_that_claims_nothing_is_not_planned() -> None:
    estimate = normal_estimate(0.85, 0.02, 400)
    open_ended = estimate.model_copy(
        update={"demonstrating": estimate.demonstrating.model_copy(update={"upper": None})}
    )
    with pytest.raises(CannotPlan, match="no bounds"):
        scaled(PLAIN, open_ended, share=1.0)


def test_shares_of_groups_are_planned_from_below(make_case: Any, asking: Any) -> None:
    """A multinomial table, drawn again: more of one group are fewer of the others."""
    asked = [
        {
            "require": "at_least",
            "statistic": "share_ratio",
            "limit": "lowest",
            "for_every": {"each_of": "groups"},
        }
    ]
    groups = ("digit=a", "digit=b", "digit=c")
    check = asking("representativeness.shares", asked, {"lowest": ("0.7", "higher")}, groups=groups)
    counts, true = (1_000, 600, 400), np.array([0.5, 0.3, 0.2])
    estimates = tuple(
        proportion(c, 2_000, LEVEL).estimate(statistic="share", stratum=g, confidence=LEVEL)
        for g, c in zip(groups, counts, strict=True)
    )
    case = make_case(check, Measured(estimates=estimates), rows=2_000)
    case.exhibits["shares.json"] = [
        {"stratum": g, "count": c, "n": 2_000, "reference_share": r}
        for g, c, r in zip(groups, counts, true.tolist(), strict=True)
    ]
    tables = np.random.default_rng(7).multinomial(300, true, size=1_000)
    low = {c: proportion(c, 300, LEVEL).demonstrating[0] for c in set(tables.ravel().tolist())}
    held = np.mean([all(low[c] / r >= 0.7 for c, r in zip(t, true, strict=True)) for t in tables.tolist()])
    chance = prospect(case).chance(300).value
    assert 0.2 < chance < 0.95
    assert held - 0.1 < chance < held + 4 * 0.5 / math.sqrt(1_000)


def test_the_number_of_cases_of_a_stratum_is_planned_as_a_binomial_count(make_case: Any, asking: Any) -> None:
    asked = [
        {"require": "at_least", "statistic": "share", "limit": "lowest", "for_every": {"each_of": "groups"}},
        {"require": "count", "statistic": "cases", "limit": "fewest", "for_every": {"each_of": "groups"}},
    ]
    limits = {"lowest": ("0.01", "higher"), "fewest": ("50", "higher")}
    check = asking("representativeness.shares", asked, limits, groups=("digit=a",))
    measured = proportion(100, 1_000, LEVEL).estimate(statistic="share", stratum="digit=a", confidence=LEVEL)
    planned = prospect(make_case(check, Measured(estimates=(measured,)), rows=1_000))
    assert planned.chance(500).value == pytest.approx(binom.sf(49, 500, 0.1), abs=1e-6)
    assert planned.chance(49).value == 0


def test_a_statistic_that_is_no_share_is_planned_by_its_own_bounds(make_case: Any, asking: Any) -> None:
    asked = [
        {
            "require": "at_most",
            "statistic": "mean_error_gap",
            "limit": "gap",
            "for_every": {"pairs_of": "groups"},
        }
    ]
    check = asking("fairness.mean_error_gap", asked, {"gap": ("0.2", "lower")}, groups=("sex=f", "sex=m"))
    known = normal_estimate(0.05, 0.05, 400).model_copy(
        update={"statistic": "mean_error_gap", "stratum": "sex=f ~ sex=m"}
    )
    planned = prospect(make_case(check, Measured(estimates=(known,)), rows=400))
    assert planned.model == SQUARE_ROOT
    assert planned.chance(400).value == pytest.approx(norm.cdf(0.15 / 0.05 - norm.ppf(0.975)), abs=1e-6)
    assert planned.chance(100).value < planned.chance(400).value < planned.chance(1_600).value
