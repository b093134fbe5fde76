"""The worker's own code: whatever happens in it becomes an answer, and no limit ever comes into it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pipeline import small_workplace
from small_submission import write_submission

from certify.basis import resolve
from certify.errors import InfrastructureFault, Problem, Tampered, UnusableInput
from certify.evidence import Bounds, Estimate, Measurement, NotMeasured, Reason
from certify.intake import Intake
from certify.sandbox import Caps
from certify.standard import Check
from certify.task import Task, task_of
from checks.catalogue import METHODS
from checks.channel import CapsText, Job, Reply
from checks.measured import CannotMeasure, Exhibit, Measured
from checks.worker import PREPARED, answer
from flows.examination import agree_basis, read_submission
from flows.wiring import Workplace, worker_environment

METHOD = "objectives.performance"
PLACE = "checks.objectives.performance.performance"
BASES = ("demo/digits-reader", "demo/diabetes-screening", "demo/income-screening")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace(root=tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def intake(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    return read_submission(write_submission(tmp_path_factory.mktemp("worker") / "submission"), workplace)


@pytest.fixture(scope="module")
def job(intake: Intake, workplace: Workplace) -> Job:
    check = next(c for c in checks_of("demo/income-screening", workplace) if c.id == "eu.ai-act/accuracy")
    return job_of(task_of(check, intake.root), intake, workplace)


def job_of(task: Task, intake: Intake, workplace: Workplace) -> Job:
    caps = asdict(Caps())
    return Job(
        task=task,
        artifacts=intake.artifacts,
        blobs=str(workplace.blobs.root),
        caps=CapsText(**{name: caps[name] for name in CapsText.model_fields}),
    )


def checks_of(basis: str, workplace: Workplace) -> tuple[Check, ...]:
    standards = workplace.load_standards()
    return resolve(basis, bases=standards.bases, checks=standards.checks, facts={}).required


def replied(job: Job, monkeypatch: pytest.MonkeyPatch, method: Callable[..., Measured]) -> Reply:
    """What the worker answers if the method of the job is this one; through bytes, as it will be sent."""
    monkeypatch.setattr(PLACE, method)
    return Reply.from_bytes(answer(job).to_bytes(), source="a test")


def raising(error: BaseException) -> Callable[..., Measured]:
    def method(*arguments: Any, **keywords: Any) -> Measured:
        raise error

    return method


# What is answered


def test_a_method_that_measures_is_answered_with_what_it_opened(job: Job, intake: Intake) -> None:
    result = answer(job).result
    assert isinstance(result, Measurement)
    assert (result.task, result.method, result.observed) == (job.task.value_digest, METHOD, False)
    assert {o.path for o in result.opened} == {"submission.yaml", "model/small.onnx", "data/test.csv"}
    digests = {artifact.path: artifact.digest for artifact in intake.artifacts}
    assert all(digests[o.path] == o.digest for o in result.opened)


def test_exhibits_travel_beside_the_result_and_are_named_by_their_content(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    exhibits = tuple(
        Exhibit(name=name, media_type="text/plain", visibility="public", data=data)
        for name, data in (("a", b"\x00\xff"), ("b", b""))
    )
    reply = replied(job, monkeypatch, lambda *a, **k: Measured(exhibits=exhibits))
    assert reply.attachments == (b"\x00\xff", b"")
    assert isinstance(reply.result, Measurement)
    assert [(e.name, e.size) for e in reply.result.evidence] == [("a", 2), ("b", 0)]


PROBLEM = Problem(source="a.csv", expected="this", found="that", remedy="Do.")

FAILURES: dict[str, tuple[BaseException, Reason, str]] = {
    "it cannot measure": (CannotMeasure("no rows"), Reason.NOT_MEASURED, "no rows"),
    "the bytes are others": (CannotMeasure("other bytes", Reason.UNBOUND), Reason.UNBOUND, "other bytes"),
    "the input is unusable": (UnusableInput(PROBLEM), Reason.NOT_MEASURED, "a.csv: expected this"),
    "something was changed": (Tampered("not the same"), Reason.UNBOUND, "not the same"),
    "memory ran out": (MemoryError(), Reason.LIMIT_EXCEEDED, "memory"),
    "it divided by zero": (ZeroDivisionError("by zero"), Reason.METHOD_FAILED, "ZeroDivisionError: by zero"),
    "it has a mistake": (AssertionError(), Reason.METHOD_FAILED, "AssertionError"),
    "it went too deep": (RecursionError("too deep"), Reason.METHOD_FAILED, "RecursionError: too deep"),
    "a file is gone": (FileNotFoundError(2, "gone", "x"), Reason.METHOD_FAILED, "FileNotFoundError"),
    "it warns": (UserWarning("odd"), Reason.METHOD_FAILED, "UserWarning: odd"),
    "it says nothing": (CannotMeasure(""), Reason.NOT_MEASURED, ""),
    "it says too much": (ValueError("x" * 50_000), Reason.METHOD_FAILED, "ValueError: xxx"),
    "it says odd things": (ValueError("\x1b[2J\u202e\x00"), Reason.METHOD_FAILED, "ValueError: \x1b[2J"),
    "the machine failed": (InfrastructureFault("no disk"), Reason.NOT_MEASURED, "no disk"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_whatever_a_method_raises_becomes_an_answer_with_its_reason(
    failure: str, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    error, reason, words = FAILURES[failure]
    reply = replied(job, monkeypatch, raising(error))
    assert isinstance(reply.result, NotMeasured)
    assert reply.result.reason is reason
    assert reply.result.explanation.startswith(words) or words in reply.result.explanation
    assert 0 < len(reply.result.explanation) <= 2000
    assert (reply.result.task, reply.attachments) == (job.task.value_digest, ())


def test_an_error_that_speaks_no_text_becomes_an_answer(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file name of bytes that are no UTF-8 has such text, for example."""
    result = replied(job, monkeypatch, raising(ValueError("\udcff"))).result
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.METHOD_FAILED


def test_memory_that_numpy_does_not_get_is_a_limit(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*arguments: Any, **keywords: Any) -> Measured:
        np.ones(1 << 58, dtype=np.float64)
        raise AssertionError("two exabytes were granted")

    result = replied(job, monkeypatch, greedy).result
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.LIMIT_EXCEEDED


def estimate(**changes: Any) -> Estimate:
    bounds = Bounds(lower=Decimal(0), upper=Decimal(1), confidence=Decimal("0.975"))
    facts = {
        "statistic": "performance", "stratum": "all", "value": Decimal("0.5"), "unit": "1", "n": 2,
        "interval": "none", "kind": "statistical", "demonstrating": bounds, "refuting": bounds,
    }  # fmt: skip
    return Estimate(**{**facts, **changes})


NONSENSE: dict[str, Callable[[], Any]] = {
    "the same twice": lambda: Measured(estimates=(estimate(), estimate())),
    "not a number": lambda: Measured(estimates=(estimate(value=Decimal("NaN")),)),
    "a float": lambda: Measured(estimates=(estimate(value=0.5),)),
    "no measurement at all": lambda: None,
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_an_answer_that_says_nothing_sensible_is_a_failed_method(
    nonsense: str, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = replied(job, monkeypatch, lambda *a, **k: NONSENSE[nonsense]()).result
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.METHOD_FAILED


@pytest.mark.parametrize(
    "error", [SystemExit(0), KeyboardInterrupt()], ids=lambda error: type(error).__name__
)
def test_only_what_ends_a_process_is_left_to_the_supervisor(
    error: BaseException, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds a worker that ended without an answer."""
    monkeypatch.setattr(PLACE, raising(error))
    with pytest.raises(type(error)):
        answer(job)


def test_bytes_that_are_missing_from_the_store_are_an_answer(job: Job, tmp_path: Path) -> None:
    result = answer(job.model_copy(update={"blobs": str(tmp_path)})).result
    assert isinstance(result, NotMeasured)


# What is asked: no limit, under whatever name


@pytest.fixture(scope="module", params=BASES)
def required(request: pytest.FixtureRequest, workplace: Workplace) -> tuple[Check, ...]:
    return checks_of(request.param, workplace)


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from keys_in(part)


def test_a_job_names_no_limit_and_no_criterion(
    required: tuple[Check, ...], intake: Intake, workplace: Workplace
) -> None:
    assert any(check.limits for check in required)
    for check in required:
        keys = set(keys_in(job_of(task_of(check, intake.root), intake, workplace).to_json()))
        assert not keys & {"limits", "limit", "criterion", "require", "severity", "statement", "status"}
        assert not keys & set(check.limits), check.id


def test_a_job_has_no_place_for_a_limit(job: Job) -> None:
    """A closed form: whatever else is put in is refused."""
    assert set(Job.model_fields) == {"task", "artifacts", "blobs", "caps", "tabulations"}
    assert set(Task.model_fields) == {"submission", "method", "version", "role", "confidence", "parameters"}
    with pytest.raises(Tampered):
        Job.from_bytes(job.to_bytes().replace(b'"artifacts"', b'"limits":{},"artifacts"', 1), source="a test")


def test_other_limits_ask_the_same_question(required: tuple[Check, ...], intake: Intake) -> None:
    for check in required:
        asked = task_of(check, intake.root)
        numbers = {
            name: limit.model_copy(update={"value": limit.range[1]}) if limit.range else limit
            for name, limit in check.limits.items()
        }
        stricter = check.model_copy(update={"limits": numbers})
        assert task_of(stricter, intake.root).to_bytes() == asked.to_bytes()
        assert task_of(check.model_copy(update={"limits": {}}), intake.root) == asked


LEAK = """
id: test/leak
version: "1.0.0"
title: {en: A., fr: B.}
select:
  - check: eu.ai-act/accuracy-in-every-group
    parameters: {groups: [sex=female, sex=male]}
    limits: {floor: FLOOR}
    why: Nobody may be served worse than FLOOR.
  - check: eu.ai-act/balanced-accuracy
"""


def leaking(floor: str, intake: Intake, folder: Path) -> Check:
    """A check whose reason names its limit, from a basis that gives one reason for groups and limit."""
    workplace = small_workplace(folder)
    (workplace.standards / "bases/test/leak.yaml").write_text(LEAK.replace("FLOOR", floor))
    check = agree_basis("test/leak", intake, workplace.load_standards()).required[0]
    assert check.limits["floor"].value == Decimal(floor)
    return check


def test_the_reason_that_a_basis_gives_for_a_limit_stays_with_the_limit(
    intake: Intake, tmp_path: Path
) -> None:
    check = leaking("0.87654", intake, tmp_path)
    assert b"87654" not in task_of(check, intake.root).to_bytes()


def test_the_same_question_asked_for_other_reasons_is_one_task(intake: Intake, tmp_path: Path) -> None:
    tasks = [task_of(leaking(f, intake, tmp_path / f), intake.root) for f in ("0.81", "0.82")]
    assert tasks[0].value_digest == tasks[1].value_digest


IMPORT_AND_LIST = """
import importlib, pathlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted({(t / "comm").read_text().strip() for t in pathlib.Path("/proc/self/task").iterdir()}))
print(len(list(pathlib.Path("/proc/self/task").iterdir())))
"""


def test_what_hosts_import_starts_no_thread_that_a_fork_would_lose() -> None:
    """But the one with which Arrow's allocator tidies up: it sees to forks itself, and to its own locks."""
    imported = {name: None for method in METHODS.values() for name in method.imports}
    command = [sys.executable, "-s", "-c", IMPORT_AND_LIST, *PREPARED, *imported]
    listed = subprocess.run(command, env=worker_environment(), capture_output=True, text=True, check=True)
    names, number = listed.stdout.splitlines()[-2:]
    assert set(names.split()) <= {"python", "python3", "jemalloc_bg_thd"}
    assert int(number) <= 2
