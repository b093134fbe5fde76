"""The Prefect flow: the order of work, read aloud.

    Prepare the submission, measure every task, some at a time, and conclude.

Prefect gives the order, the retries and the picture; what is true is in our own records. The flow's
parameters are plain text, so that it runs unchanged in this process with no server at hand, against a
server, or as a deployment. Measuring does not wait until Prefect has started: a bench that is already at
work in this process is taken up by the flow, whose tasks then find what is done or being done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from certify.digest import Digest
from certify.errors import InfrastructureFault
from flows.bench import Bench, open_bench
from flows.examination import conclude, prepare
from flows.self_test import SelfTest
from flows.wiring import Workplace

_bench: ContextVar[Bench] = ContextVar("bench")


def _is_infrastructure(task: Any, run: Any, state: Any) -> bool:
    """A measurement that failed is a finding; only a machine that failed is tried again."""
    return isinstance(state.result(raise_on_failure=False), InfrastructureFault)


@task(
    name="measure",
    task_run_name="{checks}",
    retries=2,
    retry_delay_seconds=1,
    retry_condition_fn=_is_infrastructure,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def measure_task(digest: str, checks: str) -> str:
    """Measure one task for the checks that it serves; the result is on record, this is only its kind."""
    return _bench.get().result_of(Digest.parse(digest)).result.outcome


_WAITERS: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=16)
"""Threads that wait for results: the seats are at the bench."""


@flow(
    name="certify-submission",
    task_runner=_WAITERS,
    persist_result=False,
    validate_parameters=True,
)
def certify_submission(submission: str, basis: str, work: str, standards: str) -> str:
    """Examine the submission in a folder under a basis; returns the digest of the dossier on record."""
    with _at_bench(submission, basis, work, standards) as bench:
        examination = bench.examination
        waiting = [
            measure_task.submit(str(digest), ", ".join(examination.checks_of(digest)))
            for digest in examination.tasks
        ]
        for future in waiting:
            future.result()
        return str(conclude(examination).value_digest)


@contextmanager
def _at_bench(submission: str, basis: str, work: str, standards: str) -> Iterator[Bench]:
    """The bench that is at work in this process, else one of our own."""
    if (bench := _bench.get(None)) is not None:
        yield bench
        return
    workplace = Workplace(root=Path(work), standards=Path(standards))
    examination = prepare(Path(submission), basis, workplace, qualify=SelfTest.specimens)
    with open_bench(examination) as opened, taken_up(opened):
        yield opened


@contextmanager
def taken_up(bench: Bench) -> Iterator[None]:
    """Let the flow that is started inside find this bench."""
    token = _bench.set(bench)
    try:
        yield
    finally:
        _bench.reset(token)
