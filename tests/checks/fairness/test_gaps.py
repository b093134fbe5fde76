import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, equal_opportunity_difference, true_positive_rate

from checks.fairness.gaps import true_positive_rate_gap
from checks.measured import Confidence
from checks.statistics.differences import independent_absolute_difference
from checks.statistics.events import Events

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")


def measured(subject, groups=ALL_RACES):
    return true_positive_rate_gap(subject, subject.table("test"), LEVEL, groups=groups)


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
    true, decided = (frame.label == "yes").astype(int), (frame.x >= 0).astype(int)
    oracle = MetricFrame(
        metrics=true_positive_rate, y_true=true, y_pred=decided, sensitive_features=frame.race
    ).by_group
    result = measured(make_subject(frame, attributes=RACES))
    rates, gaps = (by_statistic(result, s) for s in ("true_positive_rate", "true_positive_rate_gap"))
    assert [float(rates[group].value) for group in ALL_RACES] == oracle.to_list()
    for (a, rate_a), (b, rate_b) in combinations(zip(ALL_RACES, oracle, strict=True), 2):
        assert float(gaps[f"{a} ~ {b}"].value) == abs(rate_a - rate_b)
    worst = equal_opportunity_difference(true, decided, sensitive_features=frame.race)
    assert max(float(gap.value) for gap in gaps.values()) == worst


def treated(found_a, found_b, of=2000):
    """Positives only: `of` in each of two groups, of whom so many are found."""
    x = np.concatenate([np.where(np.arange(of) < found, 1, -1) for found in (found_a, found_b)])
    return pd.DataFrame({"x": x, "label": "yes", "race": np.repeat([0, 1], of)})


def gap_of(make_subject, *found, **keywords):
    subject = make_subject(treated(*found, **keywords), attributes=RACES)
    return by_statistic(measured(subject, ALL_RACES[:2]), "true_positive_rate_gap")["race=a ~ race=b"]


def test_equal_treatment_has_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    assert gap_of(make_subject, 1800, 1800).demonstrating.upper < 0.05
    assert gap_of(make_subject, 1800, 1200).refuting.lower > 0.2


def test_a_small_gap_in_a_small_sample_shows_nothing(make_subject):
    gap = gap_of(make_subject, 9, 9, of=10)
    assert gap.value == 0
    assert gap.demonstrating.upper > 0.35


def test_the_bounds_are_those_of_the_difference_rounded_outward(make_subject):
    gap = gap_of(make_subject, 1800, 1700)
    lower, upper = independent_absolute_difference(
        Events(1800, 2000), Events(1700, 2000), LEVEL
    ).demonstrating
    assert lower - 1e-11 <= gap.demonstrating.lower <= lower
    assert upper <= gap.demonstrating.upper <= upper + 1e-11


def test_n_counts_positives_and_is_the_smaller_one_for_a_pair(make_subject):
    rows = [(1, "yes", 0)] * 57 + [(1, "yes", 1)] * 50 + [(1, "no", 1)] * 9
    subject = make_subject(pd.DataFrame(rows, columns=["x", "label", "race"]), attributes=RACES)
    assert [e.n for e in measured(subject, ALL_RACES[:2]).estimates] == [57, 50, 50]


def test_refuting_is_corrected_for_all_rates_and_gaps(make_subject):
    estimates = measured(make_subject(random_people(1), attributes=RACES)).estimates
    assert len(estimates) == 6
    assert [float(e.refuting.confidence) for e in estimates] == pytest.approx([1 - 0.025 / 6] * 6)


def test_the_exhibit_shows_counts_per_group(make_subject):
    (exhibit,) = measured(make_subject(treated(1800, 1200), attributes=RACES), ALL_RACES[:2]).exhibits
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data) == [
        {"group": "race=a", "events": 1800, "among": 2000},
        {"group": "race=b", "events": 1200, "among": 2000},
    ]
