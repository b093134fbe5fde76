"""Every measure of rates against fairlearn and scikit-learn, to the last digit, and what it refuses."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from sklearn.metrics import precision_score, zero_one_loss

from checks.catalogue import METHODS
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")
FAVOURABLE = {"favourable": "yes"}
GAPS = {
    "selection_rate_gap": (selection_rate, FAVOURABLE),
    "precision_gap": (precision_score, {}),
}
RATIOS = {
    "selection_rate_ratio": (selection_rate, FAVOURABLE),
    "true_positive_rate_ratio": (true_positive_rate, {}),
    "false_positive_rate_ratio": (false_positive_rate, {}),
    "error_rate_ratio": (zero_one_loss, {}),
}
NEW = [(name, more) for name, (_, more) in {**GAPS, **RATIOS}.items()]


def measured(subject, name, groups=ALL_RACES, **more):
    return METHODS[f"fairness.{name}"].function()(
        subject, subject.table("test"), LEVEL, groups=groups, **more
    )


def by_statistic(result, statistic):
    return {e.stratum: float(e.value) for e in result.estimates if e.statistic == statistic}


def people(seed, n=300):
    rng = np.random.default_rng(seed)
    race, yes = rng.integers(0, 3, n), rng.random(n) < 0.4
    x = np.where(yes, 0.5, -0.5) - 0.4 * race + rng.normal(0, 1, n)
    return pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "race": race})


def oracle(metric, frame):
    return MetricFrame(
        metrics=metric,
        y_true=(frame.label == "yes").astype(int),
        y_pred=(frame.x >= 0).astype(int),
        sensitive_features=frame.race,
    )


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", GAPS)
def test_rates_and_gaps_equal_those_of_fairlearn(make_subject, name, seed):
    (metric, more), rate = GAPS[name], name.removesuffix("_gap")
    frame = people(seed)
    said = measured(make_subject(frame, attributes=RACES), name, **more)
    known = oracle(metric, frame)
    assert list(by_statistic(said, rate).values()) == known.by_group.to_list()
    pairs = [abs(a - b) for a, b in combinations(known.by_group, 2)]
    assert list(by_statistic(said, name).values()) == pairs
    assert max(pairs) == known.difference()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", RATIOS)
def test_rates_and_ratios_equal_those_of_fairlearn(make_subject, name, seed):
    (metric, more), rate = RATIOS[name], name.removesuffix("_ratio")
    frame = people(seed)
    said = measured(make_subject(frame, attributes=RACES), name, **more)
    known = oracle(metric, frame)
    # scikit-learn takes the share of errors as one minus that of right answers, and so loses a digit
    digits = 0 if rate != "error_rate" else 1e-15
    assert list(by_statistic(said, rate).values()) == pytest.approx(known.by_group.to_list(), abs=digits)
    pairs = [min(a, b) / max(a, b) for a, b in combinations(known.by_group, 2)]
    assert list(by_statistic(said, name).values()) == pytest.approx(pairs, abs=digits)
    assert min(by_statistic(said, name).values()) == pytest.approx(known.ratio(), abs=digits)


@pytest.mark.parametrize(("name", "more"), NEW)
def test_a_group_without_a_row_and_a_missing_attribute_are_not_measured(make_subject, name, more):
    frame = people(3)
    with pytest.raises(CannotMeasure, match="in race=c: its rate is not measured"):
        measured(make_subject(frame[frame.race < 2], attributes=RACES), name, **more)
    with pytest.raises(CannotMeasure, match="declares no stratum race=a"):
        measured(make_subject(frame), name, **more)
    with pytest.raises(CannotMeasure, match="no column race"):
        measured(make_subject(frame.drop(columns="race"), attributes=RACES), name, **more)


@pytest.mark.parametrize(("name", "more"), NEW)
@pytest.mark.parametrize("row", [(np.nan, "no", 1), (11, "yes", 1)])
def test_a_row_without_decision_leaves_everything_unmeasured(make_subject, name, more, row):
    frame = pd.concat([people(3), pd.DataFrame([row], columns=["x", "label", "race"])])
    with pytest.raises(CannotMeasure, match="1 rows of race=b have no decision"):
        measured(make_subject(frame, attributes=RACES), name, **more)


def test_a_group_in_which_nobody_is_decided_positive_has_no_precision(make_subject):
    frame = people(3)
    frame.loc[frame.race == 1, "x"] = -1 - np.arange((frame.race == 1).sum()) / 100
    with pytest.raises(CannotMeasure, match="no case decided as yes in race=b"):
        measured(make_subject(frame, attributes=RACES), "precision_gap")


@pytest.mark.parametrize(
    ("name", "true", "decided"),
    [
        ("true_positive_rate_ratio", "yes", False),
        ("false_positive_rate_ratio", "no", False),
        ("error_rate_ratio", "yes", True),
    ],
)
def test_two_groups_without_the_event_have_no_ratio(make_subject, name, true, decided):
    x = np.linspace(1, 2, 60) * (1 if decided else -1)
    frame = pd.DataFrame({"x": x, "label": true, "race": np.arange(60) % 2})
    with pytest.raises(CannotMeasure, match="race=a ~ race=b: both rates are zero"):
        measured(make_subject(frame, attributes=RACES), name, ALL_RACES[:2])


def wrong_in_groups(wrong, of=1500):
    """Positive decisions only, of which so many are wrong in each of two groups."""
    label = np.concatenate([np.where(np.arange(of) < errors, "no", "yes") for errors in wrong])
    return pd.DataFrame({"x": np.linspace(1, 2, 2 * of), "label": label, "race": np.repeat([0, 1], of)})


def test_equal_precision_has_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    alike = measured(
        make_subject(wrong_in_groups((150, 150)), attributes=RACES), "precision_gap", ALL_RACES[:2]
    )
    apart = measured(
        make_subject(wrong_in_groups((150, 600)), attributes=RACES), "precision_gap", ALL_RACES[:2]
    )
    assert alike.estimates[-1].demonstrating.upper < 0.04
    assert apart.estimates[-1].refuting.lower > 0.25


def test_rare_errors_that_one_group_pays_for_show_in_the_ratio_and_not_in_the_gap(make_subject):
    subject = make_subject(wrong_in_groups((3, 45)), attributes=RACES)
    ratio = measured(subject, "error_rate_ratio", ALL_RACES[:2]).estimates[-1]
    gap = measured(subject, "accuracy_gap", ALL_RACES[:2]).estimates[-1]
    assert gap.demonstrating.upper < 0.05
    assert ratio.refuting.upper < 0.3
