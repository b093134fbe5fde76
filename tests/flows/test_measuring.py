"""Real workers: each way in which one can end is a finding with that reason."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pipeline import in_process, small_workplace

from certify.errors import InfrastructureFault
from certify.evidence import Measurement, NotMeasured, Reason, Result
from certify.sandbox import Caps, Host
from certify.standard import Setting
from checks.catalogue import TABULATION
from checks.channel import Job
from flows import measuring
from flows.examination import Examination, prepare
from flows.measuring import Workers


@pytest.fixture
def examination(small_submission: Path, tmp_path: Path) -> Examination:
    return prepare(small_submission, "test/small", small_workplace(tmp_path))


def first_result(
    examination: Examination, *, method: str = "objectives.performance", **caps: float
) -> Result:
    task = next(task for task in examination.tasks.values() if task.method == method)
    with Workers(examination.intake.artifacts, examination.workplace) as workers:
        return workers.measure(task, caps=Caps(**caps)).result  # type: ignore[arg-type]


def test_a_worker_says_what_its_code_says(examination: Examination) -> None:
    task = next(iter(examination.tasks.values()))
    artifacts, workplace = examination.intake.artifacts, examination.workplace
    here = in_process(artifacts, workplace)(task).result
    with Workers(artifacts, workplace) as workers:
        assert workers.measure(task).result == here


def test_a_method_that_needs_what_takes_long_to_import_is_given_a_host_that_has_it(
    examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    real = Host.run
    monkeypatch.setattr(Host, "run", lambda self, *a, **k: asked.append(self._command) or real(self, *a, **k))
    task = next(iter(examination.tasks.values()))
    heavy = task.model_copy(update={"method": "data_quality.label_errors", "role": "train"})
    parameters = {
        "fitted_on": Setting(type="text", value="train"),
        "rows": Setting(type="integer", value=100),
        "seed": Setting(type="integer", value=1),
    }
    heavy = heavy.model_copy(update={"parameters": parameters})
    artifacts, workplace = examination.intake.artifacts, examination.workplace
    with Workers(artifacts, workplace) as workers:
        workers.measure(task)
        assert workers.measure(heavy).result == in_process(artifacts, workplace)(heavy).result
    assert asked[0] == measuring.WORKERS
    assert asked[-1] == (*measuring.WORKERS, "sklearn.ensemble")


def test_each_data_set_is_counted_once_for_all_tasks(
    examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs: list[Job] = []
    real = Host.run
    monkeypatch.setattr(
        Host,
        "run",
        lambda self, job, **k: jobs.append(Job.from_bytes(job, source="")) or real(self, job, **k),
    )
    task = next(iter(examination.tasks.values()))
    tasks = [
        task.model_copy(update={"method": method, "role": role, "parameters": {}})
        for method in ("data_quality.completeness", "data_quality.duplicates", "representativeness.domain")
        for role in ("test", "test", "train")
    ]
    artifacts, workplace = examination.intake.artifacts, examination.workplace
    with Workers(artifacts, workplace) as workers, ThreadPoolExecutor(3) as pool:
        shared = [answer.result for answer in pool.map(workers.measure, tasks)]
    counted = [job.task.role for job in jobs if job.task.method == TABULATION.signature.name]
    assert sorted(counted) == ["test", "train"]
    assert shared == [in_process(artifacts, workplace)(task).result for task in tasks]
    assert all(isinstance(result, Measurement) and result.opened for result in shared)


def test_where_counting_fails_each_task_says_why(examination: Examination) -> None:
    """The bytes of the test data are those of another file: nothing can be counted in them."""
    task = next(iter(examination.tasks.values()))
    task = task.model_copy(update={"method": "data_quality.duplicates", "role": "test", "parameters": {}})
    files = examination.intake.manifest.groups_of_files()
    model = next(a for a in examination.intake.artifacts if a.path in files["model"])
    artifacts = tuple(
        model.model_copy(update={"path": a.path}) if a.path in files["data.test"] else a
        for a in examination.intake.artifacts
    )
    with Workers(artifacts, examination.workplace) as workers:
        result = workers.measure(task).result
    assert isinstance(result, NotMeasured)
    assert "cannot be read" in result.explanation or "no readable" in result.explanation


@pytest.mark.parametrize(
    ("caps", "reason"),
    [
        ({"wall_seconds": 0.2}, Reason.LIMIT_EXCEEDED),
        ({"result_bytes": 100}, Reason.LIMIT_EXCEEDED),
    ],
    ids=["wall clock", "answer"],
)
def test_a_limit_is_a_reason(examination: Examination, caps: dict[str, float], reason: Reason) -> None:
    method = "cybersecurity.input_contract"
    result = first_result(examination, method=method, **caps)
    assert isinstance(result, NotMeasured)
    assert result.reason is reason


def test_too_little_memory_is_a_reason(examination: Examination) -> None:
    result = first_result(examination, memory_bytes=1 << 28)
    assert isinstance(result, NotMeasured)
    assert result.reason in (Reason.LIMIT_EXCEEDED, Reason.METHOD_FAILED)


ANSWERS = {
    "rubbish": "b'rubbish'",
    "nothing": "b''",
    "a pickle": "b'\\x80\\x04K\\x01.'",
    "JSON of another form": "b'{}'",
    "another task": """reply({**RESULT, "task": "sha256:" + "0" * 64})""",
    "another method": """reply({**RESULT, "method": "fairness.gaps"})""",
    "a spelling of its own": """b' ' + reply(RESULT)""",
    "evidence without bytes": """reply({**MEASURED, "evidence": [ITEM]})""",
    "bytes without evidence": """reply(MEASURED, "AAAA")""",
    "a flood": """canonical({"result": [{}] * 300_000, "attachments": []})""",
    "a number that is none": """reply({**MEASURED, "estimates": [ESTIMATE]})""",
}
IMPOSTOR = """
import os, sys
from certify.digest import canonical
from certify.sandbox import serve
from checks.channel import Job

def reply(result, *attachments):
    return canonical({"result": result, "attachments": list(attachments)})

def work(channel):
    job = Job.from_bytes(sys.stdin.buffer.read(), source="job")
    SAID = {"task": str(job.task.value_digest), "method": job.task.method, "version": "1.0.0",
            "observed": False}
    RESULT = {**SAID, "outcome": "not_measured", "reason": "not measured", "explanation": "none"}
    NOTHING = dict.fromkeys(("estimates", "statements", "circumstances", "evidence", "opened"), [])
    MEASURED = {**SAID, **NOTHING, "outcome": "measured"}
    ITEM = {"name": "x", "digest": "sha256:" + "0" * 64, "size": 3, "media_type": "a/b",
            "visibility": "public"}
    BOUNDS = {"lower": "NaN", "upper": "Infinity", "confidence": "0.975"}
    ESTIMATE = {"statistic": "performance", "stratum": "all", "value": "NaN", "unit": "1", "n": 1,
                "interval": "x", "kind": "statistical", "demonstrating": BOUNDS, "refuting": BOUNDS}
    os.write(channel, ANSWER)

serve(int(sys.argv[1]), work)
"""


def impostor(monkeypatch: pytest.MonkeyPatch, folder: Path, answer: str) -> None:
    """Put a program in the worker's place that answers `answer`."""
    script = folder / "impostor.py"
    script.write_text(IMPOSTOR.replace("ANSWER)", f"{answer})"))
    monkeypatch.setattr(measuring, "WORKERS", (sys.executable, str(script), "{control}"))


@pytest.mark.parametrize("name", ANSWERS)
def test_rubbish_in_the_channel_is_a_failed_method(
    name: str, examination: Examination, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    impostor(monkeypatch, tmp_path, ANSWERS[name])
    result = first_result(examination)
    assert isinstance(result, NotMeasured)
    assert result.reason is (Reason.LIMIT_EXCEEDED if name == "a flood" else Reason.METHOD_FAILED)


def test_the_impostors_honest_answer_is_taken(
    examination: Examination, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Or the refusals above would prove nothing."""
    impostor(monkeypatch, tmp_path, "reply(RESULT)")
    result = first_result(examination)
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.NOT_MEASURED


def test_bytes_that_changed_in_the_store_are_unbound(examination: Examination) -> None:
    graph = next(a for a in examination.intake.artifacts if a.path.endswith(".onnx"))
    path = examination.workplace.blobs.path(graph.digest)
    path.write_bytes(path.read_bytes() + b"\0")
    result = first_result(examination)
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.UNBOUND


def test_bytes_that_are_gone_from_the_store_are_unbound(examination: Examination) -> None:
    graph = next(a for a in examination.intake.artifacts if a.path.endswith(".onnx"))
    examination.workplace.blobs.path(graph.digest).unlink()
    result = first_result(examination)
    assert isinstance(result, NotMeasured)
    assert result.reason is Reason.UNBOUND


def test_a_worker_that_cannot_start_is_an_error_and_no_finding(
    examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "WORKERS", ("/no/such/program",))
    with pytest.raises(InfrastructureFault):
        first_result(examination)
