"""What planes say together: games with known values, and points that must not be lost."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from torch import Tensor

from checks.proof.boxes import Boxes
from checks.proof.planes import Planes, narrowed, with_sum


def planes(offsets: Tensor, slopes: Tensor, boxes: Boxes) -> Planes:
    """Planes that are `offsets + slopes @ x` exactly."""
    least = torch.where(slopes > 0, slopes * boxes.lower[:, None], slopes * boxes.upper[:, None]).sum(2)
    return Planes(offsets + least, slopes, slopes.abs())


def drawn(seed: int, count: int = 40, rows: int = 4, inputs: int = 3) -> tuple[Planes, Boxes, Tensor, Tensor]:
    random = np.random.default_rng(seed)
    lower = torch.tensor(random.normal(size=(count, inputs)))
    boxes = Boxes(lower, lower + torch.tensor(10.0 ** random.uniform(-3, 1, (count, inputs))))
    slopes = torch.tensor(random.normal(size=(count, rows, inputs)))
    middle = (slopes * boxes.centre[:, None]).sum(2)
    offsets = torch.tensor(random.normal(size=(count, rows))) - middle
    return planes(offsets, slopes, boxes), boxes, offsets, slopes


def test_two_rows_that_cross_are_positive_together_and_not_alone() -> None:
    boxes = Boxes(torch.tensor([[-1.0]]).double(), torch.tensor([[1.0]]).double())
    crossing = planes(
        torch.tensor([[0.0, 0.1]], dtype=torch.float64), torch.tensor([[[1.0], [-1.0]]]).double(), boxes
    )
    alone, together = crossing.bound, with_sum(crossing, boxes).bound[:, 2]
    assert (alone < -0.8).all()
    assert 0.03 < float(together) <= 0.05 + 1e-12


@pytest.mark.parametrize("seed", range(3))
def test_a_sum_is_never_higher_than_the_best_there_is_and_mostly_near(seed: int) -> None:
    given, boxes, offsets, slopes = drawn(seed)
    found = with_sum(given, boxes).bound[:, -1].numpy()
    best = []
    for i in range(len(found)):  # the least over the box of the highest plane, which is the game's value
        costs = np.r_[np.zeros(3), 1.0]
        table = np.c_[slopes[i].numpy(), -np.ones(4)]
        ends = [*zip(boxes.lower[i].tolist(), boxes.upper[i].tolist(), strict=True), (None, None)]
        best.append(linprog(costs, A_ub=table, b_ub=-offsets[i].numpy(), bounds=ends).fun)
    assert (found <= np.array(best) + 1e-9).all()
    alone = given.bound.max(1).values.numpy()
    gained = (np.maximum(found, alone) - alone).sum() / (np.array(best) - alone).sum()
    assert gained > 0.5


@pytest.mark.parametrize("seed", range(3))
def test_no_point_at_which_all_rows_may_be_negative_is_cut_off(seed: int) -> None:
    given, boxes, offsets, slopes = drawn(seed)
    part = narrowed(boxes, with_sum(given, boxes))
    points = boxes.lower + torch.tensor(np.random.default_rng(seed).random((4000, 1, 3))) * (
        boxes.upper - boxes.lower
    )
    met = ((points[:, :, None] * slopes).sum(3) + offsets <= 0).all(2)
    kept = ((points >= part.lower) & (points <= part.upper)).all(2)
    assert met.any()
    assert not (met & ~kept).any()
    assert not kept.all()


def test_a_plane_cuts_where_it_crosses_zero() -> None:
    boxes = Boxes(torch.zeros(1, 2).double(), torch.ones(1, 2).double())
    part = narrowed(
        boxes,
        planes(
            torch.tensor([[-0.25]], dtype=torch.float64),
            torch.tensor([[[1.0, -0.1]]], dtype=torch.float64),
            boxes,
        ),
    )
    assert part.upper[0].tolist() == pytest.approx([0.35, 1.0], abs=1e-12)
    assert part.upper[0, 0] >= 0.35
    assert part.lower[0].tolist() == [0.0, 0.0]


def test_numbers_that_are_none_cut_nothing_and_prove_nothing() -> None:
    boxes = Boxes(torch.zeros(1, 2).double(), torch.ones(1, 2).double())
    broken = Planes(
        torch.tensor([[torch.nan, -1.0]]).double(),
        torch.full((1, 2, 2), torch.nan).double(),
        torch.zeros(1, 2, 2),
    )
    part = narrowed(boxes, broken)
    assert torch.equal(part.lower, boxes.lower)
    assert torch.equal(part.upper, boxes.upper)
