"""A parsed document: plain values, where each stands, and how a defect of one is explained."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from certify.errors import Problem, Unfit, UnusableInput

MAX_PROBLEMS: Final = 100
"""Nobody reads more at once, and a file that is wrong ten thousand times must not take seconds to refuse."""

Path = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class YamlDocument:
    """One parsed document: plain values, and the line and column at which each stands."""

    source: str
    value: Any
    places: Mapping[Path, tuple[int, int]]

    def problem(self, path: Path, *, expected: str, found: str, remedy: str, code: str = "value") -> Problem:
        """A located defect; a path that does not exist is located at its nearest parent."""
        known = next(path[:n] for n in range(len(path), -1, -1) if path[:n] in self.places)
        line, column = self.places[known]
        return Problem(
            source=self.source,
            line=line,
            column=column,
            key=spell(path),
            expected=expected,
            found=found,
            remedy=remedy,
            code=code,
        )

    def validate(self, model: type[Model]) -> Model:
        """The document as a value; raises `UnusableInput` with every defect located."""
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            raise UnusableInput(*self._problems(error)) from error

    def _problems(self, error: ValidationError) -> Iterator[Problem]:
        details = _causes(error.errors(include_url=False))
        missing = [str(d["loc"][-1]) for d in details if d["type"] == "missing"]
        for detail in details[:MAX_PROBLEMS]:
            path = self._path(detail["loc"], missing=detail["type"] == "missing")
            error = detail.get("ctx", {}).get("error")
            if isinstance(error, Unfit):
                yield self._unfit(path, error)
                continue
            expected, found, remedy = _explain(detail, missing)
            code = _CODES.get(detail["type"], "value")
            yield self.problem(path, expected=expected, found=found, remedy=remedy, code=code)

    def _unfit(self, path: Path, error: Unfit) -> Problem:
        """What a validator says of a part, at that part."""
        found = error.found or shown(self._at((*path, *error.at)))
        return self.problem((*path, *error.at), expected=str(error), found=found, remedy=error.remedy)

    def _at(self, path: Path) -> Any:
        """The value at a path, or None where there is none."""
        value = self.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def _path(self, location: tuple[str | int, ...], *, missing: bool) -> Path:
        """Pydantic's location without the union tags, which are no keys of the document."""
        path: Path = ()
        for part in location:
            if (*path, part) in self.places:
                path = (*path, part)
        return (*path, location[-1]) if missing else path


def spell(path: Path) -> str:
    """`("data", 0, "role")` is written `data[0].role`."""
    text = ""
    for part in path:
        name = part if isinstance(part, int) else shortened(part)
        text += f"[{name}]" if isinstance(name, int) else f".{name}" if text else name
    return text


def _causes(details: list[Any]) -> list[Any]:
    """Without what only follows: a list that is too short because its elements could not be read."""
    inside = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
    return [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in inside]


_CODES = {"extra_forbidden": "unknown-key", "missing": "missing-key"}


def _explain(detail: Any, missing: list[str]) -> tuple[str, str, str]:
    kind, key, found = detail["type"], str(detail["loc"][-1]) if detail["loc"] else "", detail["input"]
    if kind == "extra_forbidden":
        close = difflib.get_close_matches(shortened(key), missing, n=1)
        advice = f'Did you mean "{close[0]}"?' if close else "Remove it, or correct its spelling."
        return "no such key", f'the unknown key "{shortened(key)}"', advice
    if kind == "missing":
        return f'the key "{key}"', "nothing", "Add it; `certify init` shows every key with a comment."
    if kind == "too_short":
        return (
            f"at least {detail['ctx']['min_length']}",
            str(detail["ctx"]["actual_length"]),
            "Add what lacks.",
        )
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return message, shown(found), "Correct the value."


def shown(value: object) -> str:
    """A found value, short enough for one line of a message."""
    if isinstance(value, dict | tuple):
        return "what is written here"
    return shortened(str(value) if isinstance(value, Decimal) else repr(value))


def shortened(text: str) -> str:
    """A text, or its beginning: a message that quotes a megabyte is no message."""
    return text if len(text) <= 80 else text[:77] + "..."
