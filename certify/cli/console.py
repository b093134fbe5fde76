"""How commands speak: to people on a terminal, to machines in JSON, and about what went wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import IntEnum
from typing import Annotated, Any

import typer

from certify.errors import CertifyError, Problem


class Exit(IntEnum):
    """What the exit code of a command means."""

    CONFORMING = 0
    NON_CONFORMING = 1
    UNUSABLE_INPUT = 2
    OUR_FAILURE = 3


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def wants_json() -> bool:
    """Whether this command was asked for JSON; also known where its options could not be read."""
    return "--json" in sys.argv[1:]


def print_json(value: Any) -> None:
    """One JSON object on standard output; what a terminal would obey, reorder or not know is escaped."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    print("".join(c if c == "\n" or _can_be_shown(c) else json.dumps(c)[1:-1] for c in text))


def _can_be_shown(character: str) -> bool:
    return character.isprintable() and bool(character.encode(sys.stdout.encoding, errors="ignore"))


def print_problems(problems: Sequence[Problem], error: CertifyError) -> None:
    """Every defect of the input, each with its place, or else the one thing that went wrong."""
    if wants_json():
        print_json(
            {"error": type(error).__name__, "problems": [_as_json(p) for p in problems], "text": str(error)}
        )
        return
    if not problems:
        print(f"{type(error).__name__}: {visible(str(error))}", file=sys.stderr)
    for problem in problems:
        key = f" {problem.key}" if problem.key else ""
        print(visible(f"{problem.place}:{key}"), file=sys.stderr)
        print(visible(f"    expected {problem.expected}"), file=sys.stderr)
        print(visible(f"    found    {problem.found}"), file=sys.stderr)
        print(visible(f"    {problem.remedy}"), file=sys.stderr)
    if len(problems) > 1:
        print(f"{len(problems)} problems.", file=sys.stderr)


def _as_json(problem: Problem) -> dict[str, Any]:
    names = ("code", "source", "line", "column", "key", "expected", "found", "remedy")
    return {name: getattr(problem, name) for name in names}


def visible(text: str) -> str:
    """Text from strangers as a terminal may show it: no escape sequence, no reordering, one line."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
