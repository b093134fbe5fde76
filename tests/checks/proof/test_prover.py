"""Proofs by splitting: known answers, closed forms, and boxes in which every point is tried again."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from checks.proof.answer import Answer
from checks.proof.boxes import Boxes
from checks.proof.budget import Budget
from checks.proof.linear_map import Dense
from checks.proof.network import Activation, Affine, Layer, Network
from checks.proof.property import Case, Condition, Property, Region
from checks.proof.prover import Model, confirming, inside, prove, rounding_margin
from checks.proof.reading import read_network
from checks.proof.splitting import steps_of
from checks.proof.vnnlib import read_vnnlib
from checks.proof.zonotope import lowest, relaxations

DATA = os.environ.get("CERTIFY_DATA")
Numbers = np.ndarray[Any, Any]


def chain(*sizes: int, seed: int) -> Network:
    """A random network of dense layers with Relu between them."""
    drawn = np.random.default_rng(seed)
    layers: list[Layer] = []
    for before, after in pairwise(sizes):
        if layers:
            layers.append(Activation(len(layers), "relu"))
        weight = torch.tensor(drawn.standard_normal((after, before)) / np.sqrt(before))
        layers.append(Affine(len(layers), Dense(weight), torch.tensor(drawn.standard_normal(after) / 4)))
    return Network(sizes[0], tuple(layers))


def below(limit: float, region: Region, outputs: int = 1) -> Property:
    """The first output never falls to the limit."""
    row = np.eye(1, outputs)
    return Property("p", (Case(region, (Condition(row, np.array([limit])),)),))


def tried(
    network: Network, property: Property, *, regions: int = 20_000, model: Model | None = None
) -> Answer:
    model = model or network.evaluate
    generator = np.random.default_rng(0)
    return prove(
        network,
        property,
        budget=Budget(regions=regions),
        generator=generator,
        confirms=confirming(property, model),
        margin=0.0,
    )


def box(inputs: int, half: float = 1.0) -> Region:
    return Region(np.full(inputs, -half), np.full(inputs, half))


@pytest.mark.parametrize("seed", range(6))
def test_the_least_value_of_a_random_network_is_fenced_in_from_both_sides(seed: int) -> None:
    network, region = chain(2, 12, 12, 1, seed=seed), box(2)
    axis = np.linspace(-1, 1, 301)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    least = float(network.evaluate(grid).min())
    assert tried(network, below(least + 1e-6, region)).verdict == "violated"
    assert tried(network, below(least - 0.05, region)).verdict == "holds"


def test_an_absolute_value_is_proved_up_to_its_tip() -> None:
    weight = torch.tensor([[1.0], [-1.0]]).double()
    layers = (
        Affine(0, Dense(weight), torch.zeros(2).double()),
        Activation(1, "relu"),
        Affine(2, Dense(torch.ones(1, 2).double()), torch.zeros(1).double()),
    )
    network = Network(1, layers)
    assert tried(network, below(-1e-9, box(1))).verdict == "holds"
    assert tried(network, below(1e-9, box(1))).verdict == "violated"


def test_a_bound_that_is_met_exactly_is_never_called_held() -> None:
    network = chain(2, 8, 1, seed=3)
    point = np.array([0.25, -0.5])
    exact = float(network.evaluate(point[None])[0, 0])
    region = Region(point, point)
    assert tried(network, below(exact, region)).verdict == "violated"
    assert tried(network, below(exact - 1e-6, region)).verdict == "holds"
    assert tried(network, below(exact - 1e-15, region)).verdict != "violated"


def test_a_violation_that_no_number_of_single_precision_shows_is_not_called_one() -> None:
    network, point = chain(2, 8, 1, seed=3), np.array([0.1, 0.2])
    answer = tried(network, below(9.0, Region(point, point)))
    assert (answer.verdict, inside(Region(point, point), point[None]).size) == ("unknown", 0)


def test_a_model_that_does_not_confirm_leaves_the_property_open() -> None:
    network, region = chain(2, 8, 1, seed=3), box(2)
    answer = tried(network, below(9.0, region), regions=500, model=lambda x: np.full((len(x), 1), 10.0))
    assert (answer.verdict, answer.counterexample) == ("unknown", None)


def test_each_case_and_each_condition_must_be_shown() -> None:
    network, region = chain(2, 8, 2, seed=5), box(2)
    safe = Condition(np.array([[1.0, 0.0]]), np.array([-99.0]))
    unsafe = Condition(np.array([[0.0, 1.0]]), np.array([99.0]))
    assert tried(network, Property("p", (Case(region, (safe,)),))).verdict == "holds"
    assert tried(network, Property("p", (Case(region, (safe, unsafe)),))).verdict == "violated"
    assert (
        tried(network, Property("p", (Case(region, (safe,)), Case(region, (unsafe,))))).verdict == "violated"
    )


def test_rows_of_one_condition_hold_together_or_not_at_all() -> None:
    network, region = chain(2, 8, 2, seed=5), box(2)
    never = Condition(np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([99.0, -99.0]))
    assert tried(network, Property("p", (Case(region, (never,)),))).verdict == "holds"


def test_a_property_over_other_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="2 inputs and 1 outputs"):
        tried(chain(2, 8, 1, seed=3), below(0.0, box(2), outputs=2))


def test_a_model_that_agrees_exactly_still_has_the_margin_of_its_last_place() -> None:
    network = chain(2, 8, 1, seed=3)
    margin = rounding_margin(network, below(0.0, box(2)), network.evaluate, np.random.default_rng(0))
    largest = np.abs(network.evaluate(np.random.default_rng(1).uniform(-1, 1, (2000, 2)))).max()
    assert 0.5 * largest < margin / 10 / 2.0**-24 < 2 * largest


def test_too_few_regions_prove_nothing() -> None:
    network = chain(2, 12, 12, 1, seed=0)
    answer = tried(network, below(-0.9, box(2)), regions=1)
    assert answer.verdict in ("unknown", "holds")
    assert answer.regions <= 1 + 512


@pytest.mark.parametrize("seed", range(4))
def test_bounds_of_boxes_enclose_what_the_network_does_there(seed: int) -> None:
    network = chain(4, 20, 20, 20, 3, seed=seed)
    steps = steps_of(network)
    assert steps is not None
    drawn = np.random.default_rng(seed)
    centre, half = drawn.uniform(-1, 1, (30, 4)), 10.0 ** drawn.uniform(-9, 0, (30, 4))
    boxes = Boxes(torch.tensor(centre - half), torch.tensor(centre + half))
    rows, limits = torch.tensor(drawn.standard_normal((2, 3))), torch.tensor([0.5, -0.5]).double()
    layers = relaxations(steps, boxes)
    least = lowest(steps, layers, boxes, rows, limits).bound
    for share in (0.0, 1.0, *drawn.random((200, 1, 4))):
        points = boxes.lower + torch.as_tensor(share) * (boxes.upper - boxes.lower)
        values = network.values(points)
        for layer, value in zip(layers, values[1::2], strict=False):
            assert ((value >= layer.lower) & (value <= layer.upper)).all()
        assert (values[-1] @ rows.T - limits >= least).all()


def test_the_bounds_of_a_point_are_no_wider_than_rounding() -> None:
    network = chain(4, 20, 20, 1, seed=1)
    steps = steps_of(network)
    assert steps is not None
    point = torch.tensor(np.random.default_rng(0).uniform(-1, 1, (5, 4)))
    boxes = Boxes(point, point)
    least = lowest(
        steps, relaxations(steps, boxes), boxes, torch.ones(1, 1).double(), torch.zeros(1).double()
    ).bound
    gap = network.forward(point) - least
    assert (gap > 0).all()
    assert (gap < 1e-10).all()


def test_halves_cover_their_box() -> None:
    drawn = np.random.default_rng(0)
    lower = torch.tensor(drawn.standard_normal((50, 3)))
    boxes = Boxes(lower, lower + torch.tensor(10.0 ** drawn.uniform(-16, 2, (50, 3))))
    axis = torch.tensor(drawn.integers(0, 3, 50))
    halves = boxes.halved(axis)
    first, second = halves.at(slice(None, 50)), halves.at(slice(50, None))
    assert torch.equal(first.lower, boxes.lower)
    assert torch.equal(second.upper, boxes.upper)
    assert torch.equal(first.upper.gather(1, axis[:, None]), second.lower.gather(1, axis[:, None]))


def test_smooth_networks_and_those_of_many_inputs_are_proved_without_halving() -> None:
    smooth = Network(
        1, (Affine(0, Dense(torch.ones(1, 1).double()), torch.zeros(1).double()), Activation(1, "tanh"))
    )
    assert tried(smooth, below(-2.0, box(1))).verdict == "holds"
    assert tried(smooth, below(0.0, box(1))).verdict == "violated"
    assert tried(chain(50, 4, 1, seed=0), below(-99.0, box(50))).verdict == "holds"


def model_of(data: bytes) -> Callable[[Numbers], Numbers]:
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    name, shape = session.get_inputs()[0].name, session.get_inputs()[0].shape

    def answers(points: Numbers) -> Numbers:
        rows = [session.run(None, {name: p.astype(np.float32).reshape(shape)})[0].reshape(-1) for p in points]
        return np.asarray(rows, dtype=np.float64)

    return answers


def decided(row: dict[str, str], seconds: float) -> tuple[Answer, Property, Model]:
    folder = Path(str(DATA)) / "acasxu"
    data = (folder / row["onnx"]).read_bytes()
    network, property = (
        read_network(data, "m"),
        read_vnnlib((folder / row["vnnlib"]).read_bytes(), row["vnnlib"]),
    )
    model, generator = model_of(data), np.random.default_rng(0)
    answer = prove(
        network,
        property,
        budget=Budget(regions=10**9, seconds=seconds),
        generator=generator,
        confirms=confirming(property, model),
        margin=rounding_margin(network, property, model, generator),
    )
    return answer, property, model


def known(every: int = 1) -> list[dict[str, str]]:
    with (Path(str(DATA)) / "acasxu" / "known_verdicts.csv").open() as file:
        return list(csv.DictReader(file))[::every]


EXPECTED = {"unsat": "holds", "sat": "violated"}


@pytest.mark.skipif(DATA is None, reason="needs CERTIFY_DATA")
def test_some_properties_of_acas_xu_are_decided_as_others_decided_them() -> None:
    for row in known(every=18):
        answer, property, model = decided(row, 60)
        assert answer.verdict == EXPECTED[row["verdict"]]
        if answer.counterexample is not None:
            assert confirming(property, model)(answer.counterexample[None]).all()


@pytest.mark.qualify
@pytest.mark.skipif(DATA is None, reason="needs CERTIFY_DATA")
def test_no_property_of_acas_xu_is_decided_wrongly() -> None:
    wrong, seconds, points = [], [], 0
    for row in known():
        answer, property, model = decided(row, 60)
        seconds.append(answer.seconds if answer.verdict != "unknown" else np.inf)
        if answer.verdict not in ("unknown", EXPECTED[row["verdict"]]):
            wrong.append(row)
        if answer.verdict == "holds":
            for region in (case.region for case in property.cases):
                drawn = np.random.default_rng(1)
                corners = np.where(drawn.random((500, 5)) < 0.5, region.lower, region.upper)
                found = inside(
                    region, np.concatenate([corners, drawn.uniform(region.lower, region.upper, (2500, 5))])
                )
                points += len(found)
                assert not confirming(property, model)(found).any()
    took = np.array(seconds)
    print(
        f"\n{np.isfinite(took).sum()} of {len(took)} decided, {len(wrong)} wrong; "
        f"median {np.median(took):.2f} s, 95th percentile {np.percentile(took, 95, method='higher'):.2f} s; "
        f"{points} points tried in what was proved"
    )
    assert not wrong
