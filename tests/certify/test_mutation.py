"""Mutants: every mistake that loosens a check is noticed by its vectors, and would not be without them."""

from __future__ import annotations

from typing import Any

import pytest
from findings import make_check, number
from proving import ACCEPTED, BY_GROUP, CONCERNED, ENOUGH, FEWEST, METERED, SOUND, vectors_of

from certify.evidence import Reason
from certify.mutation import fates, mutants
from certify.standard import Check
from certify.vector import VectorSet
from checks.catalogue import signatures

METHODS = signatures()
GROUPS = {"type": "list", "value": ["sex=female", "sex=male"], "stricter": "superset", "why": "a test"}
METRIC = {"type": "text", "value": "accuracy", "stricter": "fixed", "why": "a test"}


def many_sided() -> Check:
    """A check with every kind of clause, limit, demand and scope."""
    return make_check(
        conditions=(BY_GROUP, ENOUGH, SOUND, METERED),
        limits={"highest": number("0.1"), "fewest": FEWEST, "accepted": ACCEPTED},
        method={
            "name": "objectives.performance",
            "version": "1.0.0",
            "parameters": {"groups": GROUPS, "metric": METRIC},
        },
        applies=CONCERNED,
    )


def survivors(check: Check, sets: dict[str, VectorSet]) -> list[str]:
    return [fate.mutant for fate in fates(check, sets, METHODS) if fate.killed_by is None]


def without(sets: dict[str, VectorSet], *fragments: str) -> dict[str, VectorSet]:
    """The same files without the vectors of which the name holds a fragment."""
    kept = {
        name: [v for v in vectors.vectors if not any(fragment in v.name for fragment in fragments)]
        for name, vectors in sets.items()
    }
    return {
        name: sets[name].model_copy(update={"vectors": tuple(vectors)})
        for name, vectors in kept.items()
        if vectors
    }


def test_the_proposed_vectors_kill_every_mutant() -> None:
    check = many_sided()
    found = list(fates(check, vectors_of(check), METHODS))
    assert len(found) > 25
    assert [fate.mutant for fate in found if fate.killed_by is None] == []


def test_both_the_schema_and_vectors_kill() -> None:
    check = many_sided()
    killers = {fate.killed_by for fate in fates(check, vectors_of(check), METHODS)}
    assert "schema" in killers
    assert len(killers) > 10


LETS_LIVE: dict[str, tuple[str, ...]] = {
    "just-outside": ("limit highest one step higher",),
    "too-few": ("limit fewest one step lower",),
    "not-accepted": ("without among meter",),
    "false-": ("without holds sound",),
    "not-from-model": ("not bound to model",),
    "only-declared": ("content with a document",),
    "excused": ("whatever system.affected_persons is",),
}


ALSO = {"false-": ("silent-1", "only-declared"), "just-outside": ("refuted-", "absent-")}
"""Other vectors that notice the same mistake as well."""


@pytest.mark.parametrize("missing", LETS_LIVE)
def test_a_mutant_lives_where_the_vector_that_would_notice_it_is_missing(missing: str) -> None:
    check = many_sided()
    also = ALSO.get(missing, ())
    living = survivors(check, without(vectors_of(check), missing, *also))
    assert set(LETS_LIVE[missing]) <= set(living)


def test_a_check_with_vectors_that_are_all_green_may_still_prove_little() -> None:
    """As in the first drafts of other people's packs: one good and one bad case, both as expected."""
    check = many_sided()
    sets = vectors_of(check)
    few = {
        "few.json": sets["refused.json"].model_copy(
            update={
                "vectors": (
                    sets["demonstrated.json"].vectors[0],
                    next(v for v in sets["refused.json"].vectors if "refuted" in v.name),
                )
            }
        )
    }
    assert len(survivors(check, few)) >= 8


def test_mutants_are_named_once_each() -> None:
    names = [mutant.name for mutant in mutants(many_sided())]
    assert len(set(names)) == len(names)


def test_an_integer_moves_by_whole_steps_and_a_limit_at_the_end_of_its_range_not_beyond() -> None:
    fewest: dict[str, Any] = {**FEWEST, "value": "1"}
    check = make_check(conditions=(BY_GROUP, ENOUGH), limits={"highest": number("0.1"), "fewest": fewest})
    named = [mutant.name for mutant in mutants(check) if "fewest" in mutant.name]
    assert named == ["limit fewest one step higher", "limit fewest at the highest of its range"]


def test_reasons_are_told_apart() -> None:
    assert {vector.expect.reason for vector in vectors_of(many_sided())["refused.json"].vectors} >= {
        Reason.INCONCLUSIVE,
        Reason.NOT_MEASURED,
        Reason.UNBOUND,
        Reason.METHOD_FAILED,
    }
