"""Proofs by halving the box of inputs: complete for few inputs, hopeless for many.

A box is done when, for each unsafe condition, one of its rows, or a sum of them, is shown to stay above its
limit there. Else the part in which it may not is kept if it is small, or halved along the input whose width
costs the bound most. Boxes go through in batches, the newest first, so that their number stays small. Points
of open boxes that look unsafe are handed back for the model to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from checks.proof.boxes import Boxes
from checks.proof.budget import Budget
from checks.proof.network import Network
from checks.proof.planes import Planes, narrowed, with_sum
from checks.proof.property import F64, Case
from checks.proof.zonotope import Step, lowest, relaxations

BATCH: Final = 512
KEPT: Final = 0.5
"""A part that is smaller than this share of its box is looked at again before it is halved."""


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
        left = _open(steps, boxes, conditions)
        if not len(left.whole):
            continue
        for point in _suspects(network, case, left):
            yield Splitting(None, point, spent)
        smaller = left.smaller()
        if smaller is None:
            yield Splitting("A box has become too small to be halved in double precision.", None, spent)
            return
        waiting = waiting.beside(smaller)
    yield Splitting(None, None, spent)


def _share(waiting: Boxes, case: Case) -> float:
    """The share of the volume of the region that is still open; axes without width do not count."""
    whole = torch.tensor(case.region.upper - case.region.lower)
    parts = torch.where(whole > 0, (waiting.upper - waiting.lower) / whole, 1.0)
    return float(parts.prod(1).sum().clamp(0, 1))


@dataclass(frozen=True, eq=False, slots=True)
class _Open:
    """Boxes in which a condition is not ruled out: the part that is left, its condition's highest plane."""

    whole: Boxes
    part: Boxes
    planes: Planes

    def smaller(self) -> Boxes | None:
        """What is to be looked at next: parts that are much smaller, halves of others; None: too small."""
        before, width = self.whole.upper - self.whole.lower, self.part.upper - self.part.lower
        left = torch.where(before > 0, width / before, 1.0)
        gain, axis = (self.planes.lost[:, 0] * left).max(1)
        axis = torch.where(gain > 0, axis, width.argmax(1))
        kept = left.prod(1) < KEPT
        halved = self.part.at(~kept)
        middle, lower, upper = (
            ends.gather(1, axis[~kept, None]) for ends in (halved.centre, halved.lower, halved.upper)
        )
        if not ((lower < middle) & (middle < upper)).all():
            return None
        return self.part.at(kept).beside(halved.halved(axis[~kept]))


def _open(steps: Sequence[Step], boxes: Boxes, conditions: Sequence[tuple[Tensor, Tensor]]) -> _Open:
    layers = relaxations(steps, boxes)
    found = [with_sum(lowest(steps, layers, boxes, *condition), boxes) for condition in conditions]
    parts = [narrowed(boxes, planes) for planes in found]
    left = torch.stack([~_ruled_out(*pair) for pair in zip(found, parts, strict=True)])
    room = Boxes(
        torch.stack([part.lower for part in parts]).masked_fill(~left[:, :, None], torch.inf).amin(0),
        torch.stack([part.upper for part in parts]).masked_fill(~left[:, :, None], -torch.inf).amax(0),
    )
    open_, first = left.any(0), left.to(torch.uint8).argmax(0)
    nearest = [planes.row(planes.best()) for planes in found]
    each = torch.arange(len(boxes))
    planes = Planes(
        *(
            torch.stack([getattr(p, n) for p in nearest])[first, each].nan_to_num()
            for n in ("bound", "slopes", "lost")
        )
    )
    return _Open(boxes.at(open_), room.at(open_), planes.at(open_))


def _ruled_out(planes: Planes, part: Boxes) -> Tensor:
    """Whether the condition is met nowhere in each box; false for NaN."""
    return (planes.bound > 0).any(1) | (part.lower > part.upper).any(1)


def _suspects(network: Network, case: Case, boxes: _Open) -> Iterator[F64]:
    """Centres, and corners where the highest plane is lowest, whose answer in double precision is unsafe."""
    corners = torch.where(boxes.planes.slopes[:, 0] > 0, boxes.part.lower, boxes.part.upper)
    points = torch.cat([boxes.part.centre, corners])
    answers = network.forward(points).numpy()
    for condition in case.unsafe:
        for point in points[torch.from_numpy(condition.met(answers))][:1]:
            yield point.numpy()
