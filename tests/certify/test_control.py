"""Universal negative controls: none may pass, and a check that lets one pass is found out."""

from __future__ import annotations

import pytest
from findings import make_check
from proving import CONCERNED, vectors_of

from certify import verdict
from certify.control import controls
from certify.standard import Applicability, Check

EXPECTED = {
    "empty evidence", "no evidence at all", "NaN", "another model's evidence", "other bytes", "no bound",
    "a single group", "missing facts",
}  # fmt: skip


def outcomes(check: Check) -> dict[str, bool]:
    return {result.control: result.refused for result in controls(check, vectors_of(check))}


def test_every_control_is_made_and_refused() -> None:
    found = outcomes(make_check(applies=CONCERNED))
    assert set(found) == EXPECTED
    assert all(found.values())


def test_a_check_of_one_group_has_no_control_for_a_single_group() -> None:
    assert set(outcomes(make_check(groups=("sex=female",)))) == EXPECTED - {"a single group"}


def test_a_program_that_excuses_by_unknown_facts_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Applicability, "excusing_facts", lambda self, facts: () if facts else ("unknown",))
    assert not outcomes(make_check(applies=CONCERNED))["missing facts"]


def test_a_program_that_does_not_bind_evidence_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdict, "_unbound", lambda *_: "")
    found = outcomes(make_check())
    assert not found["another model's evidence"]
    assert not found["other bytes"]
    assert found["empty evidence"]
