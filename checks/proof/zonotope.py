"""What the hidden values of a network can be in many small boxes at once, and how low a row of the output is.

Hidden values are enclosed by zonotopes: a centre, the inputs' own directions and one direction more for each
Relu whose sign is open (Singh et al., Fast and Effective Robustness Certification, 2018). Rows of the output
are then bounded backwards through the layers (CROWN, Zhang et al., 2018).

Rounding: sums and products are those of double precision, each off by at most a relative `UNIT`. A dot
product of n terms is off by at most `n * UNIT` times the sum of its absolute terms, up to terms of second
order, for which and for the rounding of the bounds themselves `SPARE` more units and four for each layer are
taken, and `TINY` for what is lost below the smallest numbers. So every bound below is one in the real
numbers. Slopes need not be exact: for each slope in [0, 1] the line's offset is made to fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from checks.proof.boxes import SPARE, TINY, UNIT, Boxes
from checks.proof.planes import Planes


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """Weights (outputs, inputs), their absolute values, and offsets (outputs,) of one layer."""

    weight: Tensor
    absolute: Tensor
    offset: Tensor


@dataclass(frozen=True, eq=False, slots=True)
class Relaxed:
    """The Relus of one layer in each box: what goes in, the upper line, and what rounding may add.

    `slope * h <= relu(h) <= slope * h + lift` for each h in [lower, upper]; all (boxes, neurons). `scale`
    bounds the sum of the absolute terms of h. `share` (boxes, inputs, neurons) is about how far each input
    alone moves h, relative to all that moves it.
    """

    lower: Tensor
    upper: Tensor
    slope: Tensor
    lift: Tensor
    scale: Tensor
    share: Tensor


def relaxations(steps: Sequence[Step], boxes: Boxes) -> list[Relaxed]:
    """The Relus after each step but the last, in each box."""
    centre = boxes.centre
    radius = torch.maximum(boxes.upper - centre, centre - boxes.lower) * (1 + 4 * UNIT)
    most = torch.maximum(boxes.lower.abs(), boxes.upper.abs())
    spread, error = torch.diag_embed(radius), torch.zeros_like(centre)
    layers = []
    for step in steps[:-1]:
        terms = len(step.weight.T) + spread.shape[1] + SPARE + 4 * len(steps)
        scale = (most @ step.absolute.T + step.offset.abs()) * (1 + terms * UNIT)
        reach = spread.abs().sum(1) + centre.abs() + error
        error = (error + terms * UNIT * reach) @ step.absolute.T + terms * UNIT * step.offset.abs()
        error = error * (1 + terms * UNIT) + TINY
        centre, spread = centre @ step.weight.T + step.offset, spread @ step.weight.T
        moved = spread.abs()
        radius = moved.sum(1)
        share = moved[:, : boxes.lower.shape[1]] / (radius[:, None] + TINY)
        layer = _relaxed(centre, radius * (1 + terms * UNIT) + error, scale, share)
        layers.append(layer)
        centre, spread, error = _activated(layer, centre, spread, error)
        most = layer.upper.clamp(min=0)
    return layers


def _relaxed(centre: Tensor, radius: Tensor, scale: Tensor, share: Tensor) -> Relaxed:
    slack = 4 * UNIT * (centre.abs() + radius)
    lower = torch.maximum(centre - radius - slack, -scale)
    upper = torch.minimum(centre + radius + slack, scale)
    slope = torch.where(lower >= 0, 1.0, torch.where(upper <= 0, 0.0, upper / (upper - lower))).clamp(0, 1)
    lift = torch.maximum(-slope * lower, (1 - slope) * upper).clamp(min=0) * (1 + 8 * UNIT)
    return Relaxed(lower, upper, slope, lift, scale, share)


def _activated(
    layer: Relaxed, centre: Tensor, spread: Tensor, error: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The zonotope after the Relus; each open one adds a direction of half its lift."""
    half = layer.lift / 2
    centre, spread, error = layer.slope * centre + half, layer.slope[:, None] * spread, layer.slope * error
    count = int((half > 0).sum(1).max())
    if not count:
        return centre, spread, error
    size, place = half.topk(count, dim=1)
    fresh = torch.zeros(len(half), count, half.shape[1], dtype=half.dtype)
    return centre, torch.cat([spread, fresh.scatter_(2, place[:, :, None], size[:, :, None])], 1), error


def lowest(
    steps: Sequence[Step], layers: Sequence[Relaxed], boxes: Boxes, rows: Tensor, ends: Tensor
) -> Planes:
    """Planes under `rows @ y - ends`: `rows` (rows, outputs), `ends` (rows,), the same in all boxes."""
    last = steps[-1]
    most = layers[-1].upper.clamp(min=0) if layers else torch.maximum(boxes.lower.abs(), boxes.upper.abs())
    terms = rows.shape[1] + sum(last.weight.shape) + boxes.lower.shape[1] + SPARE + 4 * len(steps)
    weights, bound = (rows @ last.weight).expand(len(boxes), -1, -1), rows @ last.offset - ends
    total = rows.abs() @ last.offset.abs() + ends.abs() + most @ (rows.abs() @ last.absolute).T
    bound, wrong = bound.expand(len(boxes), -1), terms * UNIT * total
    lost = torch.zeros(len(boxes), len(rows), boxes.lower.shape[1], dtype=rows.dtype)
    for step, layer in zip(reversed(steps[:-1]), reversed(layers), strict=True):
        terms = sum(step.weight.shape) + SPARE + 4 * len(steps)
        positive = weights.clamp(min=0)
        negative = weights - positive
        low = torch.where(layer.lower >= 0, 1.0, torch.where(layer.upper > -layer.lower, 1.0, 0.0))
        low = torch.where(layer.upper <= 0, 0.0, low)
        bound = bound + torch.einsum("bmn,bn->bm", negative, layer.lift)
        loss = (
            positive * torch.minimum(-layer.lower, layer.upper).clamp(min=0)[:, None]
            - negative * layer.lift[:, None]
        )
        lost = lost + loss @ layer.share.mT
        reached = torch.einsum("bmn,bn->bm", weights.abs(), layer.scale + layer.lift)
        weights = positive * low[:, None] + negative * layer.slope[:, None]
        bound = bound + weights @ step.offset
        wrong = wrong + terms * UNIT * reached
        weights = weights @ step.weight
    lower = bound + torch.where(
        weights > 0, weights * boxes.lower[:, None], weights * boxes.upper[:, None]
    ).sum(2)
    size = torch.maximum(boxes.lower.abs(), boxes.upper.abs())
    wrong = (
        wrong
        + TINY
        + (boxes.lower.shape[1] + SPARE)
        * UNIT
        * (bound.abs() + torch.einsum("bmn,bn->bm", weights.abs(), size))
    )
    lost = lost + weights.abs() * (boxes.upper - boxes.lower)[:, None]
    return Planes(lower - 2 * wrong, weights, lost)
