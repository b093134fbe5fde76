"""The weights of a graph: the tensors that it holds and multiplies its inputs by, as penalties see them.

By default those are the constant factors of matrix products and convolutions. Offsets are added and not
multiplied, and constants that scale an input element by element are preparation, not weights. A vendor who
penalises other tensors names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, TensorProto

Values = NDArray[np.float64]

_FACTORS: Final[Mapping[str, tuple[int, ...]]] = {
    "MatMul": (0, 1),
    "Gemm": (0, 1),
    "Conv": (1,),
    "ConvTranspose": (1,),
    "Einsum": (0, 1),
}
"""Operators that multiply by a tensor, and which of their inputs it can be."""

_REARRANGING: Final = ("Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Cast")
"""Operators behind which a tensor is still the same weights."""

_OPAQUE: Final = (
    "RNN", "LSTM", "GRU", "If", "Loop", "Scan", "QLinearMatMul", "QLinearConv", "MatMulInteger",
    "ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear",
)  # fmt: skip
"""Operators that hold weights in a form in which they are not looked for here."""

_STANDARD: Final = ("", "ai.onnx")
"""The domains of the operators that are known; trees and what optimisers merge live in others."""


def weights_of(graph: bytes) -> dict[str, Values]:
    """Name to values of each tensor that multiplies, in the order in which the nodes run.

    Raises `CannotMeasure` where some weights are in a form in which they are not found: a sum over the others
    would be too small.
    """
    model = _read(graph)
    opaque = {n.op_type for n in model.graph.node if n.op_type in _OPAQUE or n.domain not in _STANDARD}
    if opaque:
        raise CannotMeasure(f"the weights inside {', '.join(sorted(opaque))} are not looked for")
    held, origin = tensors_of(graph), _origins(model.graph)
    factors = dict.fromkeys(_factors(model.graph, origin))
    return {name: held[name] for name in factors if name in held}


def tensors_of(graph: bytes) -> dict[str, Values]:
    """Name to values of every tensor of numbers that the graph holds.

    Raises `CannotMeasure` for one whose values stand in another file.
    """
    body = _read(graph).graph
    held = {tensor.name: tensor for tensor in body.initializer}
    for node in body.node:
        values = [a.t for a in node.attribute if node.op_type == "Constant" and a.name == "value"]
        held |= dict.fromkeys(node.output[:1], *values) if values else {}
    return {name: _values(tensor, name) for name, tensor in held.items()}


def _read(graph: bytes) -> ModelProto:
    import onnx  # heavy: only where a graph is read
    from google.protobuf.message import DecodeError

    try:
        return onnx.load_from_string(graph)
    except DecodeError as error:
        raise CannotMeasure("the model is no ONNX graph") from error


def _values(tensor: TensorProto, name: str) -> Values:
    from onnx import TensorProto, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL:
        raise CannotMeasure(f"the values of the tensor {name} stand in another file")
    found = np.asarray(numpy_helper.to_array(tensor))
    return found.astype(np.float64) if found.dtype.kind in "fiub" else np.full(found.shape, np.nan)


def _origins(graph: GraphProto) -> Mapping[str, str]:
    """What a name is a rearrangement of."""
    return {node.output[0]: node.input[0] for node in graph.node if node.op_type in _REARRANGING}


def _factors(graph: GraphProto, origin: Mapping[str, str]) -> Iterator[str]:
    for node in graph.node:
        for place in _FACTORS.get(node.op_type, ()):
            if place < len(node.input):
                name = node.input[place]
                while name in origin:
                    name = origin[name]
                yield name
