"""Proposing vectors for a check: a first draft for people to read, correct and keep.

What each vector expects follows from how it was made, never from asking the program that it is to prove: a
bound half a percent beyond its limit must not be demonstrated, whatever the engine says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certify.standard import Among, Check, NothingFound, Parameter
from certify.vector.clause import clause_vectors
from certify.vector.passing import Made, passing
from certify.vector.trial import BINDING, MEASUREMENT, name_of
from certify.vector.writing import expecting, slug, vector


def propose(check: Check, *, facts: Mapping[str, tuple[str, ...] | None]) -> dict[str, Any]:
    """The vector files of a check by name, as JSON; `check` has no open value.

    Every clause, every demand on evidence and every fact of its scope gets a vector that it alone decides.
    """
    files = {
        "demonstrated.json": list(_demonstrated(check)),
        "refused.json": [*clause_vectors(check), *_demands(check)],
        "scope.json": list(_scope(check, facts)),
    }
    return {name: vectors for name, vectors in files.items() if vectors}


def question(check: Check) -> dict[str, Any]:
    """The question that the check asks, as the head of a vector file."""
    return {
        "method": check.method.name,
        "version": check.method.version,
        "role": check.evidence.role,
        "confidence": str(check.confidence),
        "parameters": {name: _json(p) for name, p in check.method.parameters.items()},
    }


def _json(parameter: Parameter) -> Any:
    return parameter.to_json()["value"]


# What must be demonstrated


def _demonstrated(check: Check) -> Iterator[Made]:
    yield vector(
        "just-inside-every-limit",
        "Every clause is met, each bound by half a percent of its limit.",
        passing(check),
        expecting("demonstrated"),
    )
    for condition in check.criterion.all:
        accepted = check.limits[condition.limit].value if isinstance(condition, Among) else ()
        for value in map(str, accepted[1:] if isinstance(accepted, tuple) else ()):
            evidence = passing(check)
            evidence["circumstances"][condition.circumstance] = value  # type: ignore[union-attr]
            yield vector(
                f"accepted-{slug(value)}", f"{value} is accepted.", evidence, expecting("demonstrated")
            )


# What the demands on evidence must refuse


def _demands(check: Check) -> Iterator[Made]:
    for group in dict.fromkeys(check.evidence.groups()):
        unbound, changed = passing(check), passing(check)
        unbound["made_from"].remove(group)
        yield vector(
            f"not-from-{slug(group)}",
            f"The evidence was not made from the committed files of {group}.",
            unbound,
            expecting("not demonstrated", "evidence missing or unbound", BINDING),
        )
        changed["changed"] = [group]
        yield vector(
            f"changed-{slug(group)}",
            f"The files of {group} are not those that were committed.",
            changed,
            expecting("not demonstrated", "evidence missing or unbound", BINDING),
        )
    yield from _wrong_kind(check)
    yield vector(
        "method-failed",
        "The method failed, or found something that is no number.",
        {"not_measured": "method failed"},
        expecting("not demonstrated", "method failed", MEASUREMENT),
    )


def _wrong_kind(check: Check) -> Iterator[Made]:
    if "document" in check.evidence.kinds:
        return
    evidence = passing(check)
    for item in (*evidence["estimates"], *evidence["statements"]):
        item["kind"] = "document" if item["kind"] != "search" else "search"
    deciding = [name_of(c) for c in check.criterion.all if not isinstance(c, Among | NothingFound)]
    yield vector(
        "only-declared",
        "The same figures, from a document instead of a measurement or a person.",
        evidence,
        expecting("not demonstrated", "not measured", *deciding),
    )


# Whom the check concerns


def _scope(check: Check, facts: Mapping[str, tuple[str, ...] | None]) -> Iterator[Made]:
    inside = {member.fact: member.among[0] for member in check.applies.all}
    for member in check.applies.all:
        fact = slug(member.fact)
        for value in member.among:
            yield _in_scope(
                check,
                f"{fact}-{slug(value)}-applies",
                f"{member.fact} is {value}.",
                inside | {member.fact: value},
            )
        unknown = {name: value for name, value in inside.items() if name != member.fact}
        yield _in_scope(check, f"{fact}-unknown-applies", f"{member.fact} is not known.", unknown)
        for value in _other(member.among, facts.get(member.fact)):
            yield vector(
                f"{fact}-{slug(value)}-excused",
                f"{member.fact} is {value}.",
                {},
                expecting("excused"),
                facts=inside | {member.fact: value},
            )


def _in_scope(check: Check, name: str, says: str, facts: Mapping[str, str]) -> Made:
    """Nothing was measured: the check must refuse, for it applies."""
    expected = expecting("not demonstrated", "not measured", MEASUREMENT)
    return vector(name, f"{says} The check applies.", {"not_measured": "not measured"}, expected, facts=facts)


def _other(accepted: tuple[str, ...], known: tuple[str, ...] | None) -> tuple[str, ...]:
    return ("something else",) if known is None else tuple(v for v in known if v not in accepted)
