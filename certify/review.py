"""Reviews: what a person judges, with reasons, under a signature.

A check of mode human is not demonstrated by any program. Somebody with the competence that the check names
reads the sealed dossier, answers each of its questions with yes or no and why, and signs. A review is a file
beside the dossier, which stays as the laboratory sealed it; it speaks of exactly one dossier.

    {"format": "certify/review/1", "dossier": "sha256:...", "check": "eu.ai-act/residual-risk",
     "check_digest": "sha256:...", "task": "sha256:...", "seen": {"documents/risk.md": "sha256:..."},
     "opinions": [{"question": "...", "holds": true, "reasons": "..."}],
     "reviewer": {"name": "...", "competence": "...", "independence": "..."},
     "key_kind": "development", "meaning": "...", "signed_at": "2026-11-25T10:00:00+00:00"}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from certify.digest import Digest, canonical
from certify.dossier import Dossier
from certify.envelope import open_seal, seal
from certify.errors import Tampered
from certify.evidence import Measurement, Opened, Statement
from certify.key import PublicKey, SigningKey
from certify.standard import Check, Holds, Identity
from certify.strict_yaml.characters import FORBIDDEN
from certify.task import task_of
from certify.value import DigestText, Instant, Line, Prose, Value
from certify.verdict import Finding, Verdict, decide

KIND = "application/vnd.certify.review+json"
MEANING = "I have the competence that the check names, read what is listed as seen, and judge as written."
JUDGED = "judged"
"""The statement that a review makes of each question."""


def _in_words(text: str) -> str:
    """Text that says something to a reader, and nothing that a reader does not see."""
    if not any(map(str.isalpha, text)) or FORBIDDEN.search(text):
        raise ValueError("words, without hidden characters")
    return text


def _at_some_length(text: str) -> str:
    if len(" ".join(text.split())) < 20:
        raise ValueError("reasons of at least 20 characters, besides space")
    return text


PrintedName = Annotated[Line, AfterValidator(_in_words)]
"""What a signature prints under itself."""

Words = Annotated[Prose, AfterValidator(_in_words)]
"""Prose that somebody answers for."""

Reasons = Annotated[Words, AfterValidator(_at_some_length)]
"""Why somebody judges as they do."""


class Reviewer(Value):
    """Who judges, why they can, and what ties them to applicant or laboratory, or that nothing does."""

    name: PrintedName
    competence: Words
    independence: Words


class Opinion(Value):
    """The answer to one question of the check."""

    question: Line
    holds: bool
    reasons: Reasons


class Answers(Value):
    """What a reviewer writes before signing."""

    shown_by: ClassVar[str] = "`certify review draft` writes the questions."

    check: Identity
    reviewer: Reviewer
    opinions: tuple[Opinion, ...] = Field(min_length=1)


class Review(Value):
    """What a reviewer signs."""

    format: Literal["certify/review/1"] = "certify/review/1"
    dossier: DigestText
    check: Identity
    check_digest: DigestText
    task: DigestText
    seen: Mapping[Line, DigestText]
    opinions: tuple[Opinion, ...] = Field(min_length=1)
    reviewer: Reviewer
    key_kind: Literal["development"]
    meaning: Line
    signed_at: Instant


def questions(check: Check) -> tuple[str, ...]:
    """The questions of a check of mode human, in its order; empty for every other."""
    asked = check.method.parameters.get("questions") if check.mode == "human" else None
    return tuple(map(str, asked.value)) if asked is not None and isinstance(asked.value, tuple) else ()


def sign(dossier: Dossier, answers: Answers, key: SigningKey, *, at: datetime) -> bytes:
    """The signed review; raises `ValueError` for answers to no human check of the dossier."""
    check = _human_check(dossier, answers.check)
    review = Review(
        dossier=Digest.of(dossier.to_bytes()),
        check=check.id,
        check_digest=check.value_digest,
        task=task_of(check, dossier.submission).value_digest,
        seen=_to_be_seen(dossier, check),
        opinions=answers.opinions,
        reviewer=answers.reviewer,
        key_kind="development",
        meaning=MEANING,
        signed_at=at,
    )
    defects = list(_defects(dossier, check, review, now=at))
    if defects:
        raise ValueError("; ".join(defects))
    return seal(review.to_bytes(), key, kind=KIND)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """Who sealed a dossier: the printed name and the key. They judge it no further."""

    name: str
    key: Digest

    def is_by(self, key: PublicKey, name: str) -> bool:
        """Whether a paper under this key and name is by them as well."""
        return key.fingerprint == self.key or same_name(name, self.name)


def same_name(one: str, other: str) -> bool:
    """Whether two printed names are one to a reader, whatever their case, spaces and points."""
    first, second = (unicodedata.normalize("NFKC", name).casefold() for name in (one, other))
    return [c for c in first if c.isalnum()] == [c for c in second if c.isalnum()]


def open_review(
    data: bytes, key: PublicKey, dossier: Dossier, *, sealed: Sealed, now: datetime, source: str
) -> Review:
    """A review under this key that speaks of this dossier; raises `Tampered` for any other."""
    held = open_seal(data, key, source=source, kind=KIND)
    review = Review.from_bytes(canonical(held), source=source)
    if sealed.is_by(key, review.reviewer.name):
        raise Tampered(f"{source}: by whoever sealed the dossier: who measured does not judge")
    try:
        check = _human_check(dossier, review.check)
    except ValueError as error:
        raise Tampered(f"{source}: {error}") from error
    defects = list(_defects(dossier, check, review, now=now))
    if defects:
        raise Tampered(f"{source}: {'; '.join(defects)}")
    return review


def reviewed(dossier: Dossier, reviews: Iterable[Review]) -> Verdict:
    """The verdict with the reviews as findings. Of several on one check each must be in favour."""
    by_check: dict[str, list[Review]] = {}
    for review in reviews:
        by_check.setdefault(review.check, []).append(review)
    findings = tuple(
        _finding(finding.check, by_check[finding.check.id]) if finding.check.id in by_check else finding
        for finding in dossier.findings
    )
    return decide(findings, basis=dossier.basis, protocol=dossier.protocol)


def _human_check(dossier: Dossier, name: str) -> Check:
    check = next((check for check in dossier.basis.required if check.id == name), None)
    if check is None:
        raise ValueError(f"the dossier requires no check {name}")
    if check.mode != "human":
        raise ValueError(f"{name} is {check.mode}: no opinion of a person can stand in for that")
    if not set(questions(check)) <= set(_decisive(check)):
        raise ValueError(f"the criterion of {name} leaves questions out: no answer to them would refuse")
    return check


def _decisive(check: Check) -> Iterator[str]:
    """The questions of which the criterion of a check speaks."""
    for condition in check.criterion.all:
        if isinstance(condition, Holds) and condition.statement == JUDGED:
            yield from condition.for_every.resolve(check.method.parameters)


def _to_be_seen(dossier: Dossier, check: Check) -> dict[str, Digest]:
    """Every committed file to which the check binds its evidence."""
    groups = check.evidence.groups()
    return {path: digest for group in groups for path, digest in dossier.protocol.committed(group).items()}


def _defects(dossier: Dossier, check: Check, review: Review, *, now: datetime) -> Iterator[str]:
    if review.dossier != Digest.of(dossier.to_bytes()):
        yield "the review speaks of another dossier"
    if review.check_digest != check.value_digest:
        yield "the review answers another version of the check"
    if review.task != task_of(check, dossier.submission).value_digest:
        yield "the review answers other questions, or about another submission"
    if sorted(o.question for o in review.opinions) != sorted(questions(check)):
        yield "the opinions are not one for each question of the check"
    if review.seen != _to_be_seen(dossier, check):
        yield "what the reviewer saw is not what was committed"
    if review.meaning != MEANING:
        yield "the signature has another meaning"
    if not dossier.run.finished <= review.signed_at <= now:
        yield "the review was signed before the run was finished, or lies in the future"
    parties = (dossier.manifest.applicant.name, dossier.run.laboratory)
    if any(same_name(review.reviewer.name, party) for party in parties):
        yield "the reviewer is the applicant or the laboratory"


def _finding(check: Check, reviews: list[Review]) -> Finding:
    """The opinions as evidence of kind human: a question is answered well only if every reviewer says so."""
    return Finding(
        check=check,
        result=Measurement(
            task=reviews[0].task,
            method=check.method.name,
            version=check.method.version,
            observed=False,
            statements=tuple(_statement(question, reviews) for question in questions(check)),
            opened=tuple(Opened(path=path, digest=digest) for path, digest in reviews[0].seen.items()),
        ),
    )


def _statement(question: str, reviews: list[Review]) -> Statement:
    said = [(r.reviewer.name, o) for r in reviews for o in r.opinions if o.question == question]
    against = [(name, opinion) for name, opinion in said if not opinion.holds]
    name, opinion = (against or said)[0]
    return Statement(
        name=JUDGED,
        subject=question,
        holds=not against,
        kind="human",
        explanation=f"{name}: {opinion.reasons}",
    )
