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

from collections.abc import Mapping
from typing import Any, Literal

from certify.certifiability import obstacles
from certify.digest import Digest, canonical
from certify.dossier import SELF_ASSESSED, Dossier
from certify.value import Instant, Line, Value

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:certify:dossier:1"
LABORATORY_MEANING = "I ran these measurements on these bytes and they came out as recorded."


class Signer(Value):
    """Printed name, time and meaning of a signature (21 CFR 11.50), and the kind of key."""

    name: Line
    role: Literal["laboratory"]
    key_kind: Literal["development"]
    meaning: Line
    signed_at: Instant


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
