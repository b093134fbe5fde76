"""What broke the form of a text, in the words of somebody who writes YAML and never read its grammar."""

from __future__ import annotations

from typing import Final

import yaml

from certify.errors import Problem
from certify.strict_yaml.explanation import shortened

_CAUSES: Final = (
    ("found character that cannot start any token", "a character that cannot stand there", "Quote the text."),
    (
        "mapping values are not allowed",
        "a colon and a space inside a text without quotes, or a line that is indented too far",
        "Put the text in quotes, or indent the line like the key above it.",
    ),
    (
        "did not find expected key",
        "a line that does not begin where its neighbours begin, or something after a closing quote",
        "Indent it like the keys beside it; inside '...' write '' for an apostrophe.",
    ),
    (
        "could not find expected ':'",
        "a key without its colon, or a quote that is never closed",
        "Write `key: value`, and close every quote.",
    ),
    (
        "found unexpected end of stream",
        "the end of the file inside a text in quotes",
        "Close the quote that is still open.",
    ),
    (
        "did not find expected ',' or",
        "something after a closing quote, or brackets that are not closed or lack a comma",
        "Inside '...' write '' for an apostrophe; close brackets, with a comma between two entries.",
    ),
    (
        "did not find expected node content",
        "a comma, bracket or other sign where a value should stand",
        "Remove it, or write the value.",
    ),
    (
        "block sequence entries are not allowed",
        "a list entry (`- `) where none can stand",
        "Begin the list on a line of its own, indented under its key.",
    ),
    (
        "did not find expected '-' indicator",
        "a line among the entries of a list that does not begin with `- `",
        "Begin it with `- `, or indent it as a part of the entry above.",
    ),
)
"""Messages of the library, what they mean, and what to do. They name the place where it gave up."""


def syntax_problem(error: yaml.YAMLError, *, source: str, lines: list[str], key: str) -> Problem:
    """An error of the library as a located problem; errors of its reader know no line."""
    marked = error if isinstance(error, yaml.MarkedYAMLError) else yaml.MarkedYAMLError(problem=str(error))
    mark = marked.problem_mark or marked.context_mark
    row = _row(lines, mark.line) if mark else 0
    line = lines[row] if mark and row < len(lines) else ""
    found, remedy = _cause(marked.problem or marked.context or "", _indentation(line))
    return Problem(
        source=source,
        line=row + 1 if mark else None,
        column=(mark.column + 1 if row == mark.line else 1) if mark else None,
        key=key,
        expected="well-formed YAML",
        found=f"{found}: `{shortened(line.strip())}`" if line.strip() else found,
        remedy=f"{remedy} If this line is right, look at the one above.",
        code="syntax",
    )


def _row(lines: list[str], row: int) -> int:
    """The line that is meant: the one above, if only that is indented with something else than spaces."""
    odd = [bool(_indentation(lines[r]).strip(" ")) if 0 <= r < len(lines) else False for r in (row - 1, row)]
    return row - 1 if odd == [True, False] else row


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _cause(message: str, indentation: str) -> tuple[str, str]:
    if "\t" in indentation:
        return "a tab in the indentation", "Indent with spaces: two for each level."
    if indentation.strip(" "):
        return "a space in the indentation that is none of the keyboard's", "Delete it, and type spaces."
    for beginning, found, remedy in _CAUSES:
        if message.startswith(beginning):
            return found, remedy
    return message or "something else", "Correct the syntax; indentation and quotes are the usual causes."
