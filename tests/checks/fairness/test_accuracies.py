import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame
from sklearn.metrics import accuracy_score

from checks.fairness.accuracies import accuracy_gap
from checks.measured import CannotMeasure, Confidence
from checks.statistics.differences import independent_absolute_difference
from checks.statistics.events import Events

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")
PAIR = "race=a ~ race=b"


def measured(subject, groups=ALL_RACES):
    return accuracy_gap(subject, subject.table("test"), LEVEL, groups=groups)


def by_statistic(result, statistic):
    return {e.stratum: e for e in result.estimates if e.statistic == statistic}


def compare_with_fairlearn(result, true, decided, race):
    oracle = MetricFrame(metrics=accuracy_score, y_true=true, y_pred=decided, sensitive_features=race)
    rates, gaps = by_statistic(result, "accuracy"), by_statistic(result, "accuracy_gap")
    assert [float(rates[group].value) for group in ALL_RACES] == oracle.by_group.to_list()
    for (a, rate_a), (b, rate_b) in combinations(zip(ALL_RACES, oracle.by_group, strict=True), 2):
        assert float(gaps[f"{a} ~ {b}"].value) == abs(rate_a - rate_b)
    assert max(float(gap.value) for gap in gaps.values()) == oracle.difference()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_and_gaps_equal_those_of_fairlearn(make_subject, seed):
    rng = np.random.default_rng(seed)
    race, yes = rng.integers(0, 3, 400), rng.random(400) < 0.4
    x = np.where(yes, 0.5, -0.5) - 0.4 * race + rng.normal(0, 1, 400)
    frame = pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "race": race})
    compare_with_fairlearn(measured(make_subject(frame, attributes=RACES)), yes, x >= 0, race)


def test_three_classes_are_compared_as_well(make_subject):
    rng = np.random.default_rng(4)
    scores, race = rng.normal(0, 1, (300, 3)), rng.integers(0, 3, 300)
    true = np.where(rng.random(300) < 0.5 + 0.2 * race, scores.argmax(axis=1), rng.integers(0, 3, 300))
    frame = pd.DataFrame(scores, columns=["x0", "x1", "x2"]).assign(
        label=np.array(list("abc"))[true], race=race
    )
    subject = make_subject(frame, task="multiclass", attributes=RACES)
    compare_with_fairlearn(measured(subject), true, scores.argmax(axis=1), race)


def treated(right_a, right_b, of=2000):
    """`of` cases in each of two groups, half of them positive, of whom so many are decided rightly."""
    yes = np.tile(np.arange(of) % 2 == 0, 2)
    right = np.concatenate([np.arange(of) < right for right in (right_a, right_b)])
    x = np.where(yes == right, 1, -1)
    return pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "race": np.repeat([0, 1], of)})


def gap_of(make_subject, *right):
    subject = make_subject(treated(*right), attributes=RACES)
    return by_statistic(measured(subject, ALL_RACES[:2]), "accuracy_gap")[PAIR]


def test_equal_treatment_has_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    assert gap_of(make_subject, 1800, 1800).demonstrating.upper < 0.05
    assert gap_of(make_subject, 1800, 1200).refuting.lower > 0.2


def test_the_bounds_are_those_of_the_difference_rounded_outward(make_subject):
    gap = gap_of(make_subject, 1800, 1700)
    lower, upper = independent_absolute_difference(
        Events(1800, 2000), Events(1700, 2000), LEVEL
    ).demonstrating
    assert lower - 1e-11 <= gap.demonstrating.lower <= lower
    assert upper <= gap.demonstrating.upper <= upper + 1e-11


def test_opposite_errors_of_two_groups_leave_no_gap(make_subject):
    """In one group all errors are misses, in the other false alarms: that is for other methods to see."""
    rows = [(-1, "yes", 0)] * 10 + [(-1, "no", 0)] * 90 + [(1, "no", 1)] * 10 + [(1, "yes", 1)] * 90
    subject = make_subject(pd.DataFrame(rows, columns=["x", "label", "race"]), attributes=RACES)
    assert by_statistic(measured(subject, ALL_RACES[:2]), "accuracy_gap")[PAIR].value == 0


def test_every_row_of_a_group_counts(make_subject):
    result = measured(make_subject(treated(1800, 1200), attributes=RACES), ALL_RACES[:2])
    assert [e.n for e in result.estimates] == [2000] * 3
    assert json.loads(result.exhibits[0].data) == [
        {"group": "race=a", "events": 1800, "among": 2000},
        {"group": "race=b", "events": 1200, "among": 2000},
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((np.nan, "no", 1), "1 rows of race=b have no decision"),
        ((1, "perhaps", 1), "1 rows of race=b have an unknown label"),
        ((11, "yes", 1), "1 rows of race=b have no decision"),
    ],
)
def test_a_row_that_cannot_be_scored_leaves_the_rates_unmeasured(make_subject, row, reason):
    frame = pd.concat([treated(20, 20, of=50), pd.DataFrame([row], columns=["x", "label", "race"])])
    with pytest.raises(CannotMeasure, match=reason):
        measured(make_subject(frame, attributes=RACES), ALL_RACES[:2])


def test_a_group_without_a_row_is_named(make_subject):
    frame = treated(20, 20, of=50)
    with pytest.raises(CannotMeasure, match="no case in race=c"):
        measured(make_subject(frame, attributes=RACES))


def test_a_regression_decides_nothing_that_could_be_compared(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, 2.0], "race": [0, 1]})
    with pytest.raises(CannotMeasure, match="groups are compared on a decision"):
        measured(make_subject(frame, task="regression", attributes=RACES), ALL_RACES[:2])


def test_one_group_missing_data_and_clustered_rows_are_not_measured(make_subject):
    frame = treated(20, 20, of=50)
    with pytest.raises(CannotMeasure, match="needs two groups, found race=a"):
        measured(make_subject(frame, attributes=RACES), ALL_RACES[:1])
    with pytest.raises(CannotMeasure, match="none were given"):
        accuracy_gap(make_subject(frame, attributes=RACES), None, LEVEL, groups=ALL_RACES[:2])
    with pytest.raises(CannotMeasure, match="clustered"):
        measured(make_subject(frame.assign(person=1), attributes=RACES, unit_column="person"), ALL_RACES[:2])
