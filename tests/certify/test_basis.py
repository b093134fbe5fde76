"""Resolving a basis: what is required is fixed before anything is measured, and can only become stricter."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.basis import Basis, resolve
from certify.errors import Problem, UnusableInput
from certify.standard import Check
from certify.strict_yaml import read

BOTH = {"en": "Text.", "fr": "Texte."}


def limit(stricter: str, value: str | None = None) -> dict[str, Any]:
    return {"type": "decimal", "range": ["0", "1"], "value": value, "stricter": stricter, "why": "The check."}


def make_check(
    slug: str, *, scope: list[dict[str, Any]] | None = None, groups: list[str] | None = None
) -> Check:
    at_most = {
        "require": "at_most",
        "statistic": "error",
        "limit": "highest",
        "for_every": {"each_of": "groups"},
    }
    at_least = {
        "require": "at_least",
        "statistic": "share",
        "limit": "lowest",
        "for_every": {"each_of": "groups"},
    }
    return Check.from_json(
        {
            "id": f"test/{slug}", "version": "1.0.0", "status": "trial", "area": "objectives", "module": "M5",
            "severity": "major", "title": BOTH, "statement": BOTH, "rationale": BOTH, "remedy": BOTH,
            "clauses": [
                {"instrument": "x", "locator": "y", "as_of": "2026-07-27", "relation": "informs"},
            ],
            "applies": {"all": scope or []},
            "method": {
                "name": "area.method",
                "version": "1.0.0",
                "parameters": {
                    "groups": {"type": "list", "value": groups, "stricter": "superset", "why": "The check."}
                },
            },
            "evidence": {"kinds": ["statistical"], "role": "test", "bound_to": ["model"]},
            "limits": {"highest": limit("lower", "0.2"), "lowest": limit("higher", "0.5")},
            "criterion": {"all": [at_most, at_least]},
        }
    )  # fmt: skip


PERSONS = [{"fact": "system.affected_persons", "among": ["directly"]}]
CHECKS = {
    check.id: check
    for check in (
        make_check("open"),
        make_check("closed", groups=["sex=f", "sex=m"]),
        make_check("persons", groups=["sex=f", "sex=m"], scope=PERSONS),
    )
}


def basis_text(name: str, *lines: str, extends: str = "", confidence: str = "") -> str:
    head = [f"id: test/{name}", 'version: "1.0.0"', "title: {en: A basis., fr: Une base.}"]
    if extends:
        head.append(f"extends: [{extends}]")
    if confidence:
        head.append(f"confidence: {confidence}")
    return "\n".join([*head, *(["select:", *lines] if lines else [])]) + "\n"


def resolved(name: str, texts: Mapping[str, str], facts: Mapping[str, str] | None = None) -> Basis:
    documents = {f"test/{n}": read(t.encode(), source=f"bases/test/{n}.yaml") for n, t in texts.items()}
    return resolve(f"test/{name}", bases=documents, checks=CHECKS, facts=facts or {})


def problems(name: str, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        resolved(name, texts)
    return caught.value.problems


def limit_of(basis: Basis, name: str, slug: str = "closed") -> Decimal:
    (value,) = [check.limits[name].value for check in basis.required if check.id == f"test/{slug}"]
    assert isinstance(value, Decimal)
    return value


def groups_of(basis: Basis, slug: str = "closed") -> object:
    (value,) = [c.method.parameters["groups"].value for c in basis.required if c.id == f"test/{slug}"]
    return value


# Tightening


def test_a_basis_selects_checks_and_tightens_them() -> None:
    text = basis_text("one", "  - {check: test/closed, limits: {highest: 0.1, lowest: 0.75}}")
    basis = resolved("one", {"one": text})
    assert [check.id for check in basis.required] == ["test/closed"]
    assert (limit_of(basis, "highest"), limit_of(basis, "lowest")) == (Decimal("0.1"), Decimal("0.75"))


def test_the_check_itself_stays_as_it_was_written() -> None:
    resolved("one", {"one": basis_text("one", "  - {check: test/closed, limits: {highest: 0.1}}")})
    assert CHECKS["test/closed"].limits["highest"].value == Decimal("0.2")


@pytest.mark.parametrize(
    ("setting", "section", "name"),
    [
        ("limits: {highest: 0.3}", "limits", "highest"),
        ("limits: {lowest: 0.4}", "limits", "lowest"),
        ("limits: {highest: 0.1, lowest: 0.4}", "limits", "lowest"),
        ('parameters: {groups: ["sex=f"]}', "parameters", "groups"),
    ],
)
def test_a_loosening_is_refused_with_its_place(setting: str, section: str, name: str) -> None:
    line = f"  - {{check: test/closed, {setting}}}"
    (only,) = problems("one", {"one": basis_text("one", line)})
    assert only.place == f"bases/test/one.yaml:5:{line.index(name) + 1}"
    assert only.key == f"select[0].{section}.{name}"
    assert "deviation" in only.remedy


@pytest.mark.parametrize(
    "setting",
    [
        "limits: {highest: 1.5}", "limits: {highest: [a]}", 'limits: {highest: "much"}',
        "limits: {higest: 0.1}", "parameters: {group: [a]}", "parameters: {groups: a}",
        "parameters: {groups: [a, a, sex=f, sex=m]}", "parameters: {highest: 0.1}", "limits: {groups: [a]}",
    ],
)  # fmt: skip
def test_a_value_out_of_range_of_another_type_or_without_a_name_is_refused(setting: str) -> None:
    text = basis_text("one", f"  - {{check: test/closed, {setting}}}")
    assert {problem.line for problem in problems("one", {"one": text})} == {5}


def test_every_loosening_is_reported() -> None:
    text = basis_text(
        "one", "  - check: test/closed", "    limits: {highest: 0.3}", "    parameters: {groups: [a]}"
    )
    assert len(problems("one", {"one": text})) == 2


def test_a_reason_given_by_the_basis_is_added_to_that_of_the_check() -> None:
    text = basis_text("one", "  - {check: test/closed, limits: {highest: 0.1}, why: Ours.}")
    (check,) = resolved("one", {"one": text}).required
    assert check.limits["highest"].why == "The check. test/one: Ours."
    assert check.limits["lowest"].why == "The check."


# Values left open


def test_a_value_that_nobody_set_is_refused() -> None:
    (only,) = problems("one", {"one": basis_text("one", "  - check: test/open")})
    assert "groups" in only.expected
    assert "test/open" in only.expected
    assert (only.source, only.line) == ("bases/test/one.yaml", 4)


def test_a_value_left_open_in_the_family_may_be_set_by_the_last_basis() -> None:
    texts = {
        "family": basis_text("family", "  - check: test/open"),
        "last": basis_text(
            "last", '  - {check: test/open, parameters: {groups: ["a"]}}', extends="test/family"
        ),
    }
    assert groups_of(resolved("last", texts), "open") == ("a",)
    assert problems("family", texts)


def test_a_value_left_open_is_refused_even_if_the_check_is_excused() -> None:
    """The list of what is required never depends on facts that a vendor could change afterwards."""
    checks = {"test/open": make_check("open", scope=PERSONS)}
    document = read(basis_text("one", "  - check: test/open").encode(), source="one.yaml")
    facts = {"system.affected_persons": "none"}
    with pytest.raises(UnusableInput, match="groups"):
        resolve("test/one", bases={"test/one": document}, checks=checks, facts=facts)


# Several bases


def test_a_basis_inherits_and_tightens_what_it_extends() -> None:
    texts = {
        "parent": basis_text("parent", "  - {check: test/closed, limits: {highest: 0.15}}"),
        "child": basis_text(
            "child", "  - {check: test/closed, limits: {highest: 0.1}}", extends="test/parent"
        ),
        "heir": basis_text("heir", extends="test/child"),
    }
    assert limit_of(resolved("heir", texts), "highest") == Decimal("0.1")


def test_a_child_may_not_loosen_what_its_parent_set_although_the_check_would_allow_it() -> None:
    texts = {
        "parent": basis_text("parent", "  - {check: test/closed, limits: {highest: 0.1}}"),
        "child": basis_text(
            "child", "  - {check: test/closed, limits: {highest: 0.15}}", extends="test/parent"
        ),
    }
    (only,) = problems("child", texts)
    assert (only.source, only.line) == ("bases/test/child.yaml", 6)


@pytest.mark.parametrize("extends", ["test/a, test/b", "test/b, test/a"])
def test_of_several_parents_the_strictest_holds_whatever_their_order(extends: str) -> None:
    texts = {
        "a": basis_text("a", "  - {check: test/closed, limits: {highest: 0.1, lowest: 0.6}}"),
        "b": basis_text("b", "  - {check: test/closed, limits: {highest: 0.15, lowest: 0.9}}"),
        "both": basis_text("both", extends=extends),
    }
    basis = resolved("both", texts)
    assert (limit_of(basis, "highest"), limit_of(basis, "lowest")) == (Decimal("0.1"), Decimal("0.9"))


def test_a_list_that_contains_the_other_is_the_stricter() -> None:
    texts = {
        "a": basis_text("a", "  - {check: test/open, parameters: {groups: [a, b]}}"),
        "b": basis_text("b", "  - {check: test/open, parameters: {groups: [a, b, c]}}"),
        "both": basis_text("both", extends="test/b, test/a"),
    }
    assert groups_of(resolved("both", texts), "open") == ("a", "b", "c")


def test_lists_of_which_neither_contains_the_other_cannot_be_combined() -> None:
    texts = {
        "a": basis_text("a", "  - {check: test/open, parameters: {groups: [a, b]}}"),
        "b": basis_text("b", "  - {check: test/open, parameters: {groups: [b, c]}}"),
        "both": basis_text("both", extends="test/a, test/b"),
    }
    (only,) = problems("both", texts)
    assert (only.source, only.line, only.key) == ("bases/test/both.yaml", 4, "extends[1]")
    assert "test/open" in only.found


def test_a_common_ancestor_is_no_conflict() -> None:
    texts = {
        "root": basis_text("root", "  - {check: test/closed, limits: {highest: 0.15}}"),
        "a": basis_text("a", "  - {check: test/closed, limits: {highest: 0.1}}", extends="test/root"),
        "b": basis_text("b", "  - {check: test/persons}", extends="test/root"),
        "both": basis_text("both", extends="test/a, test/b"),
    }
    basis = resolved("both", texts)
    assert {check.id for check in basis.required} == {"test/closed", "test/persons"}
    assert limit_of(basis, "highest") == Decimal("0.1")


def test_a_family_tree_in_which_everybody_has_two_parents_is_resolved_without_being_unfolded() -> None:
    """Sixty generations would be 2**60 paths."""
    texts = {
        "a0": basis_text("a0", "  - check: test/closed"),
        "b0": basis_text("b0", "  - check: test/persons"),
    }
    for generation in range(1, 60):
        parents = f"test/a{generation - 1}, test/b{generation - 1}"
        texts |= {f"{side}{generation}": basis_text(f"{side}{generation}", extends=parents) for side in "ab"}
    assert len(resolved("a59", texts).required) == 2


def test_the_highest_confidence_of_the_family_holds_for_every_check() -> None:
    texts = {
        "parent": basis_text("parent", "  - check: test/closed", confidence="0.99"),
        "child": basis_text("child", "  - check: test/persons", extends="test/parent", confidence="0.98"),
    }
    assert {check.confidence for check in resolved("child", texts).required} == {Decimal("0.99")}


def test_a_confidence_below_the_lowest_is_refused() -> None:
    (only,) = problems("one", {"one": basis_text("one", "  - check: test/closed", confidence="0.95")})
    assert (only.line, only.key) == (4, "confidence")


@pytest.mark.parametrize(
    ("arrows", "line"),
    [
        ({"a": "test/a"}, 4),
        ({"a": "test/b", "b": "test/a"}, 4),
        ({"a": "test/b", "b": "test/c", "c": "test/b"}, 4),
    ],
)
def test_a_cycle_is_refused_and_shown(arrows: dict[str, str], line: int) -> None:
    texts = {n: basis_text(n, "  - check: test/closed", extends=e) for n, e in arrows.items()}
    (only,) = problems("a", texts)
    assert only.expected == "no cycle of bases"
    assert only.line == line
    assert " > " in only.found


def test_unknown_bases_and_checks_are_refused_in_their_place() -> None:
    (only,) = problems("one", {"one": basis_text("one", extends="test/absent")})
    assert (only.source, only.line, only.key) == ("bases/test/one.yaml", 4, "extends[0]")
    (only,) = problems("one", {"one": basis_text("one", "  - check: test/absent")})
    assert (only.line, only.key, only.found) == (5, "select[0].check", "test/absent")
    (only,) = problems("absent", {"one": basis_text("one", "  - check: test/closed")})
    assert only.expected == "one of the bases test/one"


def test_a_basis_is_named_as_its_file_is() -> None:
    """Otherwise one that bears its parent's name would take its parent's place."""
    texts = {
        "parent": basis_text("parent", "  - check: test/closed"),
        "child": basis_text("parent", "  - check: test/persons", extends="test/parent"),
    }
    (only,) = problems("child", texts)
    assert (only.source, only.line, only.key) == ("bases/test/child.yaml", 1, "id")


def test_a_basis_that_says_nothing_or_the_same_twice_is_refused() -> None:
    assert problems("one", {"one": basis_text("one")})
    twice = basis_text("one", "  - {check: test/closed, limits: {highest: 0.1}}", "  - check: test/closed")
    assert problems("one", {"one": twice})


# Scope

SCOPED = basis_text("one", "  - check: test/closed", "  - check: test/persons")


@pytest.mark.parametrize(
    "facts", [{}, {"system.affected_persons": "directly"}, {"system.kind": "instrument"}]
)
def test_a_check_applies_unless_a_known_fact_excuses_it(facts: dict[str, str]) -> None:
    basis = resolved("one", {"one": SCOPED}, facts)
    assert [check.id for check in basis.required] == ["test/closed", "test/persons"]
    assert basis.excused == ()


def test_an_excused_check_is_listed_with_the_facts_that_excuse_it() -> None:
    basis = resolved("one", {"one": SCOPED}, {"system.affected_persons": "none"})
    assert [check.id for check in basis.required] == ["test/closed"]
    (excusal,) = basis.excused
    assert (excusal.check, excusal.facts) == ("test/persons", ("system.affected_persons = none",))


def test_a_resolved_basis_survives_the_way_through_json() -> None:
    basis = resolved("one", {"one": SCOPED}, {"system.affected_persons": "none"})
    assert Basis.from_json(basis.to_json()) == basis


# The law

SHARES = st.decimals("0", "1", places=2)
GROUPS = st.lists(st.sampled_from(["sex=f", "sex=m", "age=old", "age=young"]), min_size=1, unique=True)
SETTINGS = st.fixed_dictionaries({}, optional={"highest": SHARES, "lowest": SHARES, "groups": GROUPS})


def selection(settings: Mapping[str, Any]) -> str:
    limits = ", ".join(f"{n}: {settings[n]:.2f}" for n in ("highest", "lowest") if n in settings)
    groups = f"groups: [{', '.join(settings['groups'])}]" if "groups" in settings else ""
    return f"  - {{check: test/closed, limits: {{{limits}}}, parameters: {{{groups}}}}}"


@given(st.lists(SETTINGS, min_size=1, max_size=5), st.data())
def test_no_arrangement_of_bases_is_looser_than_the_check_or_any_basis_that_it_rests_on(
    all_settings: list[dict[str, Any]], data: st.DataObject
) -> None:
    texts: dict[str, str] = {}
    ancestors: dict[str, set[str]] = {}
    for number, settings in enumerate(all_settings):
        parents = (
            data.draw(st.lists(st.sampled_from(sorted(texts)), unique=True, max_size=3)) if texts else []
        )
        extends = ", ".join(f"test/{parent}" for parent in parents)
        texts[f"n{number}"] = basis_text(f"n{number}", selection(settings), extends=extends)
        ancestors[f"n{number}"] = {f"n{number}"}.union(*(ancestors[parent] for parent in parents))
    last = f"n{len(all_settings) - 1}"
    try:
        basis = resolved(last, texts)
    except UnusableInput:
        return
    for name in ancestors[last]:
        settings = all_settings[int(name[1:])]
        assert limit_of(basis, "highest") <= min(settings.get("highest", Decimal(1)), Decimal("0.2"))
        assert limit_of(basis, "lowest") >= max(settings.get("lowest", Decimal(0)), Decimal("0.5"))
        found = groups_of(basis)
        assert isinstance(found, tuple)
        assert set(found) >= {"sex=f", "sex=m", *settings.get("groups", [])}


@given(SETTINGS, SETTINGS)
def test_the_order_of_parents_does_not_matter(one: dict[str, Any], other: dict[str, Any]) -> None:
    texts = {"a": basis_text("a", selection(one)), "b": basis_text("b", selection(other))}

    def outcome(extends: str) -> Any:
        try:
            basis = resolved("c", {**texts, "c": basis_text("c", extends=extends)})
        except UnusableInput:
            return "refused"
        groups = groups_of(basis)
        assert isinstance(groups, tuple)
        return limit_of(basis, "highest"), limit_of(basis, "lowest"), set(groups)

    assert outcome("test/a, test/b") == outcome("test/b, test/a")


def test_a_line_of_bases_without_end_is_refused_in_its_place() -> None:
    """Two thousand of them once ended in a RecursionError, which is a failure of ours and no answer."""
    chain = {f"b{n}": basis_text(f"b{n}", extends=f"test/b{n + 1}") for n in range(2000)}
    (only,) = problems("b0", {**chain, "b2000": basis_text("b2000", "  - check: test/closed")})
    assert (only.source, only.key, only.code) == ("bases/test/b100.yaml", "extends[0]", "too-deep")
    assert only.line == 4
