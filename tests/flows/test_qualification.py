"""Checks that would let a bad model through, as somebody wrote them: the specimens tell.

Each was once accepted. They are variations of one check of the pack, so that each defect is plain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from certify.pack import load_pack
from certify.standard import Check
from certify.vector import SpecimenSet, filled
from checks.catalogue import signatures
from flows.qualification import SpecimenTrial, idle_bounds, put_specimens

PACK = Path(__file__).parents[2] / "standards/packs/eu.ai-act"
REGRESSIONS = {"all": [{"fact": "model.task", "among": ["regression"]}]}


def specimens(good: str = "screening", mutation: str = "random_predictor") -> SpecimenSet:
    bad = [{"specimen": good, "mutation": mutation, "because": "It answers at random."}]
    return SpecimenSet.from_json({"format": "certify/specimens/1", "good": [good], "bad": bad})


def accuracy(floor: str = "0.8", unit: str = "1", **changes: Any) -> Check:
    """The check of the pack without an admission of silence, with some keys changed."""
    written = load_pack(PACK, signatures()).checks["eu.ai-act/accuracy"].to_json()
    written |= {"silent_on": []}
    for name, limit in written["limits"].items():
        written["limits"][name] = {**limit, "value": floor, "unit": unit}
    for key, change in changes.items():
        written[key] = {**written[key], **change} if isinstance(change, Mapping) else change
    return Check.from_json(written)


@pytest.fixture(scope="module")
def trials() -> Mapping[str, list[SpecimenTrial]]:
    cases = {
        "honest": (accuracy("0.96"), specimens()),
        "chance among ten is no chance among two": (accuracy("0.25"), specimens("reader")),
        "a frequent class": (accuracy("0.9"), specimens()),
        "learnt by heart": (accuracy("0.96", evidence={"role": "train"}), specimens()),
        "bound to nothing": (accuracy("0.96", evidence={"bound_to": ["manifest"]}), specimens()),
        "never applies": (accuracy("0.96", applies=REGRESSIONS), specimens()),
        "energy as a share": (accuracy("0.96", unit="kWh"), specimens()),
    }  # fmt: skip
    checks = {name: check for name, (check, _) in cases.items()}
    made = put_specimens(checks, {name: named for name, (_, named) in cases.items()})
    return {name: [t for t in made if t.case.check == check] for name, check in checks.items()}


def defects(trials: Mapping[str, list[SpecimenTrial]], name: str) -> dict[str, str]:
    return {str(trial.case): trial.defect for trial in trials[name] if trial.defect}


def test_a_floor_that_no_chance_reaches_needs_no_admission(trials: Mapping[str, list[SpecimenTrial]]) -> None:
    assert len(trials["honest"]) == 2 + 5 + 4 + 3
    assert defects(trials, "honest") == {}


CONSTANT = "a control was demonstrated, and the check is not silent on it"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "chance among ten is no chance among two",
            {
                "screening with never_positive": CONSTANT,
                "screening with always_positive": CONSTANT,
                "screening with frequent_class_only": CONSTANT,
                "screening with random_predictor": CONSTANT,
                "screening with overfitted": CONSTANT,
                "reader with frequent_class_only": CONSTANT,
            },
        ),
        (
            "a frequent class",
            {f"{name} with frequent_class_only": CONSTANT for name in ("screening", "reader")},
        ),
        ("learnt by heart", {f"{name} with overfitted": CONSTANT for name in ("screening", "reader")}),
        (
            "bound to nothing",
            {"screening": "its method opened data.test, model, which `bound_to` does not demand"},
        ),
        (
            "never applies",
            dict.fromkeys(
                ["screening", "screening with random_predictor"],
                "the check does not apply to it: model.task = binary",
            ),
        ),
        ("energy as a share", {"screening": "the limit floor is in kWh, and performance is measured in 1"}),
    ],
)
def test_a_check_that_lets_a_bad_model_through_is_not_qualified(
    trials: Mapping[str, list[SpecimenTrial]], name: str, expected: Mapping[str, str]
) -> None:
    assert defects(trials, name) == expected


def equal_rates(limit: str, mutation: str) -> tuple[Check, SpecimenSet]:
    """The gap in true-positive rates of the pack, its limit moved, and one bad specimen."""
    written = load_pack(PACK, signatures()).checks["eu.ai-act/equal-true-positive-rate"].to_json()
    named = SpecimenSet.from_json(
        json.loads((PACK / "checks/equal-true-positive-rate/vectors/specimens.json").read_text())
        | {"bad": [{"specimen": "screening", "mutation": mutation, "because": "Nothing is equal in it."}]}
    )
    gap = next(c["limit"] for c in written["criterion"]["all"] if c["require"] == "at_most")
    written["limits"][gap] |= {"range": ["0", "100"], "value": limit}
    return Check.from_json(written), named


def test_a_bound_that_nobody_could_miss_is_idle_whatever_else_refuses() -> None:
    cases = {
        "in percent": equal_rates("5", "group_missing_from_test"),
        "as a share": equal_rates("0.05", "unequal_sensitivity"),
    }
    trials = put_specimens({n: c for n, (c, _) in cases.items()}, {n: s for n, (_, s) in cases.items()})
    idle = {}
    for name, (check, named) in cases.items():
        digest = filled(check, named.open_values).value_digest
        idle[name] = idle_bounds(check, [t for t in trials if t.case.check.value_digest == digest])
    assert all(not trial.defect for trial in trials)
    assert [bound.require for bound in idle["in percent"].values()] == ["at_most"]
    assert idle["as a share"] == {}
