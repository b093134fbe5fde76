"""The bench at which tasks are measured: so many at a time, and each of them once.

Whoever first asks for a task starts it; whoever asks later waits for the same result. That is what lets
measuring begin before Prefect is up, and lets Prefect's tasks find what is already done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from certify.digest import Digest
from flows.attempt import Kept
from flows.examination import Examination, Measure, examine
from flows.measuring import Workers


@contextmanager
def open_bench(examination: Examination) -> Iterator[Bench]:
    """A bench with workers for this examination."""
    with (
        Workers(examination.intake.artifacts, examination.workplace) as workers,
        Bench(examination, workers.measure) as bench,
    ):
        yield bench


class Bench:
    """Measures the tasks of one examination, `seats` at a time (the number of cores by default)."""

    def __init__(self, examination: Examination, measure: Measure, *, seats: int | None = None) -> None:
        self.examination = examination
        self._measure = measure
        self._pool = ThreadPoolExecutor(seats or os.cpu_count() or 1, thread_name_prefix="bench")
        self._futures: dict[Digest, Future[Kept]] = {}
        self._lock = threading.Lock()

    def start(self, tasks: Iterable[Digest]) -> None:
        """Set tasks going without waiting for them."""
        for task in tasks:
            self._future(task)

    def result_of(self, task: Digest) -> Kept:
        """The result of a task, measured now if nobody asked before.

        Raises what measuring raised; asking again tries again.
        """
        return self._future(task).result()

    def _future(self, task: Digest) -> Future[Kept]:
        with self._lock:
            future = self._futures.get(task)
            if future is None or (future.done() and future.exception() is not None):
                future = self._pool.submit(examine, self.examination, task, self._measure)
                self._futures[task] = future
            return future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=error is not None)
