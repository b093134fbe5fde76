"""What a document says to whoever reads it, as far as a program can tell.

Decides whether a file is a Markdown text with something in it, or a PDF; whether what it says is right, clear
or enough is for people to judge. Text that no reader sees (HTML comments) says nothing.
"""

from __future__ import annotations

import re

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ATX_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_SETEXT_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")


def is_pdf(path: str) -> bool:
    """Whether the path is that of a PDF; the other documents are Markdown."""
    return path.lower().endswith(".pdf")


def visible_text(data: bytes) -> str | None:
    """A Markdown document without its comments; None where the bytes are no UTF-8 text."""
    try:
        return _COMMENT.sub("", data.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def defect_of(path: str, data: bytes) -> str | None:
    """Why the bytes cannot be a document of their kind; None where nothing was found."""
    if not data:
        return "is empty"
    return _pdf_defect(data) if is_pdf(path) else _markdown_defect(data)


def _pdf_defect(data: bytes) -> str | None:
    if not data.startswith(b"%PDF-"):
        return "does not begin as a PDF does, with %PDF-"
    return None if b"%%EOF" in data else "does not end as a PDF does, with %%EOF"


def _markdown_defect(data: bytes) -> str | None:
    text = visible_text(data)
    if text is None:
        return "is no text in UTF-8"
    return None if _says_something(text) else "has no line with a word or number in it besides headings"


def _says_something(text: str) -> bool:
    lines = text.splitlines()
    following = [*lines[1:], ""]
    return any(
        _has_word(line) and not _ATX_HEADING.match(line) and not _SETEXT_UNDERLINE.fullmatch(below)
        for line, below in zip(lines, following, strict=True)
    )


def _has_word(line: str) -> bool:
    return any(character.isalnum() for character in line)
