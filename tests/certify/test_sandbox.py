"""However a worker ends, its end is told and nobody waits longer than the clock allows."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from certify.errors import InfrastructureFault
from certify.sandbox import Broken, Caps, Completed, Host

Python = Callable[..., Completed | Broken]

OBEDIENT = """
import json, os, resource, signal, sys, time
from certify.sandbox import Caps, confine, serve

def work(channel):
    exec(sys.stdin.read(), {**globals(), "channel": channel})

serve(int(sys.argv[1]), work)
"""
OBEDIENT_HOST = (sys.executable, "-c", OBEDIENT.replace("{", "{{").replace("}", "}}"), "{control}")


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """A host whose workers do what their job says."""
    os.environ["CERTIFY_SECRET"] = "secret"
    with Host(OBEDIENT_HOST, environment={}) as host:
        yield host


@pytest.fixture
def python(host: Host) -> Python:
    """Run code in a worker; `channel` in it is the answer descriptor."""

    def run(code: str, **caps: float) -> Completed | Broken:
        return host.run(code.encode(), caps=Caps(**caps))  # type: ignore[arg-type]

    return run


def broken(python: Python, code: str, **caps: float) -> Broken:
    ending = python(code, **caps)
    assert isinstance(ending, Broken), ending
    return ending


def answered(ending: Completed | Broken) -> bytes:
    assert isinstance(ending, Completed), ending
    return ending.answer


def test_an_orderly_worker_answers(python: Python) -> None:
    assert answered(python("os.write(channel, b'fine')")) == b"fine"


def test_each_job_has_a_process_of_its_own(python: Python) -> None:
    numbers = {answered(python("os.write(channel, str(os.getpid()).encode())")) for _ in range(3)}
    assert len(numbers) == 3


def test_what_a_job_does_to_a_library_that_its_host_imported_no_other_job_sees(python: Python) -> None:
    spoil = "json.loads = lambda text: 'spoilt'; os.write(channel, json.loads('1').encode())"
    assert answered(python(f"import json; {spoil}")) == b"spoilt"
    assert answered(python("import json; os.write(channel, str(json.loads('1')).encode())")) == b"1"


def test_what_is_printed_is_no_answer(python: Python) -> None:
    assert broken(python, "print('fine')").how == "no answer"


def test_the_environment_is_empty_but_for_a_home_of_its_own(python: Python) -> None:
    names = answered(python("os.write(channel, ' '.join(sorted(os.environ)).encode())")).split()
    assert set(names) <= {b"HOME", b"TMPDIR", b"LC_CTYPE"}


def test_the_home_is_empty_writable_and_gone_afterwards(python: Python) -> None:
    code = "open('file', 'w').close(); os.write(channel, os.getcwd().encode() + b' %d' % len(os.listdir()))"
    home, count = answered(python(code)).split()
    assert int(count) == 1
    assert not Path(home.decode()).exists()


def test_no_descriptor_of_ours_is_inherited(python: Python) -> None:
    code = "os.write(channel, ' '.join(sorted(os.listdir('/proc/self/fd'), key=int)).encode())"
    descriptors = answered(python(code)).split()
    assert len(descriptors) <= 8, descriptors


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL", "SIGABRT", "SIGFPE"])
def test_a_death_is_told_with_its_signal(python: Python, name: str) -> None:
    ending = broken(python, f"os.kill(os.getpid(), signal.{name})")
    assert (ending.how, name in ending.explanation) == ("died", True)


def test_a_status_other_than_zero_voids_the_answer(python: Python) -> None:
    assert broken(python, "os.write(channel, b'fine'); os._exit(1)").how == "no answer"


def test_an_exception_is_told_in_its_last_words(python: Python) -> None:
    ending = broken(python, "raise ValueError('so it is')")
    assert "so it is" in ending.explanation


HANGS = {
    "sleeps": "time.sleep(60)",
    "closes its channel": "os.close(channel); time.sleep(60)",
    "answers and stays": "os.write(channel, b'fine'); time.sleep(60)",
    "burns": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
    "leaves a child that holds the channel": "os.fork() or time.sleep(60)",
    "stops itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "leaves its session": "os.fork() == 0 and (os.setsid(), time.sleep(60))\ntime.sleep(60)",
}


@pytest.mark.parametrize("name", HANGS)
def test_a_hang_ends_with_our_clock(python: Python, name: str) -> None:
    started = time.monotonic()
    assert broken(python, HANGS[name], wall_seconds=1).how in ("timed out", "no answer")
    assert time.monotonic() - started < 15


def test_no_process_of_the_session_is_left_behind(python: Python, tmp_path: Path) -> None:
    marker = tmp_path / "pid"
    code = f"if os.fork() == 0:\n open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)\n"
    broken(python, code + "time.sleep(60)", wall_seconds=1)
    child = int(marker.read_text())
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.1)
    pytest.fail("the worker's child is still running")


def test_an_answer_beyond_the_cap_is_refused(python: Python) -> None:
    assert broken(python, "os.write(channel, b'x' * 60000)", result_bytes=1000).how == "limit"


def test_a_limit_on_processor_time_is_told_as_such(python: Python) -> None:
    code = "confine(Caps(cpu_seconds=1))\nwhile True: pass"
    assert broken(python, code, wall_seconds=20).how == "limit"


def test_a_limit_on_files_is_told_as_such(python: Python) -> None:
    code = "confine(Caps(file_bytes=1000)); signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
    assert broken(python, code + "open('f', 'wb').write(b'x' * 5000)").how == "limit"


def test_memory_is_limited(python: Python) -> None:
    code = "confine(Caps(memory_bytes=1 << 28)); x = bytearray(1 << 30); os.write(channel, b'fine')"
    assert "MemoryError" in broken(python, code).explanation


def test_control_characters_in_last_words_do_not_reach_a_terminal(python: Python) -> None:
    ending = broken(python, "sys.stderr.write('\\x1b[2J'); sys.stderr.flush(); os._exit(1)")
    assert "\x1b" not in ending.explanation


def test_many_workers_at_once_do_not_mix_their_answers(python: Python) -> None:
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = answered(python(f"time.sleep(0.05); os.write(channel, b'{number}')"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number).encode() for number in range(20)}


def test_a_program_that_does_not_exist_is_our_failure() -> None:
    with Host(("/no/such/program",), environment={}) as host, pytest.raises(InfrastructureFault):
        host.run(b"", caps=Caps())


def test_a_host_that_was_killed_is_our_failure_and_the_next_job_gets_a_new_one() -> None:
    with Host(OBEDIENT_HOST, environment={}) as host:
        host.run(b"pass", caps=Caps())
        assert host._process is not None
        host._process.kill()
        host._process.wait()
        with pytest.raises(InfrastructureFault):
            host.run(b"os.write(channel, b'fine')", caps=Caps())
        assert answered(host.run(b"os.write(channel, b'fine')", caps=Caps())) == b"fine"


def test_a_minder_that_vanishes_is_our_failure_and_no_finding(python: Python) -> None:
    with pytest.raises(InfrastructureFault, match="vanished"):
        python("os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)")


def test_workers_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """As by kill -9: no worker goes on measuring for nobody."""
    marker = tmp_path / "pid"
    job = f"open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    supervisor = os.fork()
    if supervisor == 0:
        with Host(OBEDIENT_HOST, environment={}) as host:
            host.run(job.encode(), caps=Caps())
        os._exit(0)
    while not marker.exists() or not marker.read_text():
        time.sleep(0.05)
    os.kill(supervisor, 9)
    os.waitpid(supervisor, 0)
    worker = int(marker.read_text())
    for _ in range(100):
        if not psutil.pid_exists(worker):
            return
        time.sleep(0.1)
    pytest.fail("the worker outlived its supervisor")
