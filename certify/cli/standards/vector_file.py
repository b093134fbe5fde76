"""A vector file as people read it: numbers as numbers, and what fits on a line on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certify.standard import Check

WIDTH = 118
_NUMBERS = ("value", "lower", "upper", "confidence")


def vector_files(check: Check, open_values: Mapping[str, Any]) -> dict[str, str]:
    """The proposed vector files of a check, by name; `open_values` sets all that it leaves open."""
    from certify.submission.manifest import FACTS
    from certify.vector import OpenValues, filled, propose

    ready = filled(check, OpenValues.from_json(open_values))
    proposed = propose(ready, facts=FACTS)
    return {name: vector_file(ready, open_values, vectors) for name, vectors in proposed.items()}


def vector_file(check: Check, open_values: Mapping[str, Any], vectors: list[Any]) -> str:
    """One file: the question that the check asks, what stands for the basis, and the vectors."""
    value = {
        "format": "certify/vectors/1",
        "asked": _asked(check),
        "open_values": _open_values(check, open_values),
        "vectors": [_with_numbers(vector) for vector in vectors],
    }
    return text_of({key: part for key, part in value.items() if part}) + "\n"


def text_of(value: Any, indent: int = 0) -> str:
    """JSON with two spaces a level; a decimal is written out, and never with an exponent."""
    line = _on_a_line(value)
    if not isinstance(value, dict | list) or (indent + len(line) <= WIDTH and _short(value, indent)):
        return line
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {text_of(item, indent + 2)}" for key, item in value.items()]
    else:
        parts = [text_of(item, indent + 2) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{' ' * indent}{closing}"


def _short(value: Any, indent: int) -> bool:
    """What may stand on one line: everything deep down, and near the top only plain lists."""
    parts = value.values() if isinstance(value, dict) else value
    return indent > 2 or not any(isinstance(part, dict | list) for part in parts)


def _on_a_line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_on_a_line(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_on_a_line, value)) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _asked(check: Check) -> dict[str, Any]:
    from certify.vector.proposal import question

    asked = question(check)
    types = {name: parameter.type for name, parameter in check.method.parameters.items()}
    parameters = {name: _typed(types[name], value) for name, value in asked["parameters"].items()}
    return {**asked, "confidence": Decimal(asked["confidence"]), "parameters": parameters}


def _open_values(check: Check, values: Mapping[str, Any]) -> dict[str, Any]:
    known = {"parameters": check.method.parameters, "limits": check.limits}
    typed = {
        section: {name: _typed(known[section][name].type, value) for name, value in given.items()}
        for section, given in values.items()
    }
    return {section: given for section, given in typed.items() if given}


def _typed(kind: str, value: Any) -> Any:
    return Decimal(value) if kind in ("integer", "decimal") else value


_ORDER = ("name", "says", "statistic", "stratum", "value", "lower", "upper", "n")
"""Keys that come first, as a person would say them; the others follow as they are."""


def _with_numbers(part: Any, key: str = "") -> Any:
    """The same with texts that stand for numbers made numbers, where the form has numbers."""
    if isinstance(part, dict):
        names = sorted(part, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
        return {name: _with_numbers(part[name], name) for name in names if not _is_default(name, part)}
    if isinstance(part, list):
        return [_with_numbers(item) for item in part]
    return Decimal(part) if key in _NUMBERS and isinstance(part, str | Decimal) else part


def _is_default(name: str, part: Mapping[str, Any]) -> bool:
    """An estimate is statistical unless it says otherwise."""
    return name == "kind" and "statistic" in part and part[name] == "statistical"
