"""The certification basis: which checks apply, how strictly, and which a known fact takes out of scope.

A basis selects checks and may only tighten them. Bases extend one another; where two set the same value,
the stricter one holds, and values of which neither is stricter cannot be combined. Resolving decides what
is required before anything is measured: the list belongs to the basis, never to what was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from certify.errors import Problem, UnusableInput
from certify.standard import LOWEST_CONFIDENCE, Check, Expectation, Identity, Parameter, Version
from certify.strict_yaml import YamlDocument
from certify.value import Bilingual, Name, Number, Prose, Value, as_number

Section = Literal["parameters", "limits"]
Given = int | Decimal | str | tuple[str, ...] | tuple[Expectation, ...]


class Selection(Value):
    """One check of the basis, and the values at which the basis sets it."""

    check: Identity
    parameters: Mapping[Name, Given] = Field(default_factory=dict)
    limits: Mapping[Name, Given] = Field(default_factory=dict)
    why: Prose | None = None
    """Where these values come from; it is added to the `why` of each of them."""


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
    facts: tuple[Prose, ...] = Field(min_length=1)


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


def _lineage(name: str, bases: Mapping[str, YamlDocument]) -> list[_Source]:
    """The basis and all that it extends, the most general first, each once."""
    if name not in bases:
        found = Problem(source=name, expected=_one_of(bases), found="no such basis", remedy="Name one.")
        raise UnusableInput(found)
    lineage: dict[str, _Source] = {}
    _add_with_parents(name, bases, lineage, ())
    return list(lineage.values())


def _add_with_parents(
    name: str, bases: Mapping[str, YamlDocument], lineage: dict[str, _Source], below: tuple[str, ...]
) -> None:
    if name in lineage:
        return
    source = _source(name, bases[name])
    for index, parent in enumerate(source.text.extends):
        path = ("extends", index)
        if parent not in bases:
            raise UnusableInput(
                source.document.problem(
                    path, expected=_one_of(bases), found=parent, remedy="Correct its name."
                )
            )
        if parent in (*below, name):
            found = " > ".join((*below, name, parent))
            raise UnusableInput(
                source.document.problem(
                    path, expected="no cycle of bases", found=found, remedy="Remove one of the arrows."
                )
            )
        _add_with_parents(parent, bases, lineage, (*below, name))
    lineage[name] = source


def _source(name: str, document: YamlDocument) -> _Source:
    """The basis as written; its id must be the one that folder and file give it."""
    text = document.validate(BasisText)
    if text.id != name:
        raise UnusableInput(
            document.problem(
                ("id",),
                expected=f"{name}, as folder and file say",
                found=text.id,
                remedy="Rename the file or the basis.",
            )
        )
    return _Source(text=text, document=document)


def _one_of(bases: Mapping[str, YamlDocument]) -> str:
    return f"one of the bases {', '.join(sorted(bases)) or 'none'}"


def _fix(sources: list[_Source], checks: Mapping[str, Check]) -> tuple[tuple[Check, ...], list[Problem]]:
    """The checks of the last source: each tightens what it inherits, the strictest of all its parents."""
    problems: list[Problem] = []
    confidence = max(source.text.confidence for source in sources)
    fixed: dict[str, dict[str, Check]] = {}
    for source in sources:
        own = _inherited(source, fixed, problems)
        for index, selection in enumerate(source.text.select):
            path = ("select", index)
            check = own.get(selection.check) or checks.get(selection.check)
            if check is None:
                problems.append(_unknown_check(source, path, selection.check))
                continue
            if check.status == "withdrawn":
                problems.append(_withdrawn_check(source, path, selection.check))
            tightener = _Tightener(source=source, path=path)
            own[check.id] = tightener.apply(check, selection, confidence)
            problems += tightener.problems
        fixed[source.text.id] = own
    return tuple(fixed[sources[-1].text.id].values()), problems


def _inherited(
    source: _Source, fixed: Mapping[str, Mapping[str, Check]], problems: list[Problem]
) -> dict[str, Check]:
    inherited: dict[str, Check] = {}
    for index, parent in enumerate(source.text.extends):
        for name, check in fixed[parent].items():
            try:
                inherited[name] = _strictest(inherited[name], check) if name in inherited else check
            except ValueError as error:
                remedy = "Let one of the parents give way, or extend only one of them."
                problems.append(
                    source.document.problem(
                        ("extends", index), expected=str(error), found=f"{parent} on {name}", remedy=remedy
                    )
                )
    return inherited


def _strictest(one: Check, other: Check) -> Check:
    """One check as two parents set it: of each value the stricter. Raises `ValueError` if neither is."""
    parameters = {n: p.strictest(other.method.parameters[n]) for n, p in one.method.parameters.items()}
    limits = {name: limit.strictest(other.limits[name]) for name, limit in one.limits.items()}
    method = one.method.model_copy(update={"parameters": parameters})
    return one.model_copy(update={"method": method, "limits": limits})


def _unknown_check(source: _Source, path: tuple[str | int, ...], name: str) -> Problem:
    return source.document.problem(
        (*path, "check"), expected="a check of a loaded pack", found=name, remedy="Correct its name."
    )


def _withdrawn_check(source: _Source, path: tuple[str | int, ...], name: str) -> Problem:
    return source.document.problem(
        (*path, "check"),
        expected="a check that is in force",
        found=f"{name}, withdrawn",
        remedy="Replace it.",
    )


class _Tightener:
    """Applies one selection to one check and notes what would loosen it."""

    def __init__(self, *, source: _Source, path: tuple[str | int, ...]) -> None:
        self._source = source
        self._path = path
        self.problems: list[Problem] = []

    def apply(self, check: Check, selection: Selection, confidence: Decimal) -> Check:
        parameters = self._tighten(check.method.parameters, selection, "parameters")
        limits = self._tighten(check.limits, selection, "limits")
        method = check.method.model_copy(update={"parameters": parameters})
        confidence = max(check.confidence, confidence)
        return check.model_copy(update={"method": method, "limits": limits, "confidence": confidence})

    def _tighten(
        self, parameters: Mapping[str, Parameter], selection: Selection, section: Section
    ) -> dict[str, Parameter]:
        result = dict(parameters)
        given: Mapping[str, Given] = getattr(selection, section)
        for name, value in given.items():
            path = (*self._path, section, name)
            if name not in result:
                known = ", ".join(sorted(result)) or "none"
                self._refuse(path, f"one of: {known}", f'the unknown name "{name}"')
                continue
            try:
                tightened = result[name].tightened(self._typed(result[name], value))
                result[name] = self._with_reason(tightened, selection.why)
            except ValueError as error:
                self._refuse(path, str(error), str(value))
        return result

    def _with_reason(self, parameter: Parameter, why: str | None) -> Parameter:
        """The parameter with the reason of the basis added to that of the check."""
        if why is None:
            return parameter
        return parameter.model_copy(update={"why": f"{parameter.why} {self._source.text.id}: {why}"})

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
