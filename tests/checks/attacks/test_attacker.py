"""Attacks where the nearest counterexample is known in closed form, and where slopes are of no use.

Of a linear score the nearest place with another decision lies at the margin over the 1-norm of the weights if
each number is bounded by itself, and over the 2-norm if all are together (Hölder's inequality): no attack can
come nearer, and a good one comes as near.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from checks.attacks.attacker import Attacker, attacker_of
from checks.attacks.campaign import Budget
from checks.attacks.engine import BlackBox, SlopeEngine, TorchEngine
from checks.attacks.reach import ball
from checks.measured import CannotMeasure
from checks.specimens.graph import graph
from checks.subject import Subject

RANDOM = np.random.default_rng(5)
WEIGHTS = RANDOM.standard_normal((12, 3))
BUDGET = Budget(steps=30, queries=300)
WIDTH = 20.0
"""Of the range -10 to 10."""

Subjects = Callable[..., Subject]


def scores(cases: Any) -> Any:
    return np.asarray(cases, dtype=np.float64).reshape(len(cases), -1) @ WEIGHTS.astype(np.float32)


def images(number: int = 40) -> dict[str, Any]:
    cases = RANDOM.uniform(-2, 2, (number, 3, 4)).astype(np.float32)
    return {"image": cases, "label": np.array(["a", "b", "c"])[scores(cases).argmax(axis=1)]}


def nearest(cases: Any, norm: str) -> Any:
    """How far the nearest other class is, in declared ranges."""
    found = scores(cases)
    own = found.argmax(axis=1)
    slopes = WEIGHTS[:, own].T[:, :, None] - WEIGHTS[None]
    size = np.abs(slopes).sum(axis=1) if norm == "linf" else np.sqrt((slopes**2).sum(axis=1))
    ahead = np.take_along_axis(found, own[:, None], axis=1) - found
    ahead[np.arange(len(own)), own] = np.inf
    size[np.arange(len(own)), own] = 1
    return (ahead / size).min(axis=1) / WIDTH


def begun(subject: Subject, budget: Budget = BUDGET, **more: Any) -> tuple[Attacker, Any]:
    from checks.attacks.space import space_of

    cases = space_of(subject.manifest.model.inputs).packed(subject.table("test").inputs)
    random = subject.generator(1, "attack")
    return attacker_of(subject, cases, budget=budget, random=random, **more), cases


def decisions(subject: Subject) -> Any:
    return subject.predictor.decide(subject.table("test").inputs)


@pytest.fixture
def reader(make_subject: Subjects) -> Subject:
    return make_subject(images(), task="multiclass", tensor="image", weights=WEIGHTS)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_an_attack_comes_as_near_as_anything_can_and_no_nearer(reader: Subject, norm: Any) -> None:
    attacker, cases = begun(reader)
    assert isinstance(attacker.engine, SlopeEngine)
    distance = nearest(cases, norm)
    for part, falls in ((0.999, False), (1.003, True)):
        for case, far in enumerate(distance[:12]):
            reach = ball(attacker.space, cases[[case]], norm, part * far)
            found = attacker.assail(reach, decisions(reader)[[case]])
            assert found.fallen.tolist() == [falls]


def test_what_fell_is_decided_otherwise_by_the_model_alone_and_lies_in_reach(reader: Subject) -> None:
    attacker, cases = begun(reader)
    own = decisions(reader)
    reach = ball(attacker.space, cases, "linf", 0.03)
    found = attacker.assail(reach, own)
    fell = found.fallen
    assert 0 < fell.sum() < len(cases)
    after = reader.predictor.decide(attacker.space.unpacked(found.places[fell]))
    assert (after != own[fell]).all()
    moved = np.abs(found.places[fell].astype(np.float64) - cases[fell].astype(np.float64))
    assert moved.max() <= 0.03 * WIDTH
    assert (np.asarray(found.by)[fell] != "").all()


@pytest.mark.parametrize(("norm", "further"), [("linf", 1.3), ("l2", 1.6)])
def test_a_search_without_slopes_falls_short_by_little(
    make_subject: Subjects, norm: Any, further: float
) -> None:
    """What is rounded at the end has no slope: only answers are left."""
    nodes = """flat = Flatten <axis: int = 1> (input)
        sharp = MatMul(flat, weights)
        scores = Round(sharp)"""
    data = graph(
        shape=(3, 4), source="input", answer="scores", numbers=3, nodes=nodes,
        constants={"weights": (20 * WEIGHTS).astype(np.float32)},
    )  # fmt: skip
    subject = make_subject(images(), task="multiclass", tensor="image", graph=data)
    attacker, cases = begun(subject, Budget(steps=1, queries=1500))
    assert isinstance(attacker.engine, BlackBox)
    distance = nearest(cases, norm)
    found = [
        attacker.assail(ball(attacker.space, cases[[i]], norm, further * far), decisions(subject)[[i]])
        for i, far in enumerate(distance[:12])
    ]
    assert sum(int(one.fallen[0]) for one in found) >= 10


def test_where_slopes_vanish_answers_still_show_the_way(make_subject: Subjects) -> None:
    """The tanh of numbers in the hundreds is flat in single precision, and its slope is zero."""
    nodes = """flat = Flatten <axis: int = 1> (input)
        sharp = MatMul(flat, weights)
        steep = Mul(sharp, many)
        bent = Tanh(steep)
        scores = Add(bent, sharp_alone)"""
    held = {"weights": WEIGHTS.astype(np.float32), "many": np.float32(300)}
    data = graph(
        shape=(3, 4), source="input", answer="scores", numbers=3,
        nodes=nodes.replace("sharp_alone", "zero"), constants=held | {"zero": np.zeros(3, np.float32)},
    )  # fmt: skip
    cases = images(60)
    flat = cases["image"][np.abs(scores(cases["image"])).min(axis=1) > 0.2]
    subject = make_subject(
        {"image": flat, "label": ["a"] * len(flat)}, task="multiclass", tensor="image", graph=data
    )
    attacker, packed = begun(subject)
    assert isinstance(attacker.engine, SlopeEngine)
    _, pull = attacker.engine.with_slopes(packed)
    assert pull is not None
    assert np.abs(pull(np.eye(3, dtype=np.float32)[np.zeros(len(packed), int)])).max() == 0
    found = attacker.assail(ball(attacker.space, packed, "linf", 0.2), decisions(subject))
    assert found.fallen.mean() > 0.9
    assert found.by.count("squares") > 0 == found.by.count("slopes: margin")


def test_a_table_is_attacked_on_its_steps_and_its_codes_stay(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [0.5, 2.5, -3.0], "x1": [1, 0, 1], "label": ["yes", "yes", "no"]})
    subject = make_subject(frame, weights=[1, 5], step=0.5, coded={"x1": [0, 1]})
    attacker, cases = begun(subject)
    for strength, falls in ((0.13, [False, False, True]), (0.3, [True, True, True])):
        reach = ball(attacker.space, cases, "linf", strength)
        found = attacker.assail(reach, decisions(subject))
        assert found.fallen.tolist() == falls
        assert (found.places[:, 1] == cases[:, 1]).all()
        assert (found.places[:, 0] % 0.5 == 0).all()


def test_whole_numbers_stay_whole_and_need_no_slopes(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [3, -2, 5], "x1": [1, 0, 1], "label": ["yes", "no", "yes"]})
    subject = make_subject(frame, dtype="int64", weights=[1, 1])
    attacker, cases = begun(subject)
    found = attacker.assail(ball(attacker.space, cases, "linf", 0.1), decisions(subject))
    assert found.fallen.tolist() == [False, True, False]
    assert (found.places == np.rint(found.places)).all()


def test_a_number_moves_by_more_than_the_tolerance_or_not(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [1.0, 2.0], "x1": [1.0, 0.0], "label": [0.0, 0.0]})
    subject = make_subject(frame, task="regression", weights=[1, -2])
    before = subject.predictor.values(subject.table("test").inputs)
    for tolerance, falls in ((0.59, True), (0.61, False)):
        attacker, cases = begun(subject, tolerance=tolerance)
        found = attacker.assail(ball(attacker.space, cases, "linf", 0.01), before)
        assert found.fallen.tolist() == [falls, falls]


def test_counterexamples_are_brought_nearer_and_hold_no_needless_change(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [1.0], "x1": [0.0], "x2": [0.0], "label": ["yes"]})
    subject = make_subject(frame, weights=[2, 0.01, 0])
    attacker, cases = begun(subject)
    own = decisions(subject)
    reach = ball(attacker.space, cases, "linf", 0.3)
    found = attacker.minimal(reach, attacker.assail(reach, own).places, own)
    assert found[0, 1:].tolist() == [0, 0]
    assert -0.01 < found[0, 0] < 0


def test_torch_takes_over_where_there_are_two_graphs(make_subject: Subjects) -> None:
    before = graph(
        shape=(2,), source="input", answer="twice", numbers=2, nodes="twice = Mul(input, two)",
        constants={"two": np.float32(2)},
    )  # fmt: skip
    after = graph(
        shape=(2,), source="twice", answer="probability", numbers=1,
        nodes="sum = MatMul(twice, ones)\n odds = Sub(sum, one)\n probability = Sigmoid(odds)",
        constants={"ones": np.ones((2, 1), np.float32), "one": np.float32(1)},
    )  # fmt: skip
    frame = pd.DataFrame({"x0": [1.0, 4.0], "x1": [0.0, 1.0], "label": ["yes", "yes"]})
    subject = make_subject(frame, graph=after, preprocessing=before)
    attacker, cases = begun(subject)
    assert isinstance(attacker.engine, TorchEngine)
    found = attacker.assail(ball(attacker.space, cases, "linf", 0.05), decisions(subject))
    assert found.fallen.tolist() == [True, False]


def test_an_attacker_that_cannot_change_anything_is_found_out(make_subject: Subjects) -> None:
    deaf = make_subject(images(), task="multiclass", tensor="image", weights=0 * WEIGHTS, bias=[1, 0, 0])
    attacker, cases = begun(deaf)
    whole = ball(attacker.space, cases, "linf", 1.0)
    with pytest.raises(CannotMeasure, match="0 of 32 cases: it is blind"):
        attacker.require_sight(cases, decisions(deaf), whole)


def test_without_a_budget_nothing_is_tried(reader: Subject) -> None:
    for budget in (Budget(steps=0, queries=5), Budget(steps=5, queries=0)):
        with pytest.raises(CannotMeasure, match="nothing is tried"):
            begun(reader, budget)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_an_image_of_whole_steps_is_attacked_on_them(make_subject: Subjects, norm: Any) -> None:
    cases = images()
    cases["image"] = np.rint(4 * cases["image"]) / 4
    subject = make_subject(cases, task="multiclass", tensor="image", weights=WEIGHTS, step=0.25)
    attacker, packed = begun(subject)
    strength = {"linf": 0.05, "l2": 0.12}[norm]
    found = attacker.assail(ball(attacker.space, packed, norm, strength), decisions(subject))
    assert found.fallen.mean() > 0.5
    assert (4 * found.places == np.rint(4 * found.places)).all()
    assert (nearest(packed, norm)[found.fallen] <= strength).all()
