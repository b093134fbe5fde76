"""Writing a trained network as ONNX, node by node, and running what was written.

The few layers that the demonstration needs are listed below with the operator that each becomes. In torch
2.13, `torch.onnx.export` was tried and rejected: its old exporter announces its own removal, and its new one
needs onnxscript and writes paths of the machine into the file. Here the bytes depend on the weights alone.

A number that is missing (NaN) stays missing through every layer of the list, so that it reaches the output
and no decision is made. That is why there is no maximum pooling: onnxruntime's skips NaN.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

OPSET: Final = 17
IR_VERSION: Final = 8
AGREEMENT: Final = 1e-5
"""How far torch and onnxruntime may differ in a probability: float32 rounding, and nothing more."""


class Standardise(nn.Module):
    """(value - offset) / scale, for all elements alike or column by column."""

    def __init__(self, offset: Tensor, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("offset", offset)
        self.register_buffer("scale", scale)

    def forward(self, values: Tensor) -> Tensor:
        """Same shape as `values`."""
        return (values - self.get_buffer("offset")) / self.get_buffer("scale")


class Average(nn.Module):
    """The mean of what several networks answer to the same input."""

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, values: Tensor) -> Tensor:
        """Same shape as the answer of one member."""
        return torch.stack([member(values) for member in self.members]).mean(dim=0)


@dataclass(slots=True)
class _Graph:
    """Nodes in the order in which they run, and the weights that they use."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def weight(self, value: Tensor | None) -> str:
        if value is None:
            raise ValueError("expected a layer with a bias")
        name = f"weight_{len(self.weights)}"
        array = np.ascontiguousarray(value.detach().numpy().astype(np.float32))
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def layer(self, layer: nn.Module, value: str) -> str:
        """Append what a layer does to `value`; raises `KeyError` for a layer outside the list."""
        return _LAYERS[type(layer)](self, layer, value)


def _sequential(graph: _Graph, layers: nn.Sequential, value: str) -> str:
    for layer in layers:
        value = graph.layer(layer, value)
    return value


def _average(graph: _Graph, average: Average, value: str) -> str:
    return graph.node("Mean", *(graph.layer(member, value) for member in average.members))


def _standardise(graph: _Graph, layer: Standardise, value: str) -> str:
    centred = graph.node("Sub", value, graph.weight(layer.get_buffer("offset")))
    return graph.node("Div", centred, graph.weight(layer.get_buffer("scale")))


def _convolution(graph: _Graph, layer: nn.Conv2d, value: str) -> str:
    rows, columns = (int(size) for size in layer.padding)
    return graph.node(
        "Conv", value, graph.weight(layer.weight), graph.weight(layer.bias),
        kernel_shape=list(layer.kernel_size), strides=list(layer.stride), pads=[rows, columns, rows, columns],
    )  # fmt: skip


def _linear(graph: _Graph, layer: nn.Linear, value: str) -> str:
    return graph.node("Gemm", value, graph.weight(layer.weight), graph.weight(layer.bias), transB=1)


_LAYERS: Mapping[type[nn.Module], Callable[[_Graph, Any, str], str]] = {
    nn.Sequential: _sequential,
    Average: _average,
    Standardise: _standardise,
    nn.Conv2d: _convolution,
    nn.Linear: _linear,
    nn.ReLU: lambda graph, layer, value: graph.node("Relu", value),
    nn.Sigmoid: lambda graph, layer, value: graph.node("Sigmoid", value),
    nn.Softmax: lambda graph, layer, value: graph.node("Softmax", value, axis=layer.dim),
    nn.Flatten: lambda graph, layer, value: graph.node("Flatten", value, axis=layer.start_dim),
}


def write_graph(network: nn.Module, path: Path, *, takes: str, gives: str, example: NDArray[Any]) -> None:
    """Write `network` as float32 ONNX with any number of cases, and compare both on `example`.

    `takes` and `gives` name the input and the output; `example` has the shape [cases, ...].
    Raises `ArithmeticError` if a probability differs by more than `AGREEMENT`.
    """
    network = network.float().eval()
    with torch.no_grad():
        expected = network(torch.from_numpy(example)).numpy()
    graph = _Graph()
    graph.layer(network, takes)
    graph.nodes[-1].output[0] = gives
    path.write_bytes(_model(graph, (takes, example.shape[1:]), (gives, expected.shape[1:])))
    difference = float(np.abs(run_graph(path, example) - expected).max())
    if not difference <= AGREEMENT:
        raise ArithmeticError(f"expected torch and onnxruntime to agree, they differ by {difference}")


def _model(graph: _Graph, takes: tuple[str, tuple[int, ...]], gives: tuple[str, tuple[int, ...]]) -> bytes:
    """The serialized model; the first axis of input and output counts the cases."""
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["cases", *shape])
        for name, shape in (takes, gives)
    ]
    body = helper.make_graph(graph.nodes, "demonstration", ends[:1], ends[1:], graph.weights)
    model = helper.make_model(
        body,
        producer_name="certify.demo",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def run_graph(path: Path, cases: NDArray[Any]) -> NDArray[np.float32]:
    """The one output of a graph with one input, from onnxruntime on one thread."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read by onnxruntime when it is imported
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {session.get_inputs()[0].name: cases})
    return np.asarray(answer, dtype=np.float32)
