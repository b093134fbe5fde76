"""Bounds of hidden numbers by branch and bound of their own, layer by layer.

Where a network is deep, a loose bound in an early layer opens every sign in the later ones. So each number
with an open sign gets a small tree (`forest`), the lowest leaf of every tree being split in each round,
before the next layer is looked at. De Palma et al. ("Improved Branch and Bound for Neural Network
Verification", 2021) and the refinement in alpha-beta-CROWN, which asks a solver for integer programs, serve
the same end.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from checks.proof.ascent import Demand
from checks.proof.forest import Forest, Targets
from checks.proof.interval import Interval
from checks.proof.tightening import Bounds, tightened


def refined(
    bounds: Bounds,
    *,
    rounds: int,
    steps: int,
    pace: float,
    count: Callable[[int], bool],
    demand: Demand | None = None,
) -> Bounds:
    """Tighter bounds of one box, valid in real arithmetic (with a demand: wherever it is met).

    `count` is told how many leaves were bounded, and says whether to stop; what was found by then is kept.
    """
    for place in bounds.activations:
        source = bounds.network.layers[place].sources[0]
        if any(done < source for done in bounds.activations) and not count(0):
            bounds = _refined(bounds, place, source, rounds, steps, pace, count, demand)
            bounds = tightened(bounds, steps=0, pace=pace)
    return bounds


def _refined(
    bounds: Bounds,
    place: int,
    source: int,
    rounds: int,
    steps: int,
    pace: float,
    count: Callable[[int], bool],
    demand: Demand | None,
) -> Bounds:
    chosen = torch.nonzero(bounds.open(place)).reshape(-1)
    if not len(chosen):
        return bounds
    unit = torch.zeros(len(chosen), bounds.network.widths[source]).double()
    unit[torch.arange(len(chosen)), chosen] = 1.0
    forest = Forest(Targets(bounds, source, torch.cat([unit, -unit])[:, None], demand), steps, pace)
    seen = 0
    for _ in range(rounds):
        seen, before = forest.visited, seen
        if count(seen - before) or not forest.grow(1):
            break
    return bounds.met({source: _interval(bounds.values[source], chosen, forest.bound)})


def _interval(before: Interval, chosen: Tensor, bound: Tensor) -> Interval:
    low, high = (numbers.clone() for numbers in before)
    low[0, 0, chosen] = torch.maximum(low[0, 0, chosen], bound[: len(chosen)])
    high[0, 0, chosen] = torch.minimum(high[0, 0, chosen], -bound[len(chosen) :])
    return low, high
