"""A value that a check needs, and which way is stricter."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from certify.errors import Unfit
from certify.value import Line, Number, Prose, Value, as_number

ParameterType = Literal["integer", "decimal", "text", "list", "expectations"]


def _native(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_native, value))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


Argument = Annotated[
    bool | int | float | str | tuple[int | float | str, ...],
    BeforeValidator(_native),
]
"""An argument of a foreign library, in the types that it knows."""


class Expectation(Value):
    """A Great Expectations rule by its native name, with its native arguments."""

    expectation: Annotated[str, Field(pattern=r"^expect_[a-z_]+$")]
    arguments: Mapping[str, Argument]

    @model_validator(mode="after")
    def _short_enough_to_name_a_stratum(self) -> Self:
        if len(str(self)) > 300:
            raise ValueError("a rule of at most 300 characters when spelled out")
        return self

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={_spell(value)}" for name, value in sorted(self.arguments.items()))
        return f"{self.expectation}({arguments})"


_DIRECTIONS: Mapping[ParameterType, tuple[str, ...]] = {
    "integer": ("lower", "higher", "fixed"),
    "decimal": ("lower", "higher", "fixed"),
    "text": ("fixed",),
    "list": ("superset", "fixed"),
    "expectations": ("superset", "fixed"),
}


Given = Decimal | str | tuple[Expectation, ...] | tuple[str, ...]
"""A value in one of the types that parameters have."""


class _Typed(Value):
    """Something whose type is named beside its value."""

    type: ParameterType
    value: Given | None

    @model_validator(mode="before")
    @classmethod
    def _number_by_type(cls, given: Any) -> Any:
        """Numbers are text in JSON and integers may stand for decimals: the type tells."""
        if not isinstance(given, Mapping) or given.get("type") not in ("integer", "decimal"):
            return given
        value = given.get("value")
        try:
            return given if value is None else {**given, "value": as_number(value)}
        except ValueError:
            remedy = "Write it with a point, without quotes, spaces or the sign of its unit."
            raise Unfit("a number such as 0.95, as the type says", at=("value",), remedy=remedy) from None

    @model_serializer(mode="wrap")
    def _decimals_as_text(self, handler: Any) -> Any:
        value = handler(self)
        return {**value, "value": str(self.value)} if isinstance(self.value, Decimal) else value

    def _accept_type(self, value: Any) -> None:
        """Raise `ValueError` unless `value` is one of the type, and not empty."""
        if not self._has_its_type(value):
            raise ValueError(f"a value of type {self.type}")
        if self.type == "integer" and not _is_whole(value):
            raise ValueError("a whole number within 2**53")
        if isinstance(value, tuple) and (not value or len(set(map(str, value))) != len(value)):
            raise ValueError("a list with at least one element and no element twice")

    def _has_its_type(self, value: Any) -> bool:
        if self.type in ("list", "expectations"):
            element = str if self.type == "list" else Expectation
            return isinstance(value, tuple) and all(isinstance(e, element) for e in value)
        return isinstance(value, str if self.type == "text" else Decimal)


def _is_whole(value: Decimal) -> bool:
    return value == value.to_integral_value() and abs(value) < 2**53


class Setting(_Typed):
    """What a method is given: a type and a value, and not a word about where the value comes from."""

    value: Given

    @model_validator(mode="after")
    def _has_the_type_that_it_names(self) -> Self:
        self._accept_type(self.value)
        return self


class Origin(Value):
    """A basis that set a value, and what it set it to."""

    by: Line
    value: Prose


class Loosening(ValueError):
    """A value that is less strict than the one that it would replace."""


class Parameter(_Typed):
    """A value that a check needs: its type, unit, permitted range, source, and which way is stricter.

    `value` is None where the basis must give one (required groups belong to the basis).
    """

    unit: Line = "1"
    range: tuple[Number, Number] | None = None
    value: Given | None = None
    stricter: Literal["lower", "higher", "superset", "fixed"]
    why: Prose
    origins: tuple[Origin, ...] = Field(default=(), max_length=100)
    """The bases that set the value, one after the other; empty: it is the value of the check itself."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type in ("integer", "decimal") and (self.range is None or self.range[0] > self.range[1]):
            raise Unfit(
                "a range [lowest, highest], as for every number",
                at=("range",),
                found="" if self.range else "nothing",
                remedy="Write the lowest and the highest that a basis may set, such as `range: [0, 1]`.",
            )
        if self.stricter not in _DIRECTIONS[self.type]:
            raise Unfit(
                f"stricter: {' or '.join(_DIRECTIONS[self.type])} for the type {self.type}",
                at=("stricter",),
                remedy="Say which way a basis may go without making the check easier to pass.",
            )
        if self.value is not None:
            self._require_fitting(self.value)
        return self

    def _require_fitting(self, value: Any) -> None:
        """As `accept`, told at the value."""
        try:
            self.accept(value)
        except ValueError as error:
            share = isinstance(value, Decimal) and self.range is not None and value > self.range[1] == 1
            advice = f" A share of {value} % is {value / 100}." if share else ""
            remedy = f"Correct the value, or `type` and `range` if these are wrong.{advice}"
            raise Unfit(str(error), at=("value",), remedy=remedy) from None

    def accept(self, value: Any) -> None:
        """Raise `ValueError` unless `value` has this parameter's type and lies in its range."""
        self._accept_type(value)
        if isinstance(value, Decimal) and self.range and not self.range[0] <= value <= self.range[1]:
            raise ValueError(f"a number from {self.range[0]} to {self.range[1]}")

    def tightened(self, value: Any, *, by: str) -> Self:
        """The same parameter at a stricter value, set by a basis; raises `ValueError` if it would loosen."""
        self.accept(value)
        if self.value is not None and not self._at_least_as_strict(value):
            raise Loosening(f"a value as strict as {_spell(self.value)} ({self.stricter} is stricter)")
        origins = (*self.origins, Origin(by=by, value=_spell(value)))
        return self.model_copy(update={"value": value, "origins": origins})

    def strictest(self, other: Self) -> Self:
        """Whichever of the two has the stricter value; raises `ValueError` if neither is as strict."""
        if self.value is None or (other.value is not None and self._at_least_as_strict(other.value)):
            return other
        if other.value is None or other._at_least_as_strict(self.value):
            return self
        raise ValueError(
            f"values of which one is the stricter, not {_spell(self.value)} and {_spell(other.value)}"
        )

    def _at_least_as_strict(self, value: Any) -> bool:
        if self.stricter == "lower":
            return bool(value <= self.value)
        if self.stricter == "higher":
            return bool(value >= self.value)
        if self.stricter == "superset" and isinstance(self.value, tuple):
            return all(element in value for element in self.value)
        return bool(value == self.value)


def _spell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
