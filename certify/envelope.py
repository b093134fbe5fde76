"""DSSE envelopes: bytes of a stated kind under exactly one Ed25519 signature (DSSE v1.0.2).

The kind is signed with the bytes, so that a signature over one sort of document says nothing about another.
"""

from __future__ import annotations

import json
from typing import Any

from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from certify.digest import canonical, read_canonical
from certify.errors import Tampered
from certify.key import PublicKey, SigningKey

STATEMENT = "application/vnd.in-toto+json"
"""The kind of an in-toto statement, such as the seal of a dossier."""


def seal(payload: bytes, key: SigningKey, *, kind: str = STATEMENT) -> bytes:
    """The envelope over canonical JSON, itself canonical. Ed25519 is deterministic: so is this."""
    envelope = Envelope(payload, kind, {})
    envelope.sign(CryptoSigner(key.private, _identified(key.public)))
    return canonical(envelope.to_dict())


def open_seal(data: bytes, key: PublicKey, *, source: str, kind: str = STATEMENT) -> Any:
    """What an envelope of this kind holds under exactly one signature, by this key.

    Raises `Tampered` for any other envelope.
    """
    envelope = _envelope(data, source, kind)
    try:
        envelope.verify([_identified(key)], 1)
    except (VerificationError, ValueError) as error:
        named = ", ".join(keyid[:12] for keyid in envelope.signatures)
        raise Tampered(
            f"{source}: not signed by the key {key.fingerprint.short}; it names the key {named}. Get that "
            "signer's public key; if this is it, the bytes were altered"
        ) from error
    return read_canonical(envelope.payload, source=f"{source}: payload")


def _envelope(data: bytes, source: str, kind: str) -> Envelope:
    value = read_canonical(data, source=source)
    if not _is_plain_envelope(value, kind):
        raise Tampered(f"{source}: expected one signature over {kind}, found something else")
    try:
        envelope = Envelope.from_dict(json.loads(data))  # it changes what it is given
        same = canonical(envelope.to_dict()) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Tampered(f"{source}: expected a DSSE envelope, found {error}") from error
    if not same:
        raise Tampered(f"{source}: the envelope is not spelled as this program spells it")
    return envelope


def _is_plain_envelope(value: Any, kind: str) -> bool:
    """One signature and no field beyond the specification: a field that nobody signs says nothing."""
    if not isinstance(value, dict) or set(value) != {"payload", "payloadType", "signatures"}:
        return False
    signatures = value["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1 or value["payloadType"] != kind:
        return False
    return isinstance(signatures[0], dict) and set(signatures[0]) == {"keyid", "sig"}


def _identified(key: PublicKey) -> SSlibKey:
    """The key under an identifier that follows from its bytes: one key cannot appear as two."""
    return SSlibKey.from_crypto(key.key, keyid=key.fingerprint.hex)
