"""Texts that a starter leaves to a person, and finding those that nobody has replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certify.errors import Problem
    from certify.strict_yaml import YamlDocument

REPLACE = "REPLACE"
"""The word that marks what has to be replaced; French text has it as well, so that one search finds all."""


def placeholders(document: YamlDocument) -> Iterator[Problem]:
    """The texts of a file that nobody has replaced, as one problem at the first of them."""
    found = [path for path, text in _texts(document.value, ()) if _PLACEHOLDER.search(text)]
    if found:
        lines = ", ".join(str(document.places[path][0]) for path in found)
        yield document.problem(
            found[0],
            expected="texts of yours",
            found=f"{REPLACE} on line {lines}" if len(found) == 1 else f"{REPLACE} on lines {lines}",
            remedy="Write a text of your own on each of these lines.",
            code="placeholder",
        )


_PLACEHOLDER = re.compile(rf"{REPLACE}\b|\breplace_me\b")


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from _texts(item, (*path, key))
    for index, item in enumerate(value) if isinstance(value, tuple) else ():
        yield from _texts(item, (*path, index))
