"""Planes under the rows of one condition: what they say together, and where in a box they leave room.

A plane lies below a row in a whole box: `row(x) >= bound + sum of slopes * (x - corner)`, where `corner` is
that of the box at which the plane is lowest. A condition is met where all its rows are at most zero. So a
sum of rows with weights that are not negative is at most zero there as well: if one such sum is positive in
the whole box, the condition is never met. And each plane bounds how far from its corner it can be met.

Rounding: as in `zonotope`, whose `bound` is one in the real numbers; what is added here is bounded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from checks.proof.boxes import SPARE, UNIT, Boxes

ROUNDS: Final = 12
"""How often the weights of a sum are moved."""


@dataclass(frozen=True, eq=False, slots=True)
class Planes:
    """One plane for each row in each box.

    `bound` (boxes, rows), `slopes` and `lost` (boxes, rows, inputs): `lost` is about how much of the bound is
    lost because of each input's width.
    """

    bound: Tensor
    slopes: Tensor
    lost: Tensor

    def best(self) -> Tensor:
        """The place of the highest plane in each box."""
        return self.bound.max(1).indices

    def row(self, place: Tensor) -> Planes:
        """One plane of each box."""
        each = torch.arange(len(place))
        return Planes(
            self.bound[each, place][:, None],
            self.slopes[each, place][:, None],
            self.lost[each, place][:, None],
        )

    def at(self, chosen: Tensor) -> Planes:
        """The planes of some of the boxes."""
        return Planes(self.bound[chosen], self.slopes[chosen], self.lost[chosen])

    def beside(self, other: Planes) -> Planes:
        """More planes in the same boxes."""
        return Planes(
            torch.cat([self.bound, other.bound], 1),
            torch.cat([self.slopes, other.slopes], 1),
            torch.cat([self.lost, other.lost], 1),
        )


def with_sum(planes: Planes, boxes: Boxes) -> Planes:
    """The planes and one more in each box: the sum of them whose bound is highest, as far as it is found.

    Weights move towards the rows that are high where the sum is lowest (Freund and Schapire's Hedge), which
    closes in on the best ones of the zero-sum game between weights and points.
    """
    rows = planes.bound.shape[1]
    if rows == 1:
        return planes
    offsets = planes.bound - _lowest(planes.slopes, boxes)
    scale = (boxes.upper - boxes.lower)[:, None] * planes.slopes.abs()
    pace = 2.0 / (scale.sum(2).amax(1, keepdim=True) + planes.bound.abs().amax(1, keepdim=True) + 1e-300)
    logits = torch.zeros_like(planes.bound)
    best, weights = torch.full_like(planes.bound[:, :1], -torch.inf), torch.zeros_like(planes.bound)
    for count in range(ROUNDS):
        share = torch.softmax(logits, 1)
        slopes = (share[:, :, None] * planes.slopes).sum(1)
        value = (share * offsets).sum(1, keepdim=True) + _lowest(slopes[:, None], boxes)
        better = value > best
        best, weights = torch.where(better, value, best), torch.where(better, share, weights)
        corner = torch.where(slopes > 0, boxes.lower, boxes.upper)
        reached = offsets + (planes.slopes * corner[:, None]).sum(2)
        logits = logits + pace * 4 / (1 + count) ** 0.5 * reached
    return planes.beside(_weighted(planes, weights, boxes))


def _lowest(slopes: Tensor, boxes: Boxes) -> Tensor:
    """The least of `slopes @ x` in each box, (boxes, rows)."""
    ends = torch.where(slopes > 0, slopes * boxes.lower[:, None], slopes * boxes.upper[:, None])
    return ends.sum(2)


def _weighted(planes: Planes, weights: Tensor, boxes: Boxes) -> Planes:
    slopes = torch.einsum("bm,bmn->bn", weights, planes.slopes)[:, None]
    offsets = planes.bound - _lowest(planes.slopes, boxes)
    bound = (weights * offsets).sum(1, keepdim=True) + _lowest(slopes, boxes)
    size = torch.maximum(boxes.lower.abs(), boxes.upper.abs())[:, None]
    terms = (weights * (planes.bound.abs() + 2 * (planes.slopes.abs() * size).sum(2))).sum(1, keepdim=True)
    wrong = (sum(planes.slopes.shape[1:]) + SPARE) * UNIT * terms
    lost = torch.einsum("bm,bmn->bn", weights, planes.lost)[:, None]
    return Planes(bound - 2 * wrong, slopes, lost)


def narrowed(boxes: Boxes, planes: Planes) -> Boxes:
    """The part of each box outside which one of the planes is positive; all must be negative in places.

    Where `slope` is positive, `row(x) <= 0` needs `slope * (x - lower) <= -bound`, since no other input can
    bring the plane below its bound; and likewise from above.
    """
    reach = (-planes.bound).clamp(min=0)[:, :, None] / planes.slopes.abs() * (1 + 4 * UNIT)
    size = torch.maximum(boxes.lower.abs(), boxes.upper.abs())[:, None]
    reach = reach + 4 * UNIT * (size + reach)
    reach = torch.where(torch.isfinite(reach), reach, torch.inf)
    upper = torch.where(planes.slopes > 0, boxes.lower[:, None] + reach, torch.inf).amin(1)
    lower = torch.where(planes.slopes < 0, boxes.upper[:, None] - reach, -torch.inf).amax(1)
    return Boxes(torch.maximum(boxes.lower, lower), torch.minimum(boxes.upper, upper))
