"""`certify plan` as a person and as a program meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def test_a_plan_is_printed_for_a_narrow_terminal(
    certify: Any, place: Any, tmp_path: Path, ledger: Any
) -> None:
    done = certify("plan", place.submission, *place.small, "--work", tmp_path / "work", columns=60)
    assert done.code == 0, done.err
    assert max(map(len, done.out.splitlines())) <= 60
    said = " ".join(done.out.split())
    for words in (
        "were not opened",
        "Demonstrated without test data: 3",
        "if they are independent",
        "most probably",
    ):
        assert words in said
    assert ("opened", "test") not in ledger()


def test_a_plan_in_json_says_the_same(certify: Any, place: Any, tmp_path: Path) -> None:
    done = certify(
        "plan", place.submission, *place.small, "--work", tmp_path / "work", "--rows", "900", "--json"
    )
    assert done.code == 0, done.err
    said = done.said
    assert said["rows"] == 900
    assert said["joint"]["checks"] == len(said["planned"]) > 0
    product = 1.0
    for planned in said["planned"]:
        product *= float(planned["power"])
    assert abs(product - float(said["joint"]["if_independent"])) < 0.001
    accuracy = next(p for p in said["planned"] if p["check"] == "eu.ai-act/accuracy")
    assert (accuracy["performance_from"], accuracy["rows_for_power"]["rows"]) == ("claim", None)
    (measured,) = accuracy["as_measured"]
    assert float(measured["power"]) > 0.9
    assert said["most_likely_to_refuse"] in [p["check"] for p in said["planned"]]


def test_an_unusable_submission_leaves_with_2(certify: Any, place: Any, tmp_path: Path) -> None:
    done = certify("plan", tmp_path, *place.small, "--json")
    assert done.code == 2
    assert done.said["problems"]
