"""The certification basis: which checks apply, how strictly, and which a known fact takes out of scope.

A basis selects checks and may only tighten them. Bases extend one another; where two set the same value,
the stricter one holds, and values of which neither is stricter cannot be combined. Resolving decides what
is required before anything is measured: the list belongs to the basis, never to what was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from pydantic import Field, model_validator

from certify.errors import Problem, UnusableInput
from certify.standard import LOWEST_CONFIDENCE, Check, Expectation, Identity, Parameter, Version
from certify.strict_yaml import YamlDocument
from certify.value import Bilingual, Line, Name, Number, Value, as_number

Given = int | Decimal | str | tuple[str, ...] | tuple[Expectation, ...]


class Selection(Value):
    """One check of the basis, and the values at which the basis sets it."""

    check: Identity
    parameters: Mapping[Name, Given] = Field(default_factory=dict)
    limits: Mapping[Name, Given] = Field(default_factory=dict)


class BasisText(Value):
    """A basis as written."""

    id: Identity
    version: Version
    title: Bilingual
    confidence: Number = Field(default=LOWEST_CONFIDENCE, ge=LOWEST_CONFIDENCE, lt=1)
    extends: tuple[Identity, ...] = ()
    select: tuple[Selection, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        names = [selection.check for selection in self.select]
        if len(set(names)) != len(names):
            raise ValueError("each check selected once")
        if not self.select and not self.extends:
            raise ValueError("at least one check, or a basis that it extends")
        return self


class Excusal(Value):
    """A check out of scope by a declared fact. It is claimed until the authority countersigns it."""

    check: Identity
    title: Bilingual
    facts: tuple[Line, ...] = Field(min_length=1)


class Basis(Value):
    """A basis resolved for one submission: everything required, everything excused, nothing left open."""

    id: Identity
    version: Version
    title: Bilingual
    required: tuple[Check, ...]
    excused: tuple[Excusal, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Source:
    """A basis with the document that it was read from, so that a problem has a place."""

    text: BasisText
    document: YamlDocument


def resolve(
    name: str, *, bases: Mapping[str, YamlDocument], checks: Mapping[str, Check], facts: Mapping[str, str]
) -> Basis:
    """Fix every value of every selected check and sort the checks by the declared facts.

    Raises `UnusableInput` with every unknown check, every loosening and every value left open.
    """
    sources = _lineage(name, bases)
    fixed, problems = _fix(sources, checks)
    problems += _open_problems(sources[-1], fixed)
    if problems:
        raise UnusableInput(*problems)
    text = sources[-1].text
    excuses = {check.id: check.applies.excusing_facts(facts) for check in fixed}
    return Basis(
        id=text.id,
        version=text.version,
        title=text.title,
        required=tuple(check for check in fixed if not excuses[check.id]),
        excused=tuple(
            Excusal(check=check.id, title=check.title, facts=excuses[check.id])
            for check in fixed
            if excuses[check.id]
        ),
    )


def _lineage(name: str, bases: Mapping[str, YamlDocument], seen: tuple[str, ...] = ()) -> list[_Source]:
    """The basis and all that it extends, the most general first, each once."""
    if name not in bases:
        known = ", ".join(sorted(bases)) or "none"
        raise UnusableInput(
            Problem(
                source=name, expected=f"one of the bases {known}", found="no such basis", remedy="Name one."
            )
        )
    source = _Source(text=bases[name].validate(BasisText), document=bases[name])
    if name in seen:
        found = " > ".join((*seen, name))
        problem = source.document.problem(
            ("extends",), expected="no cycle of bases", found=found, remedy="Remove one of the arrows."
        )
        raise UnusableInput(problem)
    parents = [s for parent in source.text.extends for s in _lineage(parent, bases, (*seen, name))]
    return list({s.text.id: s for s in [*parents, source]}.values())


def _fix(sources: list[_Source], checks: Mapping[str, Check]) -> tuple[tuple[Check, ...], list[Problem]]:
    fixed: dict[str, Check] = {}
    problems: list[Problem] = []
    confidence = max(source.text.confidence for source in sources)
    for source in sources:
        for index, selection in enumerate(source.text.select):
            path = ("select", index)
            check = fixed.get(selection.check) or checks.get(selection.check)
            if check is None:
                problems.append(_unknown_check(source, path, selection.check))
                continue
            tightener = _Tightener(source=source, path=path)
            fixed[check.id] = tightener.apply(check, selection, confidence)
            problems += tightener.problems
    return tuple(fixed.values()), problems


def _unknown_check(source: _Source, path: tuple[str | int, ...], name: str) -> Problem:
    return source.document.problem(
        (*path, "check"), expected="a check of a loaded pack", found=name, remedy="Correct its name."
    )


class _Tightener:
    """Applies one selection to one check and notes what would loosen it."""

    def __init__(self, *, source: _Source, path: tuple[str | int, ...]) -> None:
        self._source = source
        self._path = path
        self.problems: list[Problem] = []

    def apply(self, check: Check, selection: Selection, confidence: Decimal) -> Check:
        parameters = self._tighten(check.method.parameters, selection.parameters, "parameters")
        limits = self._tighten(check.limits, selection.limits, "limits")
        method = check.method.model_copy(update={"parameters": parameters})
        confidence = max(check.confidence, confidence)
        return check.model_copy(update={"method": method, "limits": limits, "confidence": confidence})

    def _tighten(
        self, parameters: Mapping[str, Parameter], given: Mapping[str, Given], section: str
    ) -> dict[str, Parameter]:
        result = dict(parameters)
        for name, value in given.items():
            path = (*self._path, section, name)
            if name not in result:
                known = ", ".join(sorted(result)) or "none"
                self._refuse(path, f"one of: {known}", f'the unknown name "{name}"')
                continue
            try:
                result[name] = result[name].tightened(self._typed(result[name], value))
            except ValueError as error:
                self._refuse(path, str(error), str(value))
        return result

    @staticmethod
    def _typed(parameter: Parameter, value: Given) -> Any:
        return as_number(value) if parameter.type in ("integer", "decimal") else value

    def _refuse(self, path: tuple[str | int, ...], expected: str, found: str) -> None:
        remedy = "A basis may only tighten; a loosening is a signed deviation."
        self.problems.append(
            self._source.document.problem(path, expected=expected, found=found, remedy=remedy)
        )


def _open_problems(source: _Source, fixed: tuple[Check, ...]) -> Iterator[Problem]:
    for check in fixed:
        for name in check.open_values:
            yield source.document.problem(
                ("select",),
                expected=f'a value for "{name}" of {check.id}',
                found="none, neither in the check nor in the basis",
                remedy="Set it in the basis: required groups and the like belong there.",
            )
