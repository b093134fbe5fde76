"""`certify verify` on dossiers that hold together and on such that do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from certify.key import new_key

CODES = {"conforming": 0, "non_conforming": 1}


@pytest.mark.parametrize("decision", CODES)
def test_the_code_says_what_was_decided(decision: str, certify: Any, place: Any) -> None:
    done = certify("verify", place.dossier(decision), "--key", place.public)
    assert (done.code, done.err) == (CODES[decision], "")
    assert done.out.upper().startswith(decision.upper().replace("_", "-"))
    assert "Certifiable: no" in done.out
    assert "measurements were not run again" in done.out


@pytest.mark.parametrize("decision", CODES)
def test_the_json_says_the_same(decision: str, certify: Any, place: Any) -> None:
    done = certify("verify", place.dossier(decision), "--key", place.public, "--json")
    assert done.code == CODES[decision]
    assert done.said["decision"] == decision
    assert done.said["certifiable"] is False
    refused = [o["check"] for o in done.said["outcomes"] if o["outcome"] != "demonstrated"]
    assert refused == ([] if decision == "conforming" else ["eu.ai-act/claimed-performance"])
    assert {"text", "problems", "error"}.isdisjoint(done.said)


def test_it_needs_nothing_but_the_file_and_the_key(certify: Any, place: Any, tmp_path: Path) -> None:
    """No workplace, no standards, no home, no network settings: an empty folder and an empty environment."""
    copies = {name: tmp_path / name for name in ("d.zip", "k.pub")}
    copies["d.zip"].write_bytes(place.dossier("conforming").read_bytes())
    copies["k.pub"].write_bytes(place.public.read_bytes())
    empty = {"HOME": "/nonexistent", "PATH": "/nonexistent", "http_proxy": "http://127.0.0.1:1"}
    done = certify("verify", "d.zip", "--key", "k.pub", cwd=tmp_path, environment=empty)
    assert done.code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.zip", "k.pub"], "nothing is left behind"


@pytest.mark.parametrize("where", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_a_changed_byte_is_found_and_is_no_verdict(
    where: float, certify: Any, place: Any, tmp_path: Path
) -> None:
    data = bytearray(place.dossier("conforming").read_bytes())
    data[int(where * (len(data) - 1))] ^= 1
    (tmp_path / "changed.zip").write_bytes(data)
    done = certify("verify", tmp_path / "changed.zip", "--key", place.public, "--json")
    assert done.code == 2
    assert done.said["error"] == "Tampered"
    assert "conforming" not in done.out.replace("changed.zip", "")


def test_what_is_no_dossier_is_no_dossier(certify: Any, place: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.zip").write_bytes(b"")
    for file in (tmp_path / "empty.zip", place.public, tmp_path, tmp_path / "absent.zip"):
        done = certify("verify", file, "--key", place.public)
        assert (done.code, done.out) == (2, ""), file
        assert "Traceback" not in done.err
        assert done.err


def test_another_key_opens_nothing(certify: Any, place: Any, tmp_path: Path) -> None:
    new_key(tmp_path / "other", passphrase=None)
    done = certify("verify", place.dossier("conforming"), "--key", tmp_path / "other.pub")
    assert (done.code, done.out) == (2, "")
    assert "not signed by the key" in done.err


def test_a_private_key_is_not_taken_for_a_public_one(certify: Any, place: Any) -> None:
    done = certify("verify", place.dossier("conforming"), "--key", place.key)
    assert done.code == 2
    assert "Name the .pub file" in done.err
