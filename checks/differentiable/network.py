"""The graphs of a submission as one function of inputs and weights, held against onnxruntime before use.

Promises that every number that it gives was computed by `operators` in double precision, and that on real
rows it equals what the submitted model answers within `AGREEMENT`. Refuses the rest, and names the operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from checks.differentiable.operators import NEWEST_OPSET, OLDEST_OPSET, OPERATORS, Call
from checks.differentiable.weights import Node, learnt
from checks.measured import CannotMeasure
from checks.predictor import Inputs, Predictor

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

AGREEMENT: Final = 1e-4
"""How far both may differ in one number, relative to the larger of it and 1: single precision."""

_OPTIONAL_OUTPUTS: Final = ("BatchNormalization", "Dropout", "LayerNormalization", "MaxPool")


class Graph:
    """One ONNX graph: its nodes in the order in which they run, its constants, what it takes and gives."""

    def __init__(self, data: bytes, path: str) -> None:
        """Raises `CannotMeasure` for a graph with anything outside the list of operators."""
        model = _read(data, path)
        self.opset = _opset(model, path)
        self.constants = _constants(model.graph, path)
        self.nodes = tuple(_node(n, path) for n in model.graph.node if n.op_type != "Constant")
        self.takes = tuple(v.name for v in model.graph.input if v.name not in self.constants)
        self.gives = tuple(v.name for v in model.graph.output)

    @property
    def learnt(self) -> tuple[str, ...]:
        """The names of the constants that were learnt."""
        return learnt(self.nodes, self.constants, self.fractions)

    @property
    def fractions(self) -> tuple[str, ...]:
        """The names of the constants that are numbers with fractions."""
        return tuple(name for name, value in self.constants.items() if value.is_floating_point())

    def run(self, feed: Mapping[str, Tensor], weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Every value of the graph by its name; `weights` stand in for constants of the same name."""
        values = {**self.constants, **weights, **{name: feed[name] for name in self.takes}}
        for node in self.nodes:
            inputs = tuple(values[name] if name else None for name in node.inputs)
            call = Call(operator=node.operator, attributes=node.attributes, opset=self.opset, inputs=inputs)
            try:
                values[node.outputs[0]] = OPERATORS[node.operator](call)
            except (RuntimeError, IndexError, ValueError, KeyError, TypeError) as error:
                raise CannotMeasure(f"an operator {node.operator} of the graph: {error}") from error
        return values


class Network:
    """Inputs and weights to answers. `weights` are leaves of torch in double precision, with gradients."""

    def __init__(self, *, preprocessing: Graph | None, model: Graph) -> None:
        self.preprocessing = preprocessing
        self.model = model
        self.weights: dict[str, Tensor] = {
            name: model.constants[name].clone().requires_grad_(True) for name in model.learnt
        }
        if not self.weights:
            raise CannotMeasure("the graph holds no weights that enter a linear operator")

    def values(self, inputs: Inputs) -> dict[str, Tensor]:
        """Every value of the model's graph by its name, for all cases at once."""
        return self.answers({name: _tensor(value) for name, value in inputs.items()})

    def answers(self, feed: dict[str, Tensor]) -> dict[str, Tensor]:
        """The same from tensors, which may want gradients of their own."""
        if self.preprocessing is not None:
            made = self.preprocessing.run(feed, {})
            feed = {name: made[name] for name in self.preprocessing.gives}
        missing = [name for name in self.model.takes if name not in feed]
        if missing:
            raise CannotMeasure(f"the graph takes {', '.join(missing)}, which nothing gives")
        return self.model.run(feed, self.weights)

    @property
    def operators(self) -> frozenset[str]:
        """Every operator that the model's graph uses."""
        return frozenset(node.operator for node in self.model.nodes)

    def maker(self, name: str) -> Node | None:
        """The node that makes a value, if one does."""
        return next((node for node in self.model.nodes if name in node.outputs), None)

    def require_agreement(self, predictor: Predictor, inputs: Inputs) -> None:
        """Raises `CannotMeasure` unless onnxruntime, asked case by case, gives the same deciding output."""
        with torch.no_grad():
            values = self.values(inputs)
        name = predictor.model.decision.output
        if name not in values:
            raise CannotMeasure(f"the graph has no value {name}")
        ours = predictor.as_scores({name: values[name].numpy()})
        theirs = predictor.scores(inputs)
        if ours.shape != theirs.shape:
            raise CannotMeasure(f"torch gives numbers of shape {ours.shape}, onnxruntime of {theirs.shape}")
        apart = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
        if not (apart <= AGREEMENT).all():  # false for NaN as well
            raise CannotMeasure(
                f"torch and onnxruntime differ by {float(apart.max()):.2g} on the same rows, and may differ "
                f"by {AGREEMENT:g}: the gradients would be those of another function"
            )


def network_of(predictor: Predictor, files: Mapping[str, bytes]) -> Network:
    """The network of a model; `files` maps the paths of its graphs to their bytes."""
    model = predictor.model
    before = Graph(files[model.preprocessing], model.preprocessing) if model.preprocessing else None
    return Network(preprocessing=before, model=Graph(files[model.file], model.file))


def _read(data: bytes, path: str) -> ModelProto:
    import onnx
    from google.protobuf.message import DecodeError

    try:
        return onnx.load_model_from_string(data)
    except DecodeError as error:
        raise CannotMeasure(f"{path} is no ONNX graph") from error


def _opset(model: ModelProto, path: str) -> int:
    versions = {entry.domain: entry.version for entry in model.opset_import}
    version = int(versions.get("", 0))
    if not OLDEST_OPSET <= version <= NEWEST_OPSET:
        raise CannotMeasure(
            f"{path} is written in opset {version}; {OLDEST_OPSET} to {NEWEST_OPSET} are differentiated"
        )
    return version


def _node(node: Any, path: str) -> Node:
    from onnx import helper

    if node.domain or node.op_type not in OPERATORS:
        spelt = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        raise CannotMeasure(
            f"{path} has an operator {spelt}, through which no gradient is taken: a tree, a quantised or "
            "merged model, or one outside the list. The record of the training must stand in"
        )
    outputs = tuple(node.output)
    if len([name for name in outputs if name]) > 1 or (
        len(outputs) > 1 and node.op_type not in _OPTIONAL_OUTPUTS
    ):
        raise CannotMeasure(f"{path} uses a second output of an operator {node.op_type}")
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    return Node(operator=node.op_type, inputs=tuple(node.input), outputs=outputs, attributes=attributes)


def _constants(graph: GraphProto, path: str) -> dict[str, Tensor]:
    if graph.sparse_initializer:
        raise CannotMeasure(f"{path} holds sparse numbers")
    held = {tensor.name: _number(tensor, path) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            held[node.output[0]] = _constant(node, path)
    return held


def _constant(node: Any, path: str) -> Tensor:
    from onnx import helper

    (attribute,) = node.attribute
    value = helper.get_attribute_value(attribute)
    if attribute.name == "value":
        return _number(value, path)
    if attribute.name in ("value_float", "value_floats", "value_int", "value_ints"):
        return _tensor(np.asarray(value))
    raise CannotMeasure(f"{path} has a constant of the kind {attribute.name}")


def _number(tensor: Any, path: str) -> Tensor:
    from onnx import TensorProto, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL:
        raise CannotMeasure(f"{path} refers to another file for its numbers")
    return _tensor(np.array(numpy_helper.to_array(tensor)))


def _tensor(value: NDArray[Any]) -> Tensor:
    """Numbers with fractions in double precision, whole ones and truth values as they are."""
    kind = value.dtype.kind
    if kind not in "fiub":
        raise CannotMeasure("the graph holds something that is no number")
    return torch.from_numpy(value.astype({"f": "f8", "b": "?"}.get(kind, "i8"), order="C", copy=True))
