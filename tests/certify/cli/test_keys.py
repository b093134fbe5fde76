"""`certify keys new`, and what becomes of a passphrase."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from certify.errors import UnusableInput
from certify.key import load_key, load_public_key


def test_a_key_with_a_passphrase_opens_with_it_alone(certify: Any, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text("correct horse\nsecond line\n")
    done = certify("keys", "new", tmp_path / "key", "--passphrase-file", tmp_path / "passphrase")
    assert done.code == 0
    key = load_key(tmp_path / "key", passphrase=b"correct horse")
    for wrong in (None, b"", b"wrong", b"correct horse\n"):
        with pytest.raises(UnusableInput):
            load_key(tmp_path / "key", passphrase=wrong)
    assert str(key.public.fingerprint) in done.out
    assert load_public_key(tmp_path / "key.pub").fingerprint == key.public.fingerprint
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert "correct horse" not in done.out + done.err


def test_a_key_in_the_clear_has_to_be_asked_for(certify: Any, tmp_path: Path) -> None:
    done = certify("keys", "new", tmp_path / "key", "--no-passphrase", "--json")
    assert done.code == 0
    key = load_key(tmp_path / "key", passphrase=None)
    assert done.said == {
        "private": str(tmp_path / "key"),
        "public": str(tmp_path / "key.pub"),
        "fingerprint": str(key.public.fingerprint),
    }


@pytest.mark.parametrize("taken", ["key", "key.pub"])
def test_a_key_never_replaces_a_file(taken: str, certify: Any, tmp_path: Path) -> None:
    (tmp_path / taken).write_text("mine")
    done = certify("keys", "new", tmp_path / "key", "--no-passphrase")
    assert done.code == 2
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xff\xfe", None], ids=["empty", "blank", "no text", "absent"]
)
def test_a_passphrase_file_that_holds_none_is_refused(
    content: bytes | None, certify: Any, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "passphrase").write_bytes(content)
    done = certify("keys", "new", tmp_path / "key", "--passphrase-file", tmp_path / "passphrase", "--json")
    assert done.code == 2
    assert done.said["problems"][0]["expected"] == "a passphrase"
    assert not (tmp_path / "key").exists()


def test_where_nobody_can_be_asked_no_key_is_made(certify: Any, tmp_path: Path) -> None:
    done = certify("keys", "new", tmp_path / "key")
    assert done.code == 2
    assert "passphrase" in done.err
    assert not (tmp_path / "key").exists()
