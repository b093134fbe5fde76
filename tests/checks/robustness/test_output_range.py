"""Ranges of answers whose extremes are known by hand."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from tree_graphs import forest_graph

from checks.measured import CannotMeasure, Confidence
from checks.robustness.output_range import output_range

LEVEL = Confidence(0.975)


def subject(make, ends, name="value", **more):
    """x0 - 2 x1 + 1 of two numbers from -10 to 10: from -29 to 31."""
    frame = pd.DataFrame({"x0": [0.0, 1.0], "x1": [1.0, 2.0], "label": [0.0, 1.0]})
    outputs = [{"name": name, "content": "value", "range": ends}]
    change = {"model": {"outputs": outputs, "decision": {"output": name}}}
    return make(frame, task="regression", change=change, **({"weights": [1.0, -2.0], "bias": 1.0} | more))


def measured(of, tolerance=0.0001):
    return output_range(of, None, LEVEL, regions=5000, tolerance=tolerance, seed=1)


@pytest.mark.parametrize(
    ("ends", "kept"), [((-29, 31), True), ((-100, 100), True), ((-28.5, 31), False), ((-29, 30.5), False)]
)
def test_a_linear_model_keeps_its_range_or_not(make_subject, ends, kept):
    each, all_ = measured(subject(make_subject, ends)).statements
    assert (each.name, each.subject, all_.subject, each.kind) == ("range_kept", "value", "all", "proof")
    assert each.holds == all_.holds == kept


def test_a_refutation_is_a_case_that_the_model_answers_outside(make_subject):
    found = measured(subject(make_subject, (-29, 30)))
    case = json.loads(found.exhibits[0].data)["value"]
    assert float(case["x0"]) - 2 * float(case["x1"]) + 1 > 30
    assert "value leaves" in found.statements[0].explanation


@pytest.mark.parametrize(("high", "kept"), [(2, True), (1.5, False)])
def test_trees_are_proved_exactly_without_any_tolerance(make_subject, high, kept):
    graph = forest_graph(
        [("BRANCH_LEQ", 0, 9.5, (1.0,), ("BRANCH_LEQ", 1, -9.5, (2.0,), (0.5,)))],
        kind="Regressor", features=2, outputs=1, answer="value",
    )  # fmt: skip
    assert measured(subject(make_subject, (0.5, high), graph=graph), 0.0).statements[-1].holds is kept


def test_a_probability_stays_between_zero_and_one_and_not_within_less(make_subject):
    frame = pd.DataFrame({"x": [-1.0, 1.0], "label": ["no", "yes"]})
    for ends, kept in (((0, 1), True), ((0, 0.9), False), ((0.1, 1), False)):
        outputs = [{"name": "probability", "content": "probability", "range": ends}]
        of = make_subject(frame, change={"model": {"outputs": outputs}})
        assert measured(of).statements[-1].holds is kept


def test_without_a_declared_range_nothing_is_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no output declares a range"):
        measured(make_subject(pd.DataFrame({"x": [-1.0, 1.0], "label": ["no", "yes"]})))
