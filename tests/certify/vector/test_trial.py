"""Putting a vector to a check: the outcome, its reason and the clause that decides it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from findings import make_check, number
from proving import ACCEPTED, BY_GROUP, CONCERNED, ENOUGH, FEWEST, METERED, SOUND, read_set, vectors_of

from certify.standard import Check
from certify.vector import Bench, OpenValues, Vector, filled

LIMITS = {"highest": number("0.1"), "fewest": FEWEST, "accepted": ACCEPTED}
EVIDENCE = {"kinds": ["statistical", "document"], "role": "test", "bound_to": ["manifest", "model", "data"]}


def many_sided() -> Check:
    conditions = (BY_GROUP, ENOUGH, SOUND, METERED)
    return make_check(conditions=conditions, limits=LIMITS, evidence=EVIDENCE, applies=CONCERNED)


def estimate(stratum: str, **changes: Any) -> dict[str, Any]:
    given = {"value": 0.05, "lower": 0.03, "upper": 0.08, "n": 60}
    return {"statistic": "error", "stratum": stratum, **given, **changes}


def vector(outcome: str, *decided_by: str, reason: str | None = None, **evidence: Any) -> Vector:
    given: dict[str, Any] = {
        "made_from": ["manifest", "model", "data.test"],
        "estimates": [estimate("sex=female"), estimate("sex=male")],
        "statements": [{"name": "sound", "subject": "reference", "holds": True}],
        "circumstances": {"meter": "counter"},
    }
    expected = {"outcome": outcome, "decided_by": list(decided_by), "reason": reason}
    written = {"name": "one", "says": "A test.", "evidence": given | evidence, "expect": expected}
    head = vectors_of(many_sided())["refused.json"].asked
    return read_set({"format": "certify/vectors/1", "asked": head.to_json(), "vectors": [written]}).vectors[0]


def bench() -> Bench:
    check = many_sided()
    return Bench(check, vectors_of(check)["refused.json"].asked)


CASES = {
    "all is well": vector("demonstrated"),
    "a bound beyond the limit": vector(
        "not demonstrated", "at_most error", reason="inconclusive",
        estimates=[estimate("sex=female"), estimate("sex=male", upper=0.101)],
    ),
    "a refuting bound beyond the limit": vector(
        "refuted", "at_most error",
        estimates=[
            estimate("sex=female"),
            estimate("sex=male", value=0.3, lower=0.2, upper=0.4, refuting={"lower": 0.15, "upper": 0.5}),
        ],
    ),
    "a case too few": vector(
        "not demonstrated", "count error", reason="inconclusive",
        estimates=[estimate("sex=female", n=49), estimate("sex=male")],
    ),
    "a group that is missing": vector(
        "not demonstrated", "at_most error", "count error", reason="not measured",
        estimates=[estimate("sex=female")],
    ),
    "a statement that does not hold": vector(
        "refuted", "holds sound", statements=[{"name": "sound", "subject": "reference", "holds": False}]
    ),
    "a meter that is not accepted": vector(
        "not demonstrated", "among meter", reason="not measured", circumstances={"meter": "guess"}
    ),
    "other bytes": vector(
        "not demonstrated", "binding", reason="evidence missing or unbound", changed=["model"]
    ),
    "a method that failed": vector(
        "not demonstrated", "measurement", reason="method failed", not_measured="method failed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_evidence_is_decided_by_the_clause_that_it_misses(name: str) -> None:
    found = bench().put(CASES[name])
    assert found.meets(CASES[name]), found


def test_a_vector_that_expects_another_clause_is_not_met() -> None:
    wrong = CASES["a case too few"].expect.model_copy(update={"decided_by": ("at_most error",)})
    vector_ = CASES["a case too few"].model_copy(update={"expect": wrong})
    assert not bench().put(vector_).meets(vector_)


def test_a_known_fact_excuses_and_an_unknown_one_does_not() -> None:
    nobody = CASES["all is well"].model_copy(update={"facts": {"system.affected_persons": "none"}})
    assert bench().put(nobody).outcome == "excused"
    unknown = CASES["all is well"].model_copy(update={"facts": {}})
    assert bench().put(unknown).outcome == "demonstrated"


def test_evidence_that_answers_another_question_is_unbound() -> None:
    check = many_sided()
    asked = vectors_of(check)["refused.json"].asked
    for changes in ({"role": "train"}, {"method": "objectives.other"}, {"parameters": {"groups": ("a=b",)}}):
        found = Bench(check, asked.model_copy(update=changes)).put(CASES["all is well"])
        assert (found.outcome, found.decided_by) == ("not demonstrated", ("binding",))


def test_only_what_the_check_leaves_open_can_be_set() -> None:
    check = many_sided()
    with pytest.raises(ValueError, match="does not leave open"):
        filled(check, OpenValues.from_json({"limits": {"highest": "0.05"}}))
    with pytest.raises(ValueError, match="does not leave open"):
        filled(check, OpenValues.from_json({"limits": {"heighest": "0.05"}}))
    opened = make_check(limits={"highest": {**number("0.1"), "value": None}})
    assert filled(opened, OpenValues.from_json({"limits": {"highest": "0.05"}})).limit("highest") == Decimal(
        "0.05"
    )
