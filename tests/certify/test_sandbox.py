"""However a worker ends, its end is told and nobody waits longer than the clock allows."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from certify.errors import InfrastructureFault
from certify.sandbox import Broken, Caps, Completed, run


def python(code: str, **caps: float) -> Completed | Broken:
    """Run code in a worker; `channel` in it is the answer descriptor."""
    prelude = "import os, sys, time, signal; channel = int(sys.argv[1])\n"
    command = (sys.executable, "-c", prelude + code.replace("{", "{{").replace("}", "}}"), "{channel}")
    return run(command, b"the job", caps=Caps(**caps), environment={})  # type: ignore[arg-type]


def broken(code: str, **caps: float) -> Broken:
    ending = python(code, **caps)
    assert isinstance(ending, Broken), ending
    return ending


def test_an_orderly_worker_reads_its_job_and_answers() -> None:
    ending = python("os.write(channel, sys.stdin.buffer.read().upper())")
    assert isinstance(ending, Completed)
    assert ending.answer == b"THE JOB"


def test_what_is_printed_is_no_answer() -> None:
    assert broken("print('{}')").how == "no answer"


def test_the_environment_is_empty_but_for_a_home_of_its_own() -> None:
    os.environ["CERTIFY_SECRET"] = "secret"
    ending = python("os.write(channel, ' '.join(sorted(os.environ)).encode())")
    assert isinstance(ending, Completed)
    assert set(ending.answer.split()) <= {b"HOME", b"TMPDIR", b"LC_CTYPE"}


def test_a_crash_is_told_with_its_signal() -> None:
    ending = broken("os.kill(os.getpid(), signal.SIGSEGV)")
    assert (ending.how, "SIGSEGV" in ending.explanation) == ("died", True)


def test_a_kill_is_told() -> None:
    assert broken("os.kill(os.getpid(), signal.SIGKILL)").how == "died"


def test_a_status_other_than_zero_voids_the_answer() -> None:
    assert broken("os.write(channel, b'fine'); sys.exit(1)").how == "no answer"


@pytest.mark.parametrize(
    "code",
    [
        "time.sleep(60)",
        "os.close(channel); time.sleep(60)",
        "os.write(channel, b'fine'); time.sleep(60)",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
        "os.fork() or time.sleep(60)",
    ],
    ids=[
        "sleeps",
        "closes its channel",
        "answers and stays",
        "burns",
        "leaves a child that holds the channel",
    ],
)
def test_a_hang_ends_with_our_clock(code: str) -> None:
    started = time.monotonic()
    assert broken(code, wall_seconds=1).how == "timed out"
    assert time.monotonic() - started < 10


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    code = f"if os.fork() == 0:\n open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)\n"
    broken(code + "time.sleep(60)", wall_seconds=1)
    child = int(marker.read_text())
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    pytest.fail("the worker's child is still running")


def test_an_answer_beyond_the_cap_is_refused() -> None:
    assert broken("os.write(channel, b'x' * 60000)", result_bytes=1000).how == "limit"


def test_a_limit_on_processor_time_is_told_as_such() -> None:
    code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 5))\nwhile True: pass"
    assert broken(code, wall_seconds=20).how == "limit"


def test_a_worker_that_cannot_be_started_is_our_failure() -> None:
    with pytest.raises(InfrastructureFault):
        run(("/no/such/program",), b"", caps=Caps(), environment={})


def test_control_characters_in_last_words_do_not_reach_a_terminal() -> None:
    ending = broken("sys.stderr.write('\\x1b[2J'); sys.exit(1)")
    assert "\x1b" not in ending.explanation
