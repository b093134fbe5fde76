"""The ledger only grows, and shows when it was touched."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from certify.digest import Digest
from certify.errors import Tampered
from certify.ledger import Ledger, openings

ROOT, TEST = Digest.of(b"a submission"), Digest.of(b"test data")


def written(path: Path, lines: int = 3) -> Ledger:
    ledger = Ledger(path)
    for index in range(lines):
        ledger.append(
            event="opened",
            role="test",
            submission=ROOT,
            data=[TEST],
            protocol=None,
            purpose=f"reason {index}",
            at=datetime(2026, 1, 1 + index, tzinfo=UTC),
        )
    return ledger


def test_openings_are_found_by_the_bytes_that_were_looked_at(tmp_path: Path) -> None:
    entries = written(tmp_path / "ledger").entries()
    assert openings(entries, data=[TEST, Digest.of(b"other data")]) == entries
    assert openings(entries, data=[Digest.of(b"other data")]) == ()


def test_no_file_is_no_entry(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "ledger").entries() == ()


@pytest.mark.parametrize("line", range(3))
def test_a_line_that_is_removed_is_found_unless_it_is_the_last(tmp_path: Path, line: int) -> None:
    path = tmp_path / "ledger"
    ledger = written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    if line == 2:
        assert len(ledger.entries()) == 2  # a ledger alone cannot show that its end is missing
    else:
        with pytest.raises(Tampered):
            ledger.entries()


def test_every_flipped_byte_before_the_last_line_is_found(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    ledger = written(path)
    data = path.read_bytes()
    for position in range(data.rfind(b"\n", 0, -1)):
        path.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        with pytest.raises(Tampered):
            ledger.entries()


def test_a_line_torn_by_a_kill_is_dropped_by_the_next_writer(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    written(path)
    with open(path, "ab") as stream:
        stream.write(b'{"at":"2026')
    assert len(written(path, lines=1).entries()) == 4


def test_an_unreadable_ledger_is_an_error_and_never_empty(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(b"\x00\x01\n")
    with pytest.raises(Tampered):
        Ledger(path).entries()
