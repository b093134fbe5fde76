"""One task, one worker: from a question to a result that can be kept.

Nothing that a worker says is believed before it has been parsed and found to answer the question. Whatever
goes wrong on its side becomes a result with a reason; only a worker that could not be started is an error,
because trying again may help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from certify.digest import Digest
from certify.errors import Tampered
from certify.evidence import Measurement, NotMeasured, Reason, Result
from certify.sandbox import Broken, Caps, run
from certify.submission import Artifact
from certify.task import Task
from checks.catalogue import METHODS
from checks.channel import CapsText, Job, Reply
from flows.wiring import WORKER, Workplace, worker_environment

_REASONS = {"timed out": Reason.LIMIT_EXCEEDED, "limit": Reason.LIMIT_EXCEEDED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """The result of a task and how long the worker took, in seconds."""

    result: Result
    seconds: float


def in_workers(artifacts: tuple[Artifact, ...], workplace: Workplace) -> Callable[[Task], Answer]:
    """Measuring the tasks of one submission, each in a worker process of its own."""
    return partial(measure, artifacts=artifacts, workplace=workplace)


def measure(
    task: Task, *, artifacts: tuple[Artifact, ...], workplace: Workplace, caps: Caps | None = None
) -> Answer:
    """Run a task in a worker of its own and keep its evidence.

    Raises `InfrastructureFault` if no worker could be started.
    """
    caps = caps or Caps()
    inside = asdict(caps)
    job = Job(
        task=task,
        artifacts=artifacts,
        blobs=str(workplace.blobs.root.resolve()),
        caps=CapsText(**{name: inside[name] for name in CapsText.model_fields}),
    )
    ending = run(WORKER, job.to_bytes(), caps=caps, environment=worker_environment())
    if isinstance(ending, Broken):
        reason = _REASONS.get(ending.how, Reason.METHOD_FAILED)
        return Answer(result=failure(task, reason, ending.explanation), seconds=ending.seconds)
    return Answer(result=_result(task, ending.answer, workplace), seconds=ending.seconds)


def _result(task: Task, answer: bytes, workplace: Workplace) -> Result:
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
