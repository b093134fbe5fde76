"""A check as a standards body writes it: requirement, method that measures, criterion that judges.

Parameters go to the method, limits to the criterion, and the two never meet: a method cannot see what it
would have to reach. Every number says where it comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, permutations
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_serializer, model_validator

from certify.evidence import Kind
from certify.value import Bilingual, Day, Line, Name, Number, Prose, Value, as_number

Identity = Annotated[str, Field(pattern=r"^[a-z][a-z0-9.-]*/[a-z][a-z0-9-]*$", max_length=120)]
"""`namespace/slug`."""

Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
ParameterType = Literal["integer", "decimal", "text", "list", "expectations"]

LOWEST_CONFIDENCE = Decimal("0.975")
"""One-sided alpha is 0.025 unless a basis makes it smaller (ICH E9, section 5.5)."""


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


class Parameter(Value):
    """A value that a check needs: its type, unit, permitted range, source, and which way is stricter.

    `value` is None where the basis must give one (required groups belong to the basis).
    """

    type: ParameterType
    unit: Line = "1"
    range: tuple[Number, Number] | None = None
    value: Decimal | str | tuple[Expectation, ...] | tuple[str, ...] | None = None
    stricter: Literal["lower", "higher", "superset", "fixed"]
    why: Prose

    @model_validator(mode="before")
    @classmethod
    def _number_by_type(cls, given: Any) -> Any:
        """Numbers are text in JSON and integers may stand for decimals: the type tells."""
        if not isinstance(given, Mapping) or given.get("type") not in ("integer", "decimal"):
            return given
        value = given.get("value")
        return given if value is None else {**given, "value": as_number(value)}

    @model_serializer(mode="wrap")
    def _decimals_as_text(self, handler: Any) -> Any:
        value = handler(self)
        return {**value, "value": str(self.value)} if isinstance(self.value, Decimal) else value

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if self.type in ("integer", "decimal") and (self.range is None or self.range[0] > self.range[1]):
            raise ValueError("a range [lowest, highest] for every number")
        if self.stricter not in _DIRECTIONS[self.type]:
            raise ValueError(f"stricter: {' or '.join(_DIRECTIONS[self.type])} for the type {self.type}")
        if self.value is not None:
            self.accept(self.value)
        return self

    def accept(self, value: Any) -> None:
        """Raise `ValueError` unless `value` has this parameter's type and lies in its range."""
        if not self._has_its_type(value):
            raise ValueError(f"a value of type {self.type}")
        if isinstance(value, Decimal):
            self._accept_number(value)
        if isinstance(value, tuple) and (not value or len(set(map(str, value))) != len(value)):
            raise ValueError("a list with at least one element and no element twice")

    def _has_its_type(self, value: Any) -> bool:
        if self.type in ("list", "expectations"):
            element = str if self.type == "list" else Expectation
            return isinstance(value, tuple) and all(isinstance(e, element) for e in value)
        return isinstance(value, str if self.type == "text" else Decimal)

    def _accept_number(self, value: Decimal) -> None:
        if self.type == "integer" and value != value.to_integral_value():
            raise ValueError("a whole number")
        if self.range and not self.range[0] <= value <= self.range[1]:
            raise ValueError(f"a number from {self.range[0]} to {self.range[1]}")

    def tightened(self, value: Any) -> Self:
        """The same parameter at a stricter value; raises `ValueError` if it would loosen."""
        self.accept(value)
        if self.value is not None and not self._at_least_as_strict(value):
            raise ValueError(f"a value as strict as {_spell(self.value)} ({self.stricter} is stricter)")
        return self.model_copy(update={"value": value})

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


class Strata(Value):
    """Which strata a condition speaks of: named outright, or derived from a parameter of the basis."""

    named: tuple[Line, ...] | None = None
    each_of: Name | None = None
    pairs_of: Name | None = None
    ordered_pairs_of: Name | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [v for v in (self.named, self.each_of, self.pairs_of, self.ordered_pairs_of) if v]
        if len(given) != 1:
            raise ValueError("exactly one of named, each_of, pairs_of, ordered_pairs_of")
        return self

    @property
    def source(self) -> str | None:
        """The parameter that supplies the strata, if any."""
        return self.each_of or self.pairs_of or self.ordered_pairs_of

    def resolve(self, parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
        """The strata that must be there; empty if the basis left the parameter open."""
        if self.named:
            return self.named
        value = parameters[self.source or ""].value
        elements = tuple(str(element) for element in value) if isinstance(value, tuple) else ()
        if self.each_of:
            return elements
        pairs = combinations(elements, 2) if self.pairs_of else permutations(elements, 2)
        return tuple(pair_of(a, b) for a, b in pairs)


def pair_of(a: str, b: str) -> str:
    """The name of a comparison of stratum `a` with stratum `b`."""
    return f"{a} ~ {b}"


class _Condition(Value):
    for_every: Strata = Strata(named=("all",))


class AtMost(_Condition):
    """The upper bound of a statistic lies at or below the limit, in every stratum."""

    require: Literal["at_most"]
    statistic: Name
    limit: Name


class AtLeast(_Condition):
    """The lower bound of a statistic lies at or above the limit, in every stratum."""

    require: Literal["at_least"]
    statistic: Name
    limit: Name


class Count(_Condition):
    """The denominator of a statistic reaches the limit, in every stratum."""

    require: Literal["count"]
    statistic: Name
    limit: Name


class Holds(_Condition):
    """A statement holds for every subject."""

    require: Literal["holds"]
    statement: Name


class NothingFound(_Condition):
    """A search found no counterexample. Finding one refutes; finding none demonstrates nothing."""

    require: Literal["nothing_found"]
    statement: Name


class Among(Value):
    """A circumstance of the measurement is one of those that a limit lists."""

    require: Literal["among"]
    circumstance: Name
    limit: Name


Condition = Annotated[AtMost | AtLeast | Count | Holds | NothingFound | Among, Field(discriminator="require")]


class Criterion(Value):
    """Every condition must be demonstrated: there is no `any`, no `not`, no text to evaluate."""

    all: tuple[Condition, ...]

    @model_validator(mode="after")
    def _can_demonstrate(self) -> Self:
        if not any(isinstance(c, AtMost | AtLeast | Holds) for c in self.all):
            raise ValueError("at least one condition that can demonstrate: at_most, at_least or holds")
        return self


class Clause(Value):
    """A place in a law or standard, and honestly how the check relates to it."""

    instrument: Line
    locator: Line
    as_of: Day
    relation: Literal["satisfies", "contributes-to", "informs"]
    note: Prose | None = None


class Membership(Value):
    """A declared fact is one of the listed ones. An unknown fact never excuses."""

    fact: Line
    among: tuple[Line, ...] = Field(min_length=1)


class Applicability(Value):
    """A check applies unless a known fact takes it out of scope."""

    all: tuple[Membership, ...] = ()

    def excusing_facts(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """The known facts that take the check out of scope, spelled `fact = value`; empty: it applies."""
        known = [(m, facts[m.fact]) for m in self.all if m.fact in facts]
        return tuple(f"{m.fact} = {value}" for m, value in known if value not in m.among)


class Demand(Value):
    """What evidence must be: the kinds accepted, the data opened, the bytes it must be bound to."""

    kinds: tuple[Kind, ...] = Field(min_length=1)
    role: Literal["train", "validation", "test", "reference", "none"]
    bound_to: tuple[Literal["model", "data", "reference", "documents", "manifest"], ...] = Field(min_length=1)
    noise_floor: Number | None = Field(default=None, gt=0)
    """For observed methods: how far, relatively, two laboratories may differ and still agree."""

    @model_validator(mode="after")
    def _search_cannot_demonstrate(self) -> Self:
        if "search" in self.kinds:
            raise ValueError(
                "kinds without search: a search can refute, and its silence demonstrates nothing"
            )
        return self


class MethodUse(Value):
    """The method that measures, by name and version, with the parameters that it is given."""

    name: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$")]
    version: Version
    parameters: Mapping[Name, Parameter] = Field(default_factory=dict)


_SAFE_DIRECTION = {"at_most": "lower", "at_least": "higher", "count": "higher", "among": "fixed"}
"""Which way a basis may move the limit of a condition without making it easier to meet."""


class Check(Value):
    """One YAML file under `standards/`, and after resolution the same with every value fixed."""

    id: Identity
    version: Version
    status: Literal["draft", "trial", "stable", "deprecated", "withdrawn"]
    area: Name
    module: Literal["M1", "M2", "M3", "M4", "M5", "M6"]
    severity: Literal["critical", "major", "minor"]
    title: Bilingual
    statement: Bilingual
    rationale: Bilingual
    remedy: Bilingual
    clauses: tuple[Clause, ...] = Field(min_length=1)
    applies: Applicability = Applicability()
    method: MethodUse
    evidence: Demand
    limits: Mapping[Name, Parameter] = Field(default_factory=dict)
    criterion: Criterion
    confidence: Number = Field(default=LOWEST_CONFIDENCE, ge=LOWEST_CONFIDENCE, lt=1)

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Self:
        for condition in self.criterion.all:
            self._require_limit(condition)
            strata = getattr(condition, "for_every", None)
            if strata and strata.source:
                self._require_list(strata.source)
        return self

    def _require_list(self, name: str) -> None:
        parameter = self.method.parameters.get(name)
        if parameter is None or parameter.type not in ("list", "expectations"):
            raise ValueError(
                f'a parameter named "{name}" of type list or expectations under `method.parameters`'
            )

    def _require_limit(self, condition: Condition) -> None:
        if isinstance(condition, Holds | NothingFound):
            return
        limit = self.limits.get(condition.limit)
        types = ("list",) if isinstance(condition, Among) else ("integer", "decimal")
        if limit is None or limit.type not in types:
            raise ValueError(f'a limit named "{condition.limit}" of type {" or ".join(types)} under `limits`')
        safe = _SAFE_DIRECTION[condition.require]
        if limit.stricter not in (safe, "fixed"):
            found = (
                f'the limit "{condition.limit}" as {safe} or fixed, because {condition.require} judges by it'
            )
            raise ValueError(f"`stricter` of {found}")

    @property
    def open_values(self) -> tuple[str, ...]:
        """Names of parameters and limits that still have no value: such a check cannot be run."""
        everything = {**self.method.parameters, **self.limits}
        return tuple(name for name, parameter in everything.items() if parameter.value is None)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodSignature:
    """What the core knows of a method: enough to refuse a wrong check before anything runs."""

    name: str
    version: str
    parameters: Mapping[str, ParameterType]
    """Parameter name to its type; all are required, so that every value is written in the standard."""
    observed: bool
    summary: str
