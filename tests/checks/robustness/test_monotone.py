"""Directions against every declared case of small domains."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pandas as pd
import pytest
from onnx import TensorProto, helper, numpy_helper
from tree_graphs import forest_graph

from checks.measured import CannotMeasure, Confidence
from checks.robustness.monotone import monotone

LEVEL = Confidence(0.975)
OUTPUT = {
    "outputs": [{"name": "scores", "content": "score"}],
    "decision": {"output": "scores", "threshold": 0},
}


def columns(direction="increasing", step=1):
    first = {"kind": "measured", "name": "x0", "unit": "1", "range": [-5, 5], "direction": direction}
    second = {"kind": "measured", "name": "x1", "unit": "1", "range": [-5, 5], "step": 1}
    first |= {"step": step} if step else {}
    return [{"kind": "table", "name": "input", "dtype": "float32", "columns": [first, second]}]


def subject(make, direction="increasing", step=1, model=None, **more):
    frame = pd.DataFrame({"x0": [0, 1], "x1": [1, -1], "label": ["no", "yes"]})
    return make(frame, change={"model": {"inputs": columns(direction, step), **(model or {})}}, **more)


def measured(of, regions=5000):
    return monotone(of, None, LEVEL, parts=20, regions=regions, seed=1)


@pytest.mark.parametrize("direction", ["increasing", "decreasing"])
@pytest.mark.parametrize("weights", [[1.0, 0.3], [-0.4, 1.0], [0.0, 1.0], [0.02, -1.0]])
def test_the_statement_is_what_every_case_of_the_domain_says(make_subject, direction, weights):
    of = subject(make_subject, direction, weights=weights, bias=0.13)
    cases = np.array(list(itertools.product(range(-5, 6), range(-5, 6))), np.float32)
    decided = of.predictor.decide({"input": cases}).reshape(11, 11)
    steps = np.diff(decided, axis=0)
    kept = bool((steps >= 0).all() if direction == "increasing" else (steps <= 0).all())
    each, all_ = measured(of).statements
    assert (each.name, each.subject, all_.subject, each.kind) == ("direction_kept", "x0", "all", "proof")
    assert each.holds == all_.holds == kept


def test_a_refutation_is_two_cases_that_the_model_decides_so(make_subject):
    of = subject(make_subject, weights=[-1.0, 0.5])
    pair = json.loads(measured(of).exhibits[0].data)["x0"]
    first, second = ([[float(pair[k][c]) for c in ("x0", "x1")]] for k in ("positive", "negative"))
    assert second[0][0] == first[0][0] + 1
    assert second[0][1] == first[0][1]
    decided = [of.predictor.decide({"input": np.array(case, np.float32)})[0] for case in (first, second)]
    assert decided == [1, 0]


@pytest.mark.parametrize("kept", [True, False])
def test_trees_are_proved_between_any_two_values(make_subject, kept):
    """One cell in the middle is decided otherwise, or none."""
    middle = ("BRANCH_LEQ", 0, 1.25, (1.0 if kept else -1.0,), (1.0,))
    trees = [("BRANCH_LEQ", 0, 0.25, (-1.0,), ("BRANCH_LEQ", 0, 0.75, (1.0,), middle))]
    graph = forest_graph(trees, kind="Regressor", features=2, outputs=1)
    of = subject(make_subject, step=None, model=OUTPUT, graph=graph)
    assert measured(of).statements[-1].holds is kept


@pytest.mark.parametrize(("weights", "kept"), [([0.3, 1.0], True), ([-0.3, 1.0], False)])
@pytest.mark.parametrize("direction", ["increasing", "decreasing"])
def test_a_quantity_without_a_step_is_moved_by_a_part_of_its_range(make_subject, direction, weights, kept):
    of = subject(make_subject, direction, step=None, weights=weights, bias=0.13)
    assert measured(of).statements[-1].holds is (kept == (direction == "increasing"))


def test_without_a_direction_or_two_classes_nothing_is_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no quantity has a declared direction"):
        measured(subject(make_subject, None))
    with pytest.raises(CannotMeasure, match="between two classes"):
        measured(subject(make_subject, task="multiclass", weights=np.eye(2, 3), classes=("a", "b", "c")))


def bump(low, high):
    """Positive in the middle of the range alone: 0.5 - |x - middle| / (a quarter of the range)."""
    middle, slope = (low + high) / 2, 4 / (high - low)
    held = {
        "w": [[slope, -slope]], "b": [-slope * middle, slope * middle], "v": [[-1.0], [-1.0]], "c": [0.5],
    }  # fmt: skip
    chain = [("MatMul", "input", "w", "p"), ("Add", "p", "b", "q"), ("Relu", "q", "", "r"),
             ("MatMul", "r", "v", "s"), ("Add", "s", "c", "scores")]  # fmt: skip
    nodes = [helper.make_node(op, [one, other] if other else [one], [to]) for op, one, other, to in chain]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in ("input", "scores")]
    weights = [numpy_helper.from_array(np.asarray(v, np.float32), name) for name, v in held.items()]
    graph = helper.make_graph(nodes, "bump", ends[:1], ends[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


@pytest.mark.parametrize("ends", [(0, 1), (0, 300_000_000), (-7_000_000, 90_000_001), (0, 0.0001)])
def test_a_direction_is_proved_between_the_ends_of_a_range_of_any_size(make_subject, ends):
    """The ends keep to it. In a large range, where a step is not exact, the middle was once left out."""
    column = {"kind": "measured", "name": "x0", "unit": "1", "range": list(ends), "direction": "increasing"}
    inputs = [{"kind": "table", "name": "input", "dtype": "float32", "columns": [column]}]
    frame = pd.DataFrame({"x0": list(ends), "label": ["no", "yes"]})
    graph = bump(*ends).SerializeToString()
    of = make_subject(frame, graph=graph, change={"model": {"inputs": inputs, **OUTPUT}})
    found = monotone(of, None, LEVEL, parts=7, regions=20_000, seed=1)
    assert not found.statements[-1].holds
