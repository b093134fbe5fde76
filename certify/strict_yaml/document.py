"""A parsed document: plain values, where each stands, and how a defect of one is explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from certify.errors import Problem, Unfit, UnusableInput
from certify.strict_yaml.explanation import explained, nearest, shortened, shown
from certify.strict_yaml.shape import keys_at

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
            raise UnusableInput(*self._problems(error, model)) from error

    def _problems(self, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
        guide = getattr(model, "shown_by", "`certify init` shows every key with a comment.")
        for detail in _causes(error.errors(include_url=False), model)[:MAX_PROBLEMS]:
            path = self._path(detail["loc"], missing=detail["type"] == "missing")
            fault = detail.get("ctx", {}).get("error")
            if isinstance(fault, Unfit):
                yield self._unfit(path, fault)
                continue
            said = explained(detail, _keys_around(model, detail), guide)
            yield self.problem(
                (*path, *said.below),
                expected=said.expected,
                found=said.found,
                remedy=said.remedy,
                code=said.code,
            )

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


def _causes(details: list[Any], model: type[BaseModel]) -> list[Any]:
    """Without what only follows.

    A list is too short because its elements could not be read, and a key is missing because it is there,
    misspelt.
    """
    inside = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
    misspelt = {
        (*detail["loc"][:-1], nearest(str(detail["loc"][-1]), _keys_around(model, detail)))
        for detail in details[:MAX_PROBLEMS]
        if detail["type"] == "extra_forbidden"
    }
    return [
        detail
        for detail in details
        if not (detail["type"] == "too_short" and detail["loc"] in inside)
        and not (detail["type"] == "missing" and detail["loc"] in misspelt)
    ]


def _keys_around(model: type[BaseModel], detail: Any) -> tuple[str, ...]:
    """The keys that are known where a defect is: beside an unknown one, inside what should have had keys."""
    unknown = detail["type"] == "extra_forbidden"
    keys = keys_at(model, detail["loc"][:-1] if unknown else detail["loc"])
    return tuple(key for key in keys if key not in _OURS)


_OURS: Final = ("origins",)
"""Keys that the program itself writes: nobody is advised to."""
