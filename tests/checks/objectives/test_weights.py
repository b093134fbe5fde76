"""Which tensors of a graph are weights."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser

from checks.measured import CannotMeasure
from checks.objectives.weights import tensors_of, weights_of


def graph(nodes: str, domain: str = "", **tensors: np.ndarray) -> bytes:
    extra = f', "{domain}": 1' if domain else ""
    model = parser.parse_model(
        f'<ir_version: 9, opset_import: ["": 17{extra}]> g (float[n, 3] x) => (float[n, k] y) {{ {nodes} }}'
    )
    for name, values in tensors.items():
        model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float32), name))
    return bytes(model.SerializeToString())


W, B = np.arange(6.0).reshape(3, 2), np.ones(2)


def test_factors_are_weights_and_offsets_and_scales_are_not() -> None:
    found = weights_of(graph("s = Div(x, c)\np = MatMul(s, w)\ny = Add(p, b)", w=W, b=B, c=np.ones(3)))
    assert list(found) == ["w"]
    np.testing.assert_array_equal(found["w"], W)
    assert found["w"].dtype == np.float64


def test_a_linear_layer_is_penalised_without_its_offset() -> None:
    found = weights_of(graph("y = Gemm <transB: int = 1> (x, w, b)", w=W.T, b=B))
    assert list(found) == ["w"]


def test_weights_are_found_behind_what_rearranges_them() -> None:
    nodes = "t = Transpose(w)\nu = Cast <to: int = 1> (t)\ny = MatMul(x, u)"
    assert list(weights_of(graph(nodes, w=W.T))) == ["w"]


def test_a_tensor_that_is_used_twice_counts_once() -> None:
    nodes = "p = MatMul(x, w)\nq = MatMul(x, w)\ny = Add(p, q)"
    assert list(weights_of(graph(nodes, w=W))) == ["w"]


def test_a_constant_node_holds_weights_as_well() -> None:
    body = onnx.load_from_string(graph("y = MatMul(x, w)", w=W))
    tensor = body.graph.initializer.pop()
    body.graph.node.insert(0, onnx.helper.make_node("Constant", [], ["w"], value=tensor))
    found = weights_of(body.SerializeToString())
    np.testing.assert_array_equal(found["w"], W)


@pytest.mark.parametrize(
    ("nodes", "domain"),
    [
        ("y = com.microsoft.FusedMatMul(x, w)", "com.microsoft"),
        ("q, r, s = DynamicQuantizeLinear(x)\ny = MatMul(x, w)", ""),
    ],
)
def test_weights_in_another_form_are_not_left_out_silently(nodes: str, domain: str) -> None:
    with pytest.raises(CannotMeasure, match="are not looked for"):
        weights_of(graph(nodes, domain, w=W))


def test_values_in_another_file_are_not_read() -> None:
    body = onnx.load_from_string(graph("y = MatMul(x, w)", w=W))
    tensor = body.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../secret")
    with pytest.raises(CannotMeasure, match="stand in another file"):
        tensors_of(body.SerializeToString())


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(CannotMeasure, match="no ONNX graph"):
        weights_of(b"\xff\xff\xff\xff")
