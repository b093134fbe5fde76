"""A citation that claims to show a clause stands in a ledger, or is refused where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_pack import CHECK, CLAUSES, loaded, replacing, write_pack

from certify.citation import citation_problems
from certify.errors import Problem
from certify.pack import read_ledgers


def problems(folder: Path, *more: Path) -> list[Problem]:
    return list(citation_problems(loaded(folder), read_ledgers([folder, *more])))


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_a_clause_that_the_ledger_lists_may_be_cited(tmp_path: Path) -> None:
    assert problems(write_pack(tmp_path)) == []


@pytest.mark.parametrize("relation", ["satisfies", "contributes-to"])
@pytest.mark.parametrize(
    ("right", "wrong", "key", "advice"),
    [
        ("locator: Art. 15(1)", "locator: Art. 15(11)", "clauses[0].locator", '"Art. 15(1)"'),
        ("instrument: The Act", "instrument: The act", "clauses[0].instrument", '"The Act"'),
    ],
)
def test_a_slip_is_refused_in_its_line_with_what_was_probably_meant(
    tmp_path: Path, relation: str, right: str, wrong: str, key: str, advice: str
) -> None:
    text = replacing((right, wrong), ("contributes-to", relation))(CHECK)
    (problem,) = problems(write_pack(tmp_path, {"accuracy": text}))
    assert problem.place == f"packs/local.small/checks/accuracy/check.yaml:{line_of(text, wrong)}:5"
    assert problem.key == key
    assert f"Did you mean {advice}?" in problem.remedy
    assert problem.found == wrong.partition(": ")[2]


def test_what_only_informs_may_be_cited_from_anywhere(tmp_path: Path) -> None:
    text = replacing(("The Act", "Another Act"), ("contributes-to", "informs"))(CHECK)
    assert problems(write_pack(tmp_path, {"accuracy": text})) == []


def test_without_any_ledger_nothing_can_be_shown(tmp_path: Path) -> None:
    folder = write_pack(tmp_path)
    (folder / "clauses.yaml").unlink()
    (problem,) = problems(folder)
    assert "there is none" in problem.expected


def test_the_ledger_of_another_pack_counts_if_it_is_given(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, clauses=CLAUSES.replace("The Act", "Some other act"))
    other = tmp_path / "packs/local.other"
    other.mkdir()
    (other / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    assert len(problems(folder)) == 1
    assert problems(folder, other) == []


def test_every_wrong_citation_is_told_at_once(tmp_path: Path) -> None:
    slip = replacing(("Art. 15(1)", "Art. 99"))(CHECK)
    more = replacing(("local.small/accuracy", "local.small/again"))(slip)
    assert len(problems(write_pack(tmp_path, {"accuracy": slip, "again": more}))) == 2
