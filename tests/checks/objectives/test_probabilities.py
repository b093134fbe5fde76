"""Metrics of scores and probabilities: scikit-learn is the oracle; rows without them count as the worst."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, softmax
from sklearn import metrics as oracle

from checks.measured import CannotMeasure, Confidence
from checks.objectives.answers import Answers
from checks.objectives.metrics import better, measure

LEVEL = Confidence(0.975)
NAMES = ("roc_auc", "brier_score", "calibration_error", "log_loss")
KEPT = {
    "model": {"outputs": [{"name": "probability", "content": "probability", "range": ["0.0001", "0.9999"]}]}
}
LOSS = [{"metric": "log_loss", "value": "0.5", "range": ["0", "9.3"]}]


def answered(make_subject, rows, **keywords):
    """Rows of (x, label): the probability of yes is the logistic function of x."""
    subject = make_subject(
        pd.DataFrame(rows, columns=["x", "label"]), **{"change": KEPT, "claims": LOSS, **keywords}
    )
    return Answers(subject, subject.table("test"))


def drawn(seed, n=300):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 2, n).round(1).astype(np.float32)
    truth = rng.random(n) < expit(x)
    return truth, x, [(a, "yes" if b else "no") for a, b in zip(x, truth, strict=True)]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    ("metric", "by_scikit_learn"),
    [
        ("roc_auc", oracle.roc_auc_score),
        ("brier_score", oracle.brier_score_loss),
        ("log_loss", oracle.log_loss),
    ],
)
def test_metrics_of_two_classes_equal_those_of_scikit_learn(make_subject, metric, by_scikit_learn, seed):
    truth, x, rows = drawn(seed)
    found = measure(metric, answered(make_subject, rows), LEVEL)
    assert found.value == pytest.approx(by_scikit_learn(truth, expit(x.astype(float))), abs=1e-6)
    assert found.demonstrating[0] < found.value < found.demonstrating[1]


def test_the_calibration_error_is_small_for_true_probabilities_and_large_for_timid_ones(make_subject):
    _, x, rows = drawn(3, 4000)
    good = measure("calibration_error", answered(make_subject, rows), LEVEL)
    timid = [(a / 10, label) for a, (_, label) in zip(x, rows, strict=True)]
    bad = measure("calibration_error", answered(make_subject, timid), LEVEL)
    assert good.value < 0.01
    assert good.demonstrating[1] < 0.05
    assert bad.demonstrating[0] > 0.1
    assert measure("roc_auc", answered(make_subject, timid), LEVEL).value == pytest.approx(
        measure("roc_auc", answered(make_subject, rows), LEVEL).value
    )


def several(make_subject, rows, content="probability", **keywords):
    """Three classes; the graph answers with the probabilities that the columns hold."""
    subject = make_subject(
        pd.DataFrame(rows, columns=["x0", "x1", "x2", "label"]),
        task="multiclass",
        change={
            "model": {"outputs": [{"name": "scores", "content": content, "range": ["0.001", "1"]}]},
        },
        claims=[{"metric": "log_loss", "value": "1", "range": ["0", "7"]}],
        **keywords,
    )
    return Answers(subject, subject.table("test"))


def test_metrics_of_several_classes_equal_those_of_scikit_learn(make_subject):
    rng = np.random.default_rng(4)
    stated = softmax(rng.normal(size=(200, 3)), axis=1).astype(np.float32)
    truth = rng.integers(0, 3, 200)
    rows = [(*p, "abc"[t]) for p, t in zip(stated.tolist(), truth.tolist(), strict=True)]
    answers = several(make_subject, rows)
    exact = stated.astype(float) / stated.astype(float).sum(axis=1, keepdims=True)
    brier = oracle.brier_score_loss(truth, exact, labels=[0, 1, 2])
    assert measure("brier_score", answers, LEVEL).value == pytest.approx(brier, abs=1e-5)
    loss = oracle.log_loss(truth, exact, labels=[0, 1, 2])
    assert measure("log_loss", answers, LEVEL).value == pytest.approx(loss, abs=1e-5)
    sure, right = exact.max(axis=1), exact.argmax(axis=1) == truth
    by_hand = sum(
        abs((right - sure)[(sure * 10).astype(int) == b].sum()) for b in range(10)
    ) / 200  # fmt: skip
    found = measure("calibration_error", answers, LEVEL)
    assert found.value <= by_hand <= found.demonstrating[1]


def test_ten_bins_and_a_row_by_hand(make_subject):
    """One case in a bin of its own: the bias that is taken off has no noise to go by, and is nothing."""
    found = measure("calibration_error", answered(make_subject, [(0, "yes")]), LEVEL)
    assert found.value == pytest.approx(0.5)


@pytest.mark.parametrize("metric", ["roc_auc", "brier_score", "calibration_error"])
@pytest.mark.parametrize("label", ["yes", "no"])
def test_a_row_without_a_probability_never_helps(make_subject, metric, label):
    _, _, rows = drawn(5, 100)
    before = measure(metric, answered(make_subject, rows), LEVEL)
    after = measure(metric, answered(make_subject, [*rows, *[(np.nan, label)] * 5]), LEVEL)
    sign = 1 if better(metric) == "higher" else -1
    assert sign * after.value < sign * before.value
    at = 0 if sign > 0 else 1
    assert sign * after.demonstrating[at] < sign * before.demonstrating[at]


@pytest.mark.parametrize("row", [(1, "perhaps"), (10.5, "yes")])
def test_an_unknown_label_and_a_row_outside_the_contract_are_the_worst_brier_score(make_subject, row):
    found = measure("brier_score", answered(make_subject, [(0, "yes"), (0, "no"), row]), LEVEL)
    assert found.value == pytest.approx((0.25 + 0.25 + 1) / 3)


@pytest.mark.parametrize("row", [(0.5, 0.5, 0.5, "a"), (1.2, -0.2, 0.0, "a")])
def test_numbers_that_are_no_probabilities_are_the_worst(make_subject, row):
    found = measure("brier_score", several(make_subject, [row, (1.0, 0.0, 0.0, "a")]), LEVEL)
    assert found.value == pytest.approx(1.0)


def test_a_score_that_is_no_probability_has_a_rank_and_nothing_else(make_subject):
    change = {"model": {"outputs": [{"name": "probability", "content": "score"}]}}
    answers = answered(make_subject, [(1, "yes"), (-1, "no")], change=change)
    assert measure("roc_auc", answers, LEVEL).value == 1
    for metric in ("brier_score", "calibration_error"):
        with pytest.raises(CannotMeasure, match="declared as score, and not as probability"):
            measure(metric, answers, LEVEL)


RANGES = {
    "no range is declared": ([{"metric": "log_loss", "value": "1"}], KEPT, "declare in the claim, as range"),
    "too small a loss": (
        [{"metric": "log_loss", "value": "1", "range": ["0", "2"]}], KEPT, "allows a loss of 9.21034"
    ),
    "not from 0": (
        [{"metric": "log_loss", "value": "1", "range": ["0.1", "20"]}], KEPT, "allows a loss"
    ),
    "a probability may be 0": (LOSS, {}, "declare, as the range of the output"),
}  # fmt: skip


@pytest.mark.parametrize("case", RANGES)
def test_a_log_loss_needs_ranges_that_keep_it_finite(make_subject, case):
    made, change, says = RANGES[case]
    with pytest.raises(CannotMeasure, match=says):
        measure("log_loss", answered(make_subject, [(1, "yes")], claims=made, change=change), LEVEL)


@pytest.mark.parametrize("row", [(np.nan, "yes"), (1, "perhaps")])
def test_a_mean_loss_with_a_missing_one_is_not_measured(make_subject, row):
    with pytest.raises(CannotMeasure, match="1 rows have no loss"):
        measure("log_loss", answered(make_subject, [(1, "yes"), (1, "no"), row]), LEVEL)


def test_a_probability_beyond_its_declared_range_can_make_the_loss_too_large(make_subject):
    with pytest.raises(CannotMeasure, match="outside the declared range"):
        measure("log_loss", answered(make_subject, [(1, "yes"), (9.9, "no")]), LEVEL)


@pytest.mark.parametrize(
    ("metric", "rows", "says"),
    [
        ("roc_auc", [(1, "yes"), (0, "no"), (1, "perhaps")], "1 rows have no known label"),
        ("roc_auc", [(1, "yes")], "both classes"),
    ],
)
def test_what_has_no_rank_is_not_measured(make_subject, metric, rows, says):
    with pytest.raises(CannotMeasure, match=says):
        measure(metric, answered(make_subject, rows), LEVEL)


@pytest.mark.parametrize("metric", NAMES)
def test_a_regression_states_no_probability(make_subject, metric):
    frame = pd.DataFrame({"x": [1.0], "label": [1.5]})
    claims = [{"metric": "log_loss", "value": "1", "range": ["0", "9"]}]
    change = {"model": {"outputs": [{"name": "value", "content": "value", "range": ["0.1", "0.9"]}]}}
    subject = make_subject(frame, task="regression", claims=claims, change=change)
    with pytest.raises(CannotMeasure):
        measure(metric, Answers(subject, subject.table("test")), LEVEL)
