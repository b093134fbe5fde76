"""Deviations: an authority accepts, for a time and with reasons, that one check is not met by one model.

A deviation loosens nothing. The check runs, its true result stays in the dossier, and the verdict stays what
it is; the deviation says who answers for going on all the same, under which conditions and until when. What
rests on one is never the plain certificate.

    {"format": "certify/deviation/1", "check": "eu.ai-act/accuracy", "check_digest": "sha256:...",
     "model": {"model/reader.onnx": "sha256:..."}, "reason": "...", "conditions": ["..."],
     "expires": "2027-05-31", "granted_by": "...", "key_kind": "development", "meaning": "...",
     "signed_at": "2026-11-25T10:00:00+00:00"}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from certify.digest import canonical
from certify.dossier import Dossier
from certify.envelope import open_seal, seal
from certify.errors import Tampered
from certify.key import PublicKey, SigningKey
from certify.review import PrintedName, Reasons, Sealed, Words, same_name
from certify.standard import Identity
from certify.value import Day, DigestText, Instant, Line, Value
from certify.verdict import Verdict

KIND = "application/vnd.certify.deviation+json"
MEANING = "I accept for this model, until the day named, that this check is not met, and answer for it."
LONGEST = timedelta(days=366)
"""What is not settled within a year is no exception but a rule, and belongs into a basis."""


class Deviation(Value):
    """What an authority signs: one check, one model, one reason, one end."""

    format: Literal["certify/deviation/1"] = "certify/deviation/1"
    check: Identity
    check_digest: DigestText
    model: Mapping[Line, DigestText] = Field(min_length=1)
    reason: Reasons
    conditions: tuple[Words, ...] = Field(min_length=1)
    expires: Day
    granted_by: PrintedName
    key_kind: Literal["development"]
    meaning: Line
    signed_at: Instant


def grant(
    dossier: Dossier,
    key: SigningKey,
    *,
    check: str,
    reason: str,
    conditions: tuple[str, ...],
    expires: date,
    granted_by: str,
    at: datetime,
) -> bytes:
    """The signed deviation; raises `ValueError` for one that this dossier gives no ground for."""
    required = {c.id: c.value_digest for c in dossier.basis.required}
    if check not in required:
        raise ValueError(f"the dossier requires no check {check}")
    deviation = Deviation(
        check=check,
        check_digest=required[check],
        model=dict(dossier.protocol.committed("model")),
        reason=reason,
        conditions=conditions,
        expires=expires,
        granted_by=granted_by,
        key_kind="development",
        meaning=MEANING,
        signed_at=at,
    )
    defects = list(_defects(dossier, deviation, now=at))
    if defects:
        raise ValueError("; ".join(defects))
    return seal(deviation.to_bytes(), key, kind=KIND)


def open_deviation(
    data: bytes, key: PublicKey, dossier: Dossier, *, sealed: Sealed, now: datetime, source: str
) -> Deviation:
    """A deviation under this key that is in force for this dossier; raises `Tampered` for any other."""
    held = open_seal(data, key, source=source, kind=KIND)
    deviation = Deviation.from_bytes(canonical(held), source=source)
    if sealed.is_by(key, deviation.granted_by):
        raise Tampered(f"{source}: by whoever sealed the dossier: who measured grants nothing")
    defects = list(_defects(dossier, deviation, now=now))
    if defects:
        raise Tampered(f"{source}: {'; '.join(defects)}")
    return deviation


def uncovered(verdict: Verdict, deviations: Iterable[Deviation]) -> tuple[str, ...]:
    """The refusals for which nobody granted a deviation, and the required checks that have no finding."""
    covered = {deviation.check for deviation in deviations}
    refused = [judgement.check for judgement in verdict.refusals if judgement.check not in covered]
    return (*refused, *verdict.missing)


def _defects(dossier: Dossier, deviation: Deviation, *, now: datetime) -> Iterator[str]:
    required = {check.id: check.value_digest for check in dossier.basis.required}
    if required.get(deviation.check) != deviation.check_digest:
        yield "the deviation is from a check that the dossier does not require"
    if dict(deviation.model) != dict(dossier.protocol.committed("model")):
        yield "the deviation was granted for another model"
    if deviation.meaning != MEANING:
        yield "the signature has another meaning"
    if deviation.signed_at > now:
        yield "the deviation was signed in the future"
    if deviation.expires - deviation.signed_at.date() > LONGEST:
        yield f"the deviation runs for longer than {LONGEST.days} days"
    if deviation.expires < now.date():
        yield f"the deviation expired on {deviation.expires}"
    parties = (dossier.manifest.applicant.name, dossier.run.laboratory)
    if any(same_name(deviation.granted_by, party) for party in parties):
        yield "nobody grants a deviation to themselves"
