"""From the bytes of an ONNX graph to a network for proofs; whatever is outside the list is refused by name.

The list: affine operators (Gemm, MatMul, Conv, Add, Sub, Mul, Div, Neg, Sum, Mean, BatchNormalization,
AveragePool, GlobalAveragePool, ReduceMean, ReduceSum), moves of indices (Flatten, Reshape, Transpose,
Squeeze, Unsqueeze, Slice, Gather, Identity, Dropout, Cast to a floating type), piecewise linear ones (Relu,
LeakyRelu, PRelu, Clip, Abs, Max, Min, MaxPool), which all become Relu and affine layers exactly, and Sigmoid,
Tanh, Softplus.

What ONNX means by an operator is asked of `checks.differentiable.operators`, which tests hold against
onnxruntime: moves are computed by moving the indices through it. The batch axis is taken to be one case.
"""

from __future__ import annotations

import math
from typing import Any

from checks.differentiable.network import Graph
from checks.differentiable.operators import OPERATORS, Call
from checks.differentiable.weights import Node
from checks.measured import CannotMeasure
from checks.proof.builder import Builder, Held, Value
from checks.proof.folding import folded
from checks.proof.network import Network
from checks.proof.operators import READERS, Reader


def read_network(data: bytes, path: str, *, output: str | None = None, logits: bool = False) -> Network:
    """The function from the one input of a graph to one of its outputs (None: it must have only one).

    `logits` leaves out a Softmax, LogSoftmax or Sigmoid that is the last operator. Softmax and LogSoftmax
    keep the order of the outputs and nothing else: leave them out only where a property compares outputs of
    one case with each other. A Sigmoid keeps every comparison with a number, if that number is moved too.

    Raises `CannotMeasure` for a graph with anything outside the list, naming the operator.
    """
    _require_known(data, path)
    graph = Graph(data, path)
    wanted = _output(graph, path, output)
    shape = _input_shape(data, path, graph)
    builder = Builder(math.prod(shape), graph.opset)
    values: dict[str, Value] = {**graph.constants, graph.takes[0]: Held(0, shape)}
    for node in _needed(graph, wanted):
        if logits and node.outputs[0] == wanted and node.operator in ("Softmax", "LogSoftmax", "Sigmoid"):
            values[wanted] = _without_link(node, values, path, graph.opset)
            continue
        values[node.outputs[0]] = _read(builder, node, values, path)
    return _finished(builder, values[wanted], path)


def _finished(builder: Builder, result: Value, path: str) -> Network:
    if not isinstance(result, Held):
        raise CannotMeasure(f"{path} gives an output that does not depend on its input")
    try:
        return folded(Network(builder.inputs, tuple(builder.layers[: result.place])))
    except ValueError as error:
        raise CannotMeasure(f"{path} is no network that can be proved: {error}") from error


def _read(builder: Builder, node: Node, values: dict[str, Value], path: str) -> Value:
    inputs = tuple(values[name] if name else None for name in node.inputs)
    try:
        if not any(isinstance(value, Held) for value in inputs):
            constants = tuple(value for value in inputs if not isinstance(value, Held))
            call = Call(
                operator=node.operator, attributes=node.attributes, opset=builder.opset, inputs=constants
            )
            return OPERATORS[node.operator](call)
        return READERS[node.operator](builder, node, inputs)
    except (RuntimeError, IndexError, ValueError, KeyError, TypeError) as error:
        raise CannotMeasure(
            f"{path}: an operator {node.operator} cannot be read for a proof: {error}"
        ) from error
    except CannotMeasure as error:
        raise CannotMeasure(f"{path}: {error.explanation}") from error


def _needed(graph: Graph, wanted: str) -> list[Node]:
    """The nodes on which an output depends, in the order in which they run."""
    names, nodes = {wanted}, []
    for node in reversed(graph.nodes):
        if names & set(node.outputs):
            nodes.append(node)
            names.update(node.inputs)
    return nodes[::-1]


def _without_link(node: Node, values: dict[str, Value], path: str, opset: int) -> Value:
    value = values[node.inputs[0]]
    if node.operator != "Sigmoid" and isinstance(value, Held):
        axis = node.attributes.get("axis", -1 if opset >= 13 else 1)
        over = value.shape[axis] if opset >= 13 else math.prod(value.shape[axis:])
        if over != value.size:
            raise CannotMeasure(f"{path}: an operator {node.operator} does not go over all outputs of a case")
    return value


def _output(graph: Graph, path: str, output: str | None) -> str:
    chosen = [name for name in graph.gives if output in (None, name)]
    if len(chosen) == 1:
        return str(chosen[0])
    raise CannotMeasure(f"{path} gives {', '.join(graph.gives)}: name the one of which something is proved")


def _input_shape(data: bytes, path: str, graph: Graph) -> tuple[int, ...]:
    """The shape of one case: an axis without a length may only be the first, and is one."""
    import onnx

    if len(graph.takes) != 1:
        raise CannotMeasure(f"{path} takes {len(graph.takes)} inputs; a proof is made for a graph with one")
    entries = {entry.name: entry for entry in onnx.load_model_from_string(data).graph.input}
    kind = entries[graph.takes[0]].type.tensor_type
    if kind.elem_type not in (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE):
        raise CannotMeasure(f"{path} takes no floating numbers")
    sizes = [dimension.dim_value for dimension in kind.shape.dim]
    if not sizes or any(size < 1 for size in sizes[1:]):
        raise CannotMeasure(f"{path} leaves the shape of its input open: {sizes}")
    return (max(sizes[0], 1), *sizes[1:])


def _require_known(data: bytes, path: str) -> None:
    import onnx
    from google.protobuf.message import DecodeError

    known: dict[str, Reader | None] = {**READERS, "Constant": None, "Softmax": None, "LogSoftmax": None}
    try:
        nodes: Any = onnx.load_model_from_string(data).graph.node
    except DecodeError as error:
        raise CannotMeasure(f"{path} is no ONNX graph") from error
    for node in nodes:
        if node.domain not in ("", "ai.onnx") or node.op_type not in known:
            raise CannotMeasure(
                f"{path} has an operator {node.op_type}, of which no proof is made: only networks of affine, "
                "piecewise linear and a few smooth operators are"
            )
