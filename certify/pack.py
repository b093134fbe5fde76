"""Reading `standards/`: checks and bases from YAML into values, and binding checks to methods.

Binding happens before anything is measured: a method that does not exist, another version of it, a
parameter that it does not take, lacks or takes in another type stops everything, with the place in the
file. The core does not know the methods: it is given their signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from certify.errors import Problem, UnusableInput
from certify.standard import Check, MethodSignature
from certify.strict_yaml import MAX_BYTES, YamlDocument, read
from certify.submission.manifest import FACTS

CHECK_FILE = "check.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Standards:
    """Everything found under one `standards/` folder, by identity."""

    checks: Mapping[str, Check]
    bases: Mapping[str, YamlDocument]


def load(folder: Path, methods: Mapping[str, MethodSignature]) -> Standards:
    """Read all packs and bases; raises `UnusableInput` with every defect of every file."""
    problems: list[Problem] = []
    checks: dict[str, Check] = {}
    for path in sorted(folder.glob(f"packs/*/checks/*/{CHECK_FILE}")):
        try:
            check = _check(path, folder, methods)
        except UnusableInput as error:
            problems += error.problems
        else:
            checks[check.id] = check
    bases = dict(_bases(folder, problems))
    if not checks and not problems:
        problems.append(_nothing(folder))
    if problems:
        raise UnusableInput(*problems)
    return Standards(checks=checks, bases=bases)


def _check(path: Path, folder: Path, methods: Mapping[str, MethodSignature]) -> Check:
    document = read(_bytes(path), source=str(path.relative_to(folder)))
    check = document.validate(Check)
    namespace, slug = path.parts[-4], path.parts[-2]
    problems = [*_binding_problems(document, check, methods), *_scope_problems(document, check)]
    if check.id != f"{namespace}/{slug}":
        problems.append(
            document.problem(
                ("id",),
                expected=f"{namespace}/{slug}, as the folders say",
                found=check.id,
                remedy="Rename the folder or the check.",
            )
        )
    if problems:
        raise UnusableInput(*problems)
    return check


def _scope_problems(document: YamlDocument, check: Check) -> Iterator[Problem]:
    """A misspelt fact would never excuse, and a misspelt value would excuse everybody."""
    for index, membership in enumerate(check.applies.all):
        path = ("applies", "all", index)
        values = FACTS.get(membership.fact, ())
        if membership.fact not in FACTS:
            yield document.problem(
                (*path, "fact"),
                expected=f"one of the facts {', '.join(FACTS)}",
                found=membership.fact,
                remedy="Correct the name.",
            )
        elif values is not None and not set(membership.among) <= set(values):
            yield document.problem(
                (*path, "among"),
                expected=f"values among {', '.join(values)}",
                found=", ".join(membership.among),
                remedy="Correct the values: one that nobody can declare excuses everybody.",
            )


def _bytes(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _bases(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, YamlDocument]]:
    for path in sorted(folder.glob("bases/*/*.yaml")):
        source = str(path.relative_to(folder))
        try:
            yield f"{path.parent.name}/{path.stem}", read(_bytes(path), source=source)
        except UnusableInput as error:
            problems += error.problems


def _nothing(folder: Path) -> Problem:
    return Problem(
        source=str(folder),
        expected=f"packs/<namespace>/checks/<slug>/{CHECK_FILE}",
        found="no check at all",
        remedy="Name the folder that holds packs and bases.",
    )


def _binding_problems(
    document: YamlDocument, check: Check, methods: Mapping[str, MethodSignature]
) -> Iterator[Problem]:
    method = methods.get(check.method.name)
    if method is None:
        yield document.problem(
            ("method", "name"),
            expected=f"one of the methods {', '.join(sorted(methods))}",
            found=check.method.name,
            remedy="Correct the name; `certify measure --list` shows what each method does.",
        )
        return
    if check.method.version != method.version:
        yield document.problem(
            ("method", "version"),
            expected=f'"{method.version}", the version that is installed',
            found=check.method.version,
            remedy="Review the check against this version, then write it.",
        )
    yield from _parameter_problems(document, check, method)
    if method.observed != (check.evidence.noise_floor is not None):
        yield document.problem(
            ("evidence", "noise_floor"),
            expected="a noise floor" if method.observed else "no noise floor",
            found="none" if method.observed else str(check.evidence.noise_floor),
            remedy="Findings of observed methods are compared within it; the others are reproducible.",
        )


def _parameter_problems(document: YamlDocument, check: Check, method: MethodSignature) -> Iterator[Problem]:
    given = check.method.parameters
    for name, parameter in given.items():
        path = ("method", "parameters", name)
        if name not in method.parameters:
            known = ", ".join(method.parameters) or "none"
            yield document.problem(
                path,
                expected=f"one of: {known}",
                found=f'the unknown parameter "{name}"',
                remedy="Correct it.",
            )
        elif parameter.type != method.parameters[name]:
            yield document.problem(
                (*path, "type"),
                expected=method.parameters[name],
                found=parameter.type,
                remedy=f"{method.name} takes {name} as {method.parameters[name]}.",
            )
    for name in method.parameters:
        if name not in given:
            yield document.problem(
                ("method", "parameters"),
                expected=f'the parameter "{name}"',
                found="nothing",
                remedy="Give it; a method has no defaults, so that every value is written in the standard.",
            )
