"""A plan for the gain over a constant answer, against the method's own interval on tables drawn again."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from checks.measured import Confidence, Measured
from checks.objectives.answers import Decisions
from checks.objectives.baseline import Gain, gains_of, least
from checks.planning.catalogue import prospect
from checks.planning.gain import Frontier, LeastGain, gain_over_constant
from checks.planning.hurdle import CannotPlan, Hurdle
from checks.statistics.events import Events

LEVEL = Confidence(0.975)
ASKED = [{"require": "at_least", "statistic": "gain_over_constant", "limit": "lowest"}]
SHARES = np.array([0.5, 0.3, 0.2])


def decisions(rows: int, right: float, random: np.random.Generator) -> Decisions:
    true = random.choice(3, size=rows, p=SHARES)
    decided = np.where(random.random(rows) < right, true, (true + 1) % 3)
    return Decisions(classes=("a", "b", "c"), true=true, decided=decided)


def counted(found: Decisions) -> list[dict[str, Any]]:
    """The evidence of the method, as it writes it."""
    return [
        {
            "constant": gain.constant,
            "only_the_model_right": gain.only_model.count,
            "only_the_constant_right": gain.only_constant.count,
            "among": gain.rows,
        }
        for gain in gains_of(found)
    ]


def planned(make_case: Any, asking: Any, table: list[dict[str, Any]], limit: str = "0.05") -> LeastGain:
    check = asking("objectives.baseline_gain", ASKED, {"lowest": (limit, "higher")})
    case = make_case(check, Measured(), rows=table[0]["among"])
    case.exhibits["gain-by-constant.json"] = table
    found = prospect(case)
    assert isinstance(found, LeastGain)
    return found


def test_the_classes_are_read_back_from_the_counts(make_case: Any, asking: Any) -> None:
    found = decisions(1_000, 0.7, np.random.default_rng(2))
    plan = planned(make_case, asking, counted(found))
    right = [float(np.mean((found.true == c) & (found.decided == c))) for c in range(3)]
    wrong = [float(np.mean((found.true == c) & (found.decided != c))) for c in range(3)]
    assert plan.right == pytest.approx(right)
    assert plan.wrong == pytest.approx(wrong)


@pytest.mark.parametrize(
    ("rows", "right", "times"), [(50, 0.8, 30), pytest.param(150, 0.7, 400, marks=pytest.mark.qualify)]
)
def test_the_method_demonstrates_as_often_as_planned(
    make_case: Any, asking: Any, rows: int, right: float, times: int
) -> None:
    random = np.random.default_rng(3)
    plan = planned(make_case, asking, counted(decisions(200_000, right, random)))
    chance = plan.chance(rows)
    tried = [
        least(gains_of(decisions(rows, right, random)), LEVEL).demonstrating[0] >= 0.05 for _ in range(times)
    ]
    print(f"gain, {rows} rows: planned {chance.value:.3f}, demonstrated {np.mean(tried):.3f} of {times}")
    assert 0.2 < chance.value < 0.95
    assert abs(np.mean(tried) - chance.value) < 4 * math.hypot(chance.error, 0.5 / math.sqrt(times))


def test_what_follows_from_an_answer_is_not_asked_again() -> None:
    known = Frontier(Hurdle(statistic="gain", stratum="all", confidence=0.975, lowest=Decimal("0.05")), 60)
    random = np.random.default_rng(8)
    only_model, only_constant = random.binomial(60, 0.4, 300), random.binomial(60, 0.15, 300)
    cleared = known.which_clear(only_model, only_constant)
    assert len(known.clear) + len(known.short) < 60
    for place in range(0, 300, 20):
        gain = Gain(
            constant="one",
            only_model=Events(int(only_model[place]), 60),
            only_constant=Events(int(only_constant[place]), 60),
        )
        assert cleared[place] == (gain.bounds(0.975)[0] >= 0.05)


def test_a_model_that_gains_too_little_is_said_to_be_hopeless(make_case: Any, asking: Any) -> None:
    plan = planned(make_case, asking, counted(decisions(1_000, 0.51, np.random.default_rng(4))), limit="0.3")
    assert plan.hopeless is not None


def test_unknown_labels_leave_the_gain_unplanned(make_case: Any, asking: Any) -> None:
    table = counted(decisions(100, 0.7, np.random.default_rng(5)))
    for row in table:
        row["only_the_constant_right"] += 1
    with pytest.raises(CannotPlan, match="do not add up"):
        planned(make_case, asking, table)
    check = asking("objectives.baseline_gain", ASKED, {"lowest": ("0.05", "higher")})
    with pytest.raises(CannotPlan, match="does not say"):
        gain_over_constant(make_case(check, Measured(), rows=100))
