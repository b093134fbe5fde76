"""Bounds on what enters each activation, layer by layer, made tight enough that branching starts from little.

First interval arithmetic, then a backward pass for every number whose sign is open, then ascent over the
slopes of those passes, and, where outputs of interest are given, the same under the demand that the output
lies there: bounds that hold wherever a violation could be are as good as bounds that hold everywhere, if what
is to be shown is that no violation exists.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from checks.proof.ascent import Aim, Choice, Demand, climb
from checks.proof.crown import Problem
from checks.proof.interval import Interval, intervals, meet, reach
from checks.proof.network import Activation, Network
from checks.proof.relaxation import lines

AT_ONCE: Final = 1024
"""Numbers that are bounded at once, so that memory suffices for wide layers."""


@dataclass(frozen=True, eq=False)
class Bounds:
    """Boxes and bounds of every value in them, (boxes, 1, width) each, valid in real arithmetic."""

    network: Network
    values: tuple[Interval, ...]

    @classmethod
    def of(cls, network: Network, low: Tensor, high: Tensor) -> Bounds:
        """By interval arithmetic; boxes (boxes, 1, inputs)."""
        return cls(network, tuple(intervals(network, low, high)))

    @property
    def activations(self) -> list[int]:
        """The places of activation layers."""
        return [place for place, layer in enumerate(self.network.layers) if isinstance(layer, Activation)]

    def entering(self, place: int) -> Interval:
        """Bounds of what enters an activation."""
        return self.values[self.network.layers[place].sources[0]]

    def open(self, place: int) -> Tensor:
        """Which numbers that enter have an open sign, or enter a smooth function, in any box: (width,)."""
        low, high = self.entering(place)
        layer = self.network.layers[place]
        if isinstance(layer, Activation) and layer.shape != "relu":
            return (low < high).reshape(-1, low.shape[-1]).any(0)
        return ((low < 0) & (high > 0)).reshape(-1, low.shape[-1]).any(0)

    @property
    def empty(self) -> Tensor:
        """Boxes (boxes,) in which some value has no number left: nothing can be there."""
        gaps = [(low > high).any(-1).reshape(-1) for low, high in self.values]
        return functools.reduce(torch.logical_or, gaps)

    def problem(self) -> Problem:
        """What rows are bounded over."""
        around = {}
        for place in self.activations:
            layer = self.network.layers[place]
            assert isinstance(layer, Activation)
            around[place] = lines(layer.shape, *self.entering(place))
        low, high = self.values[0]
        return Problem(self.network, around, low, high, reach(list(self.values)))

    def met(self, known: dict[int, Interval]) -> Bounds:
        """With tighter bounds of some values, and what follows from them by interval arithmetic."""
        before = {value: bounds for value, bounds in enumerate(self.values) if value}
        before |= {value: meet(before[value], bounds) for value, bounds in known.items() if value}
        low, high = meet(self.values[0], known[0]) if 0 in known else self.values[0]
        return replace(self, values=tuple(intervals(self.network, low, high, before)))


def tightened(bounds: Bounds, *, steps: int, pace: float, demand: Demand | None = None) -> Bounds:
    """Bounds by backward passes for every number with an open sign, in the order of the layers."""
    for place in bounds.activations:
        source = bounds.network.layers[place].sources[0]
        if demand is None and not any(done < source for done in bounds.activations):
            continue  # interval arithmetic is exact before the first activation
        every = torch.nonzero(bounds.open(place)).reshape(-1)
        for start in range(0, len(every), AT_ONCE):
            chosen = every[start : start + AT_ONCE]
            found = _bounded(bounds, source, chosen, steps=steps, pace=pace, demand=demand)
            bounds = bounds.met({source: found})
    return bounds


def _bounded(
    bounds: Bounds, value: int, chosen: Tensor, *, steps: int, pace: float, demand: Demand | None
) -> Interval:
    """New bounds of a value (boxes, 1, width): of the chosen numbers, the others unbounded."""
    problem = bounds.problem()
    low, high = (numbers.clone() for numbers in bounds.values[value])
    boxes, width = low.shape[0], low.shape[-1]
    unit = torch.zeros(len(chosen), width).double()
    unit[torch.arange(len(chosen)), chosen] = 1.0
    rows = torch.cat([unit, -unit]).expand(boxes, -1, -1)
    aim = Aim({value: rows}, demand=demand)
    choice = Choice()
    if steps:
        choice = start_choice(problem, aim, boxes, rows.shape[1], value if demand is None else None)
        climb(problem.to(torch.float32), aim.to(torch.float32), choice, steps=steps, pace=pace)
    _, bound = aim.bound(problem, choice.to(torch.float64))
    bound = torch.where(bound.isfinite(), bound, -torch.inf)
    below, above = bound[:, : len(chosen)], -bound[:, len(chosen) :]
    low[:, 0, chosen] = torch.maximum(low[:, 0, chosen], below)
    high[:, 0, chosen] = torch.minimum(high[:, 0, chosen], above)
    return low, high


def start_choice(problem: Problem, aim: Aim, boxes: int, rows: int, before: int | None) -> Choice:
    """Slopes as they stand in the lines, no pressures, no multipliers; only for layers before a value."""
    slopes = {}
    for place, line in problem.lines.items():
        if line.free.any() and (before is None or place < before):
            start = line.low_slope.to(torch.float32)
            slopes[place] = start.expand(boxes, rows, -1).clone()
    multipliers = None
    if aim.demand is not None:
        multipliers = torch.zeros(boxes, rows, aim.demand.rows.shape[-2])
    return Choice(slopes, {}, multipliers)
