"""Proving that the checks of a pack refuse what they must: vectors, mutants and controls, counted.

A pack holds only if every vector came out as expected, every mutant was killed and no control passed, and if
there were any: nothing is proved by nothing. Specimens, which need the methods, are added by
`flows.qualification`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from certify.control import controls
from certify.errors import Problem, UnusableInput
from certify.mutation import Fate, fates
from certify.pack import Pack
from certify.standard import Check, MethodSignature
from certify.strict_yaml import YamlDocument
from certify.vector import Bench, Trial, Vector, VectorSet, filled, read_vectors, vector_source


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A vector that came out otherwise than its author expects."""

    file: str
    vector: Vector
    found: Trial

    def __str__(self) -> str:
        expected = self.vector.expect
        return (
            f"{self.file} {self.vector.name}: expected {_said(expected.outcome, expected.decided_by)}, "
            f"found {_said(self.found.outcome, self.found.decided_by)}"
        )


def _said(outcome: str, decided_by: tuple[str, ...]) -> str:
    return f"{outcome} by {', '.join(decided_by)}" if decided_by else outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """What the vectors of one check prove."""

    check: str
    mode: str
    vectors: int
    failures: tuple[Failure, ...]
    fates: tuple[Fate, ...]
    controls: int
    passed_controls: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def survivors(self) -> tuple[str, ...]:
        """The mutants that no vector and no schema tells from the check."""
        return tuple(fate.mutant for fate in self.fates if fate.killed_by is None)

    @property
    def holds(self) -> bool:
        """Whether there is a proof, and nothing against it."""
        against = (self.problems, self.failures, self.survivors, self.passed_controls)
        return bool(self.vectors and self.fates and self.controls) and not any(against)


def prove(pack: Pack, methods: Mapping[str, MethodSignature]) -> Iterator[Proof]:
    """The proof of every check of a pack, one after the other."""
    for name, check in pack.checks.items():
        yield prove_check(pack, name, check, methods)


def prove_check(pack: Pack, name: str, check: Check, methods: Mapping[str, MethodSignature]) -> Proof:
    """Run the vectors of one check, then its mutants and the controls."""
    try:
        sets = read_vectors(pack.check_folder(name), check)
    except UnusableInput as error:
        return _nothing(check, error.problems)
    if unspoken := tuple(_unspoken(pack.documents[name], check, sets)):
        return _nothing(check, unspoken)
    outcomes = list(controls(check, sets))
    return Proof(
        check=name,
        mode=check.mode,
        vectors=sum(len(vectors.vectors) for vectors in sets.values()),
        failures=tuple(failures(check, sets)),
        fates=tuple(fates(check, sets, methods)),
        controls=len(outcomes),
        passed_controls=tuple(f"{c.control} ({c.vector})" for c in outcomes if not c.refused),
        problems=tuple(_missing_outcomes(check, sets)),
    )


def failures(check: Check, sets: Mapping[str, VectorSet]) -> Iterator[Failure]:
    """Every vector that comes out otherwise than expected."""
    for file, vectors in sets.items():
        bench = Bench(filled(check, vectors.open_values), vectors.asked)
        for vector in vectors.vectors:
            found = bench.put(vector)
            if not found.meets(vector):
                yield Failure(file=file, vector=vector, found=found)


def _nothing(check: Check, problems: tuple[Problem, ...]) -> Proof:
    return Proof(
        check=check.id, mode=check.mode, vectors=0, failures=(), fates=(), controls=0, passed_controls=(),
        problems=problems,
    )  # fmt: skip


def _unspoken(document: YamlDocument, check: Check, sets: Mapping[str, VectorSet]) -> Iterator[Problem]:
    """Names in the criterion of which no vector speaks: misspelt, and then none comes out as expected."""
    evidence = [vector.evidence for vectors in sets.values() for vector in vectors.vectors]
    spoken = {
        "statistic": {e.statistic for given in evidence for e in given.estimates},
        "statement": {s.name for given in evidence for s in given.statements},
        "circumstance": {name for given in evidence for name in given.circumstances},
    }
    for place, condition in enumerate(check.criterion.all):
        for kind, names in spoken.items():
            name = getattr(condition, kind, None)
            if name is not None and name not in names:
                yield document.problem(
                    ("criterion", "all", place, kind),
                    expected=f"a {kind} of which a vector speaks: {', '.join(sorted(names)) or 'none'}",
                    found=name,
                    remedy="Correct it as the method calls it; `certify measure` prints what it measures.",
                    code="unspoken",
                )


def _missing_outcomes(check: Check, sets: Mapping[str, VectorSet]) -> Iterator[Problem]:
    """At least one vector that demonstrates and one that refutes."""
    expected = {vector.expect.outcome for vectors in sets.values() for vector in vectors.vectors}
    for outcome in sorted({"demonstrated", "refuted"} - expected):
        yield Problem(
            source=vector_source(check.id),
            expected=f"a vector that expects {outcome}",
            found="none",
            remedy="Add one: a check that can only say one thing says nothing.",
            code="no-vector",
        )
