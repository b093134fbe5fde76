"""Keys: made once, kept from others, and none for which anybody can sign."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import UnusableInput
from certify.key import PublicKey, load_key, load_public_key, new_key


def test_a_key_is_read_as_it_was_made(tmp_path: Path) -> None:
    key = new_key(tmp_path / "k", passphrase=None)
    assert load_key(tmp_path / "k", passphrase=None).public.fingerprint == key.public.fingerprint
    assert load_public_key(tmp_path / "k.pub").fingerprint == key.public.fingerprint


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


@pytest.mark.parametrize("existing", ["k", "k.pub"])
def test_a_key_is_never_overwritten(existing: str, tmp_path: Path) -> None:
    (tmp_path / existing).write_bytes(b"precious")
    with pytest.raises(UnusableInput):
        new_key(tmp_path / "k", passphrase=None)
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert (tmp_path / existing).read_bytes() == b"precious"


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    private = generate_private_key(SECP256R1())
    (tmp_path / "k").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "k.pub").write_bytes(public)
    with pytest.raises(UnusableInput):
        load_key(tmp_path / "k", passphrase=None)
    for name in ("k", "k.pub"):
        with pytest.raises(UnusableInput):
            load_public_key(tmp_path / name)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    new_key(tmp_path / "k", passphrase=None)
    (tmp_path / "text").write_text("no key")
    for name in ("text", "absent", "."):
        with pytest.raises(UnusableInput):
            load_key(tmp_path / name, passphrase=None)
        with pytest.raises(UnusableInput):
            load_public_key(tmp_path / name)
    with pytest.raises(UnusableInput, match="\\.pub"):
        load_public_key(tmp_path / "k")


@given(st.binary(min_size=32, max_size=32))
def test_the_text_of_a_key_reads_back_as_the_same_key(seed: bytes) -> None:
    key = PublicKey(Ed25519PrivateKey.from_private_bytes(seed).public_key())
    assert PublicKey.from_text(key.text).fingerprint == key.fingerprint
    assert base64.b64decode(key.text) == key.raw


@pytest.mark.parametrize("text", ["", "AAAA", "-" * 44, "A" * 44, "A" * 86 + "=="])
def test_a_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        PublicKey.from_text(text)


# Points of small order, computed here from the curve alone (RFC 8032, section 5.1)

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def plus(a: Point, b: Point) -> Point:
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P)
    return x % P, y % P


def times(n: int, point: Point) -> Point:
    result = (0, 1)
    while n:
        result = plus(result, point) if n & 1 else result
        point, n = plus(point, point), n >> 1
    return result


def on_the_curve(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square:
            return x, y
    return None


def encodings() -> Iterator[bytes]:
    """All spellings of all eight points: what is left of any point after the large factor is taken out."""
    points: set[Point] = set()
    for y in range(2, 60):
        point = on_the_curve(y)
        if point is not None:
            rest = times(ORDER, point)
            points |= {times(n, rest) for n in range(8)}
    assert len(points) == 8
    for x, y in points:
        for spelled in (y, y + P):  # the second is not canonical, and fits into 255 bits for two of them
            if spelled < 2**255:
                yield from ((spelled | sign << 255).to_bytes(32, "little") for sign in {x & 1, 1})


def test_a_key_for_which_anybody_can_sign_is_refused(tmp_path: Path) -> None:
    """The library verifies a signature by nobody under such a key: s B is R, whatever the text."""
    spelled = set(encodings())
    assert len(spelled) >= 8
    for raw in spelled:
        key = Ed25519PublicKey.from_public_bytes(raw)
        with pytest.raises(ValueError, match="anybody"):
            PublicKey(key)
        with pytest.raises(ValueError, match="Ed25519"):
            PublicKey.from_text(base64.b64encode(raw).decode())
        path = tmp_path / "k.pub"
        path.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        with pytest.raises(UnusableInput, match="anybody"):
            load_public_key(path)


def test_such_a_key_would_have_verified_what_nobody_signed() -> None:
    """Why it is refused: without the guard the library says yes to one signature over two texts."""
    four_fifths = on_the_curve(4 * pow(5, -1, P) % P)
    assert four_fifths is not None
    base = four_fifths if four_fifths[0] % 2 == 0 else (P - four_fifths[0], four_fifths[1])
    x, y = times(12345, base)
    signature = (y | (x & 1) << 255).to_bytes(32, "little") + (12345).to_bytes(32, "little")
    neutral = Ed25519PublicKey.from_public_bytes((1).to_bytes(32, "little"))
    for text in (b"one", b"another"):
        neutral.verify(signature, text)
