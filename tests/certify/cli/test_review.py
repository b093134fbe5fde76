"""`certify review`: from the questions to a verdict, by files and keys alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from reviewing import ACCURACY, OVERSIGHT, QUESTIONS, RISK, waiting


@dataclass(frozen=True)
class Desk:
    """Where a reviewer works: a dossier, public keys, and their own key."""

    folder: Path

    @property
    def dossier(self) -> Path:
        return self.folder / "met.dossier.zip"

    @property
    def lab(self) -> tuple[object, ...]:
        """The options that name dossier and laboratory."""
        return (self.dossier, "--lab-key", self.folder / "laboratory-met.pub")

    def key(self, name: str = "reviewer") -> Path:
        return self.folder / f"{name}-met"


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "met.dossier.zip").write_bytes(waiting(folder).archive)
    return Desk(folder)


def filled(draft: Path, *, holds: str = "true", name: str = "R. Reviewer") -> Path:
    """The form as a person fills it."""
    said = {
        "  name:": f"  name: {name}",
        "  competence:": "  competence: Twenty years in the trade.",
        "  independence:": "  independence: Nothing ties me to them.",
        "    holds:": f"    holds: {holds}",
        "    reasons:": "    reasons: The risk file names every one of them, and who answers.",
    }
    lines = [said.get(line, line) for line in draft.read_text(encoding="utf-8").splitlines()]
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return draft


@dataclass(frozen=True)
class Reviewer:
    """Somebody who drafts, fills and signs."""

    certify: Any
    desk: Desk
    folder: Path

    def draft(self, check: str) -> Path:
        out = self.folder / f"{check.partition('/')[2]}.yaml"
        done = self.certify("review", "draft", *self.desk.lab, "--check", check, "--out", out)
        assert (done.code, done.err) == (0, "")
        return out

    def sign(self, answers: Path, *, key: str = "reviewer") -> Any:
        out = answers.with_suffix(f".{key}.json")
        return self.certify(
            "review",
            "sign",
            *self.desk.lab,
            "--answers",
            answers,
            "--key",
            self.desk.key(key),
            "--out",
            out,
            "--json",
        )

    def signed(self, check: str, **facts: str) -> Path:
        done = self.sign(filled(self.draft(check), **facts))
        assert done.code == 0, done.err
        return Path(done.said["review"])

    def verify(self, *reviews: Path, keys: tuple[str, ...] = ("reviewer",)) -> Any:
        dossier, _, lab = self.desk.lab
        papers = [part for review in reviews for part in ("--review", review)]
        believed = [part for key in keys for part in ("--reviewer-key", f"{self.desk.key(key)}.pub")]
        return self.certify("verify", dossier, "--key", lab, *papers, *believed, "--json")


@pytest.fixture
def reviewer(certify: Any, desk: Desk, tmp_path: Path) -> Reviewer:
    return Reviewer(certify, desk, tmp_path)


def test_the_list_says_what_is_asked_and_of_whom(certify: Any, desk: Desk) -> None:
    done = certify("review", "list", *desk.lab, "--json")
    listed = {entry["check"]: entry for entry in json.loads(done.out)}
    assert set(listed) == {RISK, OVERSIGHT}, "the measured check is nobody's to judge"
    assert listed[RISK]["questions"] == list(QUESTIONS)
    assert listed[RISK]["competence"] == "Somebody who knows the trade."
    text = certify("review", "list", *desk.lab).out
    assert all(question in text for question in QUESTIONS)
    assert "2 checks wait for a person" in text


def test_a_dossier_does_not_conform_before_and_does_after_the_reviews(reviewer: Reviewer) -> None:
    before = reviewer.verify()
    assert (before.code, before.said["decision"]) == (1, "non_conforming")
    after = reviewer.verify(reviewer.signed(RISK), reviewer.signed(OVERSIGHT))
    assert (after.code, after.said["decision"]) == (0, "conforming")
    assert after.said["certifiable"] is False
    assert [review["check"] for review in after.said["reviews"]] == [RISK, OVERSIGHT]
    assert any("withheld" in line for line in after.said["not_checked"])


def test_a_review_against_it_refutes(reviewer: Reviewer) -> None:
    done = reviewer.verify(reviewer.signed(RISK, holds="false"), reviewer.signed(OVERSIGHT))
    assert done.code == 1
    refuted = {o["check"]: o["explanation"] for o in done.said["outcomes"] if o["outcome"] == "refuted"}
    assert set(refuted) == {RISK}
    assert refuted[RISK].startswith("R. Reviewer: The risk file")


def test_an_unanswered_form_cannot_be_signed_and_says_where(reviewer: Reviewer) -> None:
    done = reviewer.sign(reviewer.draft(RISK))
    assert done.code == 2
    unanswered = {problem["key"] for problem in done.said["problems"]}
    assert {"reviewer.name", "opinions[0].holds", "opinions[1].reasons"} <= unanswered


@pytest.mark.parametrize("said", ["yes", '"true"', "1", "maybe", "TRUE"])
def test_anything_but_true_and_false_is_no_answer(said: str, reviewer: Reviewer) -> None:
    done = reviewer.sign(filled(reviewer.draft(RISK), holds=said))
    assert done.code == 2
    assert {problem["key"] for problem in done.said["problems"]} == {"opinions[0].holds", "opinions[1].holds"}


def test_the_applicant_cannot_review(reviewer: Reviewer) -> None:
    done = reviewer.sign(filled(reviewer.draft(RISK), name="SMALL LTD"))
    assert done.code == 2
    assert "the applicant or the laboratory" in done.said["text"]


def test_a_measured_check_cannot_be_drafted_nor_signed(reviewer: Reviewer) -> None:
    certify, desk, folder = reviewer.certify, reviewer.desk, reviewer.folder
    done = certify("review", "draft", *desk.lab, "--check", ACCURACY, "--out", folder / "a.yaml")
    assert (done.code, (folder / "a.yaml").exists()) == (2, False)
    answers = filled(reviewer.draft(RISK))
    answers.write_text(answers.read_text().replace(f"check: {RISK}", f"check: {ACCURACY}"))
    done = reviewer.sign(answers)
    assert done.code == 2
    assert "no opinion of a person can stand in" in done.said["text"]


def test_a_review_without_a_key_or_with_another_counts_for_nothing(reviewer: Reviewer) -> None:
    review = reviewer.signed(RISK)
    for keys in ((), ("second",)):
        done = reviewer.verify(review, keys=keys)
        assert (done.code, done.said["error"]) == (2, "Tampered")


def test_the_laboratorys_own_review_is_refused(reviewer: Reviewer) -> None:
    review = reviewer.sign(filled(reviewer.draft(RISK)), key="laboratory").said["review"]
    done = reviewer.verify(Path(review), keys=("laboratory",))
    assert done.code == 2
    assert "who measured does not judge" in done.said["text"]


def test_a_changed_byte_is_found(reviewer: Reviewer) -> None:
    review = reviewer.signed(RISK)
    data = bytearray(review.read_bytes())
    data[len(data) // 2] ^= 1
    review.write_bytes(data)
    done = reviewer.verify(review)
    assert (done.code, done.said["error"]) == (2, "Tampered")
    assert review.name in done.said["text"]


def test_a_review_that_is_not_there_is_told(reviewer: Reviewer, tmp_path: Path) -> None:
    for absent in (tmp_path / "absent.json", tmp_path):
        done = reviewer.verify(absent)
        assert done.code == 2
        assert str(absent) in done.said["text"]


def test_nothing_can_be_judged_in_a_dossier_that_was_changed(reviewer: Reviewer, tmp_path: Path) -> None:
    data = bytearray(reviewer.desk.dossier.read_bytes())
    data[len(data) // 3] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    _, _, lab = reviewer.desk.lab
    done = reviewer.certify("review", "list", tmp_path / "changed.zip", "--lab-key", lab, "--json")
    assert (done.code, done.said["error"]) == (2, "Tampered")


def test_text_of_strangers_is_shown_and_not_obeyed(reviewer: Reviewer) -> None:
    """A name that would reorder a terminal's line does not come as far as a signature."""
    done = reviewer.sign(filled(reviewer.draft(RISK), name='"R. \\u202eReviewer"'))
    assert done.code == 2
    assert "\u202e" not in done.out
