import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate

from checks.fairness.false_alarms import false_positive_rate_gap
from checks.measured import CannotMeasure, Confidence
from checks.statistics.differences import independent_absolute_difference
from checks.statistics.events import Events

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")


def measured(subject, groups=ALL_RACES):
    return false_positive_rate_gap(subject, subject.table("test"), LEVEL, groups=groups)


def by_statistic(result, statistic):
    return {e.stratum: e for e in result.estimates if e.statistic == statistic}


def random_people(seed, n=400):
    rng = np.random.default_rng(seed)
    race, yes = rng.integers(0, 3, n), rng.random(n) < 0.4
    x = np.where(yes, 0.5, -0.5) - 0.4 * race + rng.normal(0, 1, n)
    return pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "race": race})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_and_gaps_equal_those_of_fairlearn(make_subject, seed):
    frame = random_people(seed)
    oracle = MetricFrame(
        metrics=false_positive_rate,
        y_true=(frame.label == "yes").astype(int),
        y_pred=(frame.x >= 0).astype(int),
        sensitive_features=frame.race,
    )
    result = measured(make_subject(frame, attributes=RACES))
    rates, gaps = (by_statistic(result, s) for s in ("false_positive_rate", "false_positive_rate_gap"))
    assert [float(rates[group].value) for group in ALL_RACES] == oracle.by_group.to_list()
    for (a, rate_a), (b, rate_b) in combinations(zip(ALL_RACES, oracle.by_group, strict=True), 2):
        assert float(gaps[f"{a} ~ {b}"].value) == abs(rate_a - rate_b)
    assert max(float(gap.value) for gap in gaps.values()) == oracle.difference()


def treated(alarms_a, alarms_b, of=2000):
    """Negatives only: `of` in each of two groups, of whom so many are falsely decided as positive."""
    x = np.concatenate([np.where(np.arange(of) < alarms, 1, -1) for alarms in (alarms_a, alarms_b)])
    return pd.DataFrame({"x": x, "label": "no", "race": np.repeat([0, 1], of)})


def gap_of(make_subject, *alarms, **keywords):
    subject = make_subject(treated(*alarms, **keywords), attributes=RACES)
    return by_statistic(measured(subject, ALL_RACES[:2]), "false_positive_rate_gap")["race=a ~ race=b"]


def test_equal_treatment_has_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    assert gap_of(make_subject, 200, 200).demonstrating.upper < 0.05
    assert gap_of(make_subject, 200, 800).refuting.lower > 0.2


def test_the_bounds_are_those_of_the_difference_rounded_outward(make_subject):
    gap = gap_of(make_subject, 200, 300)
    lower, upper = independent_absolute_difference(Events(200, 2000), Events(300, 2000), LEVEL).demonstrating
    assert lower - 1e-11 <= gap.demonstrating.lower <= lower
    assert upper <= gap.demonstrating.upper <= upper + 1e-11


def test_how_positives_are_decided_does_not_matter(make_subject):
    """One group has all its positives found and the other none; false alarms are as frequent in both."""
    positives = pd.DataFrame({"x": np.repeat([1, -1], 500), "label": "yes", "race": np.repeat([0, 1], 500)})
    frame = pd.concat([treated(200, 200), positives])
    gap = by_statistic(
        measured(make_subject(frame, attributes=RACES), ALL_RACES[:2]), "false_positive_rate_gap"
    )
    assert gap["race=a ~ race=b"].value == 0


def test_n_counts_negatives_and_the_exhibit_shows_them(make_subject):
    rows = [(1, "no", 0)] * 7 + [(-1, "no", 0)] * 50 + [(-1, "no", 1)] * 50 + [(1, "yes", 1)] * 9
    subject = make_subject(pd.DataFrame(rows, columns=["x", "label", "race"]), attributes=RACES)
    result = measured(subject, ALL_RACES[:2])
    assert [e.n for e in result.estimates] == [57, 50, 50]
    assert json.loads(result.exhibits[0].data) == [
        {"group": "race=a", "events": 7, "among": 57},
        {"group": "race=b", "events": 0, "among": 50},
    ]


def test_refuting_is_corrected_for_all_rates_and_gaps(make_subject):
    estimates = measured(make_subject(random_people(1), attributes=RACES)).estimates
    assert [float(e.refuting.confidence) for e in estimates] == pytest.approx([1 - 0.025 / 6] * 6)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((np.nan, "no", 1), "1 rows of race=b have no decision"),
        ((1, "perhaps", 1), "1 rows of race=b have an unknown label"),
        ((11, "no", 1), "1 rows of race=b have no decision"),
    ],
)
def test_a_row_that_cannot_be_scored_leaves_the_rates_unmeasured(make_subject, row, reason):
    rows = pd.DataFrame([(1, "yes", 0), row], columns=["x", "label", "race"])
    frame = pd.concat([treated(20, 20, of=50), rows])
    with pytest.raises(CannotMeasure, match=reason):
        measured(make_subject(frame, attributes=RACES), ALL_RACES[:2])


def test_a_group_without_a_negative_is_named(make_subject):
    frame = treated(20, 20, of=50)
    frame.loc[frame.race == 1, "label"] = "yes"
    with pytest.raises(CannotMeasure, match="no case of the class no in race=b"):
        measured(make_subject(frame, attributes=RACES), ALL_RACES[:2])


def test_only_a_binary_decision_has_false_positives(make_subject):
    frame = pd.DataFrame({"x0": [1, 0], "x1": [0, 1], "x2": [0, 0], "label": ["a", "b"], "race": [0, 1]})
    with pytest.raises(CannotMeasure, match="binary decision"):
        measured(make_subject(frame, task="multiclass", attributes=RACES), ALL_RACES[:2])
