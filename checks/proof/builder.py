"""A network while it is read: values with the shapes that they have in the graph, over flat layers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from checks.proof.linear_map import LinearMap, Picking, Scaling
from checks.proof.network import Activation, Affine, Layer, Shape, Sum


@dataclass(frozen=True, slots=True)
class Held:
    """A value that depends on the input: its place in the network and its shape in the graph."""

    place: int
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)

    @property
    def index(self) -> Tensor:
        """The flat place of each of its numbers, in its shape."""
        return torch.arange(self.size, dtype=torch.float64).reshape(self.shape)


Value = Held | Tensor


@dataclass
class Builder:
    """Layers as they are read. `node` and `opset` are those of the node that is being read."""

    inputs: int
    opset: int
    layers: list[Layer] = field(default_factory=list)

    def added(self, layer: Layer, shape: tuple[int, ...]) -> Held:
        """The value of one more layer."""
        self.layers.append(layer)
        return Held(len(self.layers), tuple(shape))

    def affine(self, value: Held, linear: LinearMap, offset: Tensor | None, shape: tuple[int, ...]) -> Held:
        """A linear map of a value and an offset (None: zeros)."""
        given = torch.zeros(linear.outputs).double() if offset is None else offset.reshape(-1).double()
        return self.added(Affine(value.place, linear, given), shape)

    def scaled(self, value: Held, factor: Tensor | float, offset: Tensor | float = 0.0) -> Held:
        """`factor * value + offset`, number by number; both are broadcast to the value's shape."""
        factors = torch.as_tensor(factor, dtype=torch.float64).broadcast_to(value.shape)
        offsets = torch.as_tensor(offset, dtype=torch.float64).broadcast_to(value.shape)
        return self.affine(value, Scaling(factors.reshape(-1).clone()), offsets.clone(), value.shape)

    def picked(self, value: Held, index: Tensor) -> Held:
        """The numbers of a value at flat places, in the shape of `index`."""
        places = index.reshape(-1).long()
        if torch.equal(places, torch.arange(value.size)):
            return Held(value.place, tuple(index.shape))
        picking = Picking(places[None], torch.ones(1).double(), value.size)
        return self.affine(value, picking, None, tuple(index.shape))

    def activated(self, value: Held, shape: Shape) -> Held:
        """An activation of each number."""
        return self.added(Activation(value.place, shape), value.shape)

    def total(self, *values: Held) -> Held:
        """Values of one shape, added."""
        return self.added(Sum(tuple(value.place for value in values)), values[0].shape)

    def broadcast(self, value: Held, shape: tuple[int, ...]) -> Held:
        """A value repeated to a larger shape."""
        return self.picked(value, value.index.broadcast_to(shape))

    def larger(self, one: Held, other: Held) -> Held:
        """The larger of two values of one shape, number by number: `b + relu(a - b)`."""
        return self.total(other, self.activated(self.total(one, self.scaled(other, -1.0)), "relu"))
