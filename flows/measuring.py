"""One task, one worker: from a question to a result that can be kept.

Nothing that a worker says is believed before it has been parsed and found to answer the question. Whatever
goes wrong on its side becomes a result with a reason; only a worker that could not be started is an error,
because trying again may help.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Self

from certify.digest import Digest
from certify.errors import Tampered
from certify.evidence import Measurement, NotMeasured, Reason, Result
from certify.sandbox import Broken, Caps, Host
from certify.submission import Artifact
from certify.task import Task
from checks.catalogue import METHODS
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

    Never used for two submissions: what one vendor's bytes may have done must not reach another's.
    """

    def __init__(self, artifacts: tuple[Artifact, ...], workplace: Workplace) -> None:
        self._artifacts = artifacts
        self._workplace = workplace
        self._host = Host(WORKERS, environment=worker_environment())

    def __enter__(self) -> Self:
        self._host.__enter__()
        return self

    def measure(self, task: Task, *, caps: Caps | None = None) -> Answer:
        """Run a task and keep its evidence; raises `InfrastructureFault` if no worker could be started."""
        return self.measure_on(self._artifacts, task, caps=caps)

    def measure_on(self, artifacts: tuple[Artifact, ...], task: Task, *, caps: Caps | None = None) -> Answer:
        """The same on other files of ours: the specimens of a qualification share one host."""
        caps = caps or Caps()
        ending = self._host.run(self._job(artifacts, task, caps).to_bytes(), caps=caps)
        if isinstance(ending, Broken):
            reason = _REASONS.get(ending.how, Reason.METHOD_FAILED)
            return Answer(result=failure(task, reason, ending.explanation), seconds=ending.seconds)
        return Answer(result=_result(task, ending.answer, self._workplace), seconds=ending.seconds)

    def _job(self, artifacts: tuple[Artifact, ...], task: Task, caps: Caps) -> Job:
        inside = asdict(caps)
        return Job(
            task=task,
            artifacts=artifacts,
            blobs=str(self._workplace.blobs.root.resolve()),
            caps=CapsText(**{name: inside[name] for name in CapsText.model_fields}),
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._host.close()


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
    if result.observed != METHODS[task.method].signature.observed:
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
        observed=METHODS[task.method].signature.observed,
        reason=reason,
        explanation=explanation,
    )
