"""A bar that follows the records of a run, with an estimate only where there is ground for one."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from flows.examination import Examination


class Progress(AbstractContextManager["Progress"]):
    """Shows how many tasks of an examination are on record; says nothing if `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, examination: Examination) -> None:
        """Start showing; called once, when the tasks are known."""
        if self._quiet:
            return
        self._thread = threading.Thread(target=self._show, args=(examination,), daemon=True)
        self._thread.start()

    def proving(self, done: int, total: int) -> None:
        """Say how far the program has got in proving that its checks refuse; once per program and machine."""
        if self._quiet or not sys.stderr.isatty():
            return
        end = "\n" if done == total else ""
        text = f"\rProving on known-good and known-bad models, once for this machine: {done} of {total}"
        print(text, end=end, file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _show(self, examination: Examination) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        expected = _expected(examination)
        columns = (
            TextColumn("Measuring"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
        )
        started = time.monotonic()
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            row = bar.add_task("", total=len(examination.tasks), left="")
            while not self._over.wait(0.2):
                left = _left(
                    expected, time.monotonic() - started, examination.finished == len(examination.tasks)
                )
                bar.update(row, completed=examination.finished, left=left)


def _expected(examination: Examination) -> float | None:
    import os

    from flows.pace import Pace

    pace = Pace.read(examination.workplace.root / "pace.json")
    methods = [t.method for digest, t in examination.tasks.items() if not examination.attempt.has(digest)]
    return pace.estimate(methods, seats=os.cpu_count() or 1)


def _left(expected: float | None, elapsed: float, measured: bool) -> str:
    if measured:
        return "concluding"
    if expected is None:
        return f"{elapsed:.0f} s, no estimate on a first run"
    if elapsed > expected:
        return f"{elapsed:.0f} s, longer than the last time"
    return f"about {expected - elapsed:.0f} s left"
