"""A network as proofs see it: affine layers, sums and activations of flat vectors, in the real numbers.

The weights are exact copies of those of the ONNX graph in double precision; `reading.read_network` makes a
network from the bytes of a graph. What a network computes here is meant in real arithmetic; `evaluate` is
double precision. How far single precision in onnxruntime lies from it, this module does not say.

Terms: value 0 is the input, value i + 1 what layer i gives. The last layer gives the output. A chain is a
network in which each layer takes what the one before it gave.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from checks.proof.linear_map import Dense, LinearMap, matrix_of

F64 = NDArray[np.float64]

Shape = Literal["relu", "sigmoid", "tanh", "softplus"]
"""What an activation computes, number by number."""


@dataclass(frozen=True, eq=False, slots=True)
class Affine:
    """A linear map of one value, and an offset (outputs,)."""

    source: int
    linear: LinearMap
    offset: Tensor

    @property
    def sources(self) -> tuple[int, ...]:
        """The value that goes in."""
        return (self.source,)


@dataclass(frozen=True, eq=False, slots=True)
class Sum:
    """Several values of one length, added."""

    sources: tuple[int, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Activation:
    """One function of each number."""

    source: int
    shape: Shape

    @property
    def sources(self) -> tuple[int, ...]:
        """The value that goes in."""
        return (self.source,)


Layer = Affine | Sum | Activation

FUNCTIONS: Final = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": functional.softplus,
}


@dataclass(frozen=True, eq=False, slots=True)
class DenseLayer:
    """One step of a chain: weight (outputs, inputs), offset (outputs,), and what follows, None: nothing."""

    weight: F64
    offset: F64
    activation: Shape | None


@dataclass(frozen=True, eq=False)
class Network:
    """Layers in the order in which they run. Immutable; compared by identity."""

    inputs: int
    layers: tuple[Layer, ...]
    widths: tuple[int, ...] = field(init=False)
    """The length of each value, the input first."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for layers that do not fit together, or weights that are no finite numbers."""
        widths = [self.inputs]
        for place, layer in enumerate(self.layers):
            if not layer.sources or max(layer.sources) > place:
                raise ValueError(f"layer {place} takes a value that was not computed before it")
            taken = {widths[source] for source in layer.sources}
            if len(taken) != 1:
                raise ValueError(f"layer {place} adds values of different lengths: {sorted(taken)}")
            widths.append(_given(layer, taken.pop(), place))
        object.__setattr__(self, "widths", tuple(widths))

    @property
    def outputs(self) -> int:
        """The length of the output."""
        return self.widths[-1]

    @property
    def piecewise_linear(self) -> bool:
        """Whether every activation is: then branch and bound is complete."""
        return all(layer.shape == "relu" for layer in self.layers if isinstance(layer, Activation))

    def values(self, points: Tensor) -> list[Tensor]:
        """Every value at points (k, inputs), in the precision of the network's weights and the points."""
        values = [points]
        for layer in self.layers:
            match layer:
                case Affine():
                    values.append(layer.linear.apply(values[layer.source]) + layer.offset)
                case Sum():
                    values.append(torch.stack([values[source] for source in layer.sources]).sum(0))
                case Activation():
                    values.append(FUNCTIONS[layer.shape](values[layer.source]))
        return values

    def forward(self, points: Tensor) -> Tensor:
        """The output (k, outputs) at points (k, inputs); gradients flow to the points."""
        return self.values(points)[-1]

    def evaluate(self, points: F64) -> F64:
        """The output (k, outputs) at points (k, inputs) in double precision."""
        with torch.no_grad():
            given = torch.from_numpy(np.ascontiguousarray(points, dtype=np.float64))
            result: F64 = self.forward(given).numpy()
            return result

    def to(self, kind: torch.dtype) -> Network:
        """The network with weights rounded to a type; for searching, where nothing rests on the result."""
        rounded = object.__new__(Network)  # unchecked: a weight may be beyond single precision
        object.__setattr__(rounded, "inputs", self.inputs)
        object.__setattr__(rounded, "layers", tuple(_rounded(layer, kind) for layer in self.layers))
        object.__setattr__(rounded, "widths", self.widths)
        return rounded

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes what the one before it gave."""
        return all(layer.sources == (place,) for place, layer in enumerate(self.layers))

    def dense(self) -> tuple[DenseLayer, ...] | None:
        """The chain as full matrices, neighbouring affine layers multiplied; None where it is no chain."""
        if not self.is_chain:
            return None
        steps: list[tuple[Tensor, Tensor, Shape | None]] = []
        for layer in self.layers:
            if isinstance(layer, Activation):
                if not steps or steps[-1][2] is not None:
                    width = steps[-1][0].shape[0] if steps else self.inputs
                    steps.append((torch.eye(width).double(), torch.zeros(width).double(), None))
                steps[-1] = (steps[-1][0], steps[-1][1], layer.shape)
            elif isinstance(layer, Affine):
                weight, offset = matrix_of(layer.linear), layer.offset
                if steps and steps[-1][2] is None:
                    before = steps.pop()
                    weight, offset = weight @ before[0], weight @ before[1] + offset
                steps.append((weight, offset, None))
        return tuple(DenseLayer(w.numpy(), b.numpy(), shape) for w, b, shape in steps)

    def after(self, weight: F64, offset: F64) -> Network:
        """The same function of `weight @ z + offset`: weight (inputs, free), offset (inputs,)."""
        first = Affine(0, Dense(_tensor(weight)), _tensor(offset))
        return Network(weight.shape[1], (first, *(_moved(layer, 1, 1) for layer in self.layers)))

    def then(self, weight: F64, offset: F64) -> Network:
        """The network whose output is `weight @ y + offset` of this one's output y."""
        last = Affine(len(self.layers), Dense(_tensor(weight)), _tensor(offset))
        return Network(self.inputs, (*self.layers, last))


def paired(first: Network, second: Network) -> Network:
    """Two networks of one input z, with both outputs behind each other: y = (first(z), second(z)).

    Two persons who share all but one attribute are `paired(net.after(A, a), net.after(B, b))` over the shared
    part and both attributes. Two chains of the same shape become one chain of block matrices; other networks
    become two branches.
    """
    if first.inputs != second.inputs:
        raise ValueError(f"expected two networks of one input, found {first.inputs} and {second.inputs}")
    one, two = first.dense(), second.dense()
    if one and two and [step.activation for step in one] == [step.activation for step in two]:
        return _chain(
            first.inputs, [_beside(a, b, i == 0) for i, (a, b) in enumerate(zip(one, two, strict=True))]
        )
    shift = len(first.layers)
    layers = [*first.layers, *(_moved(layer, shift, 0) for layer in second.layers)]
    wide = torch.eye(first.outputs + second.outputs).double()
    ends = []
    for end, columns in ((shift, wide[:, : first.outputs]), (len(layers), wide[:, first.outputs :])):
        layers.append(Affine(end, Dense(columns), torch.zeros(len(wide)).double()))
        ends.append(len(layers))
    return Network(first.inputs, (*layers, Sum(tuple(ends))))


def _beside(one: DenseLayer, two: DenseLayer, shared: bool) -> DenseLayer:
    offset = np.concatenate([one.offset, two.offset])
    if shared:
        return DenseLayer(np.concatenate([one.weight, two.weight]), offset, one.activation)
    weight = np.zeros((len(offset), one.weight.shape[1] + two.weight.shape[1]))
    weight[: len(one.offset), : one.weight.shape[1]] = one.weight
    weight[len(one.offset) :, one.weight.shape[1] :] = two.weight
    return DenseLayer(weight, offset, one.activation)


def _chain(inputs: int, steps: list[DenseLayer]) -> Network:
    layers: list[Layer] = []
    for step in steps:
        layers.append(Affine(len(layers), Dense(_tensor(step.weight)), _tensor(step.offset)))
        if step.activation:
            layers.append(Activation(len(layers), step.activation))
    return Network(inputs, tuple(layers))


def _given(layer: Layer, taken: int, place: int) -> int:
    if not isinstance(layer, Affine):
        return taken
    if layer.linear.inputs != taken or layer.offset.shape != (layer.linear.outputs,):
        raise ValueError(f"layer {place} expects {layer.linear.inputs} numbers and is given {taken}")
    reach = layer.linear.absolute().apply(torch.ones(1, taken, dtype=layer.offset.dtype))
    if not (torch.isfinite(reach).all() and torch.isfinite(layer.offset).all()):
        raise ValueError(f"layer {place} holds weights that are no finite numbers")
    return layer.linear.outputs


def _rounded(layer: Layer, kind: torch.dtype) -> Layer:
    if not isinstance(layer, Affine):
        return layer
    return Affine(layer.source, layer.linear.to(kind), layer.offset.to(kind))


def _moved(layer: Layer, by: int, start: int) -> Layer:
    """A layer whose values stand `by` places later, except for the input, which becomes value `start`."""
    if isinstance(layer, Sum):
        return Sum(tuple(_place(source, by, start) for source in layer.sources))
    return replace(layer, source=_place(layer.source, by, start))


def _place(source: int, by: int, start: int) -> int:
    return start if source == 0 else source + by


def _tensor(values: F64) -> Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float64, order="C"))
