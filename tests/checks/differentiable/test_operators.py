"""Every operator of the list against onnxruntime, on numbers drawn at random.

onnxruntime is the oracle: it knows nothing of torch. Gradients are torch's own, checked by differences.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from checks.differentiable.network import Graph
from checks.differentiable.operators import OPERATORS
from checks.measured import CannotMeasure

FLOAT, INTS = np.float32, np.int64


def case(operator: str, shape: tuple[int, ...], *constants: Any, opset: int = 17, **attributes: Any) -> Any:
    """A node that takes a drawn value of a shape, then constants (None: left out)."""
    label = f"{operator}-{opset}-{'-'.join(attributes) or 'plain'}"
    return pytest.param(operator, shape, constants, opset, attributes, id=label)


def drawn(*shape: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(FLOAT)


def whole(*numbers: int) -> np.ndarray[Any, Any]:
    return np.array(numbers, dtype=INTS)


CASES = [
    case("Abs", (3, 4)),
    case("Add", (3, 4), drawn(4)),
    case("AveragePool", (2, 3, 6, 7), kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 1]),
    case("AveragePool", (2, 3, 6, 7), kernel_shape=[2, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    case("AveragePool", (2, 3, 8), kernel_shape=[3], auto_pad="SAME_UPPER", strides=[2]),
    case("BatchNormalization", (5, 3, 4), drawn(3), drawn(3), drawn(3), np.abs(drawn(3)) + 1, epsilon=1e-3),
    case("Cast", (3, 4), to=TensorProto.FLOAT),
    case("Clip", (3, 4), np.array(-0.5, FLOAT), np.array(0.5, FLOAT)),
    case("Clip", (3, 4), np.array(-0.5, FLOAT), opset=13),
    case("Clip", (3, 4), opset=9, min=-0.25, max=0.5),
    case("Concat", (3, 4), drawn(3, 2), axis=1),
    case("Conv", (2, 3, 8, 8), drawn(4, 3, 3, 3), drawn(4), kernel_shape=[3, 3], pads=[1, 0, 2, 1]),
    case("Conv", (2, 4, 9), drawn(4, 2, 3), kernel_shape=[3], group=2, strides=[2], dilations=[2]),
    case("Conv", (2, 3, 8, 7), drawn(4, 3, 3, 2), kernel_shape=[3, 2], auto_pad="SAME_LOWER"),
    case("Div", (3, 4), np.abs(drawn(4)) + 1),
    case("Dropout", (3, 4)),
    case("Elu", (3, 4), alpha=0.7),
    case("Erf", (3, 4)),
    case("Exp", (3, 4)),
    case("Flatten", (2, 3, 4)),
    case("Flatten", (2, 3, 4), axis=2),
    case("Flatten", (2, 3, 4), axis=-1),
    case("Gather", (3, 4), whole(2, -1), axis=1),
    case("Gather", (3, 4), np.array(1, INTS), axis=-1),
    case("Gemm", (3, 4), drawn(5, 4), drawn(5), transB=1, alpha=0.5, beta=2.0),
    case("Gemm", (4, 3), drawn(4, 5), transA=1),
    case("GlobalAveragePool", (2, 3, 5, 6)),
    case("Identity", (3, 4)),
    case("LayerNormalization", (3, 4), drawn(4), drawn(4), axis=-1, epsilon=1e-3),
    case("LeakyRelu", (3, 4)),
    case("LeakyRelu", (3, 4), alpha=0.3),
    case("Log", (3, 4)),
    case("LogSoftmax", (3, 4), axis=0),
    case("MatMul", (2, 3, 4), drawn(4, 5)),
    case("Max", (3, 4), drawn(3, 4), drawn(4)),
    case("MaxPool", (2, 3, 6, 7), kernel_shape=[2, 3], strides=[2, 1], pads=[1, 0, 0, 1]),
    case("MaxPool", (2, 3, 9), kernel_shape=[3], dilations=[2]),
    case("Mean", (3, 4), drawn(3, 4), drawn(3, 4)),
    case("Min", (3, 4), drawn(3, 4)),
    case("Mul", (3, 4), drawn(4)),
    case("Neg", (3, 4)),
    case("PRelu", (3, 4), drawn(4)),
    case("Pow", (3, 4), np.array(2.0, FLOAT)),
    case("Reciprocal", (3, 4)),
    case("ReduceMean", (2, 3, 4), opset=13, axes=[1], keepdims=0),
    case("ReduceMean", (2, 3, 4), whole(-1), opset=18),
    case("ReduceMean", (2, 3, 4), opset=18),
    case("ReduceSum", (2, 3, 4), whole(0, 2), keepdims=0),
    case("ReduceSum", (2, 3, 4), noop_with_empty_axes=1),
    case("Relu", (3, 4)),
    case("Reshape", (2, 3, 4), whole(0, -1)),
    case("Sigmoid", (3, 4)),
    case("Slice", (4, 6), whole(1, -5), whole(3, 1000), whole(0, 1), whole(1, 2)),
    case("Slice", (4, 6), opset=9, starts=[1], ends=[-1], axes=[1]),
    case("Softmax", (2, 3, 4)),
    case("Softmax", (2, 3, 4), opset=11),
    case("Softplus", (3, 4)),
    case("Sqrt", (3, 4)),
    case("Squeeze", (3, 1, 4), whole(1)),
    case("Squeeze", (3, 1, 4), opset=11, axes=[1]),
    case("Sub", (3, 4), drawn(4)),
    case("Sum", (3, 4), drawn(3, 4), drawn(4)),
    case("Tanh", (3, 4)),
    case("Transpose", (2, 3, 4)),
    case("Transpose", (2, 3, 4), perm=[0, 2, 1]),
    case("Unsqueeze", (3, 4), whole(0, -1)),
    case("Unsqueeze", (3, 4), opset=11, axes=[1]),
]

POSITIVE = ("Log", "Sqrt", "Reciprocal")


def one_node(operator: str, constants: tuple[Any, ...], opset: int, attributes: dict[str, Any]) -> bytes:
    names = ["x", *(f"c{i}" if c is not None else "" for i, c in enumerate(constants))]
    node = helper.make_node(operator, names, ["y"], **attributes)
    held = [numpy_helper.from_array(c, f"c{i}") for i, c in enumerate(constants) if c is not None]
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("x", "y")]
    graph = helper.make_graph([node], "one", ends[:1], ends[1:], held)
    imports = [helper.make_opsetid("", opset)]
    return bytes(helper.make_model(graph, opset_imports=imports, ir_version=8).SerializeToString())


def from_onnxruntime(data: bytes, value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"x": value})
    return np.asarray(answer)


@pytest.mark.parametrize(("operator", "shape", "constants", "opset", "attributes"), CASES)
def test_an_operator_gives_what_onnxruntime_gives(
    operator: str, shape: tuple[int, ...], constants: tuple[Any, ...], opset: int, attributes: dict[str, Any]
) -> None:
    value = np.random.default_rng(7).standard_normal(shape).astype(FLOAT)
    value = np.abs(value) + FLOAT(0.1) if operator in POSITIVE else value
    data = one_node(operator, constants, opset, attributes)
    expected = from_onnxruntime(data, value)
    ours = Graph(data, "one.onnx").run({"x": torch.from_numpy(value).double()}, {})["y"]
    assert ours.dtype == torch.float64
    assert ours.shape == expected.shape
    np.testing.assert_allclose(ours.numpy(), expected, rtol=2e-5, atol=2e-6)


def test_no_operator_of_the_list_is_left_unchecked() -> None:
    assert {parameters.values[0] for parameters in CASES} == set(OPERATORS)


@pytest.mark.parametrize(
    ("operator", "constants", "opset", "attributes", "why"),
    [
        ("Sin", (), 17, {}, "operator Sin, through which no gradient is taken"),
        ("Cast", (), 17, {"to": TensorProto.INT64}, "to whole numbers"),
        ("MaxPool", (), 17, {"kernel_shape": [2], "ceil_mode": 1}, "ceil_mode"),
        ("BatchNormalization", tuple(drawn(3) for _ in range(4)), 17, {"training_mode": 1}, "that learns"),
        ("Slice", (whole(3), whole(0), whole(1), whole(-1)), 17, {}, "that runs backwards"),
        ("AveragePool", (), 19, {"kernel_shape": [2], "dilations": [2]}, "with dilations"),
        ("Reshape", (whole(0, 1),), 17, {"allowzero": 1}, "with allowzero"),
        ("Relu", (), 6, {}, "opset 6"),
        ("Add", (), 17, {}, "leaves out input 1"),
        ("Add", (drawn(7),), 17, {}, "an operator Add of the graph"),
    ],
)
def test_what_is_outside_the_list_is_refused_by_name(
    operator: str, constants: tuple[Any, ...], opset: int, attributes: dict[str, Any], why: str
) -> None:
    with pytest.raises(CannotMeasure, match=why):
        Graph(one_node(operator, constants, opset, attributes), "one.onnx").run(
            {"x": torch.ones(2, 3, 4, dtype=torch.float64)}, {}
        )


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(CannotMeasure, match=r"one\.onnx is no ONNX graph"):
        Graph(b"\xff\xff no graph", "one.onnx")


def test_numbers_in_another_file_are_refused() -> None:
    model = onnx.load_model_from_string(one_node("Add", (drawn(4),), 17, {}))
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL
    with pytest.raises(CannotMeasure, match="refers to another file"):
        Graph(model.SerializeToString(), "one.onnx")
