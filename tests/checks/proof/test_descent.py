"""A point that random points miss is found by descent; nothing outside the box is given."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from small_networks import box_around, chain, every_kind

from checks.proof.descent import descended
from checks.proof.linear_map import Dense
from checks.proof.network import Affine, Network
from checks.proof.property import Case, Condition, Region


def test_the_corner_at_which_a_row_is_least_is_found_among_many_inputs() -> None:
    rng = np.random.default_rng(0)
    weight = rng.standard_normal((1, 100))
    network = Network(100, (Affine(0, Dense(torch.from_numpy(weight)), torch.zeros(1).double()),))
    case = Case(Region(-np.ones(100), np.ones(100)), (Condition(np.eye(1), np.zeros(1)),))
    point = descended(network, case, rng)
    assert network.evaluate(point)[0, 0] == pytest.approx(-np.abs(weight).sum(), rel=1e-5)


def test_each_condition_is_looked_for_by_itself() -> None:
    rng = np.random.default_rng(1)
    network = chain(rng, 6, 20, 20, 3)
    rows = np.vstack([np.eye(3), -np.eye(3)])
    case = Case(Region(-np.ones(6), np.ones(6)), tuple(Condition(row[None], np.zeros(1)) for row in rows))
    found = (network.evaluate(descended(network, case, rng)) * rows).sum(1)
    sample = network.evaluate(rng.uniform(-1, 1, (5000, 6))) @ rows.T
    assert (found <= np.quantile(sample, 0.001, axis=0)).all()


@pytest.mark.parametrize("kind", list(every_kind(0)))
@pytest.mark.parametrize("radius", [0.0, 0.3])
def test_points_lie_in_the_box(kind: str, radius: float) -> None:
    rng = np.random.default_rng(3)
    network = every_kind(0)[kind]
    low, high = (end[0, 0].numpy() for end in box_around(network, rng, radius).values[0])
    conditions = (Condition(np.ones((2, network.outputs)), np.zeros(2)),) * 2
    points = descended(network, Case(Region(low, high), conditions), rng)
    assert points.shape == (2, network.inputs)
    assert ((points >= low) & (points <= high)).all()
