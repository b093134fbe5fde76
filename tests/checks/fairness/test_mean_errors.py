from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame
from sklearn.metrics import mean_absolute_error

from checks.fairness.mean_errors import mean_error_gap
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
RACES = {"race": {"a": [0], "b": [1], "c": [2]}}
ALL_RACES = ("race=a", "race=b", "race=c")
CLAIM = {"metric": "mean_absolute_error", "value": "1", "unit": "1", "range": (0, 20)}


def measured(subject, groups=ALL_RACES):
    return mean_error_gap(subject, subject.table("test"), LEVEL, groups=groups)


def gauges(make_subject, frame, **more):
    more = {"claims": [CLAIM], "attributes": RACES, **more}
    return make_subject(frame, task="regression", **more)


def readings(seed=1, spread=(1, 1, 3), n=600):
    rng = np.random.default_rng(seed)
    race, x = rng.integers(0, 3, n), rng.uniform(-5, 5, n).round(6)
    label = np.clip(x + np.array(spread)[race] * rng.normal(0, 1, n), -10, 10)
    return pd.DataFrame({"x": x, "label": label, "race": race})


@pytest.mark.parametrize("seed", [1, 2])
def test_mean_errors_and_gaps_equal_those_of_fairlearn(make_subject, seed):
    frame = readings(seed)
    result = measured(gauges(make_subject, frame))
    answers = frame.x.to_numpy(dtype=np.float32).astype(float)
    oracle = MetricFrame(
        metrics=mean_absolute_error, y_true=frame.label, y_pred=answers, sensitive_features=frame.race
    )
    found = {(e.statistic, e.stratum): float(e.value) for e in result.estimates}
    # the values are summed in another order, so that the last digits may differ
    assert [found["mean_error", group] for group in ALL_RACES] == pytest.approx(
        oracle.by_group.to_list(), rel=1e-13
    )
    pairs = [abs(a - b) for a, b in combinations(oracle.by_group, 2)]
    names = [f"{a} ~ {b}" for a, b in combinations(ALL_RACES, 2)]
    assert [found["mean_error_gap", pair] for pair in names] == pytest.approx(pairs, abs=1e-13)
    assert max(pairs) == pytest.approx(oracle.difference())


def test_equal_errors_have_a_small_upper_bound_and_unequal_a_large_lower_bound(make_subject):
    gaps = {
        e.stratum: e
        for e in measured(gauges(make_subject, readings(n=6000))).estimates
        if e.statistic == "mean_error_gap"
    }
    assert gaps["race=a ~ race=b"].demonstrating.upper < 0.4
    assert gaps["race=a ~ race=c"].refuting.lower > 1


def test_without_a_declared_range_nothing_is_measured(make_subject):
    claim = {key: value for key, value in CLAIM.items() if key != "range"}
    with pytest.raises(CannotMeasure, match="no single range of one error"):
        measured(gauges(make_subject, readings(), claims=[claim]))


@pytest.mark.parametrize("row", [(np.nan, 1.0, 1), (1.0, np.nan, 1), (11.0, 1.0, 1)])
def test_a_row_without_an_error_leaves_everything_unmeasured(make_subject, row):
    frame = pd.concat([readings(), pd.DataFrame([row], columns=["x", "label", "race"])])
    with pytest.raises(CannotMeasure, match="1 rows of race=b have no error"):
        measured(gauges(make_subject, frame))


def test_an_empty_group_a_missing_attribute_and_a_decision_are_not_measured(make_subject):
    frame = readings()
    with pytest.raises(CannotMeasure, match="no case in race=c"):
        measured(gauges(make_subject, frame[frame.race < 2]))
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        measured(gauges(make_subject, frame, attributes={}))
    with pytest.raises(CannotMeasure, match="this model decides"):
        measured(make_subject(frame.assign(label="yes"), attributes=RACES))
