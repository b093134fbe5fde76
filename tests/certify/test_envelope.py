"""Envelopes: canonical JSON of one kind under exactly one signature."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.digest import canonical
from certify.envelope import STATEMENT, open_seal, seal
from certify.errors import Tampered
from certify.key import SigningKey, new_key

PAYLOAD = canonical({"a": 1})
OTHER = "application/vnd.test+json"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return new_key(tmp_path_factory.mktemp("keys") / "k", passphrase=None)


def opened(data: bytes, key: SigningKey, kind: str = STATEMENT) -> Any:
    return open_seal(data, key.public, source="test", kind=kind)


def refused(data: bytes, key: SigningKey) -> str:
    with pytest.raises(Tampered) as caught:
        opened(data, key)
    return str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_what_was_sealed_is_what_is_opened(key: SigningKey, value: Any) -> None:
    assert opened(seal(canonical(value), key), key) == value


def test_sealing_twice_gives_the_same_bytes(key: SigningKey) -> None:
    assert seal(PAYLOAD, key) == seal(PAYLOAD, key)


def test_the_signature_is_ed25519_over_the_pre_authentication_encoding(key: SigningKey) -> None:
    """Checked without securesystemslib, from the DSSE specification alone."""
    envelope = json.loads(seal(PAYLOAD, key))
    kind = envelope["payloadType"].encode()
    encoded = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(PAYLOAD), PAYLOAD)
    key.public.key.verify(base64.b64decode(envelope["signatures"][0]["sig"]), encoded)


def test_another_key_does_not_open_the_seal(key: SigningKey, tmp_path: Path) -> None:
    stranger = new_key(tmp_path / "s", passphrase=None)
    assert "not signed by the key" in refused(seal(PAYLOAD, stranger), key)


def test_a_strangers_signature_under_our_name_is_refused(key: SigningKey, tmp_path: Path) -> None:
    envelope = json.loads(seal(PAYLOAD, new_key(tmp_path / "s", passphrase=None)))
    envelope["signatures"][0]["keyid"] = key.public.fingerprint.hex
    assert "not signed by the key" in refused(canonical(envelope), key)


def test_a_seal_of_one_kind_is_none_of_another(key: SigningKey) -> None:
    """Otherwise a signature over a review would be one over a deviation with the same words."""
    data = seal(PAYLOAD, key, kind=OTHER)
    assert opened(data, key, OTHER) == {"a": 1}
    assert f"over {STATEMENT}" in refused(data, key)
    renamed = canonical({**json.loads(data), "payloadType": STATEMENT})
    assert "not signed by the key" in refused(renamed, key)


def test_any_change_of_any_byte_is_refused(key: SigningKey) -> None:
    data = seal(PAYLOAD, key)
    for at in range(len(data)):
        for bit in range(8):
            refused(data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :], key)


def test_two_signatures_are_not_one_whoever_made_them(key: SigningKey, tmp_path: Path) -> None:
    """One key under two names must not count as two people."""
    envelope, other = (
        json.loads(seal(PAYLOAD, key)),
        json.loads(seal(PAYLOAD, new_key(tmp_path / "s", passphrase=None))),
    )
    (ours,), (theirs,) = envelope["signatures"], other["signatures"]
    again = {**ours, "keyid": "0" * 64}
    for signatures in ([ours, ours], [ours, theirs], [theirs, ours], [ours, again], []):
        refused(canonical({**envelope, "signatures": signatures}), key)


def test_a_field_that_nobody_signed_is_refused(key: SigningKey) -> None:
    envelope = json.loads(seal(PAYLOAD, key))
    (ours,) = envelope["signatures"]
    for changed in (
        {**envelope, "comment": "added"},
        {**envelope, "signatures": [{**ours, "comment": "added"}]},
        {**envelope, "signatures": [{"sig": ours["sig"]}]},
        {name: value for name, value in envelope.items() if name != "payloadType"},
    ):
        refused(canonical(changed), key)


def test_another_spelling_of_the_same_envelope_is_refused(key: SigningKey) -> None:
    data = seal(PAYLOAD, key)
    envelope = json.loads(data)
    (ours,) = envelope["signatures"]
    for spelled in (
        json.dumps(envelope, indent=1).encode(),
        data + b"\n",
        canonical({**envelope, "payload": envelope["payload"].rstrip("=")}),
        canonical({**envelope, "payload": envelope["payload"] + "\n"}),
        canonical({**envelope, "signatures": [{**ours, "sig": ours["sig"].replace("=", "")}]}),
        canonical({**envelope, "signatures": [{**ours, "keyid": ours["keyid"].upper()}]}),
    ):
        refused(spelled, key)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"[" * 100_000,
        b'{"payload":1,"payloadType":2,"signatures":3}',
        b"\xff",
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes, key: SigningKey) -> None:
    refused(data, key)


def test_what_was_signed_must_be_canonical_too(key: SigningKey) -> None:
    """Two spellings of one payload could mean two things to two readers: a key twice, for one."""
    for payload in (b'{"a": 1}', b'{"a":1,"a":2}', b"{}\n", b'{"a":1.0}', b"not json"):
        assert "payload" in refused(seal(payload, key), key)
