"""Whether every kind of document that the basis requires is there and has something in it."""

from __future__ import annotations

from certify.evidence import Statement
from checks.documents.writing import defect_of
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject
from checks.table import Table

_THERE = "is there and not hollow (what it says was not read)"


def complete(
    subject: Subject, data: Table | None, confidence: Confidence, *, kinds: tuple[str, ...]
) -> Measured:
    """States `document_present` for each of `kinds`: documents of that kind exist, and none is hollow.

    A Markdown document needs a line besides headings, a PDF its first and last mark, a page and a kilobyte;
    what stands in either is not read. Raises `CannotMeasure` where no kind is asked for, and where the bytes
    of a document changed.
    """
    if not kinds:
        raise CannotMeasure("no kind of document is asked for")
    return Measured(statements=tuple(_presence(subject, kind) for kind in dict.fromkeys(kinds)))


def _presence(subject: Subject, kind: str) -> Statement:
    paths = [document.file for document in subject.manifest.documents if document.kind == kind]
    documents = subject.documents
    defects = {path: defect_of(path, documents[path]) for path in paths}
    found = "; ".join(f"{path} {defect or _THERE}" for path, defect in list(defects.items())[:50])
    return Statement(
        name="document_present",
        subject=kind,
        holds=bool(paths) and not any(defects.values()),
        kind="document",
        explanation=found or "the submission names no document of this kind",
    )
