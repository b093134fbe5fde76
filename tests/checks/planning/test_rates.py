"""The chance of an exact bound: against scipy's own interval, counted out, and against closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from checks.planning.chance import Chance, enough_rows, fewest
from checks.planning.hurdle import Hurdle
from checks.planning.rates import Margin, Over, Rate, demonstrated_counts, itself

LEVEL = 0.975


def rate(value: float, *, share: float = 1.0, **limits: Any) -> Rate:
    hurdle = replace(Hurdle(statistic="performance", stratum="all", confidence=LEVEL), **limits)
    return Rate(hurdle=hurdle, value=value, share=share)


def counted_out(value: float, trials: int, *, lowest: float = -1, highest: float = 2) -> float:
    """Over every count, with scipy's Clopper-Pearson interval (two-sided at 95 %)."""
    chance = 0.0
    for count in range(trials + 1):
        interval = binomtest(count, trials).proportion_ci(2 * LEVEL - 1, "exact")
        if interval.low >= lowest and interval.high <= highest:
            chance += binom.pmf(count, trials, value)
    return chance


@pytest.mark.parametrize(
    ("value", "lowest", "trials"), [(0.9, "0.8", 100), (0.75, "0.7", 200), (0.97, "0.9", 60)]
)
def test_at_least_is_what_scipys_interval_gives_over_every_count(
    value: float, lowest: str, trials: int
) -> None:
    planned = rate(value, lowest=Decimal(lowest)).chance(trials).value
    assert planned == pytest.approx(counted_out(value, trials, lowest=float(lowest)), abs=1e-12)
    assert 0.05 < planned < 0.95, "and it is no matter of course"


@pytest.mark.parametrize(
    ("value", "highest", "trials"), [(0.02, "0.05", 200), (0.0, "0.05", 80), (0.3, "0.4", 120)]
)
def test_at_most_is_what_scipys_interval_gives_over_every_count(
    value: float, highest: str, trials: int
) -> None:
    planned = rate(value, highest=Decimal(highest)).chance(trials).value
    assert planned == pytest.approx(counted_out(value, trials, highest=float(highest)), abs=1e-12)


def test_between_two_limits_is_what_scipys_interval_gives() -> None:
    both = rate(0.5, lowest=Decimal("0.4"), highest=Decimal("0.6"))
    assert both.chance(500).value == pytest.approx(counted_out(0.5, 500, lowest=0.4, highest=0.6), abs=1e-12)


@pytest.mark.parametrize(("limit", "cases"), [("0.01", 368), ("0.05", 72), ("0.005", 736)])
def test_without_a_failure_the_cases_are_those_of_the_closed_form(limit: str, cases: int) -> None:
    """(1 - limit) ** n <= 0.025, which is about 3.7 / n; a number of rows is named to one in a hundred."""
    flawless = rate(0.0, highest=Decimal(limit))
    assert math.log(40) / float(limit) == pytest.approx(cases, rel=0.03)
    assert (flawless.chance(cases - 1).value, flawless.chance(cases).value) == (0.0, 1.0)
    found = fewest(lambda rows: flawless.chance(rows).value, 0.9, known=100)
    assert found is not None
    assert cases <= found <= math.ceil(1.011 * cases)


def test_at_the_limit_itself_the_chance_is_at_most_alpha() -> None:
    """A plan that promised more would promise a false certificate."""
    for trials in (30, 100, 1_000, 10_000):
        assert rate(0.8, lowest=Decimal("0.8")).chance(trials).value <= 0.025
        assert rate(0.1, highest=Decimal("0.1")).chance(trials).value <= 0.025


def test_too_few_cases_in_the_denominator_have_no_chance() -> None:
    of_a_tenth = rate(1.0, share=0.1, lowest=Decimal("0.5"), fewest=50)
    assert of_a_tenth.chance(499).value == 0.0
    assert of_a_tenth.chance(500).value == 1.0


def test_a_share_over_a_constant_and_a_margin_are_the_rate_at_another_limit() -> None:
    plain = demonstrated_counts(
        Hurdle(statistic="s", stratum="g", confidence=LEVEL, lowest=Decimal("0.4")), 300, itself, 1
    )
    over = Hurdle(statistic="s", stratum="g", confidence=LEVEL, lowest=Decimal("0.8"))
    margin = Hurdle(statistic="s", stratum="g", confidence=LEVEL, lowest=Decimal("-0.1"))
    assert demonstrated_counts(over, 300, Over(0.5), 1) == plain
    assert demonstrated_counts(margin, 300, Margin(Decimal("0.5")), 1) == plain


@given(
    value=st.floats(0.01, 0.99),
    limit=st.integers(1, 99),
    trials=st.integers(1, 300),
    stricter=st.sampled_from([0.98, 0.99, 0.999]),
)
@settings(deadline=None, max_examples=60)
def test_more_confidence_never_has_more_chance(
    value: float, limit: int, trials: int, stricter: float
) -> None:
    hurdle = Hurdle(statistic="s", stratum="all", confidence=LEVEL, lowest=Decimal(limit) / 100)
    strict = Hurdle(statistic="s", stratum="all", confidence=stricter, lowest=Decimal(limit) / 100)
    chances = [Rate(hurdle=h, value=value, share=1.0).chance(trials).value for h in (strict, hurdle)]
    assert chances[0] <= chances[1] + 1e-12


def test_simulated_counts_come_out_as_planned() -> None:
    """By the interval function itself, on binomial counts."""
    from checks.measured import Confidence
    from checks.statistics.proportions import proportion

    drawn = np.random.default_rng(1).binomial(150, 0.9, size=4_000)
    bounds = {
        int(c): proportion(int(c), 150, Confidence(LEVEL)).demonstrating[0] for c in set(drawn.tolist())
    }
    share = np.mean([bounds[int(c)] >= 0.85 for c in drawn])
    planned = rate(0.9, lowest=Decimal("0.85")).chance(150).value
    assert abs(share - planned) < 4 * math.sqrt(planned * (1 - planned) / len(drawn))


class Certain:
    """A prospect whose chance is one from a number of rows on, which its rough chance knows only nearly."""

    basis = model = "a test"
    hopeless = None

    def __init__(self, exact: int, rough: int) -> None:
        self._exact, self._rough = exact, rough

    def chance(self, rows: int) -> Chance:
        return Chance(value=float(rows >= self._exact))

    def rough(self, rows: int) -> float:
        return float(rows >= self._rough)


@pytest.mark.parametrize("exact", [1, 2, 3, 40, 1_000, 123_456])
@pytest.mark.parametrize("off", [0.5, 1.0, 0.97])
@pytest.mark.parametrize("known", [1, 200, 50_000])
def test_enough_rows_are_enough_and_hardly_more(exact: int, off: float, known: int) -> None:
    rows = enough_rows([Certain(exact, max(1, int(off * exact)))], 0.9, known=known)
    assert rows is not None
    assert exact <= rows <= max(exact + 1, 1.05 * exact)


def test_what_nobody_could_collect_is_not_named() -> None:
    assert enough_rows([Certain(20_000_000, 20_000_000)], 0.9, known=100) is None
    assert enough_rows([Certain(20_000_000, 10)], 0.9, known=100) is None
