"""Metrics of a number: scikit-learn is the oracle, and what is not declared has no bound."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle

from checks.measured import CannotMeasure, Confidence
from checks.objectives.answers import Answers
from checks.objectives.distances import DISTANCES
from checks.objectives.metrics import better, measure, unit_of
from checks.statistics.means import bounded_mean

LEVEL = Confidence(0.975)
LEVEL_OF_QUANTILE = 0.9


def answered(make_subject, rows, metric, **claim):
    """The answers are declared to lie between -10 and 10, so that an error may be as large as 20."""
    made = {"metric": metric, "value": "1", "unit": "1", "range": ["0", "20"], **claim}
    if metric == "quantile_loss":
        made = {"level": str(LEVEL_OF_QUANTILE), **made}
    frame = pd.DataFrame(rows, columns=["x", "label"])
    subject = make_subject(frame, task="regression", claims=[{k: v for k, v in made.items() if v}])
    return Answers(subject, subject.table("test"))


ORACLES = {
    "mean_absolute_error": oracle.mean_absolute_error,
    "root_mean_squared_error": oracle.root_mean_squared_error,
    "r_squared": oracle.r2_score,
    "quantile_loss": lambda y, a: oracle.mean_pinball_loss(y, a, alpha=LEVEL_OF_QUANTILE),
}


@pytest.mark.parametrize("metric", ORACLES)
def test_metrics_equal_those_of_scikit_learn(make_subject, metric):
    rng = np.random.default_rng(1)
    truth = rng.uniform(-9, 9, 200)
    x = np.clip(truth + rng.normal(0, 1, 200), -10, 10).astype(np.float32)
    found = measure(metric, answered(make_subject, zip(x, truth, strict=True), metric), LEVEL)
    assert found.value == pytest.approx(ORACLES[metric](truth, x.astype(float)), abs=1e-6)
    assert found.demonstrating[0] < found.value < found.demonstrating[1]


def test_the_root_of_a_mean_square_has_the_roots_of_its_bounds(make_subject):
    rows = [(1.0, 1.5), (2.0, 1.0), (3.0, 3.25)] * 20
    found = measure("root_mean_squared_error", answered(make_subject, rows, "root_mean_squared_error"), LEVEL)
    squares = bounded_mean(np.array([0.25, 1, 0.0625] * 20), 0, 400, LEVEL)
    assert found.demonstrating == pytest.approx(np.sqrt(squares.demonstrating))


def test_a_rare_gross_error_counts_for_more_among_squares(make_subject):
    rows = [(1.0, 1.1)] * 99 + [(-9.0, 9.0)]
    near = measure("mean_absolute_error", answered(make_subject, rows, "mean_absolute_error"), LEVEL)
    far = measure("root_mean_squared_error", answered(make_subject, rows, "root_mean_squared_error"), LEVEL)
    assert far.value > 5 * near.value


@pytest.mark.parametrize("metric", DISTANCES)
def test_without_a_declared_range_nothing_is_measured_and_the_vendor_is_told_what_to_declare(
    make_subject, metric
):
    with pytest.raises(CannotMeasure, match="Declare in the claim, as range"):
        measure(metric, answered(make_subject, [(1.0, 1.5), (2.0, 3.0)], metric, range=None), LEVEL)


@pytest.mark.parametrize("metric", DISTANCES)
@pytest.mark.parametrize("row", [(np.nan, 2), (3, np.nan), (10.5, 10)])
def test_one_missing_error_leaves_everything_unmeasured(make_subject, metric, row):
    with pytest.raises(CannotMeasure, match="1 rows have no error"):
        measure(metric, answered(make_subject, [(1, 1.5), row, (4, 4)], metric), LEVEL)


def test_a_quantile_loss_needs_its_level(make_subject):
    answers = answered(make_subject, [(1.0, 1.5)], "quantile_loss", level=None)
    with pytest.raises(CannotMeasure, match="declare it in the claim, as level"):
        measure("quantile_loss", answers, LEVEL)


def test_truths_beyond_the_range_of_answers_leave_r_squared_unmeasured(make_subject):
    answers = answered(make_subject, [(1.0, 1.5), (9.0, 10.5)], "r_squared")
    with pytest.raises(CannotMeasure, match="truths outside the declared range of answers"):
        measure("r_squared", answers, LEVEL)


def test_which_way_is_better_and_in_which_unit(make_subject):
    answers = answered(make_subject, [(1.0, 1.5)], "r_squared")
    assert {metric: (better(metric), unit_of(metric, answers)) for metric in DISTANCES} == {
        "mean_absolute_error": ("lower", answers.unit),
        "root_mean_squared_error": ("lower", answers.unit),
        "r_squared": ("higher", "1"),
        "quantile_loss": ("lower", answers.unit),
    }
