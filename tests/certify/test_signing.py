"""Keys and seals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certify.digest import canonical
from certify.envelope import open_seal, seal
from certify.errors import Tampered, UnusableInput
from certify.key import load_key, load_public_key, new_key

PAYLOAD = canonical({"a": 1})


def test_what_was_sealed_opens_with_the_public_key(tmp_path: Path) -> None:
    key = new_key(tmp_path / "k", passphrase=None)
    public = load_public_key(tmp_path / "k.pub")
    assert open_seal(seal(PAYLOAD, key), public, source="test") == {"a": 1}
    assert public.fingerprint == key.public.fingerprint


def test_sealing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    key = new_key(tmp_path / "k", passphrase=None)
    assert seal(PAYLOAD, key) == seal(PAYLOAD, key)


def test_the_signature_is_ed25519_over_the_pre_authentication_encoding(tmp_path: Path) -> None:
    """Checked without securesystemslib, from the DSSE specification alone."""
    import base64

    key = new_key(tmp_path / "k", passphrase=None)
    envelope = json.loads(seal(PAYLOAD, key))
    kind = envelope["payloadType"].encode()
    encoded = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(PAYLOAD), PAYLOAD)
    key.public.key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), encoded)


def test_a_passphrase_is_needed_where_one_was_given(tmp_path: Path) -> None:
    new_key(tmp_path / "k", passphrase=b"right")
    assert b"ENCRYPTED" in (tmp_path / "k").read_bytes()
    load_key(tmp_path / "k", passphrase=b"right")
    for wrong in (b"wrong", None):
        with pytest.raises(UnusableInput):
            load_key(tmp_path / "k", passphrase=wrong)


def test_the_private_key_is_for_its_owner_only(tmp_path: Path) -> None:
    new_key(tmp_path / "k", passphrase=None)
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    new_key(tmp_path / "k", passphrase=None)
    before = (tmp_path / "k").read_bytes()
    with pytest.raises(UnusableInput):
        new_key(tmp_path / "k", passphrase=None)
    assert (tmp_path / "k").read_bytes() == before


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    private = generate_private_key(SECP256R1())
    (tmp_path / "k").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(UnusableInput):
        load_key(tmp_path / "k", passphrase=None)
    with pytest.raises(UnusableInput):
        load_public_key(tmp_path / "k")


def test_another_key_does_not_open_the_seal(tmp_path: Path) -> None:
    key, stranger = (new_key(tmp_path / name, passphrase=None) for name in ("k", "s"))
    with pytest.raises(Tampered):
        open_seal(seal(PAYLOAD, key), stranger.public, source="test")
