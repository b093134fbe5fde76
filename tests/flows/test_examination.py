"""The whole way as plain functions: what is recorded, resumed, repeated and compared."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from pipeline import concluded, examined, in_process, plain_report, sealed, small_workplace
from small_submission import write_submission

from certify.certifiability import obstacles
from certify.digest import Digest
from certify.dossier import DOSSIER, EVIDENCE_FOLDER, REPORT, Dossier, unpack
from certify.errors import StaleWriter, Tampered, UnusableInput
from certify.key import new_key
from certify.task import Task
from certify.verification import verify
from flows.attempt import Concluded
from flows.bench import Bench
from flows.examination import (
    close,
    conclude,
    deliver,
    examine,
    note_opening,
    prepare,
    read_submission,
)
from flows.locking import lock_protocol
from flows.measuring import Answer
from flows.wiring import Workplace
from reports.html import render


def test_the_small_submission_conforms(small_submission: Path, tmp_path: Path) -> None:
    dossier = concluded(small_submission, small_workplace(tmp_path))
    assert dossier.verdict.decision == "conforming", dossier.verdict.refusals


def test_two_runs_have_the_same_comparison_digest(small_submission: Path, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    workplace = small_workplace(tmp_path)
    first = examined(small_submission, workplace)
    deliver(first, sealed(first, key), tmp_path / "first.zip")
    second = examined(small_submission, workplace)
    assert (first.attempt.number, second.attempt.number) == (1, 2)
    assert conclude(first).comparison_digest == conclude(second).comparison_digest


def test_order_and_number_of_seats_change_nothing(small_submission: Path, tmp_path: Path) -> None:
    digests = set()
    for seats in (1, 3):
        workplace = small_workplace(tmp_path / str(seats))
        examination = prepare(small_submission, "test/small", workplace)
        measure = in_process(examination.intake.artifacts, workplace)
        tasks = list(examination.tasks)
        random.Random(seats).shuffle(tasks)
        with Bench(examination, measure, seats=seats) as bench:
            bench.start(tasks)
        digests.add(conclude(examination).comparison_digest)
    assert len(digests) == 1


def test_a_task_is_measured_once_whoever_asks(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    examination = prepare(small_submission, "test/small", workplace)
    truly = in_process(examination.intake.artifacts, workplace)
    asked: list[Digest] = []

    def counted(task: Task) -> Answer:
        asked.append(task.value_digest)
        return truly(task)

    with Bench(examination, counted) as bench:
        bench.start(examination.tasks)
        for task in examination.tasks:
            bench.result_of(task)
    assert sorted(asked) == sorted(examination.tasks)


def test_an_interrupted_attempt_is_taken_up_again(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    first = prepare(small_submission, "test/small", workplace)
    measure = in_process(first.intake.artifacts, workplace)
    done = list(first.tasks)[:3]
    for task in done:
        examine(first, task, measure)
    second = prepare(small_submission, "test/small", workplace)
    assert second.attempt.number == first.attempt.number
    assert second.finished == 3
    assert all(second.attempt.kept(task) == first.attempt.kept(task) for task in done)


def test_a_writer_that_comes_back_from_the_dead_is_refused(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    first = prepare(small_submission, "test/small", workplace)
    prepare(small_submission, "test/small", workplace)
    measure = in_process(first.intake.artifacts, workplace)
    with pytest.raises(StaleWriter):
        examine(first, next(iter(first.tasks)), measure)


def test_a_task_without_a_record_refuses(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    examination = prepare(small_submission, "test/small", workplace)
    measure = in_process(examination.intake.artifacts, workplace)
    for task in list(examination.tasks)[1:]:
        examine(examination, task, measure)
    verdict = conclude(examination).verdict
    assert verdict.decision == "non_conforming"
    assert len(verdict.missing) == 1


def test_a_record_that_was_tampered_with_is_an_error(small_submission: Path, tmp_path: Path) -> None:
    examination = examined(small_submission, small_workplace(tmp_path))
    record = next((examination.attempt.lease.folder / "tasks").iterdir())
    record.write_bytes(record.read_bytes().replace(b'"measured"', b'"Measured"'))
    with pytest.raises(Tampered):
        conclude(examination)


def test_a_sealed_attempt_is_delivered_once_and_the_next_is_new(
    small_submission: Path, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    workplace = small_workplace(tmp_path)
    first = examined(small_submission, workplace)
    archive = sealed(first, key)
    assert prepare(small_submission, "test/small", workplace).attempt.number == 1
    resumed = examined(small_submission, workplace)
    assert sealed(resumed, key) == archive
    deliver(resumed, archive, tmp_path / "d.zip")
    assert verify(tmp_path / "d.zip", key.public).dossier.run.attempt == 1
    assert prepare(small_submission, "test/small", workplace).attempt.number == 2


def test_an_attempt_sealed_with_one_key_is_not_taken_for_another(
    small_submission: Path, tmp_path: Path
) -> None:
    keys = [new_key(tmp_path / name, passphrase=None) for name in ("a", "b")]
    workplace = small_workplace(tmp_path)
    examination = examined(small_submission, workplace)
    sealed(examination, keys[0])
    with pytest.raises(Tampered):
        close(examination, conclude(examination), key=keys[1], signer="B", render=plain_report)


def test_a_sealed_archive_holds_all_evidence(small_submission: Path, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    examination = examined(small_submission, small_workplace(tmp_path))
    members = unpack(sealed(examination, key), source="test")
    dossier = conclude(examination)
    assert {f"evidence/{item.digest.hex}" for item in dossier.evidence} <= set(members)
    assert dossier.evidence


# The lock and the ledger


def test_the_report_follows_from_the_other_members_of_the_archive(
    small_submission: Path, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    examination = examined(small_submission, small_workplace(tmp_path))
    archive = close(examination, conclude(examination), key=key, signer="A", render=render)
    members = unpack(archive, source="a")
    dossier = Dossier.from_bytes(members[DOSSIER], source="a")
    evidence = {item.digest: members[EVIDENCE_FOLDER + item.digest.hex] for item in dossier.evidence}
    assert b'<figure class="plot picture">' in members[REPORT]
    assert render(dossier, evidence) == members[REPORT]


def test_the_protocol_is_locked_once(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    first = prepare(small_submission, "test/small", workplace)
    again = lock_protocol(first.intake, first.basis, workplace, by="somebody else")
    assert again == first.protocol


def test_changed_data_fall_under_another_protocol(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    before = prepare(small_submission, "test/small", workplace).protocol
    with open(small_submission / "data/test.csv", "a") as stream:
        stream.write("50,1,old\n")
    after = prepare(small_submission, "test/small", workplace).protocol
    assert before.value_digest != after.value_digest


def test_opening_the_data_is_on_the_ledger_once_per_attempt(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    for _ in range(3):
        prepare(small_submission, "test/small", workplace)
    entries = workplace.ledger.entries()
    assert [e.event for e in entries if e.role == "test"] == ["opened"]
    assert [e.event for e in entries].count("locked") == 1


def test_a_lock_younger_than_the_first_use_of_the_data_is_not_certifiable(
    small_submission: Path, tmp_path: Path
) -> None:
    workplace = small_workplace(tmp_path)
    clean = concluded(small_submission, small_workplace(tmp_path / "clean"))
    assert clean.standing("development").locked_before_opening
    look_at_the_test_data(small_submission, workplace)
    after = concluded(small_submission, workplace)
    assert not after.standing("development").locked_before_opening


def test_a_space_more_in_the_manifest_does_not_hide_a_look_at_the_data(
    small_submission: Path, tmp_path: Path
) -> None:
    workplace = small_workplace(tmp_path)
    look_at_the_test_data(small_submission, workplace)
    with open(small_submission / "submission.yaml", "a") as stream:
        stream.write(" \n")
    assert not concluded(small_submission, workplace).standing("development").locked_before_opening


def look_at_the_test_data(folder: Path, workplace: Workplace) -> None:
    intake = read_submission(folder, workplace)
    digest = next(a.digest for a in intake.artifacts if a.path == "data/test.csv")
    note_opening(
        workplace, submission=intake.root, role="validation", data=(digest,), purpose="looking first"
    )


def test_more_openings_than_allowed_are_an_obstacle(small_submission: Path, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    workplace = small_workplace(tmp_path)
    first = examined(small_submission, workplace)
    assert conclude(first).standing("development").openings_within_allowance
    deliver(first, sealed(first, key), tmp_path / "d.zip")
    second = concluded(small_submission, workplace)
    assert not second.standing("development").openings_within_allowance
    assert any("more often" in line for line in obstacles(second.standing("development")))


# Files left in the folder of an attempt


@pytest.mark.parametrize("name", ["dossier.json", "report.html", "statement.json"])
def test_what_somebody_left_in_the_folder_is_not_signed(
    name: str, small_submission: Path, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    examination = examined(small_submission, small_workplace(tmp_path))
    (examination.attempt.lease.folder / name).write_bytes(b"CONFORMING")
    with pytest.raises(Tampered, match=name):
        sealed(examination, key)


def test_an_attempt_on_record_for_one_signer_is_not_signed_by_another(
    small_submission: Path, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    examination = examined(small_submission, small_workplace(tmp_path))
    sealed(examination, key)
    with pytest.raises(Tampered, match="A Test"):
        close(examination, conclude(examination), key=key, signer="Mallory", render=plain_report)


def test_another_program_or_machine_does_not_take_up_an_attempt(
    small_submission: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workplace = small_workplace(tmp_path)
    examined(small_submission, workplace)
    monkeypatch.setattr("flows.examination.program_digest", lambda: Digest.of(b"a program with a mistake"))
    other = prepare(small_submission, "test/small", workplace)
    assert (other.attempt.number, other.finished) == (2, 0)


def test_a_protocol_that_the_ledger_does_not_know_is_refused(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    true = prepare(small_submission, "test/small", workplace).protocol
    earlier = true.model_copy(update={"locked_at": true.locked_at.replace(year=2020)})
    path = workplace.protocol(true.submission, true.basis)
    for forged in (earlier, true.model_copy(update={"allowance": 1000})):
        path.write_bytes(forged.to_bytes())
        with pytest.raises(Tampered):
            prepare(small_submission, "test/small", workplace)


# Refusals before anything has run


@pytest.mark.parametrize(
    "basis", ["id: test/small\nversion: '1.0.0'\ntitle: {en: A, fr: B}\nselect:\n  - check: demo/acuracy\n"]
)
def test_a_misspelt_check_stops_everything(small_submission: Path, tmp_path: Path, basis: str) -> None:
    workplace = small_workplace(tmp_path, basis=basis)
    with pytest.raises(UnusableInput, match=r"small\.yaml:5"):
        prepare(small_submission, "test/small", workplace)
    assert not (workplace.root / "runs").exists()
    assert workplace.ledger.entries() == ()


def test_a_basis_that_requires_nothing_of_this_system_is_refused(tmp_path: Path) -> None:
    basis = """
id: test/small
version: "1.0.0"
title: {en: A., fr: B.}
select:
  - check: eu.ai-act/equal-true-positive-rate
    parameters: {groups: ["sex=female", "sex=male"]}
"""
    folder = write_submission(tmp_path / "s", change=lambda m: m["system"].update(affected_persons="none"))
    with pytest.raises(UnusableInput, match="no required check"):
        prepare(folder, "test/small", small_workplace(tmp_path, basis=basis))


def test_planted_records_of_time_and_ledger_are_refused(small_submission: Path, tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    examination = examined(small_submission, small_workplace(tmp_path))
    conclude(examination)
    folder = examination.attempt.lease.folder
    true = Concluded.from_bytes((folder / "concluded.json").read_bytes(), source="test")
    for planted in ({"ledger": 0}, {"ledger": 1000}, {"at": true.at.replace(year=2999)}):
        (folder / "concluded.json").write_bytes(true.model_copy(update=planted).to_bytes())
        with pytest.raises(Tampered, match="concluded"):
            conclude(examination)
    (folder / "concluded.json").write_bytes(true.to_bytes())
    signer = examination.attempt.signer("A Test", "development")
    later = signer.model_copy(update={"signed_at": signer.signed_at.replace(year=2999)})
    (folder / "signer.json").write_bytes(later.to_bytes())
    with pytest.raises(Tampered, match="a time that cannot be"):
        sealed(examination, key)


def test_throwing_the_runs_away_does_not_undo_an_opening(small_submission: Path, tmp_path: Path) -> None:
    workplace = small_workplace(tmp_path)
    examined(small_submission, workplace)
    shutil.rmtree(workplace.root / "runs")
    again = concluded(small_submission, workplace)
    assert again.run.attempt == 1
    assert not again.standing("development").openings_within_allowance
