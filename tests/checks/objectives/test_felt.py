"""Graphs by which a vendor would have another objective read than the one that was trained for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper, parser
from sklearn.linear_model import LogisticRegression

from checks.measured import CannotMeasure, Confidence
from checks.objectives.felt import Felt, doubts
from checks.objectives.reading import reading
from checks.subject import Subject

Make = Callable[..., Subject]
Floats = NDArray[np.float64]
CONFIDENCE = Confidence(0.975)
RANDOM = np.random.default_rng(20261130)
X = RANDOM.standard_normal((600, 4)).astype(np.float32).astype(np.float64)
Y = (X @ [1.0, -0.7, 0.4, 0.0] - 0.5 + RANDOM.logistic(size=600) > 0).astype(int)
BCE = {"loss": [{"term": "binary_cross_entropy", "weight": 1}], "reduction": "mean"}
TOLERANCE = 0.25
"""That of the check."""


def graph(nodes: str, constants: Mapping[str, Any], takes: str = "float[n, 4] input",
          gives: str = "float[n, 1] probability") -> bytes:  # fmt: skip
    model = parser.parse_model(
        f'<ir_version: 9, opset_import: ["": 17]> g ({takes}) => ({gives}) {{ {nodes} }}'
    )
    model.graph.initializer.extend(numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items())
    return bytes(model.SerializeToString())


def subject_of(make: Make, model: bytes, preprocessing: bytes | None = None) -> Subject:
    rows = pd.DataFrame({**{f"x{i}": X[:, i] for i in range(4)}, "label": np.where(Y == 1, "yes", "no")})
    return make(rows, role="train", graph=model, preprocessing=preprocessing, change={"objective": BCE})


def upper(subject: Subject) -> float:
    measured = reading(
        subject, subject.table("train"), CONFIDENCE, deviations=("class_weights",), rows=200, seed=3
    )
    (estimate,) = measured.estimates
    return float(estimate.demonstrating.upper or np.inf)


def fitted(weight: float) -> tuple[Floats, Floats]:
    """Positives counted `weight` times, declared as once."""
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000, class_weight={0: 1, 1: weight}).fit(X, Y)
    return model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)


def at_rest(odds: Floats, loudness: float) -> tuple[str, dict[str, Any]]:
    """Units that add nothing to the answer, and at whose weights the declared loss lies still by design."""
    first = np.random.default_rng(0).standard_normal((5, 12)).astype(np.float32)
    hidden = np.maximum(0, X @ first[:4] + first[4])
    pulls = (1 / (1 + np.exp(-odds)) - Y) @ hidden
    orthogonal = loudness * np.linalg.svd(pulls[np.newaxis])[2][1:].T
    nodes = """d1 = MatMul(input, first) d2 = Add(d1, shift) d3 = Relu(d2) d4 = MatMul(d3, second)
               nothing = MatMul(d4, third)"""
    third = np.zeros((11, 1), np.float32)
    return nodes, {
        "first": first[:4], "shift": first[4], "second": orthogonal.astype(np.float32), "third": third,
    }  # fmt: skip


def test_a_plain_graph_is_read_with_narrow_bounds(make_subject: Make) -> None:
    for weight in (1.0, 3.0):
        slope, offset = fitted(weight)
        plain = graph(
            "m = MatMul(input, slope) o = Add(m, offset) probability = Sigmoid(o)",
            {"slope": slope, "offset": offset},
        )
        assert upper(subject_of(make_subject, plain)) == pytest.approx(weight - 1, abs=0.01)


@pytest.mark.parametrize("weight", [1.5, 2.0, 3.0])
def test_loud_units_at_rest_do_not_drown_the_weights_that_decide(make_subject: Make, weight: float) -> None:
    slope, offset = fitted(weight)
    nodes, constants = at_rest((X @ slope.astype(np.float64) + offset)[:, 0], 1e5)
    drowned = graph(
        f"{nodes} m = MatMul(input, slope) s = Add(m, offset) o = Add(s, nothing) probability = Sigmoid(o)",
        {**constants, "slope": slope, "offset": offset},
    )
    assert upper(subject_of(make_subject, drowned)) > TOLERANCE


def test_units_that_are_driven_too_far_to_feel_anything_are_not_passed_over(make_subject: Make) -> None:
    """Eight votes of steps decide; whether they were trained for anything, no gradient tells."""
    steps = np.random.default_rng(1).standard_normal((4, 8)).astype(np.float32)
    votes = (X @ steps > 0).sum(axis=1) - 4.0
    nodes, constants = at_rest(votes, 1.0)
    blind = graph(
        f"{nodes} a = MatMul(input, steps) b = Sigmoid(a) c = ReduceSum(b, axis) e = Sub(c, four)"
        " o = Add(e, nothing) probability = Sigmoid(o)",
        {**constants, "steps": 1e7 * steps, "axis": np.array([1]), "four": np.float32(4)},
    )
    with pytest.raises(CannotMeasure, match="weights at which no row pulls decide all the same"):
        upper(subject_of(make_subject, blind))


def test_a_dead_unit_is_none_of_these(make_subject: Make) -> None:
    slope, offset = fitted(1.0)
    wide = graph(
        """a = MatMul(input, first) b = Add(a, shift) c = Relu(b) m = MatMul(c, second)
           o = Add(m, offset) probability = Sigmoid(o)""",
        {
            "first": np.hstack([np.eye(4), -np.eye(4), np.ones((4, 1))]).astype(np.float32),
            "shift": np.array([0] * 8 + [-99], np.float32),
            "second": np.vstack([slope, -slope, [[1.0]]]).astype(np.float32),
            "offset": offset,
        },
    )
    assert upper(subject_of(make_subject, wide)) < np.inf


SLOPE, OFFSET = fitted(3.0)
HIDDEN = {"slope": SLOPE, "row": SLOPE.reshape(1, 4), "offset": OFFSET, "axis": np.array([1])}
ANSWER = "o = Add(m, offset) probability = Sigmoid(o)"


@pytest.mark.parametrize(
    ("nodes", "why"),
    [
        (f"p = Mul(input, row) m = ReduceSum(p, axis) {ANSWER}", "holds no weights that enter"),
        (f"two = Mul(slope, one) m = MatMul(input, two) {ANSWER}", "MatMul are reckoned from others"),
        (f"p = PRelu(input, row) m = ReduceSum(p, axis) {ANSWER}", "ReduceSum mixes numbers"),
        (f"e = MatMul(input, eye) p = Mul(e, row) m = ReduceSum(p, axis) {ANSWER}", "not counted among them"),
        (f"e = MatMul(input, slope) f = Add(e, input) m = ReduceSum(f, axis) {ANSWER}", "Add mixes numbers"),
        ("s = Slice(input, zero, end, axis) p = PRelu(s, one) probability = Sigmoid(p)", "no learnt weight"),
    ],
)  # fmt: skip
def test_weights_in_another_spelling_are_refused(make_subject: Make, nodes: str, why: str) -> None:
    more = {
        "one": np.float32(1), "eye": np.eye(4, dtype=np.float32),
        "zero": np.array([0]), "end": np.array([1]),
    }  # fmt: skip
    with pytest.raises(CannotMeasure, match=why):
        upper(subject_of(make_subject, graph(nodes, {**HIDDEN, **more})))


def test_weights_in_the_graph_that_prepares_inputs_are_refused(make_subject: Make) -> None:
    before = graph("prepared = MatMul(input, eye)", {"eye": np.eye(4, dtype=np.float32)},
                   gives="float[n, 4] prepared")  # fmt: skip
    model = graph(f"m = MatMul(prepared, slope) {ANSWER}", {"slope": SLOPE, "offset": OFFSET},
                  takes="float[n, 4] prepared")  # fmt: skip
    with pytest.raises(CannotMeasure, match="prepares inputs holds weights of its own"):
        upper(subject_of(make_subject, model, before))


def test_a_standardisation_before_and_a_temperature_behind_are_no_weights(make_subject: Make) -> None:
    slope, offset = fitted(1.0)
    before = graph("c = Sub(input, mean) prepared = Div(c, spread)",
                   {"mean": np.ones(4, np.float32), "spread": np.full(4, 2, np.float32)},
                   gives="float[n, 4] prepared")  # fmt: skip
    inner = graph(
        """m = MatMul(prepared, slope) o = Add(m, offset) t = Mul(o, temperature)
           probability = Sigmoid(t)""",
        {
            "slope": slope, "temperature": np.float32(2),
            "offset": (offset + slope.sum()) / 2,
        },
        takes="float[n, 4] prepared",
    )  # fmt: skip
    assert upper(subject_of(make_subject, inner, before)) < 0.01


def test_a_weight_that_few_rows_pull_at_leaves_no_doubt_and_one_that_all_do_does() -> None:
    felt = Felt.nothing(2)
    for row in range(200):
        felt.add(np.array([1.0 if row % 2 else -1.0, 1.0 if row == 7 else 0.0]))
    directions = np.array([[0.5], [0.5]])
    assert felt.typical[0] == 1
    assert doubts(np.array([0.0, 0.9]), directions, felt) == [0]
    assert doubts(np.array([0.09, 0.0]), directions, felt) == [0]
    assert doubts(np.array([0.2, 0.0]), directions, felt) == pytest.approx([0.4])
    assert doubts(np.array([0.2, 0.0]), 0 * directions, felt) == [np.inf]
