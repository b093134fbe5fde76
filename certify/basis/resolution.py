"""Resolving a basis: every value fixed and traced, every check required or excused, nothing loosened.

Bases extend one another. Where two set the same value, the stricter one holds, and values of which neither
is stricter cannot be combined. What is required is decided here, before anything is measured: the list
belongs to the basis, never to what was run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import get_args

from certify.basis.resolved import Basis, Excusal
from certify.basis.source import Source
from certify.basis.text import BasisText
from certify.basis.tightening import Tightener
from certify.errors import Problem, UnusableInput
from certify.pack import PackReference
from certify.standard import Check, ControlName
from certify.strict_yaml import YamlDocument

MOST_GENERATIONS = 100
"""A family of bases that nobody can overlook is none; and each generation costs a level of recursion."""

_NO_PACKS: Mapping[str, PackReference] = MappingProxyType({})


def resolve(
    name: str,
    *,
    bases: Mapping[str, YamlDocument],
    checks: Mapping[str, Check],
    facts: Mapping[str, str],
    packs: Mapping[str, PackReference] = _NO_PACKS,
) -> Basis:
    """Fix every value of every selected check and sort the checks by the declared facts.

    A check from a pack that `packs` does not hold is one that nobody signed. Raises `UnusableInput` with
    every unknown check, every loosening, every value left open, and every control that nothing refuses.
    """
    sources = lineage(name, bases)
    fixed, problems = _fix(sources, checks)
    problems += _open_problems(sources[-1], fixed)
    excuses = {check.id: check.applies.excusing_facts(facts) for check in fixed}
    required = tuple(check for check in fixed if not excuses[check.id])
    problems = problems or list(_control_problems(sources[-1], required, checks))
    if problems:
        raise UnusableInput(*problems)
    text = sources[-1].text
    return Basis(
        id=text.id,
        version=text.version,
        title=text.title,
        required=required,
        excused=tuple(
            Excusal(check=check.id, title=check.title, facts=excuses[check.id])
            for check in fixed
            if excuses[check.id]
        ),
        packs=_references(fixed, packs),
    )


def _references(checks: tuple[Check, ...], packs: Mapping[str, PackReference]) -> tuple[PackReference, ...]:
    namespaces = sorted({check.id.partition("/")[0] for check in checks})
    return tuple(packs.get(name) or PackReference(id=name, version="0.0.0") for name in namespaces)


def lineage(name: str, bases: Mapping[str, YamlDocument]) -> list[Source]:
    """The basis and all that it extends, the most general first, each once."""
    if name not in bases:
        found = Problem(
            source=name,
            expected=_one_of(bases),
            found="no such basis",
            remedy="Name one.",
            code="unknown-basis",
        )
        raise UnusableInput(found)
    lineage: dict[str, Source] = {}
    _add_with_parents(name, bases, lineage, ())
    return list(lineage.values())


def _add_with_parents(
    name: str, bases: Mapping[str, YamlDocument], lineage: dict[str, Source], below: tuple[str, ...]
) -> None:
    if name in lineage:
        return
    source = _source(name, bases[name])
    for index, parent in enumerate(source.text.extends):
        path = ("extends", index)
        if parent not in bases:
            raise UnusableInput(
                source.document.problem(
                    path,
                    expected=_one_of(bases),
                    found=parent,
                    remedy="Correct its name.",
                    code="unknown-basis",
                )
            )
        if len(below) == MOST_GENERATIONS:
            raise UnusableInput(
                source.document.problem(
                    path,
                    expected=f"at most {MOST_GENERATIONS} bases that extend one another",
                    found="more",
                    remedy="Extend a more general one directly.",
                    code="too-deep",
                )
            )
        if parent in (*below, name):
            found = " > ".join((*below, name, parent))
            raise UnusableInput(
                source.document.problem(
                    path,
                    expected="no cycle of bases",
                    found=found,
                    remedy="Remove one of the arrows.",
                    code="cycle",
                )
            )
        _add_with_parents(parent, bases, lineage, (*below, name))
    lineage[name] = source


def _source(name: str, document: YamlDocument) -> Source:
    """The basis as written; its id must be the one that folder and file give it."""
    text = document.validate(BasisText)
    if text.id != name:
        raise UnusableInput(
            document.problem(
                ("id",),
                expected=f"{name}, as folder and file say",
                found=text.id,
                remedy="Rename the file or the basis.",
                code="misnamed",
            )
        )
    return Source(text=text, document=document)


def _one_of(bases: Mapping[str, YamlDocument]) -> str:
    return f"one of the bases {', '.join(sorted(bases)) or 'none'}"


def _fix(sources: list[Source], checks: Mapping[str, Check]) -> tuple[tuple[Check, ...], list[Problem]]:
    """The checks of the last source: each tightens what it inherits, the strictest of all its parents."""
    problems: list[Problem] = []
    confidence = max(source.text.confidence for source in sources)
    fixed: dict[str, dict[str, Check]] = {}
    for source in sources:
        own = _inherited(source, fixed, problems)
        for name, inherited in own.items():
            problems += _status_problems(source, ("extends",), inherited, name)
        for index, selection in enumerate(source.text.select):
            path = ("select", index)
            check = own.get(selection.check) or checks.get(selection.check)
            if check is None:
                problems.append(_unknown_check(source, path, selection.check))
                continue
            problems += _status_problems(source, (*path, "check"), check, check.id)
            tightener = Tightener(source=source, path=path)
            own[check.id] = tightener.apply(check, selection, confidence)
            problems += tightener.problems
        fixed[source.text.id] = own
    return tuple(fixed[sources[-1].text.id].values()), problems


def _inherited(
    source: Source, fixed: Mapping[str, Mapping[str, Check]], problems: list[Problem]
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
                        ("extends", index),
                        expected=str(error),
                        found=f"{parent} on {name}",
                        remedy=remedy,
                        code="incomparable",
                    )
                )
    return inherited


def _strictest(one: Check, other: Check) -> Check:
    """One check as two parents set it: of each value the stricter. Raises `ValueError` if neither is."""
    parameters = {n: p.strictest(other.method.parameters[n]) for n, p in one.method.parameters.items()}
    limits = {name: limit.strictest(other.limits[name]) for name, limit in one.limits.items()}
    method = one.method.model_copy(update={"parameters": parameters})
    return one.model_copy(update={"method": method, "limits": limits})


def _unknown_check(source: Source, path: tuple[str | int, ...], name: str) -> Problem:
    return source.document.problem(
        (*path, "check"),
        expected="a check of a loaded pack",
        found=name,
        remedy="Correct its name.",
        code="unknown-check",
    )


_ACCEPTED = {
    "draft": ("draft", "trial", "stable", "deprecated"),
    "trial": ("trial", "stable", "deprecated"),
    "stable": ("stable",),
}
"""The status that a check must have, by the status of the basis that selects it."""


def _status_problems(
    source: Source, path: tuple[str | int, ...], check: Check, name: str
) -> Iterator[Problem]:
    accepted = _ACCEPTED[source.text.status]
    if check.status not in accepted:
        yield source.document.problem(
            path,
            expected=f"a check that is {' or '.join(accepted)}, as the basis is {source.text.status}",
            found=f"{name}, {check.status}",
            remedy="Replace it, or wait until its steward promotes it.",
            code="check-status",
        )


def _open_problems(source: Source, fixed: tuple[Check, ...]) -> Iterator[Problem]:
    for check in fixed:
        for name in check.open_values:
            yield source.document.problem(
                ("select",),
                expected=f'a value for "{name}" of {check.id}',
                found="none, neither in the check nor in the basis",
                remedy="Set it in the basis: required groups and the like belong there.",
                code="open-value",
            )


def _control_problems(
    source: Source, required: tuple[Check, ...], written: Mapping[str, Check]
) -> Iterator[Problem]:
    """A basis must refuse what no basis may certify, such as a model that always answers the same.

    Only a measured check whose limits stand in its pack counts: its vectors and specimens were proved at
    those, and a basis can but tighten them. A limit that the basis itself sets might be met by anybody.
    """
    proved = [check for check in required if check.mode == "measured" and _is_closed(written[check.id])]
    for control in get_args(ControlName):
        if not any(control not in {s.control for s in check.silent_on} for check in proved):
            yield source.document.problem(
                ("select",),
                expected=f"a required check that refuses the negative control {control}",
                found="none: every check is silent on it, or has a limit that the basis sets"
                if required
                else "no required check",
                remedy="Select one with a limit of its own, such as eu.ai-act/gain-over-constant-answer.",
                code="unrefused-control",
            )


def _is_closed(check: Check) -> bool:
    return all(limit.value is not None for limit in check.limits.values())
