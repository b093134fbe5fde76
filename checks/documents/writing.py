"""What a document says to whoever reads it, as far as a program can tell.

Decides whether a file is a Markdown text with something in it, or a PDF with a page; whether what it says is
right, clear or enough is for people to judge. What no reader sees says nothing: comments, addresses and
titles of links, replacement texts of images, the word after a code fence. Nor does a placeholder, such as
"TODO"; only a few words are known to be one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

SMALLEST_PDF = 1024
"""Bytes: a page with a line of text, its font and its table of objects take about so many."""

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_STREAMS = 1000
_MOST_UNPACKED = 1 << 20

_UNSEEN = (
    re.compile(r"!\[[^\]\n]*\]"),
    re.compile(r"(?<=\])\((?:\"[^\"]*\"|'[^']*'|\([^()]*\)|[^()\"'])*\)"),
    re.compile(r"^[ \t>*+\-0-9.)]*\[[^\]]{1,1000}\]:.*(?:\n.*\S.*)*", re.MULTILINE),
    re.compile(r"^ {0,3}(?:`{3,}|~{3,}).*$", re.MULTILINE),
)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<[!?]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"(?<!\w)(?:todo|tbd|tba|fixme|n/a|none yet|x{3,}|à faire|à compléter)(?!\w)", re.IGNORECASE
)
_LETTERS_OF_A_WORD = 3
_ATX_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_SETEXT_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")


def is_pdf(path: str) -> bool:
    """Whether the path is that of a PDF; the other documents are Markdown."""
    return path.lower().endswith(".pdf")


def says_something(text: str | None) -> bool:
    """Whether a text holds a word of three letters besides placeholders; what it says is not judged.

    >>> says_something("None is known."), says_something("TODO"), says_something("- n/a")
    (True, False, False)
    """
    words = _PLACEHOLDER.sub(" ", text or "").split()
    return any(sum(map(str.isalpha, word)) >= _LETTERS_OF_A_WORD for word in words)


def names_something(text: str | None) -> bool:
    """Whether a name, number or code stands there besides placeholders, however short.

    >>> names_something("5(b)"), names_something("CC0-1.0"), names_something("TBD"), names_something("-")
    (True, True, False, False)
    """
    return _has_word(_PLACEHOLDER.sub(" ", text or ""))


def count_words(text: str) -> int:
    """How many words and numbers a text has."""
    return sum(map(_has_word, text.split()))


def without_comments(text: str) -> str:
    """A text without its HTML comments; one that is not closed reaches to the end."""
    return _COMMENT.sub("", text)


def has_tags(text: str) -> bool:
    """Whether there is HTML other than comments in a text."""
    return _TAG.search(without_comments(text)) is not None


def visible_text(data: bytes) -> str | None:
    """A Markdown document without what its reader does not see; None where the bytes are no UTF-8 text.

    What HTML hides is not left out: see `depends_on_rendering`.

    >>> visible_text(b"[0.99](x '0.88') <!-- 0.77 -->")
    '[0.99] '
    """
    try:
        text = without_comments(data.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    for unseen in _UNSEEN:
        text = unseen.sub("", text)
    return text


def depends_on_rendering(data: bytes) -> bool:
    """Whether only a program that renders a Markdown document knows what is seen: HTML, or odd links.

    >>> depends_on_rendering(b"<span hidden>0.88</span>"), depends_on_rendering(b"[0.99](x (0.88")
    (True, True)
    >>> depends_on_rendering(b"a < b, <https://example.org>, [0.99](x)")
    False
    """
    text = visible_text(data) or ""
    return _TAG.search(text) is not None or "](" in text


def defect_of(path: str, data: bytes) -> str | None:
    """Why the bytes cannot be a document of their kind; None where nothing was found."""
    if not data:
        return "is empty"
    return _pdf_defect(data) if is_pdf(path) else _markdown_defect(data)


def _pdf_defect(data: bytes) -> str | None:
    if not data.startswith(b"%PDF-"):
        return "does not begin as a PDF does, with %PDF-"
    if b"%%EOF" not in data:
        return "does not end as a PDF does, with %%EOF"
    if len(data) < SMALLEST_PDF:
        return f"has {len(data)} bytes, too few for a page with something on it"
    return None if any(_PAGE.search(part) for part in _pdf_parts(data)) else "is a PDF without a page"


def _pdf_parts(data: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what unpacks from its streams, where newer PDFs keep their objects."""
    yield data
    for number, start in enumerate(_STREAM.finditer(data)):
        if number == _MOST_STREAMS:
            return
        try:
            yield zlib.decompressobj().decompress(
                data[start.end() : start.end() + _MOST_UNPACKED], _MOST_UNPACKED
            )
        except zlib.error:
            continue


def _markdown_defect(data: bytes) -> str | None:
    text = visible_text(data)
    if text is None:
        return "is no text in UTF-8"
    return (
        None if _has_more_than_headings(text) else "has no line with a word or number in it besides headings"
    )


def _has_more_than_headings(text: str) -> bool:
    lines = text.splitlines()
    following = [*lines[1:], ""]
    return any(
        _has_word(line) and not _ATX_HEADING.match(line) and not _SETEXT_UNDERLINE.fullmatch(below)
        for line, below in zip(lines, following, strict=True)
    )


def _has_word(line: str) -> bool:
    return any(character.isalnum() for character in line)
