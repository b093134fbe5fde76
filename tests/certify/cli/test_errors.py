"""Codes and words when something is wrong: 2 where the input has to change, 3 where we or the machine failed.

With `--json` there is one JSON object on standard output in every case, also where the command line itself
could not be read.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FAULTY = Path(__file__).parents[2] / "fixtures/faulty_machine.py"
ACCURACY = ("--set", "metric=accuracy", "--set", "groups=all")


def assert_refused(done: Any, error: str) -> None:
    """Code 2, one JSON object that names the error, and no word of a failure of ours."""
    assert done.code == 2
    assert done.said["error"] == error
    assert done.said["text"]
    assert "Traceback" not in done.err
    assert set(done.said) == {"error", "problems", "text"}


# Unusable input


def test_a_submission_with_two_defects_is_refused_with_both(certify: Any, place: Any, tmp_path: Path) -> None:
    folder = tmp_path / "submission"
    subprocess.run(["cp", "-r", place.submission, folder], check=True)
    (folder / "documents/data_sheet.md").unlink()
    (folder / "extra.bin").write_bytes(b"x")
    done = certify("lock", folder, *place.small, "--work", tmp_path / "work", "--json")
    assert_refused(done, "UnusableInput")
    sources = {(problem["source"], problem["key"]) for problem in done.said["problems"]}
    assert sources == {("submission.yaml", "documents[5].file"), ("extra.bin", "")}
    assert all(problem["remedy"] for problem in done.said["problems"])
    text = certify("lock", folder, *place.small, "--work", tmp_path / "work")
    assert (text.code, text.out) == (2, "")
    assert "2 problems." in text.err


@pytest.mark.parametrize("name", ["dossier.zip", "dossier.html"])
def test_what_is_already_there_is_not_replaced_unasked(
    name: str, certify: Any, place: Any, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("signed long ago")
    sealing = ("--key", place.key, "--out", tmp_path / "dossier.zip", "--work", tmp_path / "work")
    done = certify("run", place.submission, *place.small, *sealing, "--json")
    assert_refused(done, "UnusableInput")
    assert (tmp_path / name).read_text() == "signed long ago"
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("command", ["lock", "run"])
def test_a_basis_that_nobody_knows_is_refused(command: str, certify: Any, place: Any, tmp_path: Path) -> None:
    options = ("--basis", "test/nonsense", "--standards", place.standards, "--work", tmp_path / "work")
    key = ("--key", place.key, "--out", tmp_path / "dossier.zip") if command == "run" else ()
    done = certify(command, place.submission, *options, *key, "--json")
    assert_refused(done, "UnusableInput")
    assert "test/small" in done.said["text"]
    assert not (tmp_path / "dossier.zip").exists()
    assert not (tmp_path / "work/runs").exists()


def test_standards_that_are_not_there_are_refused(certify: Any, place: Any, tmp_path: Path) -> None:
    options = ("--basis", "test/small", "--standards", tmp_path / "none", "--work", tmp_path / "work")
    assert_refused(certify("lock", place.submission, *options, "--json"), "UnusableInput")


@pytest.mark.parametrize("key", ["absent", "submission/submission.yaml", "key.pub"])
def test_a_run_without_a_usable_key_is_refused_before_it_begins(
    key: str, certify: Any, place: Any, tmp_path: Path
) -> None:
    options = ("--work", tmp_path / "work", "--key", place.folder / key)
    done = certify("run", place.submission, *place.small, *options, "--json")
    assert_refused(done, "UnusableInput")
    assert not (tmp_path / "work").exists()


def test_a_dossier_that_was_tampered_with_is_refused(certify: Any, place: Any, tmp_path: Path) -> None:
    data = place.dossier("non_conforming").read_bytes()
    (tmp_path / "d.zip").write_bytes(data.replace(b"0.9999", b"0.1111"))
    assert_refused(certify("verify", tmp_path / "d.zip", "--key", place.public, "--json"), "Tampered")


def test_a_ledger_that_was_tampered_with_stops_the_work(certify: Any, place: Any, tmp_path: Path) -> None:
    work = ("--work", tmp_path / "work")
    for submission in (place.submission, place.folder / "boasting"):
        assert certify("lock", submission, *place.small, *work).code == 0
    ledger = tmp_path / "work/ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"locked"', b'"opened"', 1))
    done = certify("lock", place.submission, *place.small, *work, "--json")
    assert_refused(done, "Tampered")


WRONG = {
    "a command that does not exist": ("sign",),
    "an option that does not exist": ("init", "x", "--force"),
    "a word too many": ("init", "x", "y"),
    "no argument": ("verify",),
    "no key": ("verify", "d.zip"),
    "no command": ("keys",),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_command_line_that_cannot_be_read_is_refused(wrong: str, certify: Any, tmp_path: Path) -> None:
    done = certify(*WRONG[wrong], "--json", cwd=tmp_path, columns=60)
    assert done.code == 2
    assert done.said["error"] == "UsageError"
    assert done.err, "people read the details there"
    assert not list(tmp_path.iterdir())


# Our failure, and the machine's


def test_a_worker_that_cannot_be_started_is_our_failure_and_no_finding(
    certify: Any, place: Any, tmp_path: Path
) -> None:
    asked = ("measure", "objectives.performance", place.submission, *ACCURACY, "--work", tmp_path / "work")
    done = certify(*asked, "--json", script=(sys.executable, FAULTY, 1000))
    assert done.code == 3
    assert done.said["error"] == "InfrastructureFault"
    assert "estimates" not in done.said


def test_a_disk_on_which_nothing_can_be_written_is_our_failure(
    certify: Any, place: Any, tmp_path: Path
) -> None:
    def full_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    work = ("--work", tmp_path / "work")
    done = certify("lock", place.submission, *place.small, *work, "--json", preexec_fn=full_disk)
    assert done.code == 3
    assert done.said["error"] == "OSError"
    assert "failure of certify, not of the submission" in done.err
    assert not [path for path in (tmp_path / "work").rglob("*") if path.is_file()], "no half of anything"


def test_a_ledger_that_cannot_be_read_is_our_failure(certify: Any, place: Any, tmp_path: Path) -> None:
    (tmp_path / "work/ledger.jsonl").mkdir(parents=True)
    done = certify("lock", place.submission, *place.small, "--work", tmp_path / "work", "--json")
    assert done.code == 3
    assert done.said["error"] == "IsADirectoryError"


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell lets what it starts in the background ignore interrupts, and so what that starts in turn."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_command_is_neither_conforming_nor_non_conforming(place: Any, tmp_path: Path) -> None:
    long = ("--set", "cases=2000000", "--set", "seed=1", "--set", "tolerance=0.1", "--json")
    script = str(Path(sys.executable).parent / "certify")
    asked = (script, "measure", "cybersecurity.input_contract", str(place.submission), *long)
    process = subprocess.Popen(
        [*asked, "--work", str(tmp_path / "work")], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    ledger = tmp_path / "work/ledger.jsonl"
    end = time.monotonic() + 120
    while not ledger.exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert b'"Interrupted"' in out
    assert b"Traceback" not in err


# Text from strangers

HOSTILE = "x\x1b[2J\u202e\x9b31m\u2066y"
ESCAPED = r"x\u001b[2J\u202e\u009b31m\u2066y"


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "JSON"])
def test_the_name_of_a_file_is_shown_and_not_obeyed(
    form: tuple[str, ...], certify: Any, place: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "submission"
    subprocess.run(["cp", "-r", place.submission, folder], check=True)
    (folder / HOSTILE).write_bytes(b"x")
    done = certify("lock", folder, *place.small, "--work", tmp_path / "work", *form)
    assert done.code == 2
    said = done.out + done.err
    assert ESCAPED in said
    assert not set("\x1b\u202e\x9b\u2066") & set(said)
    if form:
        assert done.said["problems"][0]["source"] == HOSTILE, "a machine reads it unchanged"


def test_a_path_that_is_no_text_is_shown_all_the_same(certify: Any, place: Any, tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.zip")
    for form in ((), ("--json",)):
        done = certify("verify", odd, "--key", place.public, *form)
        assert done.code == 2
        assert r"odd\udcff.zip" in done.out + done.err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_does_not_speak_unicode_is_no_failure(
    encoding: str, certify: Any, place: Any, tmp_path: Path
) -> None:
    spoken = {"PYTHONIOENCODING": encoding}
    assert certify("init", tmp_path / "a \u2713", environment=spoken).code == 0
    done = certify("verify", tmp_path / "b \u2713", "--key", place.public, "--json", environment=spoken)
    assert done.code == 2
    assert done.said["problems"][0]["source"] == str(tmp_path / "b \u2713")


def test_values_that_the_reader_of_yaml_refuses_are_quoted_harmlessly(
    certify: Any, place: Any, tmp_path: Path
) -> None:
    (tmp_path / "submission.yaml").write_text('"a\\e[2J": 1\n\u202e: 2\n', encoding="utf-8")
    done = certify("lock", tmp_path, *place.small, "--work", tmp_path / "work")
    assert done.code == 2
    assert not set("\x1b\u202e") & set(done.out + done.err)
