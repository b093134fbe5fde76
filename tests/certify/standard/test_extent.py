"""How much a criterion compares: something, and no more than anybody can look at."""

from __future__ import annotations

from itertools import combinations, permutations
from pathlib import Path
from time import perf_counter

import pytest
from small_pack import BASIS, CHECK, replacing, write_bases, write_pack

from certify.basis import resolve
from certify.errors import UnusableInput
from certify.pack import load
from certify.standard import MOST_STRATA, Check, Strata
from certify.strict_yaml import read
from certify.vector import OpenValues, filled
from checks.catalogue import signatures

PAIRS = replacing(("fewest, for_every: {each_of: groups}", "fewest, for_every: {pairs_of: groups}"))(CHECK)
GROUPS_KEY = "method.parameters.groups.value"
OPEN = replacing((" value: [a=1, a=2],", ""))(PAIRS)


def groups(number: int) -> str:
    return ", ".join(f"a={index}" for index in range(number))


@pytest.mark.parametrize("number", [0, 1, 2, 7])
def test_sizes_are_those_of_itertools(number: int) -> None:
    elements = range(number)
    assert Strata(each_of="groups").size(number) == number
    assert Strata(pairs_of="groups").size(number) == len(list(combinations(elements, 2)))
    assert Strata(ordered_pairs_of="groups").size(number) == len(list(permutations(elements, 2)))
    assert Strata(named=("x", "y")).size(number) == 2


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "at least two elements of groups"), (100, f"at most {MOST_STRATA} strata"), (1000, "at most")],
)
def test_groups_without_a_pair_or_with_too_many_are_refused_where_they_stand(
    number: int, expected: str
) -> None:
    text = PAIRS.replace("[a=1, a=2]", f"[{groups(number)}]")
    began = perf_counter()
    with pytest.raises(UnusableInput) as caught:
        read(text.encode(), source="check.yaml").validate(Check)
    assert perf_counter() - began < 2, "no pair was made"
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (text[: text.index("groups:")].count("\n") + 1, GROUPS_KEY)
    assert problem.expected.startswith(expected)
    assert str(number) in problem.found
    assert problem.remedy.startswith("Name ")


def test_as_many_as_can_be_judged_are_accepted() -> None:
    text = PAIRS.replace("[a=1, a=2]", f"[{groups(99)}]")
    check = read(text.encode(), source="check.yaml").validate(Check)
    assert MOST_STRATA >= 99 * 98 // 2 + 99
    assert len(check.method.parameters["groups"].value or ()) == 99


def test_a_basis_with_a_thousand_groups_is_refused_at_its_line(tmp_path: Path) -> None:
    write_pack(tmp_path, {"accuracy": OPEN})
    write_bases(tmp_path)
    path = tmp_path / "bases/local.small/all.yaml"
    text = BASIS.replace("limits:", f"parameters: {{groups: [a=x, a=y, {groups(1000)}]}}\n    limits:")
    path.write_text(text.replace("extends: [local.small/groups]\n", ""), encoding="utf-8")
    standards = load(tmp_path, signatures())
    with pytest.raises(UnusableInput) as caught:
        resolve("local.small/all", bases=standards.bases, checks=standards.checks, facts={})
    (problem,) = [p for p in caught.value.problems if p.code == "extent"]
    assert (problem.source, problem.key) == ("bases/local.small/all.yaml", "select[0].parameters.groups")
    assert problem.line == 7
    assert "1002 elements of groups" in problem.found


def test_what_vectors_set_is_counted_too() -> None:
    check = read(OPEN.encode(), source="check.yaml").validate(Check)
    many = tuple(f"a={index}" for index in range(1000))
    with pytest.raises(ValueError, match="at most"):
        filled(check, OpenValues(parameters={"groups": many}))
