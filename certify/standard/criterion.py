"""The criterion of a check: typed conditions, all of which must be demonstrated."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certify.standard.parameter import Parameter
from certify.value import Line, Name, Value


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

    def size(self, elements: int) -> int:
        """How many strata come of a list with so many elements, without making them."""
        if self.named:
            return len(self.named)
        if self.each_of:
            return elements
        ordered = elements * (elements - 1)
        return ordered if self.ordered_pairs_of else ordered // 2


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
