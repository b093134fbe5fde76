"""Sealing: an in-toto Statement over every file of a dossier, in a DSSE envelope, signed with Ed25519.

    {"_type": "https://in-toto.io/Statement/v1",
     "subject": [{"name": "dossier.json", "digest": {"sha256": "..."}}, {"name": "evidence/..."}, ...],
     "predicateType": "urn:certify:dossier:1",
     "predicate": {"decision": "non_conforming", "certifiable": false, "obstacles": ["..."],
                   "assessment": "self-assessed: the error guarantee does not hold",
                   "submission": "sha256:...", "basis": "sha256:...", "protocol": "sha256:...",
                   "comparison": "sha256:...", "model": {"model/reader.onnx": "sha256:..."},
                   "signer": {"name": "...", "role": "laboratory", "key_kind": "development",
                              "meaning": "...", "signed_at": "2026-11-25T10:00:00+00:00"}}}

The specifications are in-toto Attestation v1 (Statement) and DSSE v1.0.2 (envelope). This program makes
development keys only, and writes that into what it signs: no certificate can rest on one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from certify.certifiability import obstacles
from certify.digest import Digest, canonical, read_canonical
from certify.dossier import SELF_ASSESSED, Dossier
from certify.errors import Problem, Tampered, UnusableInput
from certify.store import write_durably
from certify.value import Instant, Line, Value

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:certify:dossier:1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
LABORATORY_MEANING = "I ran these measurements on these bytes and they came out as recorded."


class Signer(Value):
    """Printed name, time and meaning of a signature (21 CFR 11.50), and the kind of key."""

    name: Line
    role: Literal["laboratory"]
    key_kind: Literal["development"]
    meaning: Line
    signed_at: Instant


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, held in memory only while it signs."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The half that may be shown."""
        return PublicKey(self.private.public_key())


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; its fingerprint is the digest of its canonical bytes, whatever file it came from."""

    key: Ed25519PublicKey

    @property
    def fingerprint(self) -> Digest:
        """SHA-256 of the raw 32 bytes."""
        return Digest.of(self.key.public_bytes(Encoding.Raw, PublicFormat.Raw))

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
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        remedy = "Name the .pub file that belongs to the key."
        raise _unusable(path, "an Ed25519 public key", str(error), remedy) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable(path, "an Ed25519 public key", type(key).__name__, "Name the right key.")
    return PublicKey(key)


def _unusable(path: Path, expected: str, found: str, remedy: str) -> UnusableInput:
    return UnusableInput(Problem(source=str(path), expected=expected, found=found, remedy=remedy))


def predicate(dossier: Dossier, signer: Signer) -> dict[str, Any]:
    """What the signature says about a dossier: derived from it, so that a verifier derives it again."""
    standing = obstacles(dossier.standing(signer.key_kind))
    decision = dossier.verdict.decision
    return {
        "decision": decision,
        "certifiable": decision == "conforming" and not standing,
        "obstacles": list(standing),
        "assessment": SELF_ASSESSED,
        "submission": str(dossier.submission),
        "basis": str(dossier.basis.value_digest),
        "protocol": str(dossier.protocol.value_digest),
        "comparison": str(dossier.comparison_digest),
        "model": {path: str(digest) for path, digest in dossier.protocol.committed("model").items()},
        "signer": signer.to_json(),
    }


def statement(dossier: Dossier, members: Mapping[str, bytes], signer: Signer) -> bytes:
    """The bytes to be signed, over every member of the archive."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": subjects(members),
            "predicateType": PREDICATE_TYPE,
            "predicate": predicate(dossier, signer),
        }
    )


def subjects(members: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What a statement speaks of: every member by its name and digest."""
    return [{"name": name, "digest": {"sha256": Digest.of(members[name]).hex}} for name in sorted(members)]


def seal(payload: bytes, key: SigningKey) -> bytes:
    """The DSSE envelope over a statement, as canonical JSON. Ed25519 is deterministic: so is this."""
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(key.private, _identified(key.public)))
    return canonical(envelope.to_dict())


def open_seal(data: bytes, key: PublicKey, *, source: str) -> Any:
    """The statement inside an envelope that carries exactly one signature, by this key.

    Raises `Tampered` for any other envelope.
    """
    envelope = _envelope(data, source)
    try:
        envelope.verify([_identified(key)], 1)
    except (VerificationError, ValueError) as error:
        named = ", ".join(keyid[:12] for keyid in envelope.signatures)
        raise Tampered(
            f"{source}: not signed by the key {key.fingerprint.short}; it names the key {named}. Get that "
            "laboratory's public key; if this is it, the dossier was altered"
        ) from error
    return read_canonical(envelope.payload, source=f"{source}: payload")


def _envelope(data: bytes, source: str) -> Envelope:
    value = read_canonical(data, source=source)
    if not _is_plain_envelope(value):
        raise Tampered(f"{source}: expected one signature over an in-toto statement, found something else")
    try:
        envelope = Envelope.from_dict(json.loads(data))  # it changes what it is given
        same = canonical(envelope.to_dict()) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Tampered(f"{source}: expected a DSSE envelope, found {error}") from error
    if not same:
        raise Tampered(f"{source}: the envelope is not spelled as this program spells it")
    return envelope


def _is_plain_envelope(value: Any) -> bool:
    """One signature and no field beyond the specification: a field that nobody signs says nothing."""
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        return False
    signatures = value["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1 or value["payloadType"] != PAYLOAD_TYPE:
        return False
    return isinstance(signatures[0], dict) and set(signatures[0]) == {"keyid", "sig"}


def _identified(key: PublicKey) -> SSlibKey:
    """The key under an identifier that follows from its bytes: one key cannot appear as two."""
    return SSlibKey.from_crypto(key.key, keyid=key.fingerprint.hex)


__all__ = [
    "LABORATORY_MEANING", "PublicKey", "Signer", "SigningKey", "load_key", "load_public_key",
    "new_key", "open_seal", "predicate", "seal", "statement", "subjects",
]  # fmt: skip
