"""What is saved of the error of a constant: scikit-learn for the number, and models that save nothing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import d2_absolute_error_score

from checks.measured import CannotMeasure, Confidence
from checks.objectives.savings import error_saved

LEVEL = Confidence(0.975)
CLAIM = [{"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"]}]


def measured(make_subject, x, truth, **keywords):
    frame = pd.DataFrame({"x": np.round(x, 4), "label": np.round(truth, 4), **keywords.pop("more", {})})
    subject = make_subject(frame, task="regression", **{"claims": CLAIM, **keywords})
    return error_saved(subject, subject.table("test"), LEVEL).estimates[0]


def test_the_share_equals_that_of_scikit_learn_and_a_good_model_is_shown_to_save(make_subject):
    rng = np.random.default_rng(1)
    truth = rng.uniform(-9, 9, 600)
    x = np.clip(truth + rng.normal(0, 0.5, 600), -10, 10)
    found = measured(make_subject, x, truth)
    assert (found.statistic, found.stratum, found.n, found.unit) == ("error_saved", "all", 600, "1")
    assert float(found.value) == pytest.approx(d2_absolute_error_score(truth, x), abs=1e-4)
    assert 0.8 < found.demonstrating.lower < found.value


def test_a_model_that_answers_the_best_constant_is_not_shown_to_save(make_subject):
    truth = np.random.default_rng(2).uniform(-9, 9, 400)
    found = measured(make_subject, np.zeros(400) + np.arange(400) * 1e-4, truth)
    assert abs(found.value) < 0.05
    assert found.demonstrating.lower < 0


def test_a_model_that_is_worse_than_a_constant_is_refuted(make_subject):
    truth = np.random.default_rng(3).uniform(-9, 9, 400)
    found = measured(make_subject, -truth, truth)
    assert found.refuting.upper < 0


def test_a_decision_and_missing_data_are_not_measured(make_subject):
    subject = make_subject()
    with pytest.raises(CannotMeasure, match="only a regression"):
        error_saved(subject, subject.table("test"), LEVEL)
    with pytest.raises(CannotMeasure, match="none were given"):
        error_saved(subject, None, LEVEL)


def test_rows_of_one_person_are_refused_and_a_fitting_metric_is_named(make_subject):
    rng = np.random.default_rng(4)
    truth = rng.uniform(-9, 9, 40)
    keywords = {
        "more": {"person": np.arange(40) // 2}, "unit_column": "person", "most": {"most_rows_per_unit": 2}
    }  # fmt: skip
    with pytest.raises(CannotMeasure, match="root_mean_squared_error has"):
        measured(make_subject, truth, truth + rng.normal(0, 0.1, 40), **keywords)
