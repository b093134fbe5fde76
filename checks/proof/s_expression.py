"""Text in parentheses, as SMT-LIB writes it: words and lists of words, each with its place in the file.

Nothing here knows what a word means. A comment runs from a semicolon to the end of its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from certify.errors import Problem, UnusableInput

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_DEPTH: Final = 64
LONGEST_WORD: Final = 1000

_MARK: Final = re.compile(r"[()]|[^\s();]+|;[^\n]*|\n")


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between spaces and parentheses. Lines and columns count from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands in a pair of parentheses, with the place of the first."""

    items: tuple[Expression, ...]
    line: int
    column: int

    @property
    def head(self) -> str:
        """The first word, "" where there is none."""
        first = self.items[0] if self.items else None
        return first.text if isinstance(first, Word) else ""


Expression = Word | Listed


def read_expressions(data: bytes, source: str) -> tuple[Expression, ...]:
    """All expressions of a file, in order.

    Raises `UnusableInput` for a file that is too large, no text, too deep, or whose parentheses do not match.
    """
    text = _text(data, source)
    opened: list[tuple[list[Expression], int, int]] = [([], 0, 0)]
    line, start = 1, 0
    for found in _MARK.finditer(text):
        mark, column = found[0], found.start() - start + 1
        if mark == "\n":
            line, start = line + 1, found.end()
        elif mark == "(":
            if len(opened) > MOST_DEPTH:
                raise _unusable(
                    source, line, column, f"at most {MOST_DEPTH} parentheses in each other", "more"
                )
            opened.append(([], line, column))
        elif mark == ")":
            if len(opened) == 1:
                raise _unusable(source, line, column, "a parenthesis that closes an open one", ")")
            items, at, place = opened.pop()
            opened[-1][0].append(Listed(tuple(items), at, place))
        elif mark[0] != ";":
            if len(mark) > LONGEST_WORD:
                raise _unusable(
                    source, line, column, f"words of at most {LONGEST_WORD} letters", "a longer one"
                )
            opened[-1][0].append(Word(mark, line, column))
    if len(opened) > 1:
        _, at, place = opened[-1]
        raise _unusable(source, at, place, "a parenthesis that closes this one", "the end of the file")
    return tuple(opened[0][0])


def _text(data: bytes, source: str) -> str:
    if len(data) > MOST_BYTES:
        raise _unusable(source, None, None, f"at most {MOST_BYTES} bytes", f"{len(data)} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unusable(source, None, None, "text in UTF-8", f"byte {error.start} that is none") from error
    if "\0" in text:
        raise _unusable(source, text.count("\n", 0, text.index("\0")) + 1, None, "text", "a zero byte")
    return text


def _unusable(source: str, line: int | None, column: int | None, expected: str, found: str) -> UnusableInput:
    remedy = "Correct the file; VNN-LIB is written in the syntax of SMT-LIB."
    return UnusableInput(
        Problem(
            source=source,
            line=line,
            column=column,
            expected=expected,
            found=found,
            remedy=remedy,
            code="syntax",
        )
    )
