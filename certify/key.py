"""Keys: Ed25519, read from and written to PEM files.

This program makes development keys only (docs/decisions/0012): a certificate needs a production key, which
lives in hardware of the authority and never in a file.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.store import write_durably


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, held in memory only while it signs."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The half that may be shown."""
        return PublicKey(self.private.public_key())


_PRIME = 2**255 - 19
_EIGHTH = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER = (0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH)
"""The y of the eight points whose order divides 8: to sign for them takes no secret (RFC 8032, 5.1)."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; its fingerprint is the digest of its canonical bytes, whatever file it came from.

    Raises `ValueError` for a key for which anybody can sign: the library that verifies lets it pass.
    """

    key: Ed25519PublicKey

    def __post_init__(self) -> None:
        y = int.from_bytes(self.raw, "little") % 2**255
        if y in _SMALL_ORDER or y >= _PRIME:
            raise ValueError("a key for which anybody can sign")

    @property
    def raw(self) -> bytes:
        """The 32 bytes of RFC 8032."""
        return self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> Digest:
        """SHA-256 of the raw 32 bytes."""
        return Digest.of(self.raw)

    @property
    def text(self) -> str:
        """The raw 32 bytes in base64, as a list of keys holds them."""
        return base64.b64encode(self.raw).decode()

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """The inverse: `PublicKey.from_text(key.text).text == key.text`; raises `ValueError`."""
        try:
            raw = base64.b64decode(text, validate=True)
            return cls(Ed25519PublicKey.from_public_bytes(raw))
        except (binascii.Error, ValueError) as error:
            raise ValueError("the 32 bytes of an Ed25519 public key, in base64") from error

    @property
    def pem(self) -> bytes:
        """As a file."""
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def new_key(path: Path, *, passphrase: bytes | None) -> SigningKey:
    """Make a development key: `path` (private, mode 600) and `path` with the suffix `.pub`.

    Never overwrites: raises `UnusableInput` if a file of that name exists.
    """
    key = SigningKey(Ed25519PrivateKey.generate())
    public_path = path.with_name(path.name + ".pub")
    for existing in (path, public_path):
        if existing.exists():
            raise _unusable(existing, "a new name", "a file of that name", "Choose another name.")
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    private = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)
    write_durably(path, private, mode=0o600)  # never readable by others, not for a moment
    write_durably(public_path, key.public.pem)
    return key


def load_key(path: Path, *, passphrase: bytes | None) -> SigningKey:
    """Read a private key; raises `UnusableInput` for a wrong passphrase or another kind of key."""
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        remedy = "Name a key made by `certify keys new`, with its passphrase."
        raise _unusable(path, "an Ed25519 private key", str(error), remedy) from error
    if not isinstance(private, Ed25519PrivateKey):
        found = type(private).__name__
        raise _unusable(path, "an Ed25519 private key", found, "Make one with `certify keys new`.")
    return SigningKey(private)


def load_public_key(path: Path) -> PublicKey:
    """Read a public key; raises `UnusableInput` for anything else."""
    try:
        key = load_pem_public_key(path.read_bytes())
        if isinstance(key, Ed25519PublicKey):
            return PublicKey(key)
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        remedy = "Name the .pub file that belongs to the key."
        raise _unusable(path, "an Ed25519 public key", str(error), remedy) from error
    raise _unusable(path, "an Ed25519 public key", type(key).__name__, "Name the right key.")


def _unusable(path: Path, expected: str, found: str, remedy: str) -> UnusableInput:
    return UnusableInput(Problem(source=str(path), expected=expected, found=found, remedy=remedy))
