"""What pydantic says of a defect, in the words of somebody who writes YAML: expected, found, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

CORRECT: Final = "Correct the value."


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """A defect in words. `below` is a key under the place that pydantic names, where it names too little."""

    expected: str
    found: str
    remedy: str
    code: str = "value"
    below: tuple[str, ...] = ()


def explained(detail: Any, known: Collection[str], guide: str) -> Explanation:
    """A defect explained; `known` are the keys at its place, `guide` says where all of them are explained."""
    kind = detail["type"]
    if kind == "missing":
        return _missing(detail, guide)
    if kind == "extra_forbidden":
        key = str(detail["loc"][-1])
        return Explanation(
            expected="no such key",
            found=f'the unknown key "{shortened(key)}"',
            remedy=did_you_mean(key, known) or "Remove it, or correct its spelling.",
            code="unknown-key",
        )
    if kind in ("union_tag_invalid", "literal_error"):
        return _none_of_the_words(detail)
    if kind == "too_short":
        expected, actual = f"at least {detail['ctx']['min_length']}", str(detail["ctx"]["actual_length"])
        return Explanation(expected=expected, found=actual, remedy="Add what lacks.")
    expected, remedy = _in_words(detail, known)
    return Explanation(expected=expected, found=shown(detail["input"]), remedy=remedy)


def did_you_mean(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant, as a question; empty if none is near."""
    near = nearest(word, known)
    return f'Did you mean "{near}"?' if near else ""


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that was probably meant; empty if none is near."""
    return next(iter(difflib.get_close_matches(shortened(word), known, n=1)), "")


def _missing(detail: Any, guide: str) -> Explanation:
    key = detail["loc"][-1]
    if isinstance(key, int):
        return Explanation(
            expected=f"a list of at least {key + 1}",
            found=f"{len(detail['input'])}",
            remedy="Add what lacks.",
            code="missing-key",
        )
    return Explanation(
        expected=f'the key "{key}"', found="nothing", remedy=f"Add it; {guide}", code="missing-key"
    )


def _none_of_the_words(detail: Any) -> Explanation:
    """A word from a closed list; of a union it is the one that says which form is meant."""
    context = detail["ctx"]
    words = context.get("expected_tags") or context["expected"]
    found = context.get("tag", detail["input"])
    key = (context["discriminator"].strip("'"),) if "discriminator" in context else ()
    return Explanation(
        expected=words,
        found=shown(found),
        remedy=did_you_mean(str(found), [word.strip("'") for word in words.replace(" or ", ", ").split(", ")])
        or CORRECT,
        below=key,
    )


_PATTERNS: Final[Mapping[str, str]] = {
    r"^\d+\.\d+\.\d+$": 'three whole numbers in quotes, such as "1.0.0"',
    r"^[a-z][a-z0-9-]*\.json$": "the name of a file under vectors/, such as refused.json, without a folder",
    r"^[a-z][a-z0-9_]{0,62}$": "a name in lower-case letters, digits and underscores",
    r"^[a-z_]+\.[a-z_]+$": "a method as area.name; `certify measure --list` shows all",
    r"^expect_[a-z_]+$": "a rule of Great Expectations, which begins with expect_",
    r"^[a-z][a-z0-9.-]*/[a-z][a-z0-9-]*$": "namespace/name in lower case, such as acme/leaks-are-found",
}
"""Patterns of the forms that standards are written in, as people would say them."""

_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "tuple_type": ("a list", "Write [one, another], or each on a line of its own that begins with `- `."),
    "list_type": ("a list", "Write [one, another], or each on a line of its own that begins with `- `."),
    "mapping_type": ("names with values", "Write each as `name: value` on an indented line of its own."),
    "dict_type": ("names with values", "Write each as `name: value` on an indented line of its own."),
    "string_type": ("a text", "Put it in quotes."),
    "int_type": ("a whole number", "Write digits alone, without quotes."),
    "is_instance_of": ("a number", "Write it with a point and without quotes or a sign of its unit."),
    "decimal_type": ("a number", "Write it with a point and without quotes or a sign of its unit."),
    "bool_type": ("true or false", "Write one of the two, without quotes."),
}


def _in_words(detail: Any, known: Collection[str]) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in ("model_type", "model_attributes_type"):
        remedy = "Write each as `key: value` on an indented line of its own."
        return f"the keys {', '.join(known)}" if known else "keys with values", remedy
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return _PATTERNS[context["pattern"]], _without_curly_quotes(detail["input"])
    if kind == "string_too_short":
        return "a text that is not empty", "Write it."
    if kind == "string_type" and not isinstance(detail["input"], bool | int | Decimal):
        return "a text", CORRECT
    if kind in _TYPES:
        return _TYPES[kind]
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return (f"a number {message}" if kind in _COMPARED else message), CORRECT


_COMPARED: Final = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


_CURLY: Final = "\u201c\u201d\u201e\u00ab\u00bb\u2018\u2019"
"""Quotes as word processors write them."""


def _without_curly_quotes(found: Any) -> str:
    return 'Write straight quotes (").' if isinstance(found, str) and set(found) & set(_CURLY) else CORRECT


def shown(value: object) -> str:
    """A found value, short enough for one line of a message."""
    if isinstance(value, dict):
        return f"the keys {shortened(', '.join(map(str, value)))}" if value else "nothing"
    if isinstance(value, tuple):
        return shortened(f"a list: {', '.join(map(_element, value))}") if value else "an empty list"
    return shortened(str(value) if isinstance(value, Decimal) else repr(value))


def _element(value: object) -> str:
    return "..." if isinstance(value, dict | tuple) else str(value)


def shortened(text: str) -> str:
    """A text, or its beginning: a message that quotes a megabyte is no message."""
    return text if len(text) <= 80 else text[:77] + "..."
