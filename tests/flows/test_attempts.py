"""Several attempts on the same test data, with one model after the other: what is told, and what it costs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline import in_process, sealed, small_workplace
from small_submission import write_submission

from certify.basis import resolved
from certify.certifiability import obstacles
from certify.dossier import Dossier
from certify.errors import Tampered, UnusableInput
from certify.evidence import Measurement
from certify.key import SigningKey, new_key
from certify.verification import verify_bytes
from flows.examination import (
    Examination,
    agree_basis,
    conclude,
    deliver,
    examine,
    prepare,
    read_submission,
    tells_details,
    withhold,
)
from flows.locking import lock_protocol
from flows.wiring import Workplace, now

BASIS = """
id: test/small
version: "1.0.0"
title: {en: A small basis., fr: Une petite base.}
select:
  - check: eu.ai-act/accuracy
    limits: {floor: 0.9}
  - check: eu.ai-act/balanced-accuracy
  - check: eu.ai-act/claimed-performance
    parameters: {metrics: [accuracy]}
"""

LATE, OFTEN, RETIRED = "not locked before", "more often", "retires them"


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return small_workplace(tmp_path, basis=BASIS)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_submission(tmp_path / "good")


@pytest.fixture
def boasting(tmp_path: Path) -> Path:
    """The same test data under another manifest, which claims too much."""
    claim = {"metric": "accuracy", "population": "the test data", "value": 0.9999}
    return write_submission(tmp_path / "boasting", change=lambda m: m["objective"].update(claims=[claim]))


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return new_key(tmp_path / "key", passphrase=None)


def lock(folder: Path, workplace: Workplace, attempts: int | None) -> None:
    intake = read_submission(folder, workplace)
    basis = agree_basis("test/small", intake, workplace.load_standards())
    lock_protocol(intake, basis, workplace, by="a test", attempts=attempts)


def attempted(folder: Path, workplace: Workplace, attempts: int | None = None) -> tuple[Examination, Dossier]:
    if attempts:
        lock(folder, workplace, attempts)
    examination = prepare(folder, "test/small", workplace)
    measure = in_process(examination.intake.artifacts, workplace)
    for task in examination.tasks:
        examine(examination, task, measure)
    return examination, conclude(examination)


def finished(
    folder: Path, workplace: Workplace, key: SigningKey, attempts: int, *, details: bool = False
) -> Dossier:
    """An attempt as a run ends it."""
    examination, dossier = attempted(folder, workplace, attempts)
    archive = sealed(examination, key)
    if details or tells_details(dossier):
        deliver(examination, archive, workplace.root / f"{dossier.run.attempt}.zip")
    else:
        withhold(examination, archive)
    return dossier


def in_the_way(dossier: Dossier) -> set[str]:
    lines = obstacles(dossier.standing("production"))
    return {name for name in (LATE, OFTEN, RETIRED) if any(name in line for line in lines)}


def test_a_better_model_may_follow_within_the_allowance(
    boasting: Path, good: Path, workplace: Workplace, key: SigningKey
) -> None:
    first = finished(boasting, workplace, key, 2)
    assert (first.verdict.decision, first.attempt, tells_details(first)) == ("non_conforming", 1, False)
    second = finished(good, workplace, key, 2)
    assert (second.verdict.decision, second.attempt, tells_details(second)) == ("conforming", 2, True)
    assert in_the_way(second) == set()


def test_one_attempt_more_than_allowed_is_an_obstacle(
    boasting: Path, good: Path, workplace: Workplace, key: SigningKey
) -> None:
    for _ in range(2):
        finished(boasting, workplace, key, 2)
    third = finished(good, workplace, key, 2)
    assert third.attempt == 3
    assert in_the_way(third) == {OFTEN}


def test_details_retire_the_test_data(
    boasting: Path, good: Path, workplace: Workplace, key: SigningKey
) -> None:
    assert in_the_way(finished(boasting, workplace, key, 3, details=True)) == set()
    assert in_the_way(finished(good, workplace, key, 3)) == {RETIRED}


def test_a_conforming_answer_ends_the_series(
    good: Path, boasting: Path, workplace: Workplace, key: SigningKey
) -> None:
    """Its dossier is handed out, so that what follows would know the details."""
    finished(good, workplace, key, 3)
    assert in_the_way(finished(boasting, workplace, key, 3)) == {RETIRED}


@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 1), (1, 1)])
def test_the_allowance_cannot_be_changed_after_an_opening(
    boasting: Path, good: Path, workplace: Workplace, key: SigningKey, before: int, after: int
) -> None:
    """Nor is anything gained by locking each model for a single attempt."""
    finished(boasting, workplace, key, before)
    assert LATE in in_the_way(finished(good, workplace, key, after))


def test_looking_before_the_first_lock_spoils_the_series(good: Path, workplace: Workplace) -> None:
    from flows.examination import note_opening

    intake = read_submission(good, workplace)
    digest = next(a.digest for a in intake.artifacts if a.path == "data/test.csv")
    note_opening(workplace, submission=intake.root, role="test", data=(digest,), purpose="looking")
    assert LATE in in_the_way(attempted(good, workplace, 3)[1])


def test_methods_are_asked_at_a_part_of_alpha(good: Path, workplace: Workplace) -> None:
    examination, dossier = attempted(good, workplace, 4)
    part = 1 - Decimal("0.025") / 4
    assert {task.confidence for task in examination.tasks.values()} == {part}
    measured = [f.result for f in dossier.findings if isinstance(f.result, Measurement)]
    assert {e.demonstrating.confidence for r in measured for e in r.estimates} == {part}


def test_a_lock_keeps_its_allowance(good: Path, workplace: Workplace) -> None:
    lock(good, workplace, 2)
    lock(good, workplace, None)
    assert prepare(good, "test/small", workplace).protocol.allowance == 2
    with pytest.raises(UnusableInput, match="locked"):
        lock(good, workplace, 3)


def test_a_dossier_of_an_attempt_is_verified_offline(
    boasting: Path, good: Path, workplace: Workplace, key: SigningKey
) -> None:
    finished(boasting, workplace, key, 2)
    examination, _ = attempted(good, workplace, 2)
    found = verify_bytes(sealed(examination, key), key.public, source="a test", now=now())
    assert found.dossier.protocol.allowance == 2
    assert found.verdict.decision == "conforming"


def test_a_dossier_that_does_not_share_alpha_is_refused(
    good: Path, workplace: Workplace, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two attempts at the whole of alpha each, by a program that was changed to do so."""
    with monkeypatch.context() as changed:
        changed.setattr(resolved, "shared", lambda confidence, attempts: confidence)
        examination, _ = attempted(good, workplace, 2)
        archive = sealed(examination, key)
    with pytest.raises(Tampered, match="alpha is not shared among 2 attempts"):
        verify_bytes(archive, key.public, source="a test", now=now())


def test_a_withheld_attempt_is_over_and_is_not_taken_up_again(
    boasting: Path, workplace: Workplace, key: SigningKey
) -> None:
    first = finished(boasting, workplace, key, 2)
    examination, second = attempted(boasting, workplace)
    assert (first.run.attempt, second.run.attempt, second.attempt) == (1, 2, 2)
    assert examination.finished == len(examination.tasks)


def test_telling_twice_is_telling_once(
    boasting: Path, workplace: Workplace, key: SigningKey, tmp_path: Any
) -> None:
    examination, _ = attempted(boasting, workplace, 2)
    archive = sealed(examination, key)
    for name in ("a.zip", "b.zip"):
        deliver(examination, archive, tmp_path / name)
    assert [e.event for e in workplace.ledger.entries()].count("told") == 1
