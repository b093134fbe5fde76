"""The graphs of specimens: one linear layer and an answer, and what a mutation puts behind it.

Nodes are spelt in the text syntax of ONNX, one a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnx import ModelProto

Constants = Mapping[str, NDArray[Any]]

INPUT, ANSWER, RIGHT = "input", "answer", "right"
"""What `behind` calls the input of a graph, the output that it makes, and the answer of the graph so far."""


def graph(
    *, shape: tuple[int, ...], source: str, answer: str, numbers: int, nodes: str, constants: Constants
) -> bytes:
    """A model from `source` of shape [cases, *shape] to `answer` of shape [cases, numbers], both float32."""
    from onnx import parser  # heavy: only where a graph is made

    axes = ", ".join(map(str, shape))
    model = parser.parse_model(
        f'<ir_version: 9, opset_import: ["": 17]> specimen (float[cases, {axes}] {source}) '
        f"=> (float[cases, {numbers}] {answer}) {{ {nodes} }}"
    )
    return _finished(model, constants)


def behind(model: bytes, nodes: str, constants: Constants) -> bytes:
    """The same model with `nodes` behind it, which make `answer` of `right` and `input`."""
    import onnx
    from onnx import parser

    changed = onnx.load_from_string(model)
    source, answer = changed.graph.input[0].name, changed.graph.output[0].name
    for node in changed.graph.node:
        _rename(node.output, {answer: RIGHT})
    for line in filter(None, map(str.strip, nodes.splitlines())):
        node = parser.parse_node(line)
        _rename(node.input, {INPUT: source})
        _rename(node.output, {ANSWER: answer})
        changed.graph.node.append(node)
    return _finished(changed, constants)


def constants_of(model: bytes) -> dict[str, NDArray[Any]]:
    """The numbers that a model holds, by name."""
    import onnx
    from onnx import numpy_helper

    held = onnx.load_from_string(model).graph.initializer
    return {tensor.name: np.array(numpy_helper.to_array(tensor)) for tensor in held}


def with_constants(model: bytes, constants: Constants) -> bytes:
    """The same model with other numbers in the place of some."""
    import onnx

    changed = onnx.load_from_string(model)
    kept = [tensor for tensor in changed.graph.initializer if tensor.name not in constants]
    del changed.graph.initializer[:]
    changed.graph.initializer.extend(kept)
    return _finished(changed, constants)


def _finished(model: ModelProto, constants: Constants) -> bytes:
    from onnx import checker, numpy_helper

    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    model.graph.initializer.extend(tensors)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _rename(names: Any, by: Mapping[str, str]) -> None:
    names[:] = [by.get(name, name) for name in names]
