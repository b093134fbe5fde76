"""What can be changed is changed and nothing else; the oracle tries all that can be made of each case."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from certify.submission.model import CodedColumn
from checks.measured import CannotMeasure, Confidence, Measured
from checks.robustness.evasion import evasion
from checks.specimens.graph import graph
from checks.statistics.proportions import clopper_pearson
from checks.subject import Subject

LEVEL = Confidence(0.975)
BUDGET: dict[str, Any] = {"tolerance": 0.1, "rows": 100_000, "steps": 15, "queries": 80, "seed": 1}
Subjects = Callable[..., Subject]
Leeway = Mapping[str, tuple[float, float] | list[int]]


def with_leeway(subject: Subject, leeway: Leeway) -> Subject:
    """The same submission, in which each named column says how far it can be moved, or to which codes."""
    declared = subject.manifest.to_json()
    for column in declared["model"]["inputs"][0]["columns"]:
        said = leeway.get(column["name"])
        if isinstance(said, tuple):
            column["perturbable"] = {"up": str(said[0]), "down": str(said[1]), "source": "Stated for a test."}
        elif said is not None:
            column["perturbable"] = {"to": list(map(str, said)), "source": "Stated for a test."}
    return Subject(type(subject.manifest).from_json(declared), subject.files, subject._root)


def measured(subject: Subject, **more: Any) -> Measured:
    return evasion(subject, subject.table("test"), LEVEL, **(BUDGET | more))


def share(subject: Subject, **more: Any) -> float:
    return float(measured(subject, **more).estimates[0].value)


def exhibit(found: Measured, name: str) -> Any:
    return next(json.loads(e.data) for e in found.exhibits if e.name == name)


def at(*x: float) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "label": ["yes"] * len(x)})


def test_a_number_is_moved_only_to_the_side_and_as_far_as_is_declared(make_subject: Subjects) -> None:
    """x >= 0 decides: of -3, -1, 1, 3 what can fall by 2 changes 1, and what can rise by 2 changes -1."""
    subject = make_subject(at(-3, -1, 1, 3))
    assert share(with_leeway(subject, {"x": (0, 2)})) == 0.25
    assert share(with_leeway(subject, {"x": (2, 0)})) == 0.25
    assert share(with_leeway(subject, {"x": (2, 2)})) == 0.5
    assert share(with_leeway(subject, {"x": (0.5, 0.5)})) == 0


def test_a_code_becomes_one_of_its_list_and_no_other(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [1.0, 1, -1, -1], "x1": [0, 1, 0, 2], "label": ["yes", "no", "no", "no"]})
    subject = make_subject(frame, weights=[1, -2], coded={"x1": [0, 1, 2]})
    assert share(with_leeway(subject, {"x0": (0, 0), "x1": [0]})) == 0.25
    assert share(with_leeway(subject, {"x0": (0, 0), "x1": [0, 1]})) == 0.5
    assert share(with_leeway(subject, {"x0": (0.1, 0), "x1": []})) == 0
    found = measured(with_leeway(subject, {"x0": (0, 0), "x1": [2]}))
    (case,) = exhibit(found, "counterexamples.json")["cases"]
    assert case["changes"] == [{"name": "x1", "unit": "code", "before": "0.0", "after": "2.0"}]
    counted = exhibit(found, "evaded.json")
    assert (counted["rows"], counted["found"], counted["changed"]) == (4, 1, {"x0": 0, "x1": 1})


def crooked(seed: int) -> bytes:
    """A small net with bends, over two numbers and two codes."""
    random = np.random.default_rng(seed)
    held = {
        "w1": random.standard_normal((4, 8)), "b1": random.standard_normal(8),
        "w2": random.standard_normal((8, 1)), "b2": random.standard_normal(1) * 0.1,
    }  # fmt: skip
    nodes = """a = MatMul(input, w1)
        b = Add(a, b1)
        c = Relu(b)
        d = MatMul(c, w2)
        e = Add(d, b2)
        probability = Sigmoid(e)"""
    return graph(
        shape=(4,), source="input", answer="probability", numbers=1, nodes=nodes,
        constants={name: value.astype(np.float32) for name, value in held.items()},
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(1, 5))
def test_what_is_found_is_there_and_nearly_all_that_is_there_is_found(
    make_subject: Subjects, seed: int
) -> None:
    """On steps of one half all that can be made of a case can be tried, a few dozen places."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x0": random.integers(-8, 9, 120) / 2, "x1": random.integers(-8, 9, 120) / 2,
            "x2": random.integers(0, 3, 120), "x3": random.integers(0, 2, 120), "label": "yes",
        }
    )  # fmt: skip
    subject = with_leeway(
        make_subject(frame, graph=crooked(seed), step=0.5, coded={"x2": [0, 1, 2], "x3": [0, 1]}),
        {"x0": (1, 0.5), "x1": (0, 1), "x2": [0, 1], "x3": []},
    )
    found = measured(subject)
    true = np.mean([can_change(subject, *row) for row in frame[["x0", "x1", "x2", "x3"]].to_numpy()])
    assert true - 0.025 <= float(found.estimates[0].value) <= true


def can_change(subject: Subject, x0: float, x1: float, x2: float, x3: float) -> bool:
    moves = product((-0.5, 0, 0.5, 1), (-1, -0.5, 0), {x2, 0.0, 1.0})
    places = [[x0 + up, x1 + down, code, x3] for up, down, code in moves]
    cases = np.array([[x0, x1, x2, x3], *places], dtype=np.float32)
    decided = subject.predictor.decide({"input": cases})
    return bool((decided != decided[0]).any())


def test_a_number_as_an_answer_must_move_by_more_than_the_tolerance(make_subject: Subjects) -> None:
    """Answers lie between -10 and 10: a tenth is 2, and x moves by up to 1.5 times 2."""
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": [1.0, 2.0]})
    subject = with_leeway(make_subject(frame, task="regression", weights=[2]), {"x": (1.5, 0)})
    assert share(subject, tolerance=0.1) == 1
    assert share(subject, tolerance=0.14) == 1
    assert share(subject, tolerance=0.16) == 0
    with pytest.raises(CannotMeasure, match="a tolerance above 0"):
        measured(subject, tolerance=0.0)


def test_cases_outside_and_without_an_answer_count_as_evaded_and_the_bound_is_exact(
    make_subject: Subjects,
) -> None:
    found = measured(with_leeway(make_subject(at(5, 6, 7, 8, np.nan, 11)), {"x": (1, 1)})).estimates[0]
    assert (float(found.value), found.n) == (pytest.approx(2 / 6), 6)
    assert (float(found.demonstrating.lower or 0), float(found.demonstrating.upper or 0)) == pytest.approx(
        clopper_pearson(2, 6, 0.975)
    )


def test_without_a_word_on_every_number_nothing_is_measured(make_subject: Subjects) -> None:
    frame = pd.DataFrame({"x0": [1.0, 2.0], "x1": [0, 1], "label": ["yes", "yes"]})
    subject = make_subject(frame, coded={"x1": [0, 1]})
    for leeway, match in (
        ({}, "nothing is declared of whether somebody can change x0, x1"),
        ({"x0": (1, 1)}, "can change x1"),
        ({"x0": (0, 0), "x1": []}, "nobody can change anything"),
    ):
        with pytest.raises(CannotMeasure, match=match):
            measured(with_leeway(subject, leeway))  # type: ignore[arg-type]
    coarse = make_subject(frame, step=1, coded={"x1": [0, 1]})
    with pytest.raises(CannotMeasure, match="0 of 2 numbers that are meant to move"):
        measured(with_leeway(coarse, {"x0": (0.9, 0.9), "x1": []}))
    deaf = make_subject(at(1, 2), weights=[0])
    with pytest.raises(CannotMeasure, match="it is blind"):
        measured(with_leeway(deaf, {"x": (1, 1)}))
    with pytest.raises(CannotMeasure, match="no case inside the contract"):
        measured(with_leeway(make_subject(at(11, np.nan)), {"x": (1, 1)}))
    with pytest.raises(CannotMeasure, match="none were given"):
        evasion(subject, None, LEVEL, **BUDGET)


def test_codes_are_changed_to_declared_ones_only() -> None:
    said = {"kind": "coded", "name": "x", "codes": ["0", "1"], "meaning": "two"}
    for to in (["2"], ["1", "1"]):
        with pytest.raises(ValueError, match=r"perturbable\.to"):
            CodedColumn.from_json({**said, "perturbable": {"to": to, "source": "Stated for a test."}})
