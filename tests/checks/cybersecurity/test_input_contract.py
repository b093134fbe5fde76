import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from certify.digest import Digest
from certify.evidence import Statement
from checks.cybersecurity.input_contract import input_contract
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
ROWS = pd.DataFrame({"x0": [0.0], "x1": [1.0], "label": ["yes"]})
NUMBERS = pd.DataFrame({"x0": [0.0], "x1": [1.0], "label": [1.0]})
FIRST = ("Slice", ["input", "zero", "one", "one"], "first", {})
ENDS = {"zero": np.asarray([0]), "one": np.asarray([1])}

Measure = Callable[..., Measured]


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Measure:
    def run(
        frame: object = NUMBERS, *, cases: int = 200, seed: int = 11, tolerance: float = 1e-5, **more: object
    ) -> Measured:
        more.setdefault("task", "regression")
        subject = make_subject(frame, **more)
        return input_contract(subject, None, CONFIDENCE, cases=cases, seed=seed, tolerance=tolerance)

    return run


def failed(measured: Measured) -> int:
    estimate = measured.estimates[0]
    assert (estimate.statistic, estimate.stratum) == ("failure_rate", "all")
    return round(float(estimate.value) * estimate.n)


def ways(measured: Measured) -> set[str]:
    failures = json.loads(measured.exhibits[0].data)["first_failures"]
    return {way for failure in failures for way in failure["ways"]}


def boundary(measured: Measured) -> Statement:
    statement = measured.statements[0]
    assert (statement.name, statement.subject, statement.kind) == (
        "boundary_cases_survived", "model", "search",
    )  # fmt: skip
    return statement


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_a_plain_model_fails_nowhere(measure: Measure, task: str, dtype: str) -> None:
    frame = ROWS if task != "regression" else NUMBERS
    measured = measure(frame, task=task, dtype=dtype, classes=("yes", "no", "x")[: 3 - (task == "binary")])
    assert failed(measured) == 0
    assert boundary(measured).holds
    upper = measured.estimates[0].demonstrating.upper
    assert float(upper or 0) == pytest.approx(1 - 0.025 ** (1 / 200))


def test_a_logarithm_of_negative_numbers_fails_in_the_share_of_them(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    """The declared range is -10 to 10, so that half of the cases have no logarithm."""
    graph = make_graph([FIRST, ("Log", ["first"], "value", {})], constants=ENDS)
    measured = measure(graph=graph, cases=4000)
    assert binomtest(failed(measured), 4000, 0.5).pvalue > 0.001
    assert ways(measured) == {"is not finite"}
    assert not boundary(measured).holds
    assert "every number lowest: gave no finite answer" in boundary(measured).explanation


def test_leaving_the_declared_output_range_is_a_failure(measure: Measure) -> None:
    """The answer is x0, uniform between -10 and 10, and is declared to stay between -10 and 5."""
    outputs = [{"name": "value", "content": "value", "range": (-10, 5)}]
    measured = measure(change={"model": {"outputs": outputs}}, cases=4000)
    assert binomtest(failed(measured), 4000, 0.25).pvalue > 0.001
    assert ways(measured) == {"leaves the declared range"}
    assert "x0 highest: gave a finite output outside" in boundary(measured).explanation


def test_a_declared_output_range_that_is_kept_is_no_failure_even_for_strange_numbers(
    measure: Measure,
) -> None:
    outputs = [{"name": "probability", "content": "probability", "range": (0, 1)}]
    measured = measure(ROWS, task="binary", change={"model": {"outputs": outputs}})
    assert failed(measured) == 0
    assert boundary(measured).holds


def test_a_finite_output_outside_the_range_is_found_by_strange_numbers_alone(measure: Measure) -> None:
    outputs = [{"name": "value", "content": "value", "range": (-10, 10)}]
    measured = measure(change={"model": {"outputs": outputs}})
    assert failed(measured) == 0
    assert not boundary(measured).holds
    assert "x0 largest float" in boundary(measured).explanation


def test_a_model_that_looks_at_its_neighbours_fails(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    mean = ("ReduceMean", ["first"], "mean", {"axes": [0], "keepdims": 1})
    graph = make_graph([FIRST, mean, ("Sub", ["first", "mean"], "value", {})], constants=ENDS)
    measured = measure(graph=graph)
    assert failed(measured) == 200
    assert ways(measured) == {"differs beside a neighbour"}
    assert "otherwise than alone" in boundary(measured).explanation


def test_a_tolerance_as_large_as_the_neighbours_influence_hides_it(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    mean = ("ReduceMean", ["first"], "mean", {"axes": [0], "keepdims": 1})
    scaled = ("Mul", ["mean", "little"], "little_mean", {})
    total = ("Add", ["first", "little_mean"], "value", {})
    constants = {**ENDS, "little": np.float32(1e-4)}
    graph = make_graph([FIRST, mean, scaled, total], constants=constants)
    assert failed(measure(graph=graph, tolerance=1e-2)) == 0
    assert failed(measure(graph=graph, tolerance=1e-6)) > 150


def test_a_model_that_only_a_large_batch_confuses_is_found_at_the_boundary(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    """The sum over the batch exceeds 30 only where there are more than three cases."""
    nodes = [
        FIRST,
        ("Abs", ["first"], "size", {}),
        ("ReduceSum", ["size", "zero"], "sum", {"keepdims": 1}),
        ("Greater", ["sum", "thirty"], "many", {}),
        ("Where", ["many", "sum", "first"], "value", {}),
    ]
    measured = measure(graph=make_graph(nodes, constants={**ENDS, "thirty": np.float32(30)}))
    assert failed(measured) == 0
    assert "a batch of 8192 cases: answered 8192 cases otherwise" in boundary(measured).explanation


def test_a_model_that_throws_dice_fails(measure: Measure, make_graph: Callable[..., bytes]) -> None:
    dice = ("RandomUniformLike", ["first"], "dice", {"dtype": 1})
    graph = make_graph([FIRST, dice, ("Add", ["first", "dice"], "value", {})], constants=ENDS)
    measured = measure(graph=graph)
    assert failed(measured) == 200
    assert "differs when repeated" in ways(measured)


def test_cases_that_raise_an_error_fail_and_the_others_do_not(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    """Gathering from eight rows by an index of 0 to 9 raises an error for two indices of ten.

    So does a neighbour: 1 - 0.8 * 0.8 of the cases are refused an answer.
    """
    nodes = [
        ("Gather", ["rows", "input"], "gathered", {}),
        ("Slice", ["gathered", "zero", "one", "one"], "value", {}),
    ]
    constants = {**ENDS, "rows": np.arange(8, dtype=np.float32)}
    graph = make_graph(nodes, constants=constants, shape=("cases", 1), dtype=7)
    frame = NUMBERS[["x0", "label"]]
    measured = measure(frame, graph=graph, dtype="int64", quantity={"range": (0, 9)}, cases=2000)
    assert binomtest(failed(measured), 2000, 0.36).pvalue > 0.001
    assert ways(measured) == {"raises an error"}
    assert "highest: refused a case inside the contract" in boundary(measured).explanation


def test_a_graph_that_takes_any_shape_accepts_what_it_should_refuse(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    graph = make_graph([FIRST], output="first", constants=ENDS, shape=("cases", "numbers"))
    outputs = [{"name": "first", "content": "value"}]
    decision = {"rule": "identity", "output": "first", "unit": "1", "range": (-10, 10)}
    measured = measure(graph=graph, change={"model": {"outputs": outputs, "decision": decision}})
    assert failed(measured) == 0
    assert "a number too many: accepted a tensor" in boundary(measured).explanation


def test_a_tree_that_answers_nan_is_shown_and_no_fault(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    nodes = [
        FIRST,
        ("Greater", ["first", "three"], "right", {}),
        ("Cast", ["right"], "value", {"to": 1}),
    ]
    graph = make_graph(nodes, constants={**ENDS, "three": np.float32(3)})
    measured = measure(graph=graph)
    assert boundary(measured).holds
    did = {row["probe"]: row["did"] for row in json.loads(measured.exhibits[1].data)}
    assert did["input: x0 NaN"] == "answered"
    plain = measure()
    did = {row["probe"]: row["did"] for row in json.loads(plain.exhibits[1].data)}
    assert did["input: x0 NaN"] == "answered without a finite number"


def test_a_graph_with_a_fixed_batch_is_run_at_it(measure: Measure, make_graph: Callable[..., bytes]) -> None:
    graph = make_graph([FIRST, ("Neg", ["first"], "value", {})], constants=ENDS, shape=(4, 2))
    measured = measure(graph=graph)
    assert failed(measured) == 0
    assert boundary(measured).holds


def test_a_graph_of_fixed_batch_is_caught_when_it_knows_that_it_is_alone(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    """Where all cases of the batch are copies, it answers zero: what a user who pads one case is told."""
    nodes = [
        FIRST,
        ("ReduceMax", ["first"], "most", {"axes": [0], "keepdims": 1}),
        ("ReduceMin", ["first"], "least", {"axes": [0], "keepdims": 1}),
        ("Equal", ["most", "least"], "same", {}),
        ("Where", ["same", "nothing", "first"], "value", {}),
    ]
    constants = {**ENDS, "nothing": np.float32(0)}
    measured = measure(graph=make_graph(nodes, constants=constants, shape=(4, 2)))
    assert failed(measured) == 200
    assert "otherwise than alone" in boundary(measured).explanation


def test_a_graph_that_takes_one_case_only_has_no_neighbours(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    graph = make_graph([FIRST, ("Neg", ["first"], "value", {})], constants=ENDS, shape=(1, 2))
    assert failed(measure(graph=graph)) == 0


def test_other_bytes_of_the_submission_give_other_cases(
    make_subject: Callable[..., Subject], make_graph: Callable[..., bytes]
) -> None:
    graph = make_graph([FIRST, ("Log", ["first"], "value", {})], constants=ENDS)
    subject = make_subject(NUMBERS, task="regression", graph=graph)
    other = Subject(subject.manifest, subject.files, Digest.of(b"other bytes"))
    shown = [
        input_contract(s, None, CONFIDENCE, cases=100, seed=1, tolerance=0).exhibits[0].data
        for s in (subject, subject, other)
    ]
    assert shown[0] == shown[1] != shown[2]


def test_the_same_seed_gives_the_same_evidence(measure: Measure, make_graph: Callable[..., bytes]) -> None:
    graph = make_graph([FIRST, ("Log", ["first"], "value", {})], constants=ENDS)
    first, again, other = (measure(graph=graph, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.exhibits[0].data != other.exhibits[0].data


def test_failures_are_named_by_seed_and_number_and_shown_to_the_vendor_only(
    measure: Measure, make_graph: Callable[..., bytes]
) -> None:
    graph = make_graph([FIRST, ("Log", ["first"], "value", {})], constants=ENDS)
    measured = measure(graph=graph, cases=1000, seed=3)
    assert {exhibit.visibility for exhibit in measured.exhibits} == {"vendor"}
    shown = json.loads(measured.exhibits[0].data)
    assert (shown["seed"], shown["cases"], shown["failed"]) == ("3", 1000, failed(measured))
    assert len(shown["first_failures"]) == 100


@pytest.mark.parametrize("parameters", [{"cases": 0}, {"seed": -1}, {"tolerance": -0.1}])
def test_nonsense_is_not_measured(measure: Measure, parameters: dict[str, float]) -> None:
    with pytest.raises(CannotMeasure):
        measure(**parameters)


def test_an_image_classifier_by_others_keeps_a_contract(make_subject: Callable[..., Subject]) -> None:
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    graph = (Path(os.environ["CERTIFY_DATA"]) / "mnist_fc" / "mnist-net_256x2.onnx").read_bytes()
    import onnx

    entry = onnx.load_from_string(graph).graph
    shape = tuple(axis.dim_value for axis in entry.input[0].type.tensor_type.shape.dim)[1:]
    names = {"input": entry.input[0].name, "output": entry.output[0].name}
    subject = make_subject(
        {"image": np.zeros((1, *shape), np.float32), "label": np.asarray(["0"])},
        task="multiclass", tensor="image", graph=graph, classes=[str(n) for n in range(10)],
        quantity={"range": (0, 1)},
        change={
            "model": {
                "outputs": [{"name": names["output"], "content": "score"}],
                "decision": {
                    "rule": "argmax", "output": names["output"], "classes": [str(n) for n in range(10)],
                },
                "inputs": [
                    {
                        "kind": "tensor", "name": names["input"], "dtype": "float32", "shape": shape,
                        "array": "image", "elements": {"unit": "1", "range": (0, 1)},
                    }
                ],
            }
        },
    )  # fmt: skip
    measured = input_contract(subject, None, CONFIDENCE, cases=300, seed=1, tolerance=1e-4)
    assert failed(measured) == 0
