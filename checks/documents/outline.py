"""The headings of a Markdown document, and what is written under each.

What is a heading is decided by a parser of CommonMark. Text in comments and in blocks of code is no writing,
nor are headings themselves, replacement texts of images, or addresses and titles of links. A heading inside a
quotation or a list divides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from checks.documents.writing import has_tags, without_comments

_SEEN = {"text": "", "code_inline": "", "softbreak": "\n", "hardbreak": "\n"}
"""The inline tokens that a reader sees as text, and what stands for those without any."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A heading with its level, and the text from there to the next heading of any level."""

    heading: str
    level: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """A document cut at its headings; what stands before the first one is left out."""

    passages: tuple[Passage, ...]
    html: bool
    """Whether HTML decides what a reader of the document sees."""

    def texts_under(self, heading: str) -> tuple[str, ...]:
        """For each time the heading occurs: the text up to the next heading of the same or a higher level."""
        wanted = one_spaced(heading)
        found = [index for index, passage in enumerate(self.passages) if passage.heading == wanted]
        return tuple("\n".join(self._texts_from(index)) for index in found)

    def _texts_from(self, index: int) -> Iterator[str]:
        level = self.passages[index].level
        yield self.passages[index].text
        for passage in self.passages[index + 1 :]:
            if passage.level <= level:
                return
            yield passage.text


def outline(text: str) -> Outline:
    """Cut a Markdown text at its headings.

    >>> [(p.heading, p.level, p.text) for p in outline("# Risks #\\n\\nNone.\\n\\nMore\\n----\\n").passages]
    [('Risks', 1, 'None.'), ('More', 2, '')]
    """
    tokens = MarkdownIt("commonmark").parse(text)
    starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    parts = [tokens[start:end] for start, end in pairwise([*starts, len(tokens)])]
    return Outline(passages=tuple(map(_passage, parts)), html=any(map(_is_html, _flat(tokens))))


def one_spaced(text: str) -> str:
    """A heading as it is compared: comments left out, one space wherever there is any."""
    return " ".join(without_comments(text).split())


def _passage(tokens: Sequence[Token]) -> Passage:
    opening, heading, *below = tokens
    return Passage(
        heading=one_spaced(heading.content),
        level=int(opening.tag.removeprefix("h")),
        text="\n".join(_written(below)),
    )


def _written(tokens: Sequence[Token]) -> Iterator[str]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and not (before and before.type == "heading_open"):
            yield "".join(child.content or _SEEN[child.type] for child in _seen(token))


def _seen(token: Token) -> Iterator[Token]:
    return (child for child in token.children or () if child.type in _SEEN)


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def _is_html(token: Token) -> bool:
    return token.type in ("html_block", "html_inline") and has_tags(token.content)
