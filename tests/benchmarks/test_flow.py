"""What a whole run costs beside its parts, and what verifying costs beside hashing.

Run with `make qualify`, or `pytest -m benchmark -s tests/benchmarks`. Nothing here asserts a time.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from pipeline import in_process, sealed, small_workplace
from small_submission import write_submission

from certify.digest import Digest
from certify.evidence import EvidenceItem, Measurement
from certify.key import new_key
from certify.task import Task
from certify.verification import verify
from flows.examination import examine, prepare
from flows.measuring import Answer
from flows.wiring import Workplace, prefect_settings

CERTIFY = str(Path(sys.executable).parent / "certify")
EMPTY = """
from prefect import flow

@flow(persist_result=False)
def empty() -> str:
    return "nothing"

assert empty() == "nothing"
"""
MEGABYTE = 1 << 20


def seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def completed(command: list[str], **environment: str) -> Callable[[], None]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}

    def run() -> None:
        whole = {**inherited, **environment}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=whole, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.mark.benchmark
def test_a_run_beside_its_measurements_and_beside_an_empty_flow(tmp_path: Path) -> None:
    """Fresh: the first on this machine, for which Prefect makes a database. Warm: the second and third."""
    submission = write_submission(tmp_path / "submission")
    small_workplace(tmp_path)
    key = new_key(tmp_path / "key", passphrase=None)
    places = ["--standards", str(tmp_path / "standards"), "--work", str(tmp_path / "work")]
    sealing = ["--key", str(tmp_path / "key"), "--out", str(tmp_path / "dossier.zip"), "--replace", "--json"]
    command = [CERTIFY, "run", str(submission), "--basis", "test/small", *places, *sealing]
    run = completed(command, XDG_CACHE_HOME=str(tmp_path / "cache"))
    (tmp_path / "empty").mkdir()
    settings = {**prefect_settings(), "PREFECT_HOME": str(tmp_path / "empty")}
    empty = completed([sys.executable, "-c", EMPTY], **settings)
    print()
    for state in ("fresh", "warm", "warm"):
        nothing, whole = seconds(empty), seconds(run)
        measuring = verify(tmp_path / "dossier.zip", key.public).dossier.run.seconds
        for delivered in tmp_path.glob("dossier*"):
            delivered.unlink()
        methods = float(sum(measuring.values()))
        print(
            f"{state}: certify run {whole:.1f} s; its {len(measuring)} methods {methods:.1f} s in all "
            f"(on {os.cpu_count()} cores), {whole / methods:.1f} times; "
            f"an empty Prefect flow {nothing:.1f} s, {whole / nothing:.1f} times"
        )


def with_exhibit(
    measure: Callable[[Task], Answer], workplace: Workplace, size: int
) -> Callable[[Task], Answer]:
    """Measures, and adds an exhibit of so many random bytes to the first result that can bear one."""
    digest: list[Digest] = []

    def measured(task: Task) -> Answer:
        answer = measure(task)
        if digest or not isinstance(answer.result, Measurement):
            return answer
        digest.append(workplace.blobs.put(os.urandom(size)))
        item = EvidenceItem(name="large", digest=digest[0], size=size, media_type="a/b", visibility="public")
        evidence = (*answer.result.evidence, item)
        return Answer(result=answer.result.model_copy(update={"evidence": evidence}), seconds=0.0)

    return measured


@pytest.mark.benchmark
@pytest.mark.parametrize("megabytes", [0, 16, 128])
def test_verifying_beside_hashing_the_same_bytes(megabytes: int, tmp_path: Path) -> None:
    submission = write_submission(tmp_path / "submission")
    workplace = small_workplace(tmp_path)
    key = new_key(tmp_path / "key", passphrase=None)
    examination = prepare(submission, "test/small", workplace)
    measure = in_process(examination.intake.artifacts, workplace)
    measure = with_exhibit(measure, workplace, megabytes * MEGABYTE) if megabytes else measure
    for task in examination.tasks:
        examine(examination, task, measure)
    path = tmp_path / "dossier.zip"
    path.write_bytes(sealed(examination, key))
    size = path.stat().st_size / MEGABYTE
    verifying = median(seconds(lambda: verify(path, key.public)) for _ in range(5))
    hashing = median(seconds(lambda: hashlib.sha256(path.read_bytes()).digest()) for _ in range(5))
    print(
        f"\nverify {size:.2f} MB: {verifying * 1000:.0f} ms, {size / verifying:.0f} MB/s; sha256 of the same "
        f"bytes: {hashing * 1000:.1f} ms, {size / hashing:.0f} MB/s; {verifying / hashing:.1f} times"
    )
