"""What the templates receive: one documented value, in which nothing is left to compute or decide.

Every part has its own file and its own dataclasses, each field documented there; a test holds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from certify.dossier import Dossier
from certify.verdict import Finding
from reports.finding import FindingView, finding_view
from reports.first_page import FirstPage, first_page
from reports.gallery import Evidence
from reports.language import Language, words
from reports.matrix import Matrix, matrix
from reports.picture import Picture
from reports.record import Record, record
from reports.surroundings import surroundings


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A whole report in one language."""

    language: Language
    """The language of its fixed text."""
    texts: Mapping[str, str]
    """The fixed text by key."""
    style_digest: str
    """SHA-256 of the style sheet in base64, the only thing that the page may load."""
    notes: tuple[str, ...]
    """How to read numbers, and what is not translated."""
    first_page: FirstPage
    """What was decided."""
    matrix: Matrix
    """Every required check at a glance."""
    surroundings: tuple[Picture, ...]
    """What is known of decisions beside the cases, over all findings."""
    findings: tuple[FindingView, ...]
    """Reproducible findings in the order of the matrix."""
    observed: tuple[FindingView, ...]
    """Observed findings in the same order."""
    record: Record
    """Where, when, by whom and on which bytes."""


def report_of(dossier: Dossier, evidence: Evidence, *, language: Language, style_digest: str) -> Report:
    """The report of a dossier and of the evidence that it names, by digest."""
    ours = words(language)
    table = matrix(dossier, ours)
    order = [row.check for row in table.rows]
    notes = ("number_note",) if language == "en" else ("number_note", "english_note")
    return Report(
        language=language,
        texts=ours.texts,
        style_digest=style_digest,
        notes=tuple(map(ours.say, notes)),
        first_page=first_page(dossier, ours),
        matrix=table,
        surroundings=surroundings(dossier, ours),
        findings=tuple(
            finding_view(f, dossier, evidence, ours) for f in _ordered(dossier.reproducible, order)
        ),
        observed=tuple(finding_view(f, dossier, evidence, ours) for f in _ordered(dossier.observed, order)),
        record=record(dossier, ours),
    )


def _ordered(findings: Iterable[Finding], order: list[str]) -> list[Finding]:
    """In the order of the matrix; a finding that the basis does not require comes last."""
    place = {check: index for index, check in enumerate(order)}
    return sorted(findings, key=lambda f: (place.get(f.check.id, len(order)), f.check.id))
