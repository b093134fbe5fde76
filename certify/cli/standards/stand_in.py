"""Values that stand for a basis in vectors: given by a person, taken from the specimens, or made up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.standard import Check, Parameter

OpenValues = dict[str, dict[str, Any]]

_GROUPS = ["attribute=one", "attribute=two"]
_RULE = {"expectation": "expect_column_values_to_not_be_null", "arguments": {"column": "age"}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a person set with `--set name=value`; raises `UnusableInput` for what is no such thing."""

    given: Mapping[str, str]

    @classmethod
    def read(cls, settings: list[str]) -> Settings:
        """Each `name=value`, each name once."""
        names = [setting.partition("=")[0] for setting in settings]
        wrong = [s for s in settings if "=" not in s or names.count(s.partition("=")[0]) > 1]
        if wrong:
            raise UnusableInput(*(_problem("--set name=value, each name once", found) for found in wrong))
        return cls(given=dict(setting.partition("=")[::2] for setting in settings))

    def refuse_unknown(self, checks: list[Check]) -> None:
        """Raise `UnusableInput` for a name that no check leaves open."""
        names = sorted({name for check in checks for name in check.open_values})
        unknown = [name for name in self.given if name not in names]
        if unknown:
            expected = f"a value that is open: {', '.join(names) or 'there is none'}"
            raise UnusableInput(*(_problem(expected, name) for name in unknown))


def open_values(check: Check, settings: Settings, folder: Path) -> OpenValues:
    """A value for all that the check leaves open, as JSON; raises `UnusableInput` for a wrong one."""
    from certify.vector import read_specimens

    specimens = read_specimens(folder, check)
    known = specimens.open_values.to_json() if specimens else {}
    sections = {"parameters": check.method.parameters, "limits": check.limits}
    values = {
        section: dict(_values(parameters, settings, known.get(section, {})))
        for section, parameters in sections.items()
    }
    _refuse_unfit(check, values)
    return values


def _values(
    parameters: Mapping[str, Parameter], settings: Settings, known: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, parameter in parameters.items():
        if parameter.value is not None:
            continue
        if name in settings.given:
            yield name, _parsed(parameter, settings.given[name])
        else:
            yield name, known[name] if name in known else _made_up(parameter)


def _parsed(parameter: Parameter, text: str) -> Any:
    if parameter.type == "list" and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    if parameter.type in ("list", "expectations"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UnusableInput(_problem("a list, as a,b or in JSON", text)) from error
    return text


def _made_up(parameter: Parameter) -> Any:
    """The middle of a range, or the first thing that comes to mind."""
    if parameter.type == "list":
        return _GROUPS
    if parameter.type == "expectations":
        return [_RULE]
    if parameter.range is None:
        return "yes"
    middle = sum(parameter.range) / 2
    return f"{middle:f}" if parameter.type == "decimal" else str(int(middle))


def _refuse_unfit(check: Check, values: OpenValues) -> None:
    from pydantic import ValidationError

    from certify.vector import OpenValues as Values
    from certify.vector import filled

    try:
        filled(check, Values.from_json(values))
    except ValidationError as error:
        raise UnusableInput(_problem("values in the types of the check", error.errors()[0]["msg"])) from error
    except ValueError as error:
        raise UnusableInput(_problem(f"values that {check.id} accepts: {error}", str(values))) from error


def _problem(expected: str, found: str) -> Problem:
    return Problem(source="--set", expected=expected, found=found[:200], remedy="Correct it.")
