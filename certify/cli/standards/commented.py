"""YAML with a comment before the first line on which a key occurs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./= -]*[A-Za-z0-9]")
_TYPED = re.compile(r"(?i)(y|n|yes|no|on|off|true|false|null)")


_NAMED = ("parameters", "limits", "methods")
"""Keys beneath which names stand that somebody chose, be they spelled like a key of the form."""


class Commented:
    """Writes plain values as block YAML, lists of plain values on one line; each key is explained once."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self._comments = dict(comments)

    def text(self, value: Mapping[str, Any]) -> str:
        """The whole document; keys that do not occur are explained at its end."""
        lines = [*self._mapping(value, ""), *self._unused()]
        return "\n".join(lines) + "\n"

    def _unused(self) -> Iterator[str]:
        if self._comments:
            yield "# Keys that are not used above:"
        for key, comment in self._comments.items():
            first, *others = comment.splitlines()
            yield f"#   {key}: {first}"
            yield from (f"#     {line}" for line in others)

    def _mapping(self, value: Mapping[str, Any], indent: str, *, named: bool = False) -> Iterator[str]:
        """Lines of a mapping; where its keys are `named` by the method, they are none of the form's."""
        for key, item in value.items():
            for line in [] if named else self._comments.pop(key, "").splitlines():
                yield f"{indent}# {line}"
            yield from self._entry(key, item, indent)

    def _entry(self, key: str, item: Any, indent: str) -> Iterator[str]:
        if isinstance(item, Mapping):
            yield f"{indent}{key}:"
            yield from self._mapping(item, f"{indent}  ", named=key in _NAMED)
        elif isinstance(item, list | tuple) and any(isinstance(part, Mapping) for part in item):
            yield f"{indent}{key}:"
            for part in item:
                yield from self._element(part, f"{indent}  ")
        else:
            yield f"{indent}{key}: {_scalar(item)}"

    def _element(self, part: Mapping[str, Any], indent: str) -> Iterator[str]:
        """One element of a list; comments stand before its dash."""
        lines = list(self._mapping(part, f"{indent}  "))
        first = next(place for place, line in enumerate(lines) if not line.lstrip().startswith("#"))
        for place, line in enumerate(lines):
            if place == first:
                yield f"{indent}- {line.lstrip()}"
            else:
                yield line if place > first else f"{indent}{line.lstrip()}"


def _scalar(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_scalar, value))}]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not _TYPED.fullmatch(value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value)
