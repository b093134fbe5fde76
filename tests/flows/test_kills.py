"""Kill -9 in front of every durable write of a run: the next run loses nothing and doubles nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipeline import examined, small_workplace
from small_submission import write_submission

from certify.digest import Digest
from certify.key import SigningKey, new_key
from certify.verification import verify
from flows.examination import conclude

PROGRAM = Path(__file__).parent.parent / "fixtures/killed_run.py"


@dataclass(frozen=True)
class Place:
    """A submission, its results as recorded once, and the digest that every resumed run must reach."""

    folder: Path
    submission: Path
    key: SigningKey
    comparison: Digest
    writes: int


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("kills")
    submission = write_submission(folder / "submission")
    key = new_key(folder / "key", passphrase=None)
    examination = examined(submission, small_workplace(folder))
    dossier = conclude(examination)
    (folder / "recorded").mkdir()
    (folder / "evidence").mkdir()
    for task in examination.tasks:
        kept = examination.attempt.kept(task)
        assert kept is not None
        (folder / "recorded" / task.hex).write_bytes(kept.to_bytes())
    for item in dossier.evidence:
        (folder / "evidence" / item.digest.hex).write_bytes(examination.workplace.blobs.get(item.digest))
    whole = run(folder, submission, folder / "whole", 0)
    return Place(folder, submission, key, dossier.comparison_digest, int(whole.stdout))


def run(folder: Path, submission: Path, work: Path, nth: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(submission), str(work), str(nth)]
    environment = {**os.environ, "PYTHONPATH": str(PROGRAM.parent)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def kill_and_resume(place: Place, nth: int) -> None:
    work = place.folder / f"kill-{nth}"
    killed = run(place.folder, place.submission, work, nth)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    resumed = run(place.folder, place.submission, work, 0)
    assert resumed.returncode == 0, resumed.stderr
    dossier = verify(work / "dossier.zip", place.key.public).dossier
    assert dossier.comparison_digest == place.comparison
    assert dossier.verdict.decision == "conforming"
    attempts = list((work / "work/runs").glob("*/attempt-*"))
    assert len(attempts) == dossier.run.attempt
    shutil.rmtree(work)


def test_kills_spread_over_the_run_lose_and_double_nothing(place: Place) -> None:
    for nth in range(1, place.writes + 1, max(1, place.writes // 8)):
        kill_and_resume(place, nth)


@pytest.mark.qualify
def test_a_kill_at_any_durable_write_loses_and_doubles_nothing(place: Place) -> None:
    for nth in range(1, place.writes + 1):
        kill_and_resume(place, nth)
    print(f"\n{place.writes} kill points tried and resumed")
