"""Keeping bytes and records: nothing lost, nothing doubled, nobody back from the dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify.digest import Digest
from certify.errors import StaleWriter, Tampered
from certify.store import Lease, Store, write_durably


@given(st.lists(st.binary(max_size=50)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_what_was_put_can_be_got(tmp_path: Path, contents: list[bytes]) -> None:
    store = Store(tmp_path)
    digests = [store.put(content) for content in contents]
    assert [store.get(digest) for digest in digests] == contents
    assert digests == [Digest.of(content) for content in contents]


def test_changed_bytes_are_found(tmp_path: Path) -> None:
    store = Store(tmp_path)
    digest = store.put(b"true")
    store.path(digest).write_bytes(b"false")
    with pytest.raises(Tampered):
        store.get(digest)


def test_missing_bytes_are_an_error_and_not_empty(tmp_path: Path) -> None:
    with pytest.raises(Tampered):
        Store(tmp_path).get(Digest.of(b"never put"))


def test_the_first_writer_of_a_record_wins(tmp_path: Path) -> None:
    lease = Lease.take(tmp_path / "run")
    assert lease.record("result", b"first") == b"first"
    assert lease.record("result", b"second") == b"first"


def test_a_writer_whose_run_was_taken_over_is_refused(tmp_path: Path) -> None:
    stale = Lease.take(tmp_path / "run")
    Lease.take(tmp_path / "run")
    with pytest.raises(StaleWriter):
        stale.record("result", b"late")
    assert not (tmp_path / "run/result").exists()


def test_a_failed_write_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(tmp_path / "file", b"content")
    assert list(tmp_path.iterdir()) == []


CALLS = ("fsync", "link", "replace")


def _write_and_die(path: Path, call: str, nth: int) -> None:
    """Write a record, killed in front of the nth of the named system calls."""
    true_call = getattr(os, call)
    count = iter(range(1, 100))

    def dying(*arguments: object, **keywords: object) -> object:
        if next(count) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return true_call(*arguments, **keywords)

    setattr(os, call, dying)
    Lease.take(path).record("result", b"whole")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("nth", range(1, 5))
def test_a_kill_at_any_point_leaves_all_or_nothing(tmp_path: Path, call: str, nth: int) -> None:
    fork = multiprocessing.get_context("fork")
    process = fork.Process(target=_write_and_die, args=(tmp_path / "run", call, nth))
    process.start()
    process.join()
    record = tmp_path / "run/result"
    assert not record.exists() or record.read_bytes() == b"whole"
    assert Lease.take(tmp_path / "run").record("result", b"whole") == b"whole"
