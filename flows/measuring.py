"""One task, one worker: from a question to a result that can be kept.

Nothing that a worker says is believed before it has been parsed and found to answer the question. Whatever
goes wrong on its side becomes a result with a reason; only a worker that could not be started is an error,
because trying again may help.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import partial
from threading import Lock
from types import TracebackType
from typing import Self, get_args

from certify.digest import Digest
from certify.errors import Tampered
from certify.evidence import Measurement, NotMeasured, Reason, Result
from certify.sandbox import Broken, Caps, Host
from certify.submission import Artifact
from certify.submission.data import DataRole
from certify.task import Task
from checks.catalogue import TABULATION, method_named
from checks.channel import CapsText, Job, Reply
from flows.wiring import WORKERS, Workplace, worker_environment

MOST_VALUES = 200_000
"""More cannot be parsed without taking the memory of whoever reads it; evidence is one value an item."""

_REASONS = {"timed out": Reason.LIMIT_EXCEEDED, "limit": Reason.LIMIT_EXCEEDED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The result of a task and how long the worker took, in seconds."""

    result: Result
    seconds: float


class Workers(AbstractContextManager["Workers"]):
    """The workers of one submission: each task gets a process of its own, forked from a common host.

    Methods that need what takes seconds to import have a second host that has imported it.
    Never used for two submissions: what one vendor's bytes may have done must not reach another's.
    """

    def __init__(self, artifacts: tuple[Artifact, ...], workplace: Workplace) -> None:
        self._artifacts = artifacts
        self._workplace = workplace
        self._hosts: dict[tuple[str, ...], Host] = {}
        self._lock = Lock()
        self._counting = Counting()

    def __enter__(self) -> Self:
        self._host(()).__enter__()
        return self

    def measure(self, task: Task, *, caps: Caps | None = None) -> Answer:
        """Run a task and keep its evidence; raises `InfrastructureFault` if no worker could be started."""
        return self.measure_on(self._artifacts, task, caps=caps)

    def measure_on(self, artifacts: tuple[Artifact, ...], task: Task, *, caps: Caps | None = None) -> Answer:
        """The same on other files of ours: the specimens of a qualification share one host."""
        caps = caps or Caps()
        counts = self._counts_for(artifacts, task, caps)
        return self._asked(self._job(artifacts, task, caps, counts), caps)

    def _counts_for(self, artifacts: tuple[Artifact, ...], task: Task, caps: Caps) -> dict[str, Digest]:
        """The counts of the data sets that a task speaks of, made by the first task that needs them.

        Where they cannot be made there are none: the task then counts by itself, and says why it cannot.
        """
        if not method_named(task.method).streamed:
            return {}
        counts: dict[str, Digest] = {}
        for question in _countings(task):
            digest = self._counting.once(question, partial(self._count, artifacts, question, caps))
            if digest is not None:
                counts[question.role] = digest
        return counts

    def _count(self, artifacts: tuple[Artifact, ...], question: Task, caps: Caps) -> Digest | None:
        answer = self._asked(self._job(artifacts, question, caps, {}), caps)
        evidence = answer.result.evidence if isinstance(answer.result, Measurement) else ()
        return evidence[0].digest if evidence else None

    def _asked(self, job: Job, caps: Caps) -> Answer:
        task = job.task
        ending = self._host(method_named(task.method).imports).run(job.to_bytes(), caps=caps)
        if isinstance(ending, Broken):
            reason = _REASONS.get(ending.how, Reason.METHOD_FAILED)
            return Answer(result=failure(task, reason, ending.explanation), seconds=ending.seconds)
        return Answer(result=_result(task, ending.answer, self._workplace), seconds=ending.seconds)

    def _host(self, imports: tuple[str, ...]) -> Host:
        """The host that has imported what is asked for; it starts when it is first asked for a worker."""
        with self._lock:
            fresh = Host((*WORKERS, *imports), environment=worker_environment())
            return self._hosts.setdefault(imports, fresh)

    def _job(
        self, artifacts: tuple[Artifact, ...], task: Task, caps: Caps, counts: Mapping[str, Digest]
    ) -> Job:
        inside = asdict(caps)
        return Job(
            task=task,
            artifacts=artifacts,
            blobs=str(self._workplace.blobs.root.resolve()),
            caps=CapsText(**{name: inside[name] for name in CapsText.model_fields}),
            tabulations=counts,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for host in self._hosts.values():
            host.close()


class Counting:
    """What was counted of which submission: each data set once, however many tasks wait for it."""

    def __init__(self) -> None:
        self._begun: dict[tuple[Digest, str], Future[Digest | None]] = {}
        self._lock = Lock()

    def once(self, question: Task, count: Callable[[], Digest | None]) -> Digest | None:
        """The counts of one data set, by the first who asks; the others wait. They hang on no confidence."""
        with self._lock:
            asked = (question.submission, question.role)
            mine = asked not in self._begun
            answer = self._begun.setdefault(asked, Future())
        if mine:
            try:
                answer.set_result(count())
            except BaseException:
                answer.set_result(None)
                raise
        return answer.result()


def _countings(task: Task) -> tuple[Task, ...]:
    """What has to be counted for a task: its own data, and those that it compares them with."""
    other = task.arguments.get("other_role")
    roles = [role for role in dict.fromkeys((task.role, other)) if role in get_args(DataRole)]
    signature = TABULATION.signature
    return tuple(
        Task(
            submission=task.submission,
            method=signature.name,
            version=signature.version,
            role=str(role),
            confidence=task.confidence,
            parameters={},
        )
        for role in roles
        if role != "reference"
    )


def _result(task: Task, answer: bytes, workplace: Workplace) -> Result:
    values = answer.count(b",") + answer.count(b"[") + answer.count(b"{")
    if values > MOST_VALUES:
        return failure(
            task, Reason.LIMIT_EXCEEDED, f"The worker's answer holds more than {MOST_VALUES} values."
        )
    try:
        reply = Reply.from_bytes(answer, source="the worker's answer")
    except Tampered as error:
        first = str(error).splitlines()[0]
        return failure(task, Reason.METHOD_FAILED, f"The worker's answer is not in the agreed form: {first}")
    defect = _defect(task, reply)
    if defect:
        return failure(task, Reason.METHOD_FAILED, defect)
    for attachment in reply.attachments:
        workplace.blobs.put(attachment)
    return reply.result


def _defect(task: Task, reply: Reply) -> str:
    result = reply.result
    if (result.task, result.method, result.version) != (task.value_digest, task.method, task.version):
        return "The worker answered another question than the one it was asked."
    if result.observed != method_named(task.method).signature.observed:
        return "The worker did not say truly whether its result can be reproduced."
    named = [item.digest for item in result.evidence] if isinstance(result, Measurement) else []
    if named != [Digest.of(attachment) for attachment in reply.attachments]:
        return "The worker's evidence is not the evidence that its result names."
    return ""


def failure(task: Task, reason: Reason, explanation: str) -> NotMeasured:
    """A result that says why there is none."""
    return NotMeasured(
        task=task.value_digest,
        method=task.method,
        version=task.version,
        observed=method_named(task.method).signature.observed,
        reason=reason,
        explanation=explanation,
    )
