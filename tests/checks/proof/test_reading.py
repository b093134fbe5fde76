"""Every operator of the list, and networks made by others, against onnxruntime on points drawn at random.

onnxruntime is the oracle for what a graph computes; it works in single precision, hence the tolerance.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from checks.measured import CannotMeasure
from checks.proof.network import paired
from checks.proof.operators import READERS
from checks.proof.reading import read_network

DATA = os.environ.get("CERTIFY_DATA")
FLOAT = np.float32


def drawn(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(FLOAT)


def whole(*numbers: int) -> np.ndarray[Any, Any]:
    return np.array(numbers, dtype=np.int64)


def graph(shape: tuple[int | str, ...], *nodes: Any, opset: int = 17, last: str = "y", **held: Any) -> bytes:
    """A graph from x to `last`, with constants by name."""
    made = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def one(
    operator: str, shape: tuple[int, ...], *constants: Any, first: bool = True, **attributes: Any
) -> bytes:
    names = [f"c{i}" if c is not None else "" for i, c in enumerate(constants)]
    held = {f"c{i}": c for i, c in enumerate(constants) if c is not None}
    node = helper.make_node(operator, ["x", *names] if first else [*names, "x"], ["y"], **attributes)
    return graph(shape, node, **held)


def runtime(data: bytes, points: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    entry = session.get_inputs()[0]
    shape = [size if isinstance(size, int) else 1 for size in entry.shape]
    rows = [session.run(None, {entry.name: p.astype(FLOAT).reshape(shape)})[0].reshape(-1) for p in points]
    return np.stack(rows)


def assert_equal(data: bytes, scale: float = 2.0, tolerance: float = 2e-5) -> None:
    network = read_network(data, "model.onnx")
    points = (
        (scale * np.random.default_rng(5).standard_normal((20, network.inputs))).astype(FLOAT).astype(float)
    )
    ours, theirs = network.evaluate(points), runtime(data, points)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


CASES = {
    "Abs": one("Abs", (1, 6)),
    "Add": one("Add", (1, 3, 4), drawn(3, 1)),
    "AddGrows": one("Add", (1, 4), drawn(3, 4)),
    "AveragePool": one("AveragePool", (1, 2, 6, 7), kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 1]),
    "BatchNormalization": one(
        "BatchNormalization", (1, 3, 4, 4), drawn(3), drawn(3), drawn(3), np.abs(drawn(3)) + FLOAT(0.1)
    ),
    "Cast": one("Cast", (1, 6), to=1),
    "Clip": one("Clip", (1, 9), FLOAT(-0.5), FLOAT(1.5)),
    "ClipAbove": one("Clip", (1, 9), None, FLOAT(1.5)),
    "Conv": one("Conv", (1, 2, 7, 8), drawn(3, 2, 3, 3), drawn(3), pads=[1, 0, 2, 1], strides=[2, 1]),
    "ConvGroups": one("Conv", (1, 4, 9), drawn(6, 2, 3), group=2, dilations=[2], pads=[1, 2]),
    "ConvSame": one("Conv", (1, 2, 9), drawn(6, 2, 4), strides=[2], auto_pad="SAME_UPPER"),
    "Div": one("Div", (1, 6), drawn(6)),
    "Dropout": one("Dropout", (1, 6)),
    "Flatten": one("Flatten", (1, 3, 4)),
    "Gather": one("Gather", (1, 6), whole(4, 0, 4, -1), axis=1),
    "Gemm": one("Gemm", (1, 5), drawn(5, 3), drawn(3), alpha=0.5, beta=2.0),
    "GemmTransposed": one("Gemm", (1, 5), drawn(3, 5), transB=1),
    "GlobalAveragePool": one("GlobalAveragePool", (1, 3, 4, 5)),
    "Identity": one("Identity", (1, 6)),
    "LeakyRelu": one("LeakyRelu", (1, 6), alpha=0.2),
    "MatMul": one("MatMul", (1, 2, 5), drawn(5, 3)),
    "MatMulLeft": one("MatMul", (5, 3), drawn(2, 5), first=False),
    "Max": one("Max", (1, 6), drawn(6)),
    "MaxPool": one("MaxPool", (1, 2, 7, 8), kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1]),
    "Min": one("Min", (1, 6), drawn(6)),
    "Mul": one("Mul", (1, 6), drawn(6), first=False),
    "Neg": one("Neg", (1, 6)),
    "PRelu": one("PRelu", (1, 3, 4), np.abs(drawn(3, 1))),
    "ReduceMean": one("ReduceMean", (1, 3, 4), axes=[2]),
    "ReduceSum": one("ReduceSum", (1, 3, 4), whole(1), keepdims=0),
    "Relu": one("Relu", (1, 6)),
    "Reshape": one("Reshape", (1, 3, 4), whole(0, 2, -1)),
    "Sigmoid": one("Sigmoid", (1, 6)),
    "Slice": one("Slice", (1, 9), whole(1), whole(8), whole(1), whole(3)),
    "Softplus": one("Softplus", (1, 6)),
    "Squeeze": one("Squeeze", (1, 1, 6), whole(1)),
    "Sub": one("Sub", (1, 6), drawn(6), first=False),
    "Sum": one("Sum", (1, 6), drawn(6), drawn(1)),
    "Mean": one("Mean", (1, 6), drawn(6), drawn(1)),
    "Tanh": one("Tanh", (1, 6)),
    "Transpose": one("Transpose", (1, 3, 4), perm=[0, 2, 1]),
    "Unsqueeze": one("Unsqueeze", (1, 6), whole(2)),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operator_computes_what_onnxruntime_does(name: str) -> None:
    assert_equal(CASES[name])


def test_every_operator_is_tried() -> None:
    tried = {onnx.load_model_from_string(data).graph.node[0].op_type for data in CASES.values()}
    assert tried == set(READERS)


def test_a_residual_network_with_normalisation_computes_what_onnxruntime_does() -> None:
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["a"]),
        helper.make_node("Conv", ["a", "w"], ["b"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["b", "s", "o", "m", "v"], ["c"]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Conv", ["d", "u"], ["e"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["e", "d"], ["f"]),
        helper.make_node("Relu", ["f"], ["g"]),
        helper.make_node("MaxPool", ["g"], ["h"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Flatten", ["h"], ["i"]),
        helper.make_node("MatMul", ["i", "z"], ["y"]),
    ]
    held = {"mean": FLOAT(0.3), "w": drawn(4, 2, 3, 3), "u": drawn(4, 4, 3, 3), "z": drawn(36, 3)}
    held |= {"s": drawn(4), "o": drawn(4), "m": drawn(4), "v": np.abs(drawn(4)) + FLOAT(0.1)}
    data = graph(("N", 2, 6, 6), *nodes, **held)
    assert_equal(data, scale=1.0, tolerance=2e-4)
    assert not read_network(data, "model.onnx").is_chain


def test_two_branches_may_be_compared() -> None:
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"]),
        helper.make_node("MatMul", ["x", "u"], ["b"]),
        helper.make_node("Max", ["a", "b", "c"], ["d"]),
        helper.make_node("Sub", ["d", "a"], ["y"]),
    ]
    assert_equal(graph((1, 5), *nodes, w=drawn(5, 3), u=drawn(5, 3) * FLOAT(2), c=drawn(3)))


@pytest.mark.parametrize("operator", ["Sin", "Softmax", "Erf", "Round", "QuantizeLinear"])
def test_anything_else_is_refused_by_name(operator: str) -> None:
    with pytest.raises(CannotMeasure, match=operator):
        read_network(graph((1, 5), helper.make_node(operator, ["x"], ["y"])), "model.onnx")


@pytest.mark.parametrize("operator", ["Softmax", "LogSoftmax", "Sigmoid"])
def test_a_link_at_the_end_may_be_left_out(operator: str) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["a"]), helper.make_node(operator, ["a"], ["y"])]
    network = read_network(graph((1, 5), *nodes, w=drawn(5, 3)), "model.onnx", logits=True)
    points = np.random.default_rng(1).standard_normal((4, 5))
    np.testing.assert_allclose(network.evaluate(points), points @ drawn(5, 3).astype(float), rtol=1e-12)


def test_a_softmax_in_the_middle_is_never_left_out() -> None:
    nodes = [helper.make_node("Softmax", ["x"], ["a"]), helper.make_node("MatMul", ["a", "w"], ["y"])]
    with pytest.raises(CannotMeasure, match="Softmax"):
        read_network(graph((1, 5), *nodes, w=drawn(5, 3)), "model.onnx", logits=True)


def test_a_softmax_over_something_else_than_all_outputs_is_refused() -> None:
    data = graph((1, 3, 4), helper.make_node("Softmax", ["x"], ["y"], axis=1))
    with pytest.raises(CannotMeasure, match="does not go over all outputs"):
        read_network(data, "model.onnx", logits=True)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_finite_numbers_are_refused(weight: float) -> None:
    held = drawn(5, 3)
    held[2, 1] = weight
    with pytest.raises(CannotMeasure, match="no finite numbers"):
        read_network(graph((1, 5), helper.make_node("MatMul", ["x", "w"], ["y"]), w=held), "model.onnx")


def test_a_division_by_zero_is_refused() -> None:
    with pytest.raises(CannotMeasure, match="no finite numbers"):
        read_network(one("Div", (1, 3), np.zeros(3, FLOAT)), "model.onnx")


def test_an_output_without_the_input_is_refused() -> None:
    nodes = [helper.make_node("Relu", ["c"], ["y"]), helper.make_node("Relu", ["x"], ["z"])]
    with pytest.raises(CannotMeasure, match="does not depend"):
        read_network(graph((1, 5), *nodes, c=drawn(3)), "model.onnx")


def perceptron() -> bytes:
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["a"]),
        helper.make_node("Relu", ["a"], ["h"]),
        helper.make_node("MatMul", ["h", "u"], ["y"]),
    ]
    return graph((1, 5), *nodes, w=drawn(5, 8), b=drawn(8), u=drawn(8, 2))


def test_a_chain_is_seen_as_matrices() -> None:
    network = read_network(perceptron(), "model.onnx")
    points = np.random.default_rng(3).standard_normal((6, 5))
    values = points
    steps = network.dense()
    assert steps is not None
    assert [step.activation for step in steps] == ["relu", None]
    for step in steps:
        values = values @ step.weight.T + step.offset
        values = np.maximum(values, 0) if step.activation else values
    np.testing.assert_allclose(values, network.evaluate(points), rtol=1e-12)


@pytest.mark.parametrize("residual", [False, True])
def test_a_pair_computes_both_networks(residual: bool) -> None:
    data = perceptron()
    if residual:
        data = graph(
            (1, 5), helper.make_node("Relu", ["x"], ["a"]), helper.make_node("Add", ["a", "x"], ["y"])
        )
    network = read_network(data, "model.onnx")
    rng = np.random.default_rng(9)
    one_map, other_map = (rng.standard_normal((5, 4)) for _ in range(2))
    offset = rng.standard_normal(5)
    pair = paired(network.after(one_map, offset), network.after(other_map, 0 * offset))
    points = rng.standard_normal((6, 4))
    expected = np.hstack(
        [network.evaluate(points @ one_map.T + offset), network.evaluate(points @ other_map.T)]
    )
    np.testing.assert_allclose(pair.evaluate(points), expected, rtol=1e-12)
    assert pair.is_chain is not residual


def test_a_layer_behind_a_network_is_added() -> None:
    network = read_network(perceptron(), "model.onnx")
    points = np.random.default_rng(3).standard_normal((6, 5))
    difference = network.then(np.array([[1.0, -1.0]]), np.array([0.5]))
    expected = network.evaluate(points) @ [[1.0], [-1.0]] + 0.5
    np.testing.assert_allclose(difference.evaluate(points), expected, rtol=1e-12)


FOREIGN = {
    "acasxu/ACASXU_run2a_3_3_batch_2000.onnx": 1.0,
    "mnist_fc/mnist-net_256x6.onnx": 0.3,
    "mnist/mnist_cntk.onnx": 40.0,
    "fairify/AC-1.onnx": 2.0,
    "fairify/GC-3.onnx": 2.0,
}


@pytest.mark.skipif(DATA is None, reason="CERTIFY_DATA names no folder with real data")
@pytest.mark.parametrize("name", FOREIGN)
def test_a_network_made_by_others_computes_what_onnxruntime_does(name: str) -> None:
    assert DATA is not None
    assert_equal((Path(DATA) / name).read_bytes(), scale=FOREIGN[name], tolerance=5e-4)
