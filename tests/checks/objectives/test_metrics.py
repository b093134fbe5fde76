import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as oracle

from checks.measured import CannotMeasure, Confidence
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure, unit_of
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
RATES = ["accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision"]


def answered(make_subject, rows, **keywords):
    """Rows of (x, label): x >= 0 decides yes, x < 0 no, NaN nothing."""
    subject = make_subject(pd.DataFrame(rows, columns=["x", "label"]), **keywords)
    return Answers(subject, subject.table("test"))


def random_rows(seed, n=200):
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    x = np.where(truth, 0.8, -0.8) + rng.normal(0, 1, n)
    return [(a, "yes" if b else "no") for a, b in zip(x, truth, strict=True)]


def as_numbers(rows):
    return [label == "yes" for _, label in rows], [x >= 0 for x, _ in rows]


ORACLES = {
    "accuracy": oracle.accuracy_score,
    "balanced_accuracy": oracle.balanced_accuracy_score,
    "sensitivity": oracle.recall_score,
    "specificity": lambda true, decided: oracle.recall_score(true, decided, pos_label=False),
    "precision": oracle.precision_score,
}


@pytest.mark.parametrize("metric", RATES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rates_equal_those_of_scikit_learn(make_subject, metric, seed):
    rows = random_rows(seed)
    value = measure(metric, answered(make_subject, rows), LEVEL).value
    assert value == pytest.approx(ORACLES[metric](*as_numbers(rows)), abs=1e-15)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy"])
def test_rates_over_several_classes_equal_those_of_scikit_learn(make_subject, metric):
    rng = np.random.default_rng(4)
    scores, truth = rng.normal(size=(150, 3)), rng.integers(0, 3, 150)
    frame = pd.DataFrame(scores, columns=["x0", "x1", "x2"]).assign(label=[*map("abc".__getitem__, truth)])
    subject = make_subject(frame, task="multiclass")
    value = measure(metric, Answers(subject, subject.table("test")), LEVEL).value
    assert value == pytest.approx(ORACLES[metric](truth, scores.argmax(axis=1)), abs=1e-15)


def test_the_mean_absolute_error_equals_that_of_scikit_learn(make_subject):
    rng = np.random.default_rng(5)
    x, truth = rng.uniform(0, 5, 100).astype(np.float32), rng.uniform(0, 5, 100)
    answers = regression(make_subject, zip(x, truth, strict=True))
    value = measure("mean_absolute_error", answers, LEVEL).value
    assert value == pytest.approx(oracle.mean_absolute_error(truth, x), abs=1e-12)


def regression(make_subject, rows, lowest="0", highest="20"):
    """The answers are declared to lie between -10 and 10, so that an error may be as large as 20."""
    claim = {"metric": "mean_absolute_error", "value": "1", "range": [lowest, highest]}
    return answered(make_subject, list(rows), task="regression", claims=[claim])


HALF_RIGHT = [(1, "yes"), (-1, "yes"), (-1, "no"), (1, "no")]


@pytest.mark.parametrize("metric", RATES)
def test_an_undecided_case_never_helps(make_subject, metric):
    before = measure(metric, answered(make_subject, HALF_RIGHT), LEVEL)
    for label in ("yes", "no"):
        after = measure(metric, answered(make_subject, [*HALF_RIGHT, (np.nan, label)]), LEVEL)
        assert after.value <= before.value
        assert after.demonstrating[0] <= before.demonstrating[0]


@pytest.mark.parametrize("metric", RATES)
@pytest.mark.parametrize("x", [1, -1])
def test_a_row_of_unknown_label_never_helps(make_subject, metric, x):
    before = measure(metric, answered(make_subject, HALF_RIGHT), LEVEL)
    after = measure(metric, answered(make_subject, [*HALF_RIGHT, (x, "perhaps")]), LEVEL)
    assert after.value <= before.value
    assert after.demonstrating[0] <= before.demonstrating[0]


@pytest.mark.parametrize(
    ("metric", "events", "trials"),
    [("accuracy", 2, 6), ("sensitivity", 1, 4), ("specificity", 1, 3), ("precision", 1, 3)],
)
def test_rows_that_cannot_be_scored_count_as_the_worst(make_subject, metric, events, trials):
    rows = [*HALF_RIGHT, (np.nan, "yes"), (-1, "perhaps")]
    interval = measure(metric, answered(make_subject, rows), LEVEL)
    assert (interval.value, interval.n) == (events / trials, trials)
    assert interval.demonstrating == clopper_pearson(events, trials, 0.975)


def test_no_decision_on_an_unknown_label_is_no_right_decision(make_subject):
    interval = measure("accuracy", answered(make_subject, [*HALF_RIGHT, (np.nan, "perhaps")]), LEVEL)
    assert interval.value == 2 / 5


@pytest.mark.parametrize("row", [(np.nan, 2), (3, np.nan), (10.5, 10)])
def test_a_mean_with_a_missing_error_is_not_measured(make_subject, row):
    """Neither no answer, nor no truth, nor a case outside the contract has a worst error."""
    answers = regression(make_subject, [(1, 1.5), row, (4, 4)])
    with pytest.raises(CannotMeasure, match="1 rows have no error"):
        measure("mean_absolute_error", answers, LEVEL)


@pytest.mark.parametrize(("lowest", "highest"), [("0", "19.9"), ("0.1", "20"), ("0", "4")])
def test_the_range_of_one_error_covers_the_range_of_answers(make_subject, lowest, highest):
    answers = regression(make_subject, [(1, 1.5)], lowest, highest)
    with pytest.raises(CannotMeasure, match="an error may be as large as the range of answers, 0 to 20"):
        measure("mean_absolute_error", answers, LEVEL)


def test_an_error_beyond_the_declared_range_is_not_measured(make_subject):
    answers = regression(make_subject, [(1, 1.5), (9, 40)])
    with pytest.raises(CannotMeasure, match="1 values outside the declared range"):
        measure("mean_absolute_error", answers, LEVEL)


def test_a_mean_error_without_a_declared_range_is_not_measured(make_subject):
    claim = {"metric": "mean_absolute_error", "value": "1"}
    answers = answered(make_subject, [(1.0, 1.5)], task="regression", claims=[claim])
    with pytest.raises(CannotMeasure, match="no single range"):
        measure("mean_absolute_error", answers, LEVEL)


@pytest.mark.parametrize(
    ("metric", "rows", "reason"),
    [
        ("sensitivity", [(1, "no")], "sensitivity of all: no case of the class yes"),
        ("specificity", [(1, "yes")], "no case of the class no"),
        ("balanced_accuracy", [(1, "yes")], "no case of the class no"),
        ("precision", [(-1, "yes")], "no case is decided as yes"),
        ("f1", [(1, "yes")], "no such metric"),
        ("mean_absolute_error", [(1, "yes")], "only a regression"),
    ],
)
def test_what_has_no_denominator_is_not_measured(make_subject, metric, rows, reason):
    with pytest.raises(CannotMeasure, match=reason):
        measure(metric, answered(make_subject, rows), LEVEL)


@pytest.mark.parametrize("metric", ["sensitivity", "specificity", "precision"])
def test_only_a_threshold_rule_has_a_positive_class(make_subject, metric):
    subject = make_subject(pd.DataFrame({"x0": [1], "x1": [0], "x2": [0], "label": ["a"]}), task="multiclass")
    with pytest.raises(CannotMeasure, match="positive class"):
        measure(metric, Answers(subject, subject.table("test")), LEVEL)


@pytest.mark.parametrize("metric", RATES)
def test_a_regression_decides_nothing(make_subject, metric):
    with pytest.raises(CannotMeasure):
        measure(metric, regression(make_subject, [(1.0, 1.5)]), LEVEL)


def test_a_stratum_without_rows_is_not_measured(make_subject):
    frame = pd.DataFrame({"x": [1.0], "label": ["yes"], "sex": [0]})
    subject = make_subject(frame, attributes={"sex": {"women": [0], "men": [1]}})
    with pytest.raises(CannotMeasure, match="no row belongs to sex=men"):
        measure("accuracy", Answers(subject, subject.table("test")), LEVEL, stratum="sex=men")


def test_only_errors_improve_downwards_and_have_the_unit_of_the_answer(make_subject):
    answers = regression(make_subject, [(1.0, 1.5)])
    assert better("mean_absolute_error") == "lower"
    assert {better(metric) for metric in RATES} == {"higher"}
    assert unit_of("accuracy", answers) == "1"
