"""Running a worker at arm's length: another process, an empty environment, caps, and our own clock.

Decides how a process ended and nothing more. The worker answers through a descriptor of its own, never
through stdout, which foreign libraries write to; what comes out of it is bytes until somebody has parsed
them. This module uses the standard library only. Its isolation level is I0: resource limits without
namespaces, so that nothing it measures is certifiable.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final, Literal

from certify.errors import InfrastructureFault

ISOLATION: Final = "I0"
NETWORK_DENIED: Final = False
_PR_SET_PDEATHSIG: Final = 1
_TAIL: Final = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """What one worker may use. Seconds, bytes, and open descriptors."""

    wall_seconds: float = 600
    cpu_seconds: int = 600
    memory_bytes: int = 8 << 30
    file_bytes: int = 256 << 20
    result_bytes: int = 64 << 20
    descriptors: int = 256


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


def run(
    command: tuple[str, ...], job: bytes, *, caps: Caps, environment: Mapping[str, str]
) -> Completed | Broken:
    """Run `command` with `job` on its standard input; `{channel}` in it becomes the answer descriptor.

    Never waits longer than the wall clock of `caps`, whatever the process does, and leaves no process of
    its session behind. Raises `InfrastructureFault` if the process cannot be started at all.
    """
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="certify-") as home,
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stderr,
    ):
        stdin.write(job)
        stdin.seek(0)
        process, channel = _start(command, stdin, stderr, home, environment)
        try:
            answer = _read(channel, deadline=started + caps.wall_seconds, limit=caps.result_bytes)
            status = _wait(process, deadline=started + caps.wall_seconds)
        finally:
            os.close(channel)
            _kill(process)
        return _ending(answer, status, _last_words(stderr), time.monotonic() - started, caps)


def _start(
    command: tuple[str, ...], stdin: IO[bytes], stderr: IO[bytes], home: str, environment: Mapping[str, str]
) -> tuple[subprocess.Popen[bytes], int]:
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command, never a vendor's
            [part.format(channel=writing) for part in command],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            cwd=home,
            env={**environment, "HOME": home, "TMPDIR": home},
            pass_fds=(writing,),
            start_new_session=True,
        )
    except OSError as error:
        os.close(reading)
        raise InfrastructureFault(f"the worker could not be started: {error}") from error
    finally:
        os.close(writing)
    return process, reading


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


def _wait(process: subprocess.Popen[bytes], *, deadline: float) -> int | None:
    try:
        return process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The whole session goes, also what the worker may have started itself."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


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


def confine(caps: Caps) -> None:
    """Called by the worker before it touches a vendor's byte: set limits, and die with the parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for limit, value in (
        (resource.RLIMIT_AS, caps.memory_bytes),
        (resource.RLIMIT_FSIZE, caps.file_bytes),
        (resource.RLIMIT_NOFILE, caps.descriptors),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # At the hard limit of processor time comes SIGKILL, which tells nothing; SIGXCPU comes at the soft one.
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds, caps.cpu_seconds + 5))
