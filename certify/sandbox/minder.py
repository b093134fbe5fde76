"""The far side: the host forks a minder for each job, the minder forks the worker and sees to its end.

The minder alone may wait for its worker. Until it does, the worker's process number cannot be given to
anybody else, so that killing the whole session by that number is safe.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import traceback
from collections.abc import Callable
from typing import Final, NoReturn

from certify.sandbox.caps import die_with_parent

STATUS: Final = struct.Struct("=i")
"""How an ending travels: the exit status, or the number of the signal, negative."""

DESCRIPTORS: Final = 4
"""Job, channel, error output, report: in this order with every request."""

Work = Callable[[int], None]
"""What a worker does: reads its job on standard input, and answers on the channel that it is given."""


def serve(control: int, work: Work) -> None:
    """Fork a minder for each request on the control socket, until that closes."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # minders need no waiting for
    with socket.socket(fileno=control) as requests:
        while True:
            home, descriptors, _, _ = socket.recv_fds(requests, 4096, DESCRIPTORS)
            if not home:
                return
            if os.fork() == 0:
                requests.close()
                _mind(home.decode(), descriptors, work)
            for descriptor in descriptors:
                os.close(descriptor)


def _mind(home: str, descriptors: list[int], work: Work) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    die_with_parent()
    job, channel, errors, report = descriptors
    worker = os.fork()
    if worker == 0:
        os.close(report)
        _work(home, (job, channel, errors), work)
    for descriptor in (job, channel, errors):
        os.close(descriptor)
    _wait(worker, report)
    _end_session(worker)
    _, status = os.waitpid(worker, 0)
    os.write(report, STATUS.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _wait(worker: int, report: int) -> None:
    """Until the worker ends, or the supervisor has had enough and shuts its side of the report."""
    select.select([os.pidfd_open(worker), report], [], [])


def _end_session(worker: int) -> None:
    """The worker and whatever it started goes."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(worker, signal.SIGKILL)


def _work(home: str, descriptors: tuple[int, int, int], work: Work) -> NoReturn:
    job, channel, errors = descriptors
    try:
        os.setsid()
        die_with_parent()
        os.chdir(home)
        os.environ.update(HOME=home, TMPDIR=home)
        os.dup2(job, 0)
        os.dup2(errors, 2)
        work(channel)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # without the clean-up of a host that goes on living
