"""Linear maps between flat vectors: what stands between two activations of a network, without its offset.

Each map gives its image, its transpose (how a row over the outputs reads over the inputs) and the map of the
absolute weights, from which interval arithmetic and bounds on rounding follow. Shapes are flat: a batch of
`k` vectors of `n` numbers is a tensor (k, n); leading axes are kept. The law of the transpose:
`rows @ apply(x) == transpose(rows) @ x`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional


class LinearMap(Protocol):
    """A linear function of flat vectors."""

    @property
    def inputs(self) -> int:
        """How many numbers go in."""

    @property
    def outputs(self) -> int:
        """How many come out."""

    @property
    def terms(self) -> int:
        """How many products at most are added for one output."""

    def apply(self, values: Tensor) -> Tensor:
        """The image of (..., inputs), as (..., outputs)."""

    def transpose(self, rows: Tensor) -> Tensor:
        """Rows (..., outputs) over what comes out, as rows (..., inputs) over what goes in."""

    def absolute(self) -> LinearMap:
        """The map with the absolute values of its weights."""

    def to(self, kind: torch.dtype) -> LinearMap:
        """The map with weights rounded to a type."""


@dataclass(frozen=True, eq=False, slots=True)
class Dense:
    """A full matrix (outputs, inputs)."""

    weight: Tensor

    @property
    def inputs(self) -> int:
        """Columns."""
        return self.weight.shape[1]

    @property
    def outputs(self) -> int:
        """Rows."""
        return self.weight.shape[0]

    @property
    def terms(self) -> int:
        """One product for each input."""
        return self.inputs

    def apply(self, values: Tensor) -> Tensor:
        """The matrix times each vector."""
        return values @ self.weight.T

    def transpose(self, rows: Tensor) -> Tensor:
        """Each row times the matrix."""
        return rows @ self.weight

    def absolute(self) -> Dense:
        """Absolute values."""
        return Dense(self.weight.abs())

    def to(self, kind: torch.dtype) -> Dense:
        """Rounded."""
        return Dense(self.weight.to(kind))


@dataclass(frozen=True, eq=False, slots=True)
class Scaling:
    """Each number times a factor of its own (n,)."""

    factors: Tensor

    @property
    def inputs(self) -> int:
        """As many as factors."""
        return self.factors.shape[0]

    @property
    def outputs(self) -> int:
        """As many as factors."""
        return self.factors.shape[0]

    @property
    def terms(self) -> int:
        """One product."""
        return 1

    def apply(self, values: Tensor) -> Tensor:
        """Number by number."""
        return values * self.factors

    def transpose(self, rows: Tensor) -> Tensor:
        """A diagonal is its own transpose."""
        return rows * self.factors

    def absolute(self) -> Scaling:
        """Absolute values."""
        return Scaling(self.factors.abs())

    def to(self, kind: torch.dtype) -> Scaling:
        """Rounded."""
        return Scaling(self.factors.to(kind))


@dataclass(frozen=True, eq=False, slots=True)
class Picking:
    """Output j is the sum over t of factors[t] times input index[t, j]; index (t, outputs), factors (t,)."""

    index: Tensor
    factors: Tensor
    inputs: int

    @property
    def outputs(self) -> int:
        """Columns of the index."""
        return self.index.shape[1]

    @property
    def terms(self) -> int:
        """Rows of the index."""
        return self.index.shape[0]

    def apply(self, values: Tensor) -> Tensor:
        """What was picked, added up."""
        picked = (values[..., row] * factor for row, factor in zip(self.index, self.factors, strict=True))
        return torch.stack(tuple(picked)).sum(0)

    def transpose(self, rows: Tensor) -> Tensor:
        """Each weight goes back to where its number was picked; repeated picks add up."""
        result = torch.zeros((*rows.shape[:-1], self.inputs), dtype=rows.dtype)
        for row, factor in zip(self.index, self.factors, strict=True):
            result.index_add_(-1, row, rows * factor)
        return result

    def absolute(self) -> Picking:
        """Absolute factors."""
        return replace(self, factors=self.factors.abs())

    def to(self, kind: torch.dtype) -> Picking:
        """Rounded."""
        return replace(self, factors=self.factors.to(kind))


@dataclass(frozen=True, eq=False, slots=True)
class Convolution:
    """A convolution of channels in one to three dimensions, its padding (both sides, per axis) with zeros."""

    weight: Tensor
    taken: tuple[int, ...]
    """Channels and sizes of what goes in, without the batch."""
    strides: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    dilations: tuple[int, ...]
    groups: int

    @property
    def given(self) -> tuple[int, ...]:
        """Channels and sizes of what comes out."""
        axes = range(len(self.strides))
        reach = [self.dilations[i] * (self.weight.shape[2 + i] - 1) + 1 for i in axes]
        padded = [self.taken[1 + i] + self.before[i] + self.after[i] for i in axes]
        return (
            self.weight.shape[0],
            *((padded[i] - reach[i]) // self.strides[i] + 1 for i in axes),
        )

    @property
    def inputs(self) -> int:
        """All channels and places that go in."""
        return math.prod(self.taken)

    @property
    def outputs(self) -> int:
        """All channels and places that come out."""
        return math.prod(self.given)

    @property
    def terms(self) -> int:
        """The numbers of one kernel."""
        return math.prod(self.weight.shape[1:])

    def apply(self, values: Tensor) -> Tensor:
        """The convolution of each vector."""
        function = (functional.conv1d, functional.conv2d, functional.conv3d)[len(self.strides) - 1]
        shaped = _padded(values.reshape(-1, *self.taken), self.before, self.after)
        result = function(shaped, self.weight, None, self.strides, 0, self.dilations, self.groups)
        return result.reshape(*values.shape[:-1], self.outputs)

    def transpose(self, rows: Tensor) -> Tensor:
        """The transposed convolution, cut to the places that are no padding."""
        axes = range(len(self.strides))
        name = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")[len(self.strides) - 1]
        shaped = rows.reshape(-1, *self.given)
        wide = getattr(functional, name)(
            shaped, self.weight, None, self.strides, 0, 0, self.groups, self.dilations
        )
        wanted = [self.before[i] + self.taken[1 + i] + self.after[i] for i in axes]
        missing = [0] * len(wanted), [max(0, wanted[i] - wide.shape[2 + i]) for i in axes]
        wide = _padded(wide, *missing)
        places = [slice(self.before[i], self.before[i] + self.taken[1 + i]) for i in axes]
        return wide[(slice(None), slice(None), *places)].reshape(*rows.shape[:-1], self.inputs)

    def absolute(self) -> Convolution:
        """Absolute weights."""
        return replace(self, weight=self.weight.abs())

    def to(self, kind: torch.dtype) -> Convolution:
        """Rounded."""
        return replace(self, weight=self.weight.to(kind))


def matrix_of(linear: LinearMap) -> Tensor:
    """The map as a full matrix (outputs, inputs)."""
    if isinstance(linear, Dense):
        return linear.weight
    kind = linear.transpose(torch.zeros(1, linear.outputs, dtype=torch.float64)).dtype
    return linear.transpose(torch.eye(linear.outputs, dtype=kind))


def _padded(value: Tensor, before: list[int] | tuple[int, ...], after: list[int] | tuple[int, ...]) -> Tensor:
    pads = [width for axis in reversed(range(len(before))) for width in (before[axis], after[axis])]
    return functional.pad(value, pads) if any(pads) else value
