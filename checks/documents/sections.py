"""Whether the documents have the sections that the basis asks for, and whether anything is written in them.

The vendor names in the manifest the heading under which each topic stands. Whether what stands there is about
the topic, or true, nobody judges here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from certify.evidence import Statement
from certify.submission.objective import Document, DocumentKind
from checks.documents.outline import Outline, outline
from checks.documents.writing import count_words, is_pdf, says_something
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject
from checks.table import Table

Outlines = Mapping[str, Outline | str]
"""The documents of the kind that is asked for, by path: the outline of each, or why it has none."""


class _NoSection(Exception):
    """Why a section cannot be found."""


def sections(
    subject: Subject, data: Table | None, confidence: Confidence, *, kind: str, topics: tuple[str, ...]
) -> Measured:
    """States `section_written` for each of `topics`: a document of `kind` has the section, with words in it.

    The heading that the manifest names must occur exactly once in a Markdown document without HTML; headings,
    comments and blocks of code are no words of a section. Raises `CannotMeasure` where no topic is asked for,
    where there is no such kind of document, and where the bytes of a document changed.
    """
    if not topics:
        raise CannotMeasure("no topic is asked for")
    if kind not in get_args(DocumentKind):
        raise CannotMeasure(f"{kind} is no kind of document; known are {', '.join(get_args(DocumentKind))}")
    documents = subject.documents  # all are read, since evidence about documents is bound to all
    outlines = {
        document.file: _outline_of(document.file, documents[document.file])
        for document in subject.manifest.documents
        if document.kind == kind
    }
    return Measured(
        statements=tuple(_section(subject, kind, topic, outlines) for topic in dict.fromkeys(topics))
    )


def _outline_of(path: str, data: bytes) -> Outline | str:
    if is_pdf(path):
        return "cannot be searched for headings: only Markdown can"
    try:
        found = outline(data.decode("utf-8"))
    except UnicodeDecodeError:
        return "is no text in UTF-8"
    return "cannot be searched: HTML tags decide what a reader of it sees" if found.html else found


def _section(subject: Subject, kind: str, topic: str, outlines: Outlines) -> Statement:
    place = subject.manifest.section_on(topic)
    if place is None:
        return _statement(topic, False, "the manifest names no section for this topic")
    document, heading = place
    where = f'{document.file}, "{heading}"'
    try:
        text = _text_of(document, heading, kind, outlines)
    except _NoSection as missing:
        return _statement(topic, False, f"{where}: {missing}")
    if not says_something(text):
        return _statement(topic, False, f"{where}: nothing stands there besides headings and placeholders")
    return _statement(
        topic, True, f"{where}: {count_words(text)} words stand there; what they say was not read"
    )


def _text_of(document: Document, heading: str, kind: str, outlines: Outlines) -> str:
    if document.kind != kind:
        raise _NoSection(f"the document is declared as {document.kind}, and {kind} is asked for")
    found = outlines[document.file]
    if isinstance(found, str):
        raise _NoSection(f"the document {found}")
    texts = found.texts_under(heading)
    if len(texts) != 1:
        raise _NoSection(f"this heading occurs {len(texts)} times in the document, and once is asked for")
    return texts[0]


def _statement(topic: str, holds: bool, explanation: str) -> Statement:
    return Statement(
        name="section_written", subject=topic, holds=holds, kind="document", explanation=explanation
    )
