"""What a measurement leaves and what it read: files by name and digest."""

from __future__ import annotations

from dataclasses import dataclass

from certify.evidence import Measurement
from reports.language import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceView:
    """Bytes that the method produced."""

    name: str
    """Their name."""
    digest: str
    """Their digest: the member `evidence/<digest>` of the archive."""
    size: int
    """Their number."""
    media_type: str
    """What they are."""
    visibility: str
    """Who may see them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedView:
    """A file of the submission that the method read."""

    path: str
    """Its path in the submission."""
    digest: str
    """The digest of the bytes that were read."""


def evidence_of(result: Measurement, words: Words) -> tuple[EvidenceView, ...]:
    """The files that a method produced."""
    return tuple(
        EvidenceView(
            name=item.name,
            digest=str(item.digest),
            size=item.size,
            media_type=item.media_type,
            visibility=words.term(item.visibility),
        )
        for item in result.evidence
    )


def opened_of(result: Measurement) -> tuple[OpenedView, ...]:
    """The files of the submission that it read."""
    return tuple(OpenedView(path=opened.path, digest=str(opened.digest)) for opened in result.opened)
