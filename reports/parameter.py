"""Parameters of a method and limits of a criterion, each with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from certify.standard import Parameter
from reports.language import Words
from reports.number import Figure, figure


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterView:
    """One value that a check fixes."""

    name: str
    """Its name."""
    number: Figure | None
    """The value, if it is a number."""
    lines: tuple[str, ...]
    """The value, if it is text or a list."""
    unit: str
    """The unit; empty for pure numbers, text and lists."""
    range: str
    """From which number to which it may be set; empty for text and lists."""
    stricter: str
    """Which way is stricter."""
    why: str
    """Where it comes from, in the words of the check's author."""


def parameters_of(parameters: Mapping[str, Parameter], words: Words) -> tuple[ParameterView, ...]:
    """Parameters by name: a mapping read back from canonical JSON has no other order."""
    return tuple(_view(name, parameters[name], words) for name in sorted(parameters))


def _view(name: str, parameter: Parameter, words: Words) -> ParameterView:
    value = parameter.value
    elements = value if isinstance(value, tuple) else () if value is None else (value,)
    number = isinstance(value, Decimal)
    return ParameterView(
        name=name,
        number=figure(value) if isinstance(value, Decimal) else None,
        lines=() if number else tuple(map(str, elements)),
        unit="" if parameter.unit == "1" else parameter.unit,
        range=_range(parameter, words),
        stricter=words.term(parameter.stricter),
        why=parameter.why,
    )


def _range(parameter: Parameter, words: Words) -> str:
    if parameter.range is None:
        return ""
    low, high = parameter.range
    return words.say("range_of", low=figure(low).shown, high=figure(high).shown)
