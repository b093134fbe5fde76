"""The share of cases that are proved, where it is known: linear models, trees, nets that cancel out."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from tree_graphs import forest_graph

from checks.measured import CannotMeasure, Confidence
from checks.robustness.certified import certified_accuracy
from checks.robustness.random_neighbours import random_neighbours
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
UNIT = {"range": (-10, 10)}
TREE = {
    "outputs": [{"name": "scores", "content": "score"}],
    "decision": {"output": "scores", "threshold": 0},
}


def at(*x, labels=None):
    return pd.DataFrame({"x": x, "label": labels or ["yes"] * len(x)})


def measured(subject, *strengths, rows=100_000, regions=100, seed=1):
    named = tuple(f"strength={s}" for s in strengths)
    return certified_accuracy(
        subject, subject.table("test"), LEVEL, strengths=named, rows=rows, regions=regions, seed=seed
    )


def shares(subject, *strengths, **more):
    return {e.stratum: e for e in measured(subject, *strengths, **more).estimates}


def test_of_a_linear_model_those_are_proved_that_lie_farther_from_the_border_than_the_strength(make_subject):
    """sigmoid(x) against 0.5: within 0.05 of a range of 20, that is 1 away from the border."""
    x = [-3, -1.01, -0.99, -0.2, 0.5, 0.99, 1.01, 2, 5, 9.9]
    frame = at(*x, labels=["yes" if v >= 0 else "no" for v in x])
    found = shares(make_subject(frame, quantity=UNIT), "0.05", "0.01", "0.5")
    assert float(found["strength=0.05"].value) == 0.6
    assert float(found["strength=0.01"].value) == 0.9
    assert found["strength=0.5"].value == 0
    assert {(e.statistic, e.n, e.kind) for e in found.values()} == {("certified_accuracy", 10, "statistical")}


def test_a_case_that_is_wrong_undecided_outside_or_of_unknown_label_is_not_proved(make_subject):
    labels = ["yes", "no", "yes", "no", "yes", "perhaps", "perhaps"]
    frame = at(5, -5, np.nan, 5, 11, 5, np.nan, labels=labels)
    (found,) = measured(make_subject(frame, quantity=UNIT), "0.01").estimates
    assert float(found.value) == pytest.approx(2 / 7)


def test_the_bounds_are_exact_and_those_for_refuting_are_shared(make_subject):
    found = shares(make_subject(at(*[5] * 30, *[0.1] * 10), quantity=UNIT), "0.05", "0.1")["strength=0.05"]
    for bounds, level in ((found.demonstrating, 0.975), (found.refuting, 0.9875)):
        assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(clopper_pearson(30, 40, level))


def test_what_the_budget_leaves_open_counts_as_not_proved_below_and_as_proved_above(make_subject):
    """Two layers of ReLU that cancel need more than one part of the region."""
    frame = pd.DataFrame({"x0": [1.0] * 4, "x1": [1.0] * 4, "label": ["yes"] * 4})
    subject = make_subject(frame, graph=cancelling(), quantity=UNIT)
    (one,) = measured(subject, "0.04", regions=1).estimates
    (many,) = measured(subject, "0.04", regions=5000).estimates
    assert (float(one.value), float(many.value)) == (0, 1)
    assert (float(one.demonstrating.lower), float(one.demonstrating.upper)) == (0, 1)
    assert float(many.demonstrating.lower) == pytest.approx(clopper_pearson(4, 4, 0.975)[0])


def cancelling():
    """sigmoid(relu(d) + relu(-d) - relu(d) - relu(-d) + 0.2), d being x0 - x1: always above a half."""
    import onnx
    from onnx import parser

    text = """<ir_version: 9, opset_import: ["": 17]> net (float[n, 2] input) => (float[n, 1] probability)
    <float[2, 4] first = {1, -1, 1, -1, -1, 1, -1, 1}, float[4, 1] second = {1, 1, -1, -1},
     float[1] last = {0.2}>
    { a = MatMul(input, first)
      c = Relu(a)
      d = MatMul(c, second)
      e = Add(d, last)
      probability = Sigmoid(e) }"""
    model = parser.parse_model(text)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def test_a_tree_is_proved_up_to_its_cut_and_not_beyond(make_subject):
    tree = ("BRANCH_LT", 0, 2.0, (-1.0,), (1.0,))
    graph = forest_graph([tree], kind="Regressor", features=1, outputs=1)
    subject = make_subject(at(3.0, 2.99, 5, 2), graph=graph, quantity=UNIT, change={"model": TREE})
    (found,) = measured(subject, "0.05").estimates
    assert float(found.value) == 0.5


def test_codes_are_not_moved(make_subject):
    """The code would turn every decision; no number can."""
    frame = pd.DataFrame({"x0": [1, 1], "x1": [5.0, -5.0], "label": ["yes"] * 2})
    subject = make_subject(frame, coded={"x0": [0, 1]}, weights=[10, 0.1], bias=-5, quantity=UNIT)
    (found,) = measured(subject, "0.1").estimates
    assert found.value == 1


def test_the_counterexample_is_shown_and_the_model_decides_it_otherwise(make_subject):
    found = measured(make_subject(at(0.5, 8), quantity=UNIT), "0.05")
    (shown,) = json.loads(found.exhibits[0].data)["strength=0.05"]
    assert shown["row"] == 0
    assert float(shown["case"]["x"]) == 0.5
    assert -0.5 <= float(shown["decided_otherwise"]["x"]) < 0


def test_no_more_is_proved_than_chance_leaves(make_subject):
    """The same cases, one random neighbour each: a sound proof is never above it, at any strength."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 3)), columns=["x0", "x1", "x2"])
    weights = rng.normal(size=3)
    frame["label"] = np.where(frame @ weights >= 0, "yes", "no")
    subject = make_subject(frame, weights=weights, quantity=UNIT)
    strengths = {"0.01": 0.2, "0.03": 0.6, "0.1": 2.0}
    named = tuple(f"strength={s}" for s in strengths)
    chance = random_neighbours(subject, subject.table("test"), LEVEL, strengths=named, rows=60, seed=1)
    proved = shares(subject, *strengths, rows=60)
    margins = np.abs(frame[["x0", "x1", "x2"]].to_numpy() @ weights)
    for estimate, reach in zip(chance.estimates, strengths.values(), strict=True):
        found = float(proved[estimate.stratum].value)
        assert found == (margins > reach * np.abs(weights).sum()).mean()
        assert found <= estimate.value


def test_what_cannot_be_asked_is_refused(make_subject):
    subject = make_subject(at(*[5] * 5), quantity=UNIT)
    for strengths, rows in (((), 10), (("0.1",), 0)):
        with pytest.raises(CannotMeasure):
            measured(subject, *strengths, rows=rows)
    with pytest.raises(CannotMeasure, match="none were given"):
        certified_accuracy(subject, None, LEVEL, strengths=("strength=0.1",), rows=5, regions=5, seed=1)
    value = make_subject(pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, 2.0]}), task="regression")
    with pytest.raises(CannotMeasure, match="no classes"):
        measured(value, "0.1")
    with pytest.raises(CannotMeasure, match="one input of floating numbers"):
        measured(make_subject(at(5, -5), quantity=UNIT, dtype="int64"), "0.1")
