"""Proofs by halving the box of inputs: complete for few inputs, hopeless for many.

A box is done when, for each unsafe condition, one of its rows is shown to stay above its limit there; else it
is halved along the input that moves that row the most. Boxes go through in batches, the newest first, so that
their number stays small. Points of open boxes that look unsafe are handed back for the model to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from checks.proof.budget import Budget
from checks.proof.network import Network
from checks.proof.property import F64, Case
from checks.proof.zonotope import Boxes, Step, lowest, relaxations

BATCH = 512


@dataclass(frozen=True, eq=False, slots=True)
class Splitting:
    """How far it came: what is left (None: nothing, the case is proved), a suspicious point, boxes seen."""

    stopped: str | None
    suspect: F64 | None
    regions: int


def steps_of(network: Network) -> tuple[Step, ...] | None:
    """The network as dense steps with a Relu between them; None where it is no such chain."""
    chain = network.dense()
    if not chain or any(layer.activation != "relu" for layer in chain[:-1]) or chain[-1].activation:
        return None
    weights = [(torch.from_numpy(layer.weight), torch.from_numpy(layer.offset)) for layer in chain]
    return tuple(Step(weight, weight.abs(), offset) for weight, offset in weights)


@torch.no_grad()
def split(
    steps: Sequence[Step], network: Network, case: Case, margin: float, budget: Budget, spent: int
) -> Iterator[Splitting]:
    """Look for a proof of a case, with `margin` to spare on each row; `spent` regions are spent already.

    Gives suspicious points one after the other, and comes to its end with `stopped` or a proof.
    """
    conditions = [(torch.tensor(c.rows), torch.tensor(c.limits) + margin) for c in case.unsafe]
    waiting = Boxes(torch.tensor(case.region.lower)[None], torch.tensor(case.region.upper)[None])
    while len(waiting):
        reason = budget.spent(spent)
        if reason:
            yield Splitting(reason, None, spent)
            return
        if budget.watch:
            budget.watch(spent, 1 - _share(waiting, case))
        boxes = waiting.at(slice(-BATCH, None))
        waiting = waiting.at(slice(None, -BATCH))
        spent += len(boxes)
        boxes, slopes, lost = _open(steps, boxes, conditions)
        if not len(boxes):
            continue
        for point in _suspects(network, case, boxes, slopes):
            yield Splitting(None, point, spent)
        gain, axis = lost.max(1)
        axis = torch.where(gain > 0, axis, (boxes.upper - boxes.lower).argmax(1))
        stuck = ~_divisible(boxes, axis)
        if stuck.any():
            yield Splitting("A box has become too small to be halved in double precision.", None, spent)
            return
        halves = boxes.halved(axis)
        waiting = Boxes(torch.cat([waiting.lower, halves.lower]), torch.cat([waiting.upper, halves.upper]))
    yield Splitting(None, None, spent)


def _share(waiting: Boxes, case: Case) -> float:
    """The share of the volume of the region that is still open; axes without width do not count."""
    whole = torch.tensor(case.region.upper - case.region.lower)
    parts = torch.where(whole > 0, (waiting.upper - waiting.lower) / whole, 1.0)
    return float(parts.prod(1).sum().clamp(0, 1))


def _divisible(boxes: Boxes, axis: Tensor) -> Tensor:
    lower, upper, middle = (
        ends.gather(1, axis[:, None])[:, 0] for ends in (boxes.lower, boxes.upper, boxes.centre)
    )
    return (middle > lower) & (middle < upper)


def _open(
    steps: Sequence[Step], boxes: Boxes, conditions: Sequence[tuple[Tensor, Tensor]]
) -> tuple[Boxes, Tensor, Tensor]:
    """The boxes that are not done; the slopes and losses (boxes, inputs) of the row that is nearest to it."""
    layers = relaxations(steps, boxes)
    left = torch.zeros(len(boxes), dtype=torch.bool)
    slopes, losses = torch.zeros_like(boxes.lower), torch.zeros_like(boxes.lower)
    for rows, limits in conditions:
        bound, coefficients, lost = lowest(steps, layers, boxes, rows, limits)
        best, row = bound.max(1)
        failed = ~(best > 0)  # so that NaN counts as failed
        fresh = failed & ~left
        slopes[fresh], losses[fresh] = coefficients[fresh, row[fresh]], lost[fresh, row[fresh]]
        left |= failed
    return boxes.at(left), slopes[left].nan_to_num(), losses[left].nan_to_num()


def _suspects(network: Network, case: Case, boxes: Boxes, slopes: Tensor) -> Iterator[F64]:
    """Centres, and corners where the nearest row is lowest, whose answer in double precision is unsafe."""
    corners = torch.where(slopes > 0, boxes.lower, boxes.upper)
    points = torch.cat([boxes.centre, corners])
    answers = network.forward(points).numpy()
    for condition in case.unsafe:
        for point in points[torch.from_numpy(condition.met(answers))][:1]:
            yield point.numpy()
