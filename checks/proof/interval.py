"""Interval arithmetic through a network: cheap bounds on every value, valid in real arithmetic.

Each affine layer is widened by more than its rounding in double precision (Higham, "Accuracy and Stability of
Numerical Algorithms", 2002, section 3.1: n products added in any order are wrong by at most `n u / (1 - n u)`
times the sum of their absolute values). Activations here rise, so their ends go to the ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from checks.proof.network import FUNCTIONS, Activation, Affine, Network, Sum
from checks.proof.relaxation import EPSILON, TRUSTED

Interval = tuple[Tensor, Tensor]


def intervals(
    network: Network, low: Tensor, high: Tensor, known: Mapping[int, Interval] = MappingProxyType({})
) -> list[Interval]:
    """Bounds of every value, the input first; `low` and `high` (..., inputs) in double precision.

    `known` bounds of some values are taken where they are tighter.
    """
    values = [(low, high)]
    for layer in network.layers:
        match layer:
            case Affine():
                found = affine(layer, values[layer.source])
            case Sum():
                found = _added([values[source] for source in layer.sources])
            case Activation():
                found = _activated(layer, values[layer.source])
        found = finite(found)
        values.append(meet(found, known[len(values)]) if len(values) in known else found)
    return values


def finite(given: Interval) -> Interval:
    """An interval in which an end that overflowed, or is no number, bounds nothing."""
    low, high = given
    return torch.where(low.isfinite(), low, -torch.inf), torch.where(high.isfinite(), high, torch.inf)


def meet(one: Interval, other: Interval) -> Interval:
    """The numbers that lie in both; empty (low above high) where there is none."""
    return torch.maximum(one[0], other[0]), torch.minimum(one[1], other[1])


def reach(bounds: list[Interval]) -> tuple[Tensor, ...]:
    """The largest absolute value within bounds, over all boxes: one (width,) for each value."""
    largest = [torch.maximum(low.abs(), high.abs()) for low, high in bounds]
    return tuple(value.reshape(-1, value.shape[-1]).amax(0) for value in largest)


def affine(layer: Affine, given: Interval) -> Interval:
    """The image of an interval under an affine layer."""
    low, high = given
    middle, radius = (low + high) / 2, (high - low) / 2
    absolute = layer.linear.absolute()
    centre = layer.linear.apply(middle) + layer.offset
    size = absolute.apply(torch.maximum(low.abs(), high.abs())) + layer.offset.abs()
    spread = absolute.apply(radius) + 4 * (layer.linear.terms + 8) * EPSILON * size
    return centre - spread, centre + spread


def _added(given: list[Interval]) -> Interval:
    low = torch.stack([one for one, _ in given]).sum(0)
    high = torch.stack([other for _, other in given]).sum(0)
    size = torch.stack([torch.maximum(one.abs(), other.abs()) for one, other in given]).sum(0)
    slack = 2 * len(given) * EPSILON * size
    return low - slack, high + slack


def _activated(layer: Activation, given: Interval) -> Interval:
    function = FUNCTIONS[layer.shape]
    low, high = function(given[0]), function(given[1])
    if layer.shape == "relu":
        return low, high
    slack = TRUSTED * EPSILON
    return low - slack * (low.abs() + slack), high + slack * (high.abs() + slack)
