"""Attempts on the command line: locked once, and answered with one bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pipeline import concluded, small_workplace
from small_submission import write_submission

from certify.cli.run import answer_with_one_bit


def test_a_lock_says_what_several_attempts_cost(certify: Any, place: Any, tmp_path: Path) -> None:
    work = (*place.small, "--work", tmp_path / "work")
    done = certify("lock", place.submission, *work, "--attempts", "3")
    assert done.code == 0, done.err
    assert "opened 3 times" in done.out
    assert "one part in 3 of alpha" in done.out
    assert certify("lock", place.submission, *work, "--json").said["protocol"]["allowance"] == 3
    other = certify("lock", place.submission, *work, "--attempts", "2", "--json")
    assert (other.code, other.said["problems"][0]["expected"][0]) == (2, "3")
    assert certify("lock", place.submission, *work, "--attempts", "0").code == 2
    many = certify("lock", place.submission, *work, "--attempts", "101", "--json")
    assert (many.code, many.said["problems"][0]["source"]) == (2, "--attempts")


@pytest.mark.parametrize("as_json", [False, True])
def test_the_answer_names_no_check_and_no_number_but_the_attempt(
    as_json: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claim = {"metric": "accuracy", "population": "the test data", "value": 0.9999}
    folder = write_submission(tmp_path / "s", change=lambda m: m["objective"].update(claims=[claim]))
    answer_with_one_bit(concluded(folder, small_workplace(tmp_path)), as_json=as_json)
    said = capsys.readouterr().out
    if as_json:
        assert json.loads(said) == {"decision": "non_conforming", "attempt": 1, "attempts": 1}
    else:
        assert said.splitlines()[0] == "NON-CONFORMING. Attempt 1 of 1."
        assert not [word for word in ("claim", "accuracy", "bound", "%") if word in said]
