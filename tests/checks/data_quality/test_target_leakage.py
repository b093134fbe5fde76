"""Features that give the answer away, in ways known to us, beside such that do not."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.model_selection import cross_val_score
from sklearn.tree import DecisionTreeClassifier

from checks.data_quality import target_leakage as module
from checks.data_quality.target_leakage import target_leakage
from checks.measured import CannotMeasure, Confidence

SURE = Confidence(0.975)
HOW = {"fitted_on": "test", "rows": 10_000, "seed": 1}


def people(rows=2000, seed=1, positives=0.4):
    random = np.random.default_rng(seed)
    labels = random.random(rows) < positives
    return pd.DataFrame(
        {
            "x0": random.normal(size=rows) + labels,
            "x1": random.normal(size=rows),
            "x2": random.integers(0, 6, rows),
            "label": np.where(labels, "yes", "no"),
        }
    )


def by_stratum(measured):
    return {estimate.stratum: estimate for estimate in measured.estimates}


@pytest.fixture
def measure(make_subject):
    def run(test, **more):
        arguments = {**HOW, **{name: more.pop(name) for name in HOW if name in more}}
        subject = make_subject(test, **more)
        return target_leakage(subject, subject.relation("test"), SURE, **arguments)

    return run


def upper(estimate):
    return float(estimate.demonstrating.upper)


def test_honest_features_tell_some_and_not_all(measure):
    found = by_stratum(measure(people()))
    assert set(found) == {"all", "feature=x0", "feature=x1", "feature=x2"}
    assert 0.05 < float(found["feature=x0"].value) < upper(found["feature=x0"]) < 0.4
    assert upper(found["feature=x1"]) < 0.25
    assert found["all"].value == found["feature=x0"].value
    assert found["all"].demonstrating.upper == max(
        found[name].demonstrating.upper for name in found if name != "all"
    )


def copied(rows, random):
    return (rows.label == "yes").astype(float)


def copied_with_noise(rows, random):
    wrong = random.random(len(rows)) < 0.01
    return ((rows.label == "yes") ^ wrong).astype(float)


def coded_otherwise(rows, random):
    """Codes 0 to 5 in no order, three of which mean yes."""
    return pd.Series(
        np.where(rows.label == "yes", random.choice([0, 3, 4], len(rows)), random.choice([1, 2, 5]))
    )


def told_by_the_gap(rows, random):
    return pd.Series(random.normal(size=len(rows))).where(rows.label == "no")


@pytest.mark.parametrize("way", [copied, copied_with_noise, coded_otherwise, told_by_the_gap])
@pytest.mark.parametrize("positives", [0.4, 0.05])
def test_a_feature_that_gives_the_answer_away_is_found(measure, way, positives):
    rows = people(4000, positives=positives)
    found = by_stratum(measure(rows.assign(x2=way(rows, np.random.default_rng(2)))))
    strength = 0.9 if positives == 0.4 else 0.6
    assert float(found["feature=x2"].value) > strength
    assert found["all"].value == max(found[name].value for name in found if name != "all")
    assert upper(found["feature=x0"]) < 0.5
    if way is told_by_the_gap:
        assert float(found["missing=x2"].value) == 1


def test_gaps_that_tell_nothing_are_a_feature_without_skill(measure):
    rows = people()
    rows.loc[::5, "x1"] = np.nan
    found = by_stratum(measure(rows))
    assert abs(float(found["missing=x1"].value)) < 0.05
    assert "missing=x0" not in found


def test_a_number_is_told_by_a_copy_with_noise_and_not_by_another(measure):
    random = np.random.default_rng(3)
    truth = random.uniform(-9, 9, 1000)
    rows = pd.DataFrame(
        {"x0": truth + random.normal(0, 0.05, 1000), "x1": random.normal(size=1000), "label": truth}
    )
    found = by_stratum(measure(rows, task="regression"))
    assert float(found["feature=x0"].value) > 0.9
    assert upper(found["feature=x1"]) < 0.2


def test_one_tree_of_sklearn_saves_as_much(measure):
    """Oracle: the accuracy of the same tree by sklearn's cross-validation, over that of the constant."""
    values, labels = load_breast_cancer(return_X_y=True)
    rows = pd.DataFrame({f"x{at}": values[:, at] for at in range(3)})
    found = by_stratum(measure(rows.assign(label=np.where(labels, "yes", "no"))))
    tree = DecisionTreeClassifier(max_leaf_nodes=256, min_samples_leaf=5, random_state=0)
    wrong = 1 - np.mean(cross_val_score(tree, values[:, :1], labels, cv=2))
    expected = 1 - wrong / (1 - labels.mean())
    estimate = found["feature=x0"].demonstrating
    assert float(estimate.lower) < expected < float(estimate.upper)


def test_in_real_data_no_feature_gives_the_answer_away(measure):
    values, labels = load_breast_cancer(return_X_y=True)
    rows = pd.DataFrame(values, columns=[f"x{at}" for at in range(30)])
    classes = by_stratum(measure(rows.assign(label=np.where(labels, "yes", "no"))))
    assert 0.6 < float(classes["all"].value) < upper(classes["all"]) < 0.95
    values, truth = load_diabetes(return_X_y=True)
    rows = pd.DataFrame(values, columns=[f"x{at}" for at in range(10)]).assign(label=truth / 50)
    assert upper(by_stratum(measure(rows, task="regression"))["all"]) < 0.5


def test_other_rows_may_be_learnt_from(make_subject):
    subject = make_subject(people(), sets={"train": people(seed=9)})
    found = target_leakage(subject, subject.relation("test"), SURE, **{**HOW, "fitted_on": "train"})
    assert by_stratum(found)["all"].n == 2000
    assert json.loads(found.exhibits[0].data) == {"judged": 2000, "learnt_from": 2000}


@pytest.mark.parametrize(("rows", "positives"), [(2000, 0), (2000, 2), (2000, 4), (9, 5), (6, 3)])
def test_a_copy_of_the_label_is_not_overlooked_for_want_of_rows_to_learn_from(make_subject, rows, positives):
    train = people(rows).assign(label=np.repeat(["yes", "no"], [positives, rows - positives]))
    test, train = (each.assign(x2=each.label.eq("yes") * 1.0) for each in (people(), train))
    subject = make_subject(test, sets={"train": train})
    with pytest.raises(CannotMeasure, match="rows to learn from, and 5 are needed"):
        target_leakage(subject, subject.relation("test"), SURE, **{**HOW, "fitted_on": "train"})


def test_a_number_is_not_told_from_fewer_rows_than_two_leaves(make_subject):
    rows = pd.DataFrame({"x0": np.linspace(-9, 9, 200), "label": np.linspace(-9, 9, 200)})
    subject = make_subject(rows, sets={"train": rows.iloc[::23]}, task="regression")
    with pytest.raises(CannotMeasure, match="9 rows to learn from, and 10 are needed"):
        target_leakage(subject, subject.relation("test"), SURE, **{**HOW, "fitted_on": "train"})


@pytest.mark.parametrize("rows", [120, 600])
def test_the_bound_of_the_greatest_skill_holds(measure, rows):
    """Six columns of noise: none has a skill above zero, and the greatest of six bounds hardly misses it."""
    random, missed, runs = np.random.default_rng(4), np.zeros(2), 12
    for _ in range(runs):
        noise = pd.DataFrame({f"x{at}": random.normal(size=rows) for at in range(6)})
        found = by_stratum(measure(noise.assign(label=np.resize(["no", "yes"], rows))))["all"].demonstrating
        missed += (float(found.lower) > 0, float(found.upper) < 0)
    assert (missed <= 3).all()


def test_what_has_no_bound_is_not_measured(measure, make_subject, monkeypatch):
    with pytest.raises(CannotMeasure, match="a constant answer makes no error"):
        measure(people(100).assign(label="yes"))
    with pytest.raises(CannotMeasure, match="is no number"):
        measure(people(100).assign(label="much"), task="regression")
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(people(50).assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(people(50).assign(unit=1), unit_column="unit")
    with pytest.raises(CannotMeasure, match="no train data"):
        measure(people(50), fitted_on="train")
    with pytest.raises(CannotMeasure, match="two rows"):
        measure(people(50), rows=1)
    with pytest.raises(CannotMeasure, match="cannot be halved"):
        measure(people(1))
    with pytest.raises(CannotMeasure, match="none was given"):
        target_leakage(make_subject(), None, SURE, **HOW)
    monkeypatch.setattr(module, "_MOST", 2)
    with pytest.raises(CannotMeasure, match="each of 3 features"):
        measure(people(50))
