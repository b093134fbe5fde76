"""Binding a check to the method that measures it and to the facts that scope it, before anything runs.

A method that does not exist, another version of it, a parameter that it does not take, lacks or takes in
another type stops everything, with the place in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from certify.errors import Problem
from certify.standard import Check, MethodSignature
from certify.strict_yaml import YamlDocument
from certify.strict_yaml.explanation import did_you_mean, nearest
from certify.submission.manifest import FACTS


def binding_problems(
    document: YamlDocument, check: Check, methods: Mapping[str, MethodSignature]
) -> Iterator[Problem]:
    """Every way in which a check does not fit the methods that are installed or the facts that exist."""
    yield from _method_problems(document, check, methods)
    yield from _scope_problems(document, check)


def _method_problems(
    document: YamlDocument, check: Check, methods: Mapping[str, MethodSignature]
) -> Iterator[Problem]:
    method = methods.get(check.method.name)
    if method is None:
        yield document.problem(
            ("method", "name"),
            code="unknown-method",
            expected=_one_of_the_methods(check.method.name, methods),
            found=check.method.name,
            remedy=" ".join(
                filter(
                    None,
                    (
                        did_you_mean(check.method.name, methods),
                        "`certify measure --list` shows what each method does.",
                    ),
                )
            ),
        )
        return
    if check.method.version != method.version:
        yield document.problem(
            ("method", "version"),
            code="method-version",
            expected=f'"{method.version}", the version that is installed',
            found=check.method.version,
            remedy="Review the check against this version, then write it.",
        )
    yield from _parameter_problems(document, check, method)
    if method.observed != (check.evidence.noise_floor is not None):
        yield document.problem(
            ("evidence", "noise_floor"),
            code="noise-floor",
            expected="a noise floor" if method.observed else "no noise floor",
            found="none" if method.observed else str(check.evidence.noise_floor),
            remedy="Findings of observed methods are compared within it; the others are reproducible.",
        )


def _parameter_problems(document: YamlDocument, check: Check, method: MethodSignature) -> Iterator[Problem]:
    given = check.method.parameters
    lacking = [name for name in method.parameters if name not in given]
    meant = {name: nearest(name, lacking) for name in given if name not in method.parameters}
    for name, parameter in given.items():
        path = ("method", "parameters", name)
        if name not in method.parameters:
            known = ", ".join(method.parameters) or "none"
            yield document.problem(
                path,
                code="unknown-parameter",
                expected=f"one of: {known}",
                found=f'the unknown parameter "{name}"',
                remedy=f'Did you mean "{meant[name]}"?'
                if meant[name]
                else "Remove it: the method takes none.",
            )
        elif parameter.type != method.parameters[name]:
            yield document.problem(
                (*path, "type"),
                code="parameter-type",
                expected=method.parameters[name],
                found=parameter.type,
                remedy=f"{method.name} takes {name} as {method.parameters[name]}.",
            )
    for name in lacking:
        if name not in meant.values():
            yield document.problem(
                ("method", "parameters"),
                code="missing-parameter",
                expected=f'the parameter "{name}"',
                found="nothing",
                remedy="Give it; a method has no defaults, so that every value is written in the standard.",
            )


def _one_of_the_methods(name: str, methods: Mapping[str, MethodSignature]) -> str:
    """The methods of the same area, or the areas: nobody reads all of them in one line."""
    area = name.partition(".")[0]
    same = sorted(method for method in methods if method.partition(".")[0] == area)
    areas = sorted({method.partition(".")[0] for method in methods})
    return f"one of the methods {', '.join(same)}" if same else f"a method of {', '.join(areas)}"


def _scope_problems(document: YamlDocument, check: Check) -> Iterator[Problem]:
    """A misspelt fact would never excuse, and a misspelt value would excuse everybody."""
    for index, membership in enumerate(check.applies.all):
        path = ("applies", "all", index)
        values = FACTS.get(membership.fact, ())
        if membership.fact not in FACTS:
            yield document.problem(
                (*path, "fact"),
                code="unknown-fact",
                expected=f"one of the facts {', '.join(FACTS)}",
                found=membership.fact,
                remedy=did_you_mean(membership.fact, FACTS) or "Correct the name.",
            )
        elif values is not None and not set(membership.among) <= set(values):
            yield document.problem(
                (*path, "among"),
                code="unknown-fact-value",
                expected=f"values among {', '.join(values)}",
                found=", ".join(membership.among),
                remedy="Correct the values: one that nobody can declare excuses everybody.",
            )
