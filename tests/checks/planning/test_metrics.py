"""Plans for performance against the real method, run on data that are drawn again and again."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from certify.standard import Check
from checks.measured import Confidence, Measured
from checks.objectives.performance import performance
from checks.planning.averages import Average
from checks.planning.case import CLAIM, VALIDATION
from checks.planning.catalogue import prospect
from checks.planning.hurdle import CannotPlan
from checks.planning.metrics import at_the_claim
from checks.statistics.events import Events

LEVEL = Confidence(0.975)
FLOOR = [
    {"require": "at_least", "statistic": "performance", "limit": "floor"},
    {"require": "count", "statistic": "performance", "limit": "fewest"},
]
LIMITS = {"floor": ("0.8", "higher"), "fewest": ("20", "higher")}


def people(rows: int, right: float, seed: int) -> pd.DataFrame:
    """The default model says "yes" from 0 on; it is right with this probability."""
    random = np.random.default_rng(seed)
    x = random.normal(size=rows)
    correct = random.random(rows) < right
    return pd.DataFrame({"x": x, "label": np.where((x >= 0) == correct, "yes", "no")})


def accuracy_of(make_subject: Callable[..., Any], frame: pd.DataFrame, metric: str = "accuracy") -> Measured:
    subject = make_subject(frame)
    return performance(subject, subject.table("test"), LEVEL, metric=metric, groups=("all",))


@pytest.fixture
def floor(asking: Callable[..., Check]) -> Callable[[str], Check]:
    return lambda metric: asking("objectives.performance", FLOOR, LIMITS, metric=metric, groups=("all",))


@pytest.mark.parametrize(
    ("metric", "right"),
    [("accuracy", 0.87), pytest.param("balanced_accuracy", 0.89, marks=pytest.mark.qualify)],
)
def test_the_real_method_demonstrates_as_often_as_planned(
    make_subject: Any, make_case: Any, floor: Any, metric: str, right: float
) -> None:
    """120 data sets of 150 rows; the plan knows one of 5,000 rows from the same source."""
    known = people(5_000, right, seed=1)
    case = make_case(floor(metric), accuracy_of(make_subject, known, metric), rows=5_000)
    chance = prospect(case).chance(150)
    tried = [accuracy_of(make_subject, people(150, right, seed), metric) for seed in range(100, 220)]
    share = np.mean([measured.estimates[0].demonstrating.lower >= Decimal("0.8") for measured in tried])
    assert 0.3 < chance.value < 0.95
    # four standard errors of the simulation, and what 5,000 rows leave open of the rate (0.005 by the slope)
    assert abs(share - chance.value) < 4 * math.sqrt(chance.value * (1 - chance.value) / 120) + 0.05


def test_a_floor_is_planned_at_the_claim_where_there_is_one(
    make_subject: Any, make_case: Any, floor: Any
) -> None:
    subject = make_subject(people(400, 0.99, seed=1), claims=[{"metric": "accuracy", "value": "0.85"}])
    measured = performance(subject, subject.table("test"), LEVEL, metric="accuracy", groups=("all",))
    planned = prospect(make_case(floor("accuracy"), measured, rows=400, manifest=subject.manifest))
    assert planned.basis == CLAIM
    assert planned.parts[0].value == 0.85
    alone = at_the_claim(floor("accuracy"), subject.manifest)
    assert alone.chance(300) == planned.chance(300)


def test_without_a_claim_it_is_planned_at_what_validation_data_show(
    make_subject: Any, make_case: Any, floor: Any
) -> None:
    measured = accuracy_of(make_subject, people(400, 0.9, seed=1))
    planned = prospect(make_case(floor("accuracy"), measured, rows=400))
    assert planned.basis == VALIDATION
    assert planned.parts[0].value == pytest.approx(float(measured.estimates[0].value))


def test_an_average_of_two_classes_rests_on_how_often_each_is_found(
    make_subject: Any, make_case: Any, floor: Any
) -> None:
    frame = people(500, 0.9, seed=3)
    planned = prospect(
        make_case(floor("balanced_accuracy"), accuracy_of(make_subject, frame, "balanced_accuracy"), rows=500)
    )
    (average,) = planned.parts
    assert isinstance(average, Average)
    true, decided = (frame.label == "yes").to_numpy(), (frame.x >= 0).to_numpy()
    by_hand = [np.mean(decided[true]), np.mean(~decided[~true])]
    assert sorted(r.value for r in average.recalls) == pytest.approx(sorted(by_hand))


def test_a_method_that_is_not_listed_says_so(make_case: Any, asking: Any) -> None:
    check = asking("objectives.nowhere", FLOOR, LIMITS)
    with pytest.raises(CannotPlan, match="no plan is known for the method"):
        prospect(make_case(check, Measured(), rows=100))


def test_a_claim_about_something_else_plans_nothing(make_subject: Any, floor: Any) -> None:
    subject = make_subject(people(40, 0.9, seed=1), claims=[{"metric": "sensitivity", "value": "0.85"}])
    with pytest.raises(CannotPlan, match="no accuracy is claimed"):
        at_the_claim(floor("accuracy"), subject.manifest)
    with pytest.raises(CannotPlan, match="no claim tells it"):
        at_the_claim(floor("sensitivity"), subject.manifest)


def test_the_gap_to_the_training_data_is_planned_as_the_method_bounds_it(make_case: Any, asking: Any) -> None:
    """380 of 400 training rows are right. On 300 others the counts are drawn and the bounds asked."""
    asked = [{"require": "at_most", "statistic": "generalisation_gap", "limit": "gap"}]
    check = asking("objectives.generalisation", asked, {"gap": ("0.1", "lower")}, metric="accuracy")
    case = make_case(check, Measured(), rows=500)
    rows = [{"role": "train", "value": "0.95", "n": 400}, {"role": "validation", "value": "0.93", "n": 500}]
    case.exhibits["seen-and-unseen.json"] = {"metric": "accuracy", "data": rows}
    half = 1 - 0.025 / 2
    upper = Events(380, 400).bounds(half)[1]
    drawn = np.random.default_rng(6).binomial(300, 0.93, size=2_000).tolist()
    low = {count: Events(count, 300).bounds(half)[0] for count in set(drawn)}
    share = np.mean([upper - low[count] <= 0.1 for count in drawn])
    chance = prospect(case).chance(300).value
    assert 0.1 < chance < 0.95
    assert abs(share - chance) < 4 * math.sqrt(chance * (1 - chance) / 2_000)
