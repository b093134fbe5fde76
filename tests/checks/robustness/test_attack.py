"""The attacked line: never above chance, never below what can be reached, and replayed case by case."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from checks.measured import CannotMeasure, Confidence, Measured
from checks.robustness.attack import attack
from checks.robustness.random_neighbours import random_neighbours
from checks.specimens.graph import graph
from checks.statistics.proportions import clopper_pearson
from checks.subject import Subject

LEVEL = Confidence(0.975)
Subjects = Callable[..., Subject]
BUDGET: dict[str, Any] = {"norm": "linf", "steps": 10, "queries": 50, "rows": 100_000, "seed": 1}


def at(*x: float, labels: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "label": labels or ["yes"] * len(x)})


def measured(subject: Subject, *strengths: str, **more: Any) -> Measured:
    named = tuple(f"strength={s}" for s in strengths)
    return attack(subject, subject.table("test"), LEVEL, strengths=named, **(BUDGET | more))


def shares(found: Measured) -> dict[str, float]:
    return {e.stratum.removeprefix("strength="): float(e.value) for e in found.estimates}


def exhibit(found: Measured, name: str) -> Any:
    return next(json.loads(e.data) for e in found.exhibits if e.name == name)


def test_the_share_is_that_of_the_cases_too_far_from_the_threshold(make_subject: Subjects) -> None:
    """Of x spread evenly over 0 to 4, a move by 1 (0.05 of the range) fells those below 1: a quarter."""
    subject = make_subject(at(*np.linspace(0.001, 4, 400)))
    found = shares(measured(subject, "0.1", "0.05", "0.2001"))
    assert found == {
        "0.05": pytest.approx(0.75, abs=0.003),
        "0.1": pytest.approx(0.5, abs=0.003),
        "0.2001": 0,
    }


def test_an_attack_leaves_no_more_right_than_chance_does(make_subject: Subjects) -> None:
    subject = make_subject(at(*np.linspace(0.001, 4, 400)))
    strengths = ("strength=0.02", "strength=0.1")
    chance = random_neighbours(
        subject, subject.table("test"), LEVEL, strengths=strengths, rows=400, seed=1
    ).estimates
    attacked = measured(subject, "0.02", "0.1").estimates
    assert [c.value > a.value for c, a in zip(chance, attacked, strict=True)] == [True, True]


def test_the_bounds_are_exact_and_those_for_refuting_are_shared(make_subject: Subjects) -> None:
    found = measured(make_subject(at(*np.linspace(0.001, 4, 200))), "0.05", "0.1").estimates[0]
    events = round(float(found.value) * 200)
    for bounds, level in ((found.demonstrating, 0.975), (found.refuting, 0.9875)):
        assert (float(bounds.lower or 0), float(bounds.upper or 0)) == pytest.approx(
            clopper_pearson(events, 200, level)
        )


def test_wrong_undecided_outside_and_unknown_all_count_as_wrong(make_subject: Subjects) -> None:
    labels = ["yes", "no", "yes", "no", "yes", "perhaps", "perhaps"]
    frame = at(5, -5, np.nan, 5, 11, 5, np.nan, labels=labels)
    found = measured(make_subject(frame), "0.01")
    assert (found.estimates[0].n, float(found.estimates[0].value)) == (7, pytest.approx(2 / 7))
    assert exhibit(found, "attacked-accuracy.json")["clean"] == "0.2857142857142857"


def test_counterexamples_are_told_in_units_with_both_answers(make_subject: Subjects) -> None:
    found = measured(make_subject(at(0.5, 3), quantity={"unit": "mg"}), "0.05", "0.1")
    (case,) = exhibit(found, "counterexamples.json")["cases"]
    assert (case["answered_before"], case["answered_after"], case["row"]) == ("yes", "no", 0)
    (change,) = case["changes"]
    assert (change["name"], change["unit"], change["before"]) == ("x", "mg", "0.5")
    assert -0.001 < float(change["after"]) < 0


def test_images_are_kept_whole(make_subject: Subjects) -> None:
    cases = np.random.default_rng(3).uniform(-1, 1, (30, 9, 9)).astype(np.float32)
    weights = np.random.default_rng(4).standard_normal((81, 3))
    answers = np.array(["a", "b", "c"])[(cases.reshape(30, -1) @ weights).argmax(axis=1)]
    subject = make_subject(
        {"image": cases, "label": answers}, task="multiclass", tensor="image", weights=weights
    )
    found = measured(subject, "0.05", norm="l2")
    case = exhibit(found, "counterexamples.json")["cases"][0]
    assert case["shape"] == [9, 9]
    moved = np.array(case["after"], float) - np.array(case["before"], float)
    assert np.sqrt((moved**2).sum()) / 20 == pytest.approx(float(case["length_of_change"]))
    assert float(case["length_of_change"]) <= 0.05
    assert case["answered_before"] != case["answered_after"]


def test_the_same_seed_finds_the_same(make_subject: Subjects) -> None:
    subject = make_subject(at(*np.linspace(0.001, 4, 50)))
    assert measured(subject, "0.05") == measured(subject, "0.05")


def test_what_cannot_be_attacked_is_not_measured(make_subject: Subjects) -> None:
    good = make_subject(at(1, 2))
    for subject, strengths, more, match in (
        (make_subject(at(1, 2), weights=[0]), ("0.1",), {}, "it is blind"),
        (good, ("0.1",), {"norm": "l7"}, "expected the norm"),
        (good, (), {}, "no strength"),
        (good, ("0.1",), {"steps": 0}, "nothing is tried"),
        (make_subject(at(-1, -2)), ("0.1",), {}, "nothing to attack"),
        (make_subject(at(1, 2), step=1), ("0.04",), {}, "0 of 2 numbers that are meant to move"),
        (make_subject(at(1, 0), coded={"x": [0, 1, -1]}), ("0.1",), {}, "it is blind"),
    ):
        with pytest.raises(CannotMeasure, match=match):
            measured(subject, *strengths, **more)
    with pytest.raises(CannotMeasure, match="none were given"):
        attack(good, None, LEVEL, strengths=("strength=0.1",), **BUDGET)


def test_a_model_that_answers_many_at_once_otherwise_hides_nothing(make_subject: Subjects) -> None:
    """Several cases at a time are always "yes": whoever asks only so finds nothing, and measures nothing."""
    nodes = """cases = Shape <end: int = 1> (input)
        many = Greater(cases, one)
        far = MatMul(input, ten)
        odds = Where(many, sure, far)
        probability = Sigmoid(odds)"""
    data = graph(
        shape=(1,), source="input", answer="probability", numbers=1, nodes=nodes,
        constants={
            "one": np.array([1]), "ten": np.array([[10]], np.float32), "sure": np.array([[9]], np.float32),
        },
    )  # fmt: skip
    subject = make_subject(at(*np.linspace(0.001, 4, 40)), graph=data)
    with pytest.raises(CannotMeasure, match="it is blind"):
        measured(subject, "0.1")


def test_a_model_that_leans_on_many_weak_signs_falls_sooner_as_theory_says(make_subject: Subjects) -> None:
    """One strong sign and thirty weak ones, which add up to more (after Tsipras et al., ICLR 2019).

    Of sign(w·x) with x normal about y·m and of spread 1 in each number, what is right within eps of each is
    the normal distribution at (w·m - eps |w|_1) / |w|_2.
    """
    random = np.random.default_rng(2)
    means = np.array([1.6] + [0.35] * 30)
    true = random.choice([-1, 1], 1500)
    cases = true[:, np.newaxis] * means + random.standard_normal((1500, 31))
    frame = pd.DataFrame(np.clip(cases, -10, 10), columns=[f"x{place}" for place in range(31)])
    frame["label"] = np.where(true > 0, "yes", "no")
    left = {}
    for name, weights in {"weak": means, "strong": np.eye(31)[0]}.items():
        subject = make_subject(frame, weights=weights)
        left[name] = shares(measured(subject, "0.005", "0.015", "0.03", queries=10))
        for strength, share in left[name].items():
            kept = weights @ means - 20 * float(strength) * np.abs(weights).sum()
            assert share == pytest.approx(norm.cdf(kept / np.linalg.norm(weights)), abs=0.04)
    assert left["weak"]["0.005"] > left["strong"]["0.005"]
    assert left["weak"]["0.03"] < left["strong"]["0.03"]
