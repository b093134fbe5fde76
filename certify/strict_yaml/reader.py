"""From events to plain values, one event at a time, noting every violation of the profile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import yaml

from certify.errors import Problem
from certify.strict_yaml.characters import FORBIDDEN
from certify.strict_yaml.document import MAX_PROBLEMS, Path, spell
from certify.strict_yaml.explanation import shortened, shown
from certify.strict_yaml.syntax import syntax_problem

MAX_DEPTH: Final = 32
MAX_NODES: Final = 50_000
MAX_INTEGER: Final = (1 << 53) - 1
MAX_DIGITS: Final = 40


_INTEGER = re.compile(r"-?(0|[1-9][0-9]*+)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*+)\.[0-9]++")
_AMBIGUOUS = re.compile(
    r"""
      ~ | = | <<                                             # null, value, merge
    | (?i:y|n|yes|no|on|off|true|false|null)                 # Norway and its neighbours
    | [-+]?0[0-9_]++ | [-+]?0[oxb][0-9a-fA-F_]++             # octal, hexadecimal, binary
    | [-+]?[0-9][0-9_]*+(?::[0-5]?[0-9])++(\.[0-9_]*+)?      # sexagesimal
    | [-+]?(\.[0-9_]++|[0-9][0-9_]*+(\.[0-9_]*+)?)([eE][-+]?[0-9]++)?   # 1_000, +1, .5, 1., 1e-2
    | [-+]?\.(?i:inf) | \.(?i:nan)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt\s].*+)?             # dates and times
    """,
    re.VERBOSE,
)
"""Possessive throughout (`++`): with backtracking, 20,000 digits and a letter took nine seconds."""


_NO_VALUE = 'Write the value there or indented below; [] is an empty list, "" an empty text, null none.'


class TooLarge(Exception):
    """Stops reading at once: too much was read, or too much found wrong, for the rest to be worth parsing."""


@dataclass(slots=True)
class _Frame:
    """A mapping or sequence that is still open."""

    path: Path
    value: dict[str, Any] | list[Any]
    key: str | None = None

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None

    def next_path(self) -> Path:
        if isinstance(self.value, dict):
            return (*self.path, self.key or "")
        return (*self.path, len(self.value))

    def put(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        else:
            self.value[self.key or ""] = value
            self.key = None


@dataclass(slots=True)
class Reader:
    """Builds plain values from events and notes every violation on the way."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _frames: list[_Frame] = field(default_factory=list)
    _documents: list[Any] = field(default_factory=list)
    _nodes: int = 0

    def root(self) -> Any:
        """The value of the one document."""
        return self._documents[0]

    def take(self, event: Any) -> None:
        """Digest the next event."""
        if isinstance(event, yaml.AliasEvent):
            found = f"*{shortened(event.anchor or '')}"
            self._refuse(event, "alias", "no aliases", found, "Write the value out.")
            self._scalar(event, "")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            frame = self._frames.pop()
            self._close(tuple(frame.value) if isinstance(frame.value, list) else frame.value)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.StreamEndEvent) and not self._documents and not self.problems:
            self._refuse(event, "empty-document", "a document", "an empty file", "Start from `certify init`.")

    def _document(self, event: Any) -> None:
        if self._documents:
            remedy = "Keep one document per file."
            self._refuse(event, "second-document", "one document", "a second one", remedy)
        if event.version or event.tags:
            self._refuse(event, "directive", "no directives", "a line that begins with %", "Remove it.")

    def refuse_syntax(self, error: yaml.YAMLError, lines: list[str]) -> None:
        """An error of the library, at the key at which it gave up."""
        key = spell(self._frames[-1].path) if self._frames else ""
        self.problems.append(syntax_problem(error, source=self.source, lines=lines, key=key))

    def _node(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(event, "too-many-values", f"at most {MAX_NODES} values", "more", "Split the file.")
            raise TooLarge
        if event.anchor:
            found = f"&{shortened(event.anchor)}"
            self._refuse(event, "anchor", "no anchors", found, "Write the value out.")
        if event.tag:
            remedy = "Remove the tag; types follow from the key."
            self._refuse(event, "tag", "no tags", shortened(event.tag), remedy)
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_hidden(event)
            self._scalar(event, self._resolve(event))
        else:
            self._open(event, {} if isinstance(event, yaml.MappingStartEvent) else [])

    def _refuse_hidden(self, event: Any) -> None:
        """An escape, which only double quotes know, must not bring in what the text itself may not hold."""
        hidden = FORBIDDEN.search(event.value) if event.style == '"' else None
        if hidden:
            found = f"an escape for the character U+{ord(hidden.group()):04X}"
            remedy = "Delete it; it hides or reorders what a reader sees."
            self._refuse(event, "hidden-character", "printable text", found, remedy)

    def _open(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        if len(self._frames) >= MAX_DEPTH:
            self._refuse(event, "too-deep", f"at most {MAX_DEPTH} levels", "deeper nesting", "Flatten it.")
            raise TooLarge
        if self._frames and self._frames[-1].awaits_key:
            self._refuse(event, "key", "a word as key", "a list or mapping as key", "Use plain keys.")
            self._frames[-1].key = ""
        path = self._frames[-1].next_path() if self._frames else ()
        self.places.setdefault(path, _start(event))
        self._frames.append(_Frame(path, value))

    def _close(self, value: Any) -> None:
        if self._frames:
            self._frames[-1].put(value)
        else:
            self._documents.append(value)

    def _scalar(self, event: Any, value: Any) -> None:
        if not self._frames:
            self.places[()] = _start(event)
            self._documents.append(value)
        elif self._frames[-1].awaits_key:
            self._take_key(event, value)
        else:
            self.places.setdefault(self._frames[-1].next_path(), _start(event))
            self._frames[-1].put(value)

    def _take_key(self, event: Any, key: Any) -> None:
        frame = self._frames[-1]
        frame.key = str(key)
        if not isinstance(key, str):
            self._refuse(event, "key", "a word as key", shown(key), "Put it in quotes.")
        elif key in frame.value:
            line = self.places[(*frame.path, key)][0]
            found = f'"{shortened(key)}" again (first on line {line})'
            self._refuse(event, "duplicate-key", "each key once", found, "Keep one of the two.")
        self.places.setdefault((*frame.path, frame.key), _start(event))

    def _resolve(self, event: Any) -> Any:
        """The value of a scalar: quoted is text; plain is typed only if nobody could disagree."""
        text: str = event.value
        if event.style:  # quoted or block: text, whatever it looks like (plain is "" or None)
            return text
        if text in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text]
        if _INTEGER.fullmatch(text):
            return self._integer(event, text)
        if _DECIMAL.fullmatch(text):
            return self._decimal(event, text)
        if not text:
            self._refuse(event, "no-value", "a value", "nothing", _NO_VALUE)
        elif _AMBIGUOUS.fullmatch(text):
            expected = "a word that every YAML and JSON reader types alike"
            remedy = "Put it in quotes, or write a plain decimal number."
            self._refuse(event, "ambiguous-word", expected, shortened(text), remedy)
        return text

    def _integer(self, event: Any, text: str) -> int:
        if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
            self._refuse(event, "number-size", "an integer within 2**53", shown(text), "Use a larger unit.")
            return 0
        return int(text)

    def _decimal(self, event: Any, text: str) -> Decimal:
        if len(text) > MAX_DIGITS:
            expected, remedy = f"at most {MAX_DIGITS} characters", "Round it, or use a larger unit."
            self._refuse(event, "number-size", expected, shown(text), remedy)
            return Decimal(0)
        return Decimal(text)

    def _refuse(self, event: Any, code: str, expected: str, found: str, remedy: str) -> None:
        line, column = _start(event)
        self.problems.append(
            Problem(
                source=self.source,
                line=line,
                column=column,
                key=spell(self._frames[-1].next_path()) if self._frames else "",
                expected=expected,
                found=found,
                remedy=remedy,
                code=code,
            )
        )
        if len(self.problems) == MAX_PROBLEMS:
            raise TooLarge


def _start(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
