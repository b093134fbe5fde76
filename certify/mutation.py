"""Mutants of a check: the same check with one mistake in it, made from its form alone.

If a mutant that refuses less gives the same answer on every vector, the vectors do not prove that the check
refuses. Each mutant must be killed: by the schema, which refuses to load it, or by a vector that tells it
from the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from certify.pack.binding import binding_problems
from certify.standard import Among, AtLeast, AtMost, Check, MethodSignature
from certify.strict_yaml import YamlDocument
from certify.vector import Bench, VectorSet, filled
from certify.vector.trial import name_of

STEP = Decimal("0.01")
"""How far a limit is moved, as a share of it."""

Json = dict[str, Any]
Change = Callable[[Json], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One mistake, in words, and how it is made. `unknown_excuses` is a mistake of the engine's."""

    name: str
    change: Change = field(default=lambda check: None)
    unknown_excuses: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """What became of a mutant: `killed_by` is "schema", the name of a vector, or None: it lives."""

    mutant: str
    killed_by: str | None


def fates(
    check: Check, sets: Mapping[str, VectorSet], methods: Mapping[str, MethodSignature]
) -> Iterator[Fate]:
    """What became of every mutant of a check under its vectors."""
    known = {name: filled(check, vectors.open_values) for name, vectors in sets.items()}
    for mutant in mutants(next(iter(known.values()))):
        yield Fate(mutant=mutant.name, killed_by=_killer(mutant, known, sets, methods))


def _killer(
    mutant: Mutant,
    known: Mapping[str, Check],
    sets: Mapping[str, VectorSet],
    methods: Mapping[str, MethodSignature],
) -> str | None:
    for name, vectors in sets.items():
        mutated = _mutated(known[name], mutant, methods)
        if mutated is None:
            return "schema"
        bench = Bench(mutated, vectors.asked, unknown_excuses=mutant.unknown_excuses)
        for vector in vectors.vectors:
            if not bench.put(vector).meets(vector):
                return vector.name
    return None


def _mutated(check: Check, mutant: Mutant, methods: Mapping[str, MethodSignature]) -> Check | None:
    """The mutant as a check; None where schema or binding refuse it."""
    written = deepcopy(check.to_json())
    mutant.change(written)
    try:
        mutated = Check.from_json(written)
    except ValidationError:
        return None
    document = YamlDocument(source="mutant", value={}, places={(): (1, 1)})
    return None if any(binding_problems(document, mutated, methods)) else mutated


def mutants(check: Check) -> Iterator[Mutant]:
    """Every mutant of a check that has no open value."""
    yield from _of_clauses(check)
    yield from _of_strata(check)
    yield from _of_limits(check)
    yield from _of_demands(check)
    yield from _of_the_question(check)
    yield from _of_scope(check)


def _of_clauses(check: Check) -> Iterator[Mutant]:
    for index, condition in enumerate(check.criterion.all):
        yield Mutant(name=f"without {name_of(condition)}", change=_drop("criterion", "all", index))
        if isinstance(condition, AtMost | AtLeast):
            yield Mutant(name=f"{name_of(condition)} on the wrong side", change=_flipped(index, condition))


def _of_strata(check: Check) -> Iterator[Mutant]:
    for index, condition in enumerate(check.criterion.all):
        if isinstance(condition, Among):
            continue
        strata = condition.for_every.resolve(check.method.parameters)
        for stratum in strata if len(strata) > 1 else ():
            others = [name for name in strata if name != stratum]
            change = _put("criterion", "all", index, "for_every", value={"named": others})
            yield Mutant(name=f"{name_of(condition)} without {stratum}", change=change)


def _of_limits(check: Check) -> Iterator[Mutant]:
    for name, limit in check.limits.items():
        if isinstance(limit.value, Decimal) and limit.range:
            for value, how in _moved(check, name):
                change = _put("limits", name, "value", value=str(value))
                yield Mutant(name=f"limit {name} {how}", change=change)
        elif isinstance(limit.value, tuple):
            for element in limit.value if len(limit.value) > 1 else ():
                rest = [e for e in limit.to_json()["value"] if e != element]
                yield Mutant(
                    name=f"limit {name} without {element}", change=_put("limits", name, "value", value=rest)
                )


def _moved(check: Check, name: str) -> Iterator[tuple[Decimal, str]]:
    limit, value = check.limits[name], check.limit(name)
    low, high = limit.range or (value, value)
    step = STEP * (abs(value) or high - low)
    if limit.type == "integer":
        step = max(Decimal(1), step.to_integral_value())
    for moved, how in ((value - step, "one step lower"), (value + step, "one step higher")):
        if low <= moved <= high:
            yield moved, how
    for end, how in ((low, "at the lowest of its range"), (high, "at the highest of its range")):
        if end != value:
            yield end, how


def _of_demands(check: Check) -> Iterator[Mutant]:
    for index, bond in enumerate(check.evidence.bound_to):
        yield Mutant(name=f"not bound to {bond}", change=_drop("evidence", "bound_to", index))
    if "document" not in check.evidence.kinds:
        kinds = [*check.evidence.kinds, "document"]
        yield Mutant(name="content with a document", change=_put("evidence", "kinds", value=kinds))
    other = {"train": "test", "test": "train", "validation": "test"}.get(check.evidence.role)
    if other:
        yield Mutant(name=f"on {other} data", change=_put("evidence", "role", value=other))
    yield Mutant(name="content with a confidence of 0.95", change=_put("confidence", value="0.95"))
    if check.confidence > Decimal("0.975"):
        yield Mutant(name="content with a confidence of 0.975", change=_put("confidence", value="0.975"))


def _of_the_question(check: Check) -> Iterator[Mutant]:
    """Another question to the method: what it measures is not what the vectors were made for."""
    for name, parameter in check.method.parameters.items():
        place = ("method", "parameters", name, "value")
        value = parameter.value
        if isinstance(value, Decimal) and parameter.range:
            other = next((end for end in parameter.range if end != value), None)
            if other is not None:
                yield Mutant(name=f"parameter {name} {other}", change=_put(*place, value=str(other)))
        elif isinstance(value, str):
            yield Mutant(name=f"another {name}", change=_put(*place, value=f"{value} or other"))
        elif isinstance(value, tuple):
            shorter = parameter.to_json()["value"][:-1]
            yield Mutant(name=f"parameter {name} without its last", change=_put(*place, value=shorter))


def _of_scope(check: Check) -> Iterator[Mutant]:
    members = check.applies.all
    for index, member in enumerate(members):
        yield Mutant(name=f"whatever {member.fact} is", change=_drop("applies", "all", index))
        for value in member.among if len(member.among) > 1 else ():
            rest = [v for v in member.among if v != value]
            change = _put("applies", "all", index, "among", value=rest)
            yield Mutant(name=f"{value} excuses as {member.fact}", change=change)
    if members:
        yield Mutant(name="an unknown fact excuses", unknown_excuses=True)


def _flipped(index: int, condition: AtMost | AtLeast) -> Change:
    """The other comparison, with a limit whose stricter direction agrees, so that the schema is no help."""
    other, stricter = ("at_least", "higher") if isinstance(condition, AtMost) else ("at_most", "lower")

    def change(check: Json) -> None:
        check["criterion"]["all"][index]["require"] = other
        limit = check["limits"][condition.limit]
        if limit["stricter"] != "fixed":
            limit["stricter"] = stricter

    return change


def _put(*path: str | int, value: Any) -> Change:
    def change(check: Any) -> None:
        for part in path[:-1]:
            check = check[part]
        check[path[-1]] = value

    return change


def _drop(*path: str | int) -> Change:
    def change(check: Any) -> None:
        for part in path[:-1]:
            check = check[part]
        del check[path[-1]]

    return change
