"""What is settled by splitting on activations, against mixed integer programs, points, and known answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from small_networks import box_around, chain, every_kind, exact_least, points_in

from checks.proof.activations import settle
from checks.proof.budget import Budget
from checks.proof.linear_map import Dense
from checks.proof.network import F64, Activation, Affine, Network
from checks.proof.property import Case, Condition, Region


@dataclass(frozen=True)
class Found:
    verdict: str
    point: F64 | None


def settled(network: Network, low: F64, high: F64, *conditions: Condition, regions: int = 3000) -> Found:
    case = Case(Region(np.asarray(low), np.asarray(high)), conditions)
    kept = []

    def violated(points: F64) -> bool:
        kept.extend(p for c in conditions for p in points[c.met(network.evaluate(points))])
        return bool(kept)

    budget = Budget(regions=regions)
    settled = settle(network, case, margin=0.0, budget=budget, spent=0, violated=violated)
    verdict = "violated" if kept else "unknown" if settled.stopped else "holds"
    return Found(verdict, kept[0] if kept else None)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gap", [-0.01, 0.01])
def test_a_limit_just_below_the_least_holds_and_just_above_is_violated(seed: int, gap: float) -> None:
    rng = np.random.default_rng(seed)
    network = chain(rng, 3, 6, 5, 4, 2)
    box = box_around(network, rng, 0.7)
    row = rng.standard_normal(2)
    limit = exact_least(box, row) + gap
    low, high = (end[0, 0].numpy() for end in box.values[0])
    found = settled(network, low, high, Condition(row[None], np.array([limit])))
    assert found.verdict == ("violated" if gap > 0 else "holds")
    if found.point is not None:
        assert ((found.point >= low) & (found.point <= high)).all()
        assert network.evaluate(found.point[None])[0] @ row <= limit


@pytest.mark.parametrize("seed", range(3))
def test_two_rows_that_are_never_met_together_hold_though_each_is_met(seed: int) -> None:
    rng = np.random.default_rng(40 + seed)
    network = chain(rng, 3, 6, 5, 2)
    box = box_around(network, rng, 0.7)
    both = exact_least(box, np.array([1.0, 1.0]))
    middle = network.evaluate(box.values[0][0][0].numpy())[0]
    shift = (both - 0.02) / 2  # y0 <= a and y1 <= b with a + b just below the least of y0 + y1
    limits = np.array([shift + middle[0], shift - middle[0]])
    low, high = (end[0, 0].numpy() for end in box.values[0])
    assert settled(network, low, high, Condition(np.eye(2), limits)).verdict == "holds"


@pytest.mark.parametrize("kind", list(every_kind(0)))
def test_nothing_that_a_point_violates_is_said_to_hold(kind: str) -> None:
    rng = np.random.default_rng(17)
    for seed in range(2):
        network = every_kind(seed)[kind]
        box = box_around(network, rng, 0.6)
        answers = network.forward(points_in(box, rng, 3000)).numpy()
        row = rng.standard_normal(network.outputs)
        low, high = (end[0, 0].numpy() for end in box.values[0])
        limit = np.array([(answers @ row).min()])
        found = settled(network, low, high, Condition(row[None], limit), regions=300)
        assert found.verdict != "holds"


@pytest.mark.parametrize("kind", list(every_kind(0)))
def test_a_limit_far_away_holds_for_every_kind(kind: str) -> None:
    rng = np.random.default_rng(19)
    network = every_kind(2)[kind]
    box = box_around(network, rng, 0.1)
    row = rng.standard_normal(network.outputs)
    attained = float((network.forward(points_in(box, rng, 300)).numpy() @ row).min())
    low, high = (end[0, 0].numpy() for end in box.values[0])
    assert settled(network, low, high, Condition(row[None], np.array([attained - 1.0]))).verdict == "holds"


def step(weight: float, offset: float) -> Network:
    """`relu(weight x + offset)`."""
    dense = Affine(
        0, Dense(torch.tensor([[weight]], dtype=torch.float64)), torch.tensor([offset], dtype=torch.float64)
    )
    return Network(1, (dense, Activation(1, "relu")))


@pytest.mark.parametrize(
    ("network", "limit", "verdict"),
    [
        (step(1.0, 0.0), 0.0, "violated"),  # relu(x) <= 0 at x = 0 alone
        (step(0.0, 0.0), 0.0, "violated"),  # a row of zeros
        (step(0.0, 1.0), 1.0, "violated"),
        (step(0.0, 1.0), 1.0 - 1e-12, "holds"),
        (step(1e300, 1e300), 1.0, "holds"),
        (step(1.0, 5e-324), 0.0, "violated"),  # 5e-324 at x = 0, and 0 in single precision: never "holds"
    ],
)
def test_edges_are_on_the_right_side_or_undecided(network: Network, limit: float, verdict: str) -> None:
    condition = Condition(np.array([[1.0]]), np.array([limit]))
    for low, high in ((0.0, 0.0), (0.0, 1.0)):
        found = settled(network, np.array([low]), np.array([high]), condition, regions=300)
        assert found.verdict in (verdict, "unknown")


def test_a_least_of_exactly_the_limit_is_never_said_to_hold() -> None:
    rng = np.random.default_rng(23)
    for seed in range(8):
        network = chain(np.random.default_rng(seed), 2, 4, 3, 1)
        point = rng.standard_normal(2)
        value = network.evaluate(point[None])[0]
        assert settled(network, point, point, Condition(np.eye(1), value), regions=300).verdict != "holds"
        below = Condition(np.eye(1), value - 1e-9)
        assert settled(network, point, point, below, regions=300).verdict == "holds"


def undecided(network: Network, low: F64, high: F64, condition: Condition, budget: Budget) -> str | None:
    case = Case(Region(low, high), (condition,))
    return settle(network, case, margin=0.0, budget=budget, spent=0, violated=lambda points: False).stopped


def test_a_budget_that_is_spent_leaves_it_unknown() -> None:
    network = chain(np.random.default_rng(2), 6, 30, 30, 30, 1)
    condition = Condition(np.eye(1), network.evaluate(np.zeros((1, 6)))[0] - 0.5)
    for budget in (Budget(regions=2), Budget(regions=10**9, seconds=0.0)):
        assert "were not enough" in str(undecided(network, -np.ones(6), np.ones(6), condition, budget))


def test_a_point_that_the_model_does_not_confirm_violates_nothing() -> None:
    condition = Condition(np.eye(1), np.array([0.5]))
    assert undecided(step(1.0, 0.0), np.zeros(1), np.ones(1), condition, Budget(regions=300)) is not None


def test_a_margin_is_kept() -> None:
    case = Case(Region(np.ones(1), np.full(1, 2.0)), (Condition(np.eye(1), np.array([0.5])),))
    for margin, proved in ((0.4, True), (0.6, False)):
        found = settle(
            step(1.0, 0.0),
            case,
            margin=margin,
            budget=Budget(regions=300),
            spent=0,
            violated=lambda points: False,
        )
        assert (found.stopped is None) is proved
