"""The laws of the verdict, as properties, and its decisions in single cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from findings import (
    FILES,
    GROUPS,
    checks,
    decimals,
    findings,
    make_basis,
    make_check,
    make_estimate,
    make_measurement,
    make_protocol,
    make_refusal,
    measurements,
    number,
)
from hypothesis import assume, event, given
from hypothesis import strategies as st

from certify.certifiability import Standing, obstacles
from certify.digest import Digest
from certify.evidence import Circumstance, Measurement, Opened, Reason, Statement
from certify.ruling import Outcome
from certify.standard import Check
from certify.verdict import Finding, Judgement, Verdict, decide, judge


def verdict_of(*found: Finding, required: tuple[Check, ...] | None = None) -> Verdict:
    basis = make_basis(*(required if required is not None else tuple(f.check for f in found)))
    return decide(found, basis=basis, protocol=make_protocol(basis))


def judged(check: Check, result: Measurement) -> Judgement:
    return judge(Finding(check=check, result=result), protocol=make_protocol(make_basis(check)))


def rebound(check: Check, result: Measurement) -> Measurement:
    """The same evidence, as if made in answer to a check that differs in a limit or confidence only."""
    task = make_measurement(check).task
    return result.model_copy(update={"task": task})


# Laws


def test_nothing_is_non_conforming() -> None:
    assert verdict_of().decision == "non_conforming"
    assert verdict_of(required=(make_check(),)).decision == "non_conforming"


@given(st.data())
def test_dropping_findings_never_helps(data: st.DataObject) -> None:
    found = [data.draw(findings(f"number-{index}")) for index in range(data.draw(st.integers(1, 4)))]
    required = tuple(f.check for f in found)
    kept = data.draw(st.lists(st.sampled_from(found), unique_by=lambda f: f.check.id))
    whole = verdict_of(*found, required=required)
    event(whole.decision)
    if len(kept) < len(found):
        assert verdict_of(*kept, required=required).decision == "non_conforming"
    else:
        assert verdict_of(*kept, required=required).decision == whole.decision


@given(st.data())
def test_order_does_not_matter(data: st.DataObject) -> None:
    found = [data.draw(findings(f"number-{index}")) for index in range(3)]
    required = tuple(f.check for f in found)
    shuffled = data.draw(st.permutations(found))
    assert verdict_of(*found, required=required) == verdict_of(*shuffled, required=required)


@given(findings("once"), findings("other"))
def test_a_finding_twice_or_one_that_nobody_required_is_not_conforming(one: Finding, other: Finding) -> None:
    assert verdict_of(one, one, required=(one.check,)).decision == "non_conforming"
    assert verdict_of(one, other, required=(one.check,)).decision == "non_conforming"


def weakened(result: Measurement) -> Iterator[Measurement]:
    """Every measurement with one thing less."""
    for name in ("estimates", "statements", "circumstances", "opened"):
        facts = getattr(result, name)
        for index in range(len(facts)):
            yield result.model_copy(update={name: facts[:index] + facts[index + 1 :]})


@given(st.data())
def test_saying_less_never_demonstrates_more(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check))
    whole = judged(check, result).outcome
    event(str(whole))
    if whole is not Outcome.DEMONSTRATED:
        for less in weakened(result):
            assert judged(check, less).outcome is not Outcome.DEMONSTRATED


@given(st.data())
def test_tightening_a_limit_never_demonstrates_more(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check))
    name = data.draw(st.sampled_from(["highest", "lowest"]))
    given_value = check.limits[name].value
    assert isinstance(given_value, Decimal)
    low, high = (Decimal(0), given_value) if name == "highest" else (given_value, Decimal(1))
    stricter = check.limits[name].tightened(data.draw(decimals(str(low), str(high))), by="test/basis")
    tighter = check.model_copy(update={"limits": {**check.limits, name: stricter}})
    before, after = judged(check, result).outcome, judged(tighter, rebound(tighter, result)).outcome
    event(f"{before} to {after}")
    if before is not Outcome.DEMONSTRATED:
        assert after is not Outcome.DEMONSTRATED


@given(st.data())
def test_raising_the_confidence_never_demonstrates_more(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check))
    surer = check.model_copy(update={"confidence": data.draw(decimals("0.975", "0.9999"))})
    before, after = judged(check, result).outcome, judged(surer, rebound(surer, result)).outcome
    if before is not Outcome.DEMONSTRATED:
        assert after is not Outcome.DEMONSTRATED


@given(st.data())
def test_requiring_another_group_never_demonstrates_more(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check))
    groups = check.method.parameters["groups"]
    assert isinstance(groups.value, tuple)
    wider = groups.tightened(tuple(dict.fromkeys((*groups.value, *GROUPS))), by="test/basis")
    method = check.method.model_copy(update={"parameters": {"groups": wider}})
    more = check.model_copy(update={"method": method})
    if judged(check, result).outcome is not Outcome.DEMONSTRATED:
        assert judged(more, rebound(more, result)).outcome is not Outcome.DEMONSTRATED


@given(st.data())
def test_evidence_from_other_bytes_demonstrates_nothing(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check))
    path = data.draw(st.sampled_from(sorted(FILES)))
    other = tuple(
        Opened(path=o.path, digest=Digest.of(b"other bytes")) if o.path == path else o for o in result.opened
    )
    judgement = judged(check, result.model_copy(update={"opened": other}))
    assert judgement.outcome is Outcome.NOT_DEMONSTRATED
    assert judgement.reason is Reason.UNBOUND


@given(st.data())
def test_evidence_for_another_submission_or_check_demonstrates_nothing(data: st.DataObject) -> None:
    check = data.draw(checks())
    result = data.draw(measurements(check)).model_copy(update={"task": Digest.of(b"another task")})
    assert judged(check, result).reason is Reason.UNBOUND


@given(findings())
def test_a_check_that_was_not_locked_is_not_judged(finding: Finding) -> None:
    protocol = make_protocol(make_basis(make_check("another")))
    assert judge(finding, protocol=protocol).reason is Reason.UNBOUND


@given(findings())
def test_whatever_is_not_demonstrated_has_a_reason_and_an_explanation(finding: Finding) -> None:
    judgement = judge(finding, protocol=make_protocol(make_basis(finding.check)))
    assert (judgement.reason is not None) == (judgement.outcome is Outcome.NOT_DEMONSTRATED)
    assert judgement.deciding.explanation


@given(st.sampled_from(list(Reason)))
def test_no_reason_for_not_measuring_passes(reason: Reason) -> None:
    check = make_check()
    verdict = verdict_of(Finding(check=check, result=make_refusal(check, reason)))
    assert verdict.decision == "non_conforming"
    assert verdict.judgements[0].reason is reason


# Single cases


FEMALE, MALE = make_estimate("sex=female"), make_estimate("sex=male")


def test_bounds_on_the_safe_side_in_every_group_demonstrate() -> None:
    check = make_check()
    assert judged(check, make_measurement(check, FEMALE, MALE)).outcome is Outcome.DEMONSTRATED


@pytest.mark.parametrize(
    ("estimate", "outcome", "reason"),
    [
        (make_estimate("sex=male", value="0.05", upper="0.1"), Outcome.DEMONSTRATED, None),
        (
            make_estimate("sex=male", value="0.05", upper="0.1001"),
            Outcome.NOT_DEMONSTRATED,
            Reason.INCONCLUSIVE,
        ),
        (
            make_estimate("sex=male", confidence="0.97"),
            Outcome.NOT_DEMONSTRATED,
            Reason.INCONCLUSIVE,
        ),
        (
            make_estimate("sex=male", value="0.2", lower="0.15", upper="0.3", refuting=("0.11", "0.4")),
            Outcome.REFUTED,
            None,
        ),
        (
            make_estimate("sex=male", value="0.2", lower="0.11", upper="0.3", refuting=("0.09", "0.4")),
            Outcome.NOT_DEMONSTRATED,
            Reason.INCONCLUSIVE,
        ),
        (
            make_estimate(
                "sex=male", value="0.2", lower="0.15", upper="0.3", refuting=("0.15", "0.3"),
                refuting_confidence="0.975",
            ),
            Outcome.NOT_DEMONSTRATED,
            Reason.INCONCLUSIVE,
        ),
        (make_estimate("sex=male", kind="document"), Outcome.NOT_DEMONSTRATED, Reason.NOT_MEASURED),
        (make_estimate("sex=other"), Outcome.NOT_DEMONSTRATED, Reason.NOT_MEASURED),
    ],
    ids=[
        "on the limit", "just beyond", "bounded at too low a confidence", "refuted by the corrected bound",
        "the uncorrected bound does not refute", "refuting bounds that were not corrected",
        "an inadmissible kind", "a required group is absent",
    ],
)  # fmt: skip
def test_one_group_decides(estimate: object, outcome: Outcome, reason: Reason | None) -> None:
    check = make_check()
    judgement = judged(check, make_measurement(check, FEMALE, estimate))  # type: ignore[arg-type]
    assert (judgement.outcome, judgement.reason) == (outcome, reason)


def test_a_lower_bound_decides_at_least() -> None:
    condition = {"require": "at_least", "statistic": "error", "limit": "lowest"}
    check = make_check(conditions=[condition], limits={"lowest": number("0.5", stricter="higher")})
    good = make_estimate(value="0.6", lower="0.5", upper="0.7")
    doubtful = make_estimate(value="0.6", lower="0.49", upper="0.7")
    assert judged(check, make_measurement(check, good)).outcome is Outcome.DEMONSTRATED
    assert judged(check, make_measurement(check, doubtful)).outcome is Outcome.NOT_DEMONSTRATED


def test_a_search_that_finds_nothing_neither_demonstrates_nor_refuses() -> None:
    check, silent = searched(holds=True)
    assert judged(check, silent).outcome is Outcome.DEMONSTRATED
    without_bound = silent.model_copy(update={"estimates": ()})
    assert judged(check, without_bound).outcome is Outcome.NOT_DEMONSTRATED
    searched_for = [ruling for ruling in judged(check, silent).rulings if ruling.subject == "model"]
    assert [ruling.silent for ruling in searched_for] == [True]
    alone = Judgement(check=check.id, rulings=tuple(searched_for))
    assert alone.outcome is Outcome.NOT_DEMONSTRATED


def test_a_search_that_finds_something_refutes() -> None:
    check, found = searched(holds=False)
    assert judged(check, found).outcome is Outcome.REFUTED


def searched(*, holds: bool) -> tuple[Check, Measurement]:
    conditions = [
        {"require": "at_most", "statistic": "error", "limit": "highest"},
        {"require": "nothing_found", "statement": "survived", "for_every": {"named": ["model"]}},
    ]
    check = make_check(conditions=conditions)
    said = Statement(name="survived", subject="model", holds=holds, kind="search", explanation="Searched.")
    return check, make_measurement(check, make_estimate(), statements=(said,))


def test_a_circumstance_must_be_one_of_those_accepted() -> None:
    classes = {"type": "list", "value": ["metered"], "stricter": "fixed", "why": "a test"}
    conditions = [
        {"require": "at_most", "statistic": "error", "limit": "highest"},
        {"require": "among", "circumstance": "energy_class", "limit": "classes"},
    ]
    check = make_check(conditions=conditions, limits={"highest": number("0.1"), "classes": classes})
    for value, outcome in (("metered", Outcome.DEMONSTRATED), ("modelled", Outcome.NOT_DEMONSTRATED)):
        said = (Circumstance(name="energy_class", value=value),)
        result = make_measurement(check, make_estimate(), circumstances=said)
        assert judged(check, result).outcome is outcome
    assert judged(check, make_measurement(check, make_estimate())).reason is Reason.NOT_MEASURED


# Certifiability

BEST = Standing(
    isolation="I3",
    network_denied=True,
    key_kind="production",
    protocol_countersigned=True,
    locked_before_opening=True,
    openings_within_allowance=True,
    test_data_retired=False,
    sealed_data_run_by_authority=True,
    excusals_countersigned=True,
    unsigned_packs=(),
    development_packs=(),
    qualified=True,
    unproved_checks=(),
    deviations=0,
)


@given(st.data())
def test_every_fact_that_certifiability_needs_is_an_obstacle_when_missing(data: st.DataObject) -> None:
    worse = {
        "isolation": "I0",
        "network_denied": False,
        "key_kind": "development",
        "protocol_countersigned": False,
        "locked_before_opening": False,
        "openings_within_allowance": False,
        "test_data_retired": True,
        "sealed_data_run_by_authority": False,
        "excusals_countersigned": False,
        "unsigned_packs": ("local.test",),
        "development_packs": ("eu.ai-act",),
        "qualified": False,
        "unproved_checks": ("local.test/check",),
        "deviations": 1,
    }
    assert set(worse) == {field.name for field in fields(Standing)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(worse)), unique=True))
    standing = replace(BEST, **{name: worse[name] for name in chosen})  # type: ignore[arg-type]
    assert len(obstacles(standing)) == len(chosen)


@given(st.data())
def test_a_refutation_at_many_groups_at_the_limit_needs_the_corrected_confidence(data: st.DataObject) -> None:
    groups = tuple(f"g={index}" for index in range(data.draw(st.integers(2, 20))))
    check = make_check(groups=groups)
    made_at = data.draw(decimals("0.975", "0.9999"))
    needed = 1 - Decimal("0.025") / len(groups)
    assume(abs(made_at - needed) > Decimal("1e-9"))
    over = [
        make_estimate(
            group, value="0.2", lower="0.15", upper="0.3", refuting=("0.12", "0.4"),
            refuting_confidence=str(made_at),
        )
        for group in groups
    ]  # fmt: skip
    refuted = judged(check, make_measurement(check, *over)).outcome is Outcome.REFUTED
    assert refuted == (made_at > needed)
