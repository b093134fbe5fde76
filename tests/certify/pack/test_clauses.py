"""The ledger of clauses: what coverage is counted against."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from written_pack import changed, line_of

from certify.errors import Problem, UnusableInput
from certify.pack import Ledger, read_ledgers

CLAUSES = """\
ledgers:
  - instrument: A law
    as_of: "2026-07-27"
    source: Written for a test.
    clauses:
      - locator: Art. 1
        requires: {en: Be right., fr: Avoir raison.}
        modes: [measured]
        area: objectives
        module: M5
        kind: gate
        read: ours
      - locator: Art. 2
        requires: {en: Say so., fr: Le dire.}
        modes: [documented, human]
        area: documents
        module: M6
        kind: disclose
        read: official
"""


def written(folder: Path, text: str = CLAUSES) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "clauses.yaml").write_text(text, encoding="utf-8")
    return folder


def ledgers(*folders: Path) -> tuple[Ledger, ...]:
    return read_ledgers(folders)


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        ledgers(written(folder, text))
    return caught.value.problems


def test_the_ledgers_of_packs_come_in_the_order_of_the_packs(tmp_path: Path) -> None:
    second = written(tmp_path / "b", changed(CLAUSES, "A law", "A standard"))
    found = ledgers(written(tmp_path / "a"), second)
    assert [ledger.instrument for ledger in found] == ["A law", "A standard"]
    assert [clause.locator for clause in found[0].clauses] == ["Art. 1", "Art. 2"]


def test_a_pack_without_clauses_has_none(tmp_path: Path) -> None:
    assert ledgers(tmp_path) == ()


def test_something_else_in_the_place_of_the_ledger_is_not_taken_for_none(tmp_path: Path) -> None:
    """Otherwise nothing would be uncovered."""
    (tmp_path / "folder/clauses.yaml").mkdir(parents=True)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/clauses.yaml")
    for folder in ("folder", "pipe"):
        with pytest.raises(UnusableInput) as caught:
            ledgers(tmp_path / folder)
        assert caught.value.problems[0].source == f"packs/{folder}/clauses.yaml"


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("locator: Art. 2", "locator: Art. 1", "ledgers[0]"),
        ("modes: [measured]", "modes: []", "ledgers[0].clauses[0].modes"),
        ("modes: [measured]", "modes: [guessed]", "ledgers[0].clauses[0].modes[0]"),
        ("module: M6", "module: M9", "ledgers[0].clauses[1].module"),
        ("kind: gate", "kind: gates", "ledgers[0].clauses[0].kind"),
        ("read: ours", "read: rumour", "ledgers[0].clauses[0].read"),
        (", fr: Le dire.", "", "ledgers[0].clauses[1].requires.fr"),
        ('"2026-07-27"', '"soon"', "ledgers[0].as_of"),
        ("area: documents", "area: documents\n        covered: true", "ledgers[0].clauses[1].covered"),
    ],
)
def test_what_a_ledger_may_not_say_is_refused_in_its_place(
    right: str, wrong: str, key: str, tmp_path: Path
) -> None:
    found = problems(tmp_path, changed(CLAUSES, right, wrong))
    assert key in {problem.key for problem in found}
    assert all(problem.line for problem in found)


def test_the_same_instrument_twice_is_refused(tmp_path: Path) -> None:
    twice = CLAUSES + CLAUSES.partition("\n")[2]
    (only,) = problems(tmp_path, twice)
    assert (only.line, only.key) == (1, "")
    assert "instrument once" in only.expected


def test_a_ledger_of_nothing_is_no_ledger(tmp_path: Path) -> None:
    text = CLAUSES[: CLAUSES.index("    clauses:")] + "    clauses: []\n"
    first = problems(tmp_path, text)[0]
    assert (first.line, first.key) == (line_of(text, "clauses: []"), "ledgers[0].clauses")
