"""The near side: asking the host for a worker, and waiting for its answer and its end, but not for ever.

Decides how a worker ended and nothing more. Workers answer through a descriptor of their own, never through
stdout, which foreign libraries write to; what comes out of it is bytes until somebody has parsed them.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Final, Literal, Self

from certify.errors import InfrastructureFault
from certify.sandbox.caps import Caps
from certify.sandbox.minder import STATUS

_TAIL: Final = 2000
_GRACE: Final = 10.0
"""Seconds in which a minder ends a worker that was given up."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """The worker ended by itself with status 0 and answered."""

    answer: bytes
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """The worker did not come to an orderly end: how, and the last words on its error channel."""

    how: Literal["died", "timed out", "limit", "no answer"]
    explanation: str
    seconds: float


class Host:
    """A process that forks workers. It is started when it is first needed, and serves one submission.

    `command` starts it, with `{control}` standing for the descriptor of its control socket; `environment` is
    the whole environment of the host and of every worker.
    """

    def __init__(self, command: tuple[str, ...], *, environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def run(self, job: bytes, *, caps: Caps) -> Completed | Broken:
        """Run one worker with `job` on its standard input.

        Never waits much longer than the wall clock of `caps`, whatever the worker does, and leaves no process
        of its session behind. Raises `InfrastructureFault` if no worker can be started, or nobody is left to
        tell how it ended.
        """
        started = time.monotonic()
        deadline = started + caps.wall_seconds
        with (
            tempfile.TemporaryDirectory(prefix="certify-", ignore_cleanup_errors=True) as home,
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as stderr,
        ):
            stdin.write(job)
            stdin.seek(0)
            channel, report = self._start(home, stdin, stderr)
            with report:
                try:
                    answer = _read(channel, deadline=deadline, limit=caps.result_bytes)
                    status = _status(report, deadline=deadline) if answer is not None else None
                finally:
                    os.close(channel)
                    if not _give_up(report):
                        self.close()  # a host whose minders do not answer is of no use to anybody
            seconds = time.monotonic() - started
            if answer is not None and status is None and seconds < caps.wall_seconds:
                raise InfrastructureFault("the minder of a worker vanished, and with it the worker's end")
            return _ending(answer, status, _last_words(stderr), seconds, caps)

    def close(self) -> None:
        """End the host; workers that still run go with it."""
        with self._lock:
            self._discard()

    def __enter__(self) -> Self:
        with self._lock, contextlib.suppress(OSError):  # what fails now is told to whoever asks for a worker
            self._running()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, home: str, stdin: IO[bytes], stderr: IO[bytes]) -> tuple[int, socket.socket]:
        """Ask for a worker: its channel, and the socket on which its end is reported."""
        reading, writing = os.pipe()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with self._lock:
                descriptors = [stdin.fileno(), writing, stderr.fileno(), theirs.fileno()]
                socket.send_fds(self._running(), [home.encode()], descriptors)
        except OSError as error:
            os.close(reading)
            ours.close()
            self.close()  # the next worker gets a new host
            raise InfrastructureFault(f"no worker could be started: {error}") from error
        finally:
            os.close(writing)
            theirs.close()
        return reading, ours

    def _running(self) -> socket.socket:
        """The control socket of a host that is running."""
        if self._process is None:
            self._discard()
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own command, never a vendor's
                    [part.format(control=theirs.fileno()) for part in self._command],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=dict(self._environment),
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        assert self._control is not None
        return self._control

    def _discard(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _read(channel: int, *, deadline: float, limit: int) -> bytes | None:
    """Everything up to the end of the channel; None on timeout or if it is more than `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    while (left := deadline - time.monotonic()) > 0:
        readable, _, _ = select.select([channel], [], [], left)
        if not readable:
            return None
        chunk = os.read(channel, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            return None
    return None


def _status(report: socket.socket, *, deadline: float) -> int | None:
    """How the worker ended, as its minder tells; None if it does not tell in time."""
    report.settimeout(max(0.001, deadline - time.monotonic()))
    try:
        data = report.recv(STATUS.size)
    except OSError:
        return None
    return int(STATUS.unpack(data)[0]) if len(data) == STATUS.size else None


def _give_up(report: socket.socket) -> bool:
    """Have the worker's session ended, if it has not ended by itself; False if its minder does not answer."""
    report.settimeout(_GRACE)
    try:
        report.shutdown(socket.SHUT_WR)
        while report.recv(STATUS.size):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def _last_words(stderr: IO[bytes]) -> str:
    size = stderr.seek(0, os.SEEK_END)
    stderr.seek(max(0, size - _TAIL))
    text = stderr.read(_TAIL).decode("utf-8", errors="replace").strip()
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def _ending(
    answer: bytes | None, status: int | None, words: str, seconds: float, caps: Caps
) -> Completed | Broken:
    said = f" It last wrote: {words.splitlines()[-1]}" if words else ""
    if seconds >= caps.wall_seconds:
        explanation = f"The worker was stopped after {caps.wall_seconds:g} s."
        return Broken(how="timed out", explanation=explanation, seconds=seconds)
    if answer is None:
        explanation = f"The worker answered with more than {caps.result_bytes} bytes."
        return Broken(how="limit", explanation=explanation, seconds=seconds)
    if status in (-signal.SIGXCPU, -signal.SIGXFSZ):
        explanation = f"The worker reached a limit: {signal.Signals(-status).name}."
        return Broken(how="limit", explanation=explanation, seconds=seconds)
    if status is None or status < 0:
        name = signal.Signals(-status).name if status else "a closed channel"
        return Broken(how="died", explanation=f"The worker died of {name}.{said}", seconds=seconds)
    if status != 0 or not answer:
        explanation = f"The worker ended with status {status} and no answer.{said}"
        return Broken(how="no answer", explanation=explanation, seconds=seconds)
    return Completed(answer=answer, seconds=seconds)
