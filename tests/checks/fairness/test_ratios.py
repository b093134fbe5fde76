import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, demographic_parity_ratio, selection_rate

from checks.fairness.ratios import selection_rate_ratio
from checks.measured import CannotMeasure, Confidence
from checks.statistics.events import Events
from checks.statistics.ratios import independent_smaller_to_larger

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")


def measured(subject, groups=ALL_RACES, favourable="yes"):
    data = subject.table("test")
    return selection_rate_ratio(subject, data, LEVEL, groups=groups, favourable=favourable)


def by_statistic(result, statistic):
    return {e.stratum: e for e in result.estimates if e.statistic == statistic}


@pytest.mark.parametrize("favourable", ["positive", "negative"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_and_ratios_equal_those_of_fairlearn(make_subject, seed, favourable):
    rng = np.random.default_rng(seed)
    race = rng.integers(0, 3, 400)
    frame = pd.DataFrame({"x": rng.normal(0, 1, 400) - 0.4 * race, "label": "yes", "race": race})
    chosen = ((frame.x >= 0) == (favourable == "positive")).astype(int)
    oracle = MetricFrame(
        metrics=selection_rate, y_true=chosen, y_pred=chosen, sensitive_features=race
    ).by_group
    subject = make_subject(frame, attributes=RACES, favourable=favourable)
    result = measured(subject, favourable={"positive": "yes", "negative": "no"}[favourable])
    rates, ratios = (by_statistic(result, s) for s in ("selection_rate", "selection_rate_ratio"))
    assert [float(rates[group].value) for group in ALL_RACES] == oracle.to_list()
    for (a, rate_a), (b, rate_b) in combinations(zip(ALL_RACES, oracle, strict=True), 2):
        assert float(ratios[f"{a} ~ {b}"].value) == min(rate_a, rate_b) / max(rate_a, rate_b)
    worst = demographic_parity_ratio(chosen, chosen, sensitive_features=race)
    assert min(float(ratio.value) for ratio in ratios.values()) == worst


def treated(selected_a, selected_b, of=2000):
    """`of` cases in each of two groups, of whom so many are selected."""
    x = np.concatenate([np.where(np.arange(of) < selected, 1, -1) for selected in (selected_a, selected_b)])
    return pd.DataFrame({"x": x, "label": "yes", "race": np.repeat([0, 1], of)})


def ratio_of(make_subject, *selected, **keywords):
    subject = make_subject(treated(*selected, **keywords), attributes=RACES)
    return by_statistic(measured(subject, ALL_RACES[:2]), "selection_rate_ratio")["race=a ~ race=b"]


def test_equal_treatment_has_a_high_lower_bound_and_unequal_a_low_upper_bound(make_subject):
    assert ratio_of(make_subject, 1000, 1000).demonstrating.lower > 0.88
    assert ratio_of(make_subject, 1000, 500).refuting.upper < 0.6


def test_equal_rates_in_a_small_sample_show_nothing(make_subject):
    ratio = ratio_of(make_subject, 5, 5, of=10)
    assert ratio.value == 1
    assert ratio.demonstrating.lower < 0.4


def test_the_bounds_are_those_of_the_ratio_rounded_outward(make_subject):
    ratio = ratio_of(make_subject, 1000, 900)
    lower, upper = independent_smaller_to_larger(Events(1000, 2000), Events(900, 2000), LEVEL).demonstrating
    assert lower - 1e-11 <= ratio.demonstrating.lower <= lower
    assert upper <= ratio.demonstrating.upper <= upper + 1e-11


def test_a_group_that_is_never_selected_has_a_ratio_of_zero(make_subject):
    ratio = ratio_of(make_subject, 0, 1000)
    assert (ratio.value, ratio.demonstrating.lower) == (0, 0)
    assert ratio.refuting.upper < 0.01


def test_two_groups_that_are_never_selected_have_no_ratio(make_subject):
    with pytest.raises(CannotMeasure, match="race=a ~ race=b: both rates are zero"):
        ratio_of(make_subject, 0, 0)


def test_labels_do_not_matter(make_subject):
    frame = treated(1000, 500)
    labels = ["yes", "no", *["unknown to the model"] * (len(frame) - 2)]
    frame = frame.assign(label=labels)
    assert measured(make_subject(frame, attributes=RACES), ALL_RACES[:2]).estimates[0].value == 0.5


def test_refuting_is_corrected_for_all_rates_and_ratios(make_subject):
    estimates = measured(make_subject(treated(1000, 500), attributes=RACES), ALL_RACES[:2]).estimates
    assert [float(e.refuting.confidence) for e in estimates] == pytest.approx([1 - 0.025 / 3] * 3)


def test_the_exhibit_shows_counts_per_group(make_subject):
    (exhibit,) = measured(make_subject(treated(1000, 500), attributes=RACES), ALL_RACES[:2]).exhibits
    assert json.loads(exhibit.data) == [
        {"group": "race=a", "events": 1000, "among": 2000},
        {"group": "race=b", "events": 500, "among": 2000},
    ]
