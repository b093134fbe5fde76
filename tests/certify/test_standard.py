"""Checks as values: what may be written, which way is stricter, and what cannot be written at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from certify.digest import canonical, read_canonical
from certify.standard import (
    LOWEST_CONFIDENCE,
    Applicability,
    Check,
    Demand,
    Expectation,
    Parameter,
    Strata,
    pair_of,
)

BOTH = {"en": "Text.", "fr": "Texte."}


def parameter(kind: str = "decimal", **changes: Any) -> Parameter:
    stricter = "lower" if kind in ("integer", "decimal") else "fixed"
    span = ("0", "1") if kind == "decimal" else ("0", "100") if kind == "integer" else None
    written = {"type": kind, "range": span, "stricter": stricter, "why": "a test", **changes}
    return Parameter.model_validate(written)


def make_check(*conditions: dict[str, Any], **changes: Any) -> Check:
    """A check on an error rate in every group; `changes` replace whole keys."""
    at_most = {
        "require": "at_most",
        "statistic": "error",
        "limit": "highest",
        "for_every": {"each_of": "groups"},
    }
    groups = parameter("list", value=("sex=f", "sex=m"), stricter="superset")
    written: dict[str, Any] = {
        "id": "test/errors", "version": "1.0.0", "status": "trial", "area": "objectives", "module": "M5",
        "severity": "major", "title": BOTH, "statement": BOTH, "rationale": BOTH, "remedy": BOTH,
        "clauses": (
            {"instrument": "AI Act", "locator": "Art. 15(1)", "as_of": "2026-07-27", "relation": "informs"},
        ),
        "method": {"name": "area.method", "version": "1.0.0", "parameters": {"groups": groups}},
        "evidence": {"kinds": ("statistical",), "role": "test", "bound_to": ("model", "data")},
        "limits": {"highest": parameter(value="0.1"), "lowest": parameter(value="0.1", stricter="higher")},
        "criterion": {"all": conditions or (at_most,)},
    }  # fmt: skip
    return Check.model_validate({**written, **changes})


# Parameters


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decimal", Decimal("0.5")),
        ("decimal", 1),
        ("integer", 7),
        ("text", "accuracy"),
        ("list", ("a", "b")),
        ("expectations", (Expectation(expectation="expect_x", arguments={"column": "a"}),)),
    ],
)
def test_a_value_of_the_declared_type_is_accepted(kind: str, value: Any) -> None:
    assert parameter(kind, value=value).value == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decimal", "much"),
        ("decimal", True),
        ("decimal", Decimal("1.01")),
        ("decimal", Decimal("-0.01")),
        ("decimal", ("a",)),
        ("decimal", "NaN"),
        ("decimal", "Infinity"),
        ("integer", Decimal("0.5")),
        ("integer", 101),
        ("text", 1),
        ("text", ("a",)),
        ("list", "a"),
        ("list", ()),
        ("list", ("a", "a")),
        ("list", (1, 2)),
        ("list", (Expectation(expectation="expect_x", arguments={}),)),
        ("expectations", ("a",)),
        ("expectations", ()),
        ("expectations", (Expectation(expectation="expect_x", arguments={}),) * 2),
    ],
)
def test_a_value_of_another_type_or_out_of_range_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        parameter(kind, value=value)


def test_two_rules_that_are_spelled_alike_are_one_rule_twice() -> None:
    """They would share a stratum, so that one of them would be judged by the other's evidence."""
    number, text = ({"column": "a", "value_set": (code,)} for code in (1, "1"))
    rules = tuple(Expectation(expectation="expect_x", arguments=a) for a in (number, text))
    with pytest.raises(ValidationError, match="no element twice"):
        parameter("expectations", value=rules)


@pytest.mark.parametrize(
    ("kind", "stricter"),
    [
        ("text", "lower"), ("text", "higher"), ("text", "superset"), ("list", "lower"), ("list", "higher"),
        ("expectations", "lower"), ("integer", "superset"), ("decimal", "superset"),
    ],
)  # fmt: skip
def test_a_direction_that_means_nothing_for_the_type_is_refused(kind: str, stricter: str) -> None:
    with pytest.raises(ValidationError, match="stricter"):
        parameter(kind, stricter=stricter)


@pytest.mark.parametrize("span", [None, ("1", "0")])
def test_a_number_needs_a_range_that_holds_something(span: Any) -> None:
    with pytest.raises(ValidationError, match="range"):
        parameter(range=span)


def test_a_number_needs_to_say_where_it_comes_from() -> None:
    with pytest.raises(ValidationError, match="why"):
        parameter(why="")


SHARES = st.decimals("0", "1", places=4)
DIRECTIONS = st.sampled_from(["lower", "higher", "fixed"])


def looser(stricter: str, before: Decimal, after: Decimal) -> bool:
    """Written once more, independently: would the change make a limit easier to meet?"""
    return {"lower": after > before, "higher": after < before, "fixed": after != before}[stricter]


@given(DIRECTIONS, SHARES, SHARES)
def test_a_tightened_number_is_never_looser(stricter: str, before: Decimal, after: Decimal) -> None:
    given_one = parameter(value=before, stricter=stricter)
    try:
        value = given_one.tightened(after, by="test/basis").value
    except ValueError:
        assert looser(stricter, before, after)
    else:
        assert value == after
        assert not looser(stricter, before, after)


ELEMENTS = st.lists(st.sampled_from("abcd"), min_size=1, unique=True).map(tuple)


@given(st.sampled_from(["superset", "fixed"]), ELEMENTS, ELEMENTS)
def test_a_tightened_list_never_loses_an_element(
    stricter: str, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    given_one = parameter("list", value=before, stricter=stricter)
    try:
        given_one.tightened(after, by="test/basis")
    except ValueError:
        assert set(before) - set(after) or (stricter == "fixed" and before != after)
    else:
        assert set(before) <= set(after)
        assert stricter == "superset" or before == after


@given(DIRECTIONS, st.lists(SHARES, min_size=1, max_size=6))
def test_a_chain_of_tightenings_is_never_looser_than_any_of_its_links(
    stricter: str, values: list[Decimal]
) -> None:
    reached = [parameter(value=values[0], stricter=stricter)]
    for value in values[1:]:
        try:
            reached.append(reached[-1].tightened(value, by="test/basis"))
        except ValueError:
            continue
    last = reached[-1].value
    assert isinstance(last, Decimal)
    assert not any(looser(stricter, link.value, last) for link in reached if isinstance(link.value, Decimal))


def test_an_open_value_may_be_set_within_its_range_and_type_only() -> None:
    assert parameter().tightened(Decimal("0.3"), by="test/basis").value == Decimal("0.3")
    for value in (Decimal(2), "0.3", ("a",)):
        with pytest.raises(ValueError):
            parameter().tightened(value, by="test/basis")


@given(DIRECTIONS, st.none() | SHARES, st.none() | SHARES)
def test_the_strictest_of_two_is_as_strict_as_both_in_either_order(
    stricter: str, one: Decimal | None, other: Decimal | None
) -> None:
    a, b = parameter(value=one, stricter=stricter), parameter(value=other, stricter=stricter)
    assume(not (stricter == "fixed" and None not in (one, other) and one != other))
    assert a.strictest(b).value == b.strictest(a).value
    value = a.strictest(b).value
    for each in (one, other):
        if each is not None:
            assert isinstance(value, Decimal)
            assert not looser(stricter, each, value)


def test_values_of_which_neither_is_stricter_cannot_be_combined() -> None:
    a, b = (parameter("list", value=v, stricter="superset") for v in (("a", "b"), ("b", "c")))
    with pytest.raises(ValueError, match="stricter"):
        a.strictest(b)
    with pytest.raises(ValueError, match="stricter"):
        parameter(value="0.1", stricter="fixed").strictest(parameter(value="0.2", stricter="fixed"))


@given(SHARES)
def test_a_number_keeps_its_digits_through_json(value: Decimal) -> None:
    one = parameter(value=value)
    again = Parameter.from_json(read_canonical(canonical(one.to_json()), source="x"))
    assert again == one
    assert str(again.value) == str(one.value)


# Strata


def test_strata_are_said_in_exactly_one_way() -> None:
    for given_keys in ({}, {"each_of": "a", "pairs_of": "a"}, {"named": ("x",), "each_of": "a"}):
        with pytest.raises(ValidationError, match="exactly one"):
            Strata.model_validate(given_keys)


def test_pairs_are_all_unordered_or_all_ordered_pairs() -> None:
    parameters = {"groups": parameter("list", value=("a", "b", "c"))}
    unordered = Strata(pairs_of="groups").resolve(parameters)
    assert unordered == (pair_of("a", "b"), pair_of("a", "c"), pair_of("b", "c"))
    ordered = Strata(ordered_pairs_of="groups").resolve(parameters)
    assert len(ordered) == 6
    assert set(unordered) < set(ordered)
    assert Strata(each_of="groups").resolve(parameters) == ("a", "b", "c")


def test_an_open_list_and_a_single_group_give_nothing_to_compare() -> None:
    assert Strata(each_of="groups").resolve({"groups": parameter("list")}) == ()
    assert Strata(pairs_of="groups").resolve({"groups": parameter("list", value=("a",))}) == ()


def test_rules_are_strata_by_the_way_in_which_they_are_spelled() -> None:
    rule = Expectation(
        expectation="expect_column_values_to_be_between",
        arguments={"min_value": Decimal("0.5"), "max_value": Decimal("2.0"), "column": "a"},
    )
    rules = {"rules": parameter("expectations", value=(rule,))}
    assert Strata(each_of="rules").resolve(rules) == (
        "expect_column_values_to_be_between(column=a, max_value=2, min_value=0.5)",
    )


# Checks


def test_a_check_survives_the_way_through_json() -> None:
    check = make_check()
    again = Check.from_json(read_canonical(canonical(check.to_json()), source="x"))
    assert again == check
    assert again.value_digest == check.value_digest


def condition(require: str, limit: str) -> dict[str, Any]:
    what = "circumstance" if require == "among" else "statistic"
    return {"require": require, what: "x", "limit": limit}


ALWAYS = {"require": "holds", "statement": "sound"}


@pytest.mark.parametrize(
    ("require", "limit"),
    [
        ("at_most", parameter(value="0.1", stricter="higher")),
        ("at_least", parameter(value="0.1", stricter="lower")),
        ("count", parameter("integer", value=50, stricter="lower")),
        ("among", parameter("list", value=("a",), stricter="superset")),
    ],
)
def test_a_limit_that_a_basis_could_loosen_in_the_name_of_tightening_is_refused(
    require: str, limit: Parameter
) -> None:
    with pytest.raises(ValidationError, match="stricter"):
        make_check(ALWAYS, condition(require, "it"), limits={"it": limit})


@pytest.mark.parametrize(
    ("require", "limit"),
    [
        ("at_most", parameter(value="0.1", stricter="lower")),
        ("at_most", parameter(value="0.1", stricter="fixed")),
        ("at_least", parameter(value="0.1", stricter="higher")),
        ("count", parameter("integer", value=50, stricter="higher")),
        ("among", parameter("list", value=("a",), stricter="fixed")),
    ],
)
def test_a_limit_whose_direction_fits_its_condition_is_accepted(require: str, limit: Parameter) -> None:
    make_check(ALWAYS, condition(require, "it"), limits={"it": limit})


@pytest.mark.parametrize("require", ["at_most", "at_least", "count", "among"])
def test_a_condition_without_its_limit_is_refused(require: str) -> None:
    with pytest.raises(ValidationError, match="a limit named"):
        make_check(ALWAYS, condition(require, "absent"))


def test_a_limit_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(ValidationError, match="a limit named"):
        make_check(condition("at_most", "it"), limits={"it": parameter("list", value=("a",))})
    with pytest.raises(ValidationError, match="a limit named"):
        make_check(ALWAYS, condition("among", "it"), limits={"it": parameter(value="0.1")})


@pytest.mark.parametrize("source", ["absent", "count"])
def test_strata_that_are_no_list_among_the_parameters_are_refused(source: str) -> None:
    method = {
        "name": "area.method", "version": "1.0.0", "parameters": {"count": parameter("integer", value=1)},
    }  # fmt: skip
    with pytest.raises(ValidationError, match="a parameter named"):
        make_check({**ALWAYS, "for_every": {"each_of": source}}, method=method)


@pytest.mark.parametrize(
    "conditions",
    [
        (),
        ({"require": "nothing_found", "statement": "survived"},),
        ({"require": "count", "statistic": "error", "limit": "lowest"},),
    ],
)
def test_a_criterion_that_could_be_met_without_demonstrating_anything_is_refused(
    conditions: tuple[dict[str, Any], ...],
) -> None:
    with pytest.raises(ValidationError, match="can demonstrate"):
        make_check(criterion={"all": conditions})


@pytest.mark.parametrize(
    "conditions",
    [
        ({"any": ()},),
        ({"require": "not", "statement": "sound"},),
        ({"require": "at_most", "statistic": "error", "limit": "highest", "bound": "lower"},),
        ({"require": "at_most", "statistic": "error", "limit": 0.1},),
    ],
)
def test_there_is_no_any_no_not_and_no_choice_of_bound(conditions: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(ValidationError):
        make_check(*conditions)


@pytest.mark.parametrize("confidence", ["0.95", "0.9749", "1", "0"])
def test_a_confidence_below_the_lowest_or_impossible_is_refused(confidence: str) -> None:
    with pytest.raises(ValidationError):
        make_check(confidence=confidence)


def test_the_lowest_confidence_is_that_of_ich_e9() -> None:
    assert make_check().confidence == LOWEST_CONFIDENCE
    assert Decimal("0.025") == 1 - LOWEST_CONFIDENCE


def test_a_search_is_no_kind_of_evidence_that_can_be_demanded() -> None:
    with pytest.raises(ValidationError, match="silence"):
        Demand(kinds=("statistical", "search"), role="test", bound_to=("model",))


def test_a_check_without_clauses_or_in_one_language_is_refused() -> None:
    with pytest.raises(ValidationError):
        make_check(clauses=())
    with pytest.raises(ValidationError):
        make_check(title={"en": "Only English."})


def test_open_values_are_named() -> None:
    groups = {"groups": parameter("list", stricter="superset")}
    method = {"name": "area.method", "version": "1.0.0", "parameters": groups}
    assert make_check(method=method, limits={"highest": parameter()}).open_values == ("groups", "highest")
    assert make_check().open_values == ()


# Applicability

SCOPE = Applicability.model_validate(
    {
        "all": (
            {"fact": "system.affected_persons", "among": ("directly", "indirectly")},
            {"fact": "model.task", "among": ("binary",)},
        )
    }
)


def test_an_unknown_fact_never_excuses() -> None:
    assert SCOPE.excusing_facts({}) == ()
    assert SCOPE.excusing_facts({"system.affected_persons": "directly"}) == ()
    assert SCOPE.excusing_facts({"system.affected_person": "none"}) == ()


def test_a_known_fact_out_of_scope_excuses_and_is_named() -> None:
    facts = {"system.affected_persons": "none", "model.task": "binary"}
    assert SCOPE.excusing_facts(facts) == ("system.affected_persons = none",)


def test_without_a_scope_nothing_excuses() -> None:
    assert Applicability().excusing_facts({"system.affected_persons": "none"}) == ()


FACTS = st.dictionaries(
    st.sampled_from(["system.affected_persons", "model.task", "system.kind"]),
    st.sampled_from(["directly", "none", "binary", "multiclass"]),
)


@given(FACTS, st.data())
def test_forgetting_a_fact_never_excuses_more(facts: dict[str, str], data: st.DataObject) -> None:
    kept = {name: facts[name] for name in facts if data.draw(st.booleans())}
    assert set(SCOPE.excusing_facts(kept)) <= set(SCOPE.excusing_facts(facts))
