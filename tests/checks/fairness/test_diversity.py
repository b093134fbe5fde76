import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy

from checks.fairness.diversity import outcome_diversity
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)


def rows(yes, of=1000, start=0.0):
    """`of` cases of which so many are labelled and decided as yes."""
    chosen = np.arange(of) < yes
    x = np.where(chosen, 1, -1) * (1 + start + np.arange(of) / (2 * of))
    return pd.DataFrame({"x": x, "label": np.where(chosen, "yes", "no")})


def measured(subject, role="test"):
    return outcome_diversity(subject, subject.table(role), LEVEL)


def subject_of(make_subject, test, train, **more):
    return make_subject(test, sets={"train": train}, **more)


def test_the_estimate_is_the_entropy_of_decisions_over_that_of_labels(make_subject):
    result = measured(subject_of(make_subject, rows(100), rows(300, start=1)))
    (estimate,) = result.estimates
    assert float(estimate.value) == pytest.approx(entropy((0.1, 0.9)) / entropy((0.3, 0.7)))
    assert (estimate.statistic, estimate.stratum, estimate.n) == ("outcome_diversity", "all", 1000)
    assert json.loads(result.exhibits[0].data)[1] == {
        "class": "yes", "decisions": 100, "labels_in_train": 300,
    }  # fmt: skip


def test_three_classes_are_counted_as_well(make_subject):
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 1, (400, 3))
    frame = pd.DataFrame(scores, columns=["x0", "x1", "x2"]).assign(label=rng.choice(list("abc"), 400))
    train = pd.DataFrame(rng.normal(0, 1, (400, 3)), columns=["x0", "x1", "x2"])
    train["label"] = ["a"] * 200 + ["b"] * 100 + ["c"] * 100
    (estimate,) = measured(subject_of(make_subject, frame, train, task="multiclass")).estimates
    decided = np.bincount(scores.argmax(axis=1))
    assert float(estimate.value) == pytest.approx(entropy(decided) / entropy((2, 1, 1)))


def test_diverse_decisions_are_shown_to_be_and_a_single_one_is_shown_not_to_be(make_subject):
    train = rows(300, start=1)
    (kept,) = measured(subject_of(make_subject, rows(300), train)).estimates
    (single,) = measured(subject_of(make_subject, rows(0), train)).estimates
    assert kept.demonstrating.lower > 0.9
    assert single.value == 0
    assert single.refuting.upper < 0.1


@pytest.mark.parametrize("row", [(np.nan, "no"), (11, "no")])
def test_a_row_without_decision_leaves_everything_unmeasured(make_subject, row):
    frame = pd.concat([rows(30, 100), pd.DataFrame([row], columns=["x", "label"])])
    with pytest.raises(CannotMeasure, match="1 rows of test_rows have no decision"):
        measured(subject_of(make_subject, frame, rows(30, 100, start=1)))


def test_an_unknown_label_or_a_single_class_in_training_leaves_everything_unmeasured(make_subject):
    train = rows(30, 100, start=1)
    unknown = train.assign(label=np.where(train.index == 50, "perhaps", train.label))
    with pytest.raises(CannotMeasure, match="1 rows of train_rows have an unknown label"):
        measured(subject_of(make_subject, rows(30, 100), unknown))
    with pytest.raises(CannotMeasure, match="of one class"):
        measured(subject_of(make_subject, rows(30, 100), rows(0, 100, start=1)))


def test_no_data_the_training_data_and_a_regression_are_not_measured(make_subject):
    subject = subject_of(make_subject, rows(30, 100), rows(30, 100, start=1))
    with pytest.raises(CannotMeasure, match="none were given"):
        outcome_diversity(subject, None, LEVEL)
    with pytest.raises(CannotMeasure, match="compared with themselves"):
        measured(subject, "train")
    with pytest.raises(CannotMeasure, match="no train data"):
        measured(make_subject(rows(30, 100)))
    with pytest.raises(CannotMeasure, match="a regression takes none"):
        measured(make_subject(rows(30, 100).assign(label=1.0), task="regression"))
