"""Naming bytes and values by their content."""

from __future__ import annotations

import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.digest import Digest, canonical, read_canonical
from certify.errors import Tampered

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=10,
)


@given(st.binary())
def test_a_digest_is_sha256_and_reads_back(data: bytes) -> None:
    digest = Digest.of(data)
    assert digest.hex == hashlib.sha256(data).hexdigest()
    assert Digest.parse(str(digest)) == digest


@given(json_values)
def test_canonical_bytes_read_back(value: object) -> None:
    assert read_canonical(canonical(value), source="test") == value


@given(json_values)
def test_any_other_spelling_is_refused(value: object) -> None:
    other = json.dumps(value, indent=1).encode() + b"\n"
    with pytest.raises(Tampered):
        read_canonical(other, source="test")


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":1}', b"NaN", b"1.0", b"[1, 2]", b'{"b":1,"a":1}', b"", b"\xff", b"[" * 100_000]
)
def test_what_a_lenient_reader_accepts_is_refused(text: bytes) -> None:
    with pytest.raises(Tampered):
        read_canonical(text, source="test")


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53 + 1, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        canonical(value)


@pytest.mark.parametrize(
    "text", ["", "sha256:", "md5:" + "0" * 64, "sha256:" + "G" * 64, "sha256:" + "A" * 64]
)
def test_no_other_digest_is_read(text: str) -> None:
    with pytest.raises(ValueError):
        Digest.parse(text)
