"""Attempts on the same sealed data share alpha: laws over checks and evidence of any kind."""

from __future__ import annotations

from decimal import Decimal

import pytest
from findings import decimals, findings, make_basis, make_check, make_measurement, make_protocol, number
from hypothesis import given, settings
from hypothesis import strategies as st

from certify.basis import MOST_ATTEMPTS, Basis, shared
from certify.evidence import Measurement
from certify.protocol import Protocol
from certify.ruling import Outcome
from certify.standard import Check
from certify.verdict import Finding, decide
from checks.measured import Confidence
from checks.statistics.proportions import proportion

ATTEMPTS = st.integers(1, MOST_ATTEMPTS)


def conforms(check: Check, said: Measurement, attempts: int) -> bool:
    """Whether the same evidence conforms where so many attempts share alpha."""
    basis = make_basis(check).among(attempts)
    (asked,) = basis.required
    again = make_measurement(
        asked, *said.estimates, statements=said.statements, circumstances=said.circumstances
    )
    finding = Finding(check=asked, result=again)
    return decide([finding], basis=basis, protocol=make_protocol(basis)).decision == "conforming"


@given(finding=findings(), one=ATTEMPTS, other=ATTEMPTS)
def test_on_fixed_evidence_more_attempts_never_demonstrate_more(
    finding: Finding, one: int, other: int
) -> None:
    fewer, more = sorted((one, other))
    if isinstance(finding.result, Measurement) and conforms(finding.check, finding.result, more):
        assert conforms(finding.check, finding.result, fewer)


@given(data=st.data(), cases=st.integers(1, 2_000), limit=st.integers(1, 99), one=ATTEMPTS, other=ATTEMPTS)
@settings(deadline=None)
def test_on_the_same_counts_more_attempts_never_demonstrate_more(
    data: st.DataObject, cases: int, limit: int, one: int, other: int
) -> None:
    """The evidence is made again at the confidence that is asked for, as a worker does."""
    events = data.draw(st.integers(0, cases))
    floor = [{"require": "at_least", "statistic": "accuracy", "limit": "floor"}]
    check = make_check(conditions=floor, limits={"floor": number(f"0.{limit:02}", stricter="higher")})

    def demonstrated(attempts: int) -> bool:
        (asked,) = make_basis(check).among(attempts).required
        level = Confidence(float(asked.confidence))
        rate = proportion(events, cases, level).estimate(statistic="accuracy", confidence=level)
        return conforms(check, make_measurement(asked, rate), attempts)

    fewer, more = sorted((one, other))
    assert demonstrated(fewer) or not demonstrated(more)


def test_evidence_made_for_one_attempt_is_too_weak_for_two() -> None:
    floor = [{"require": "at_least", "statistic": "accuracy", "limit": "floor"}]
    check = make_check(conditions=floor, limits={"floor": number("0.5", stricter="higher")})
    level = Confidence(0.975)
    rate = proportion(990, 1_000, level).estimate(statistic="accuracy", confidence=level)
    assert [conforms(check, make_measurement(check, rate), n) for n in (1, 2)] == [True, False]


@given(confidence=decimals("0.975", "0.9999"), attempts=ATTEMPTS)
def test_the_parts_of_alpha_add_up_to_no_more_than_alpha(confidence: Decimal, attempts: int) -> None:
    part = 1 - shared(confidence, attempts)
    assert part * attempts <= 1 - confidence
    assert (1 - confidence) / attempts - part < Decimal("2e-12")
    assert Decimal(repr(float(shared(confidence, attempts)))) == shared(confidence, attempts)


def test_two_attempts_have_half_of_alpha_each() -> None:
    assert shared(Decimal("0.975"), 2) == Decimal("0.9875")
    assert shared(Decimal("0.975"), 1) == Decimal("0.975")


def test_where_nothing_is_said_there_is_one_attempt() -> None:
    basis = make_basis(make_check())
    written = make_protocol(basis).to_json()
    del written["allowance"]
    assert Protocol.from_json(written).allowance == 1
    assert basis.attempts == 1
    assert "attempts" not in basis.to_json()
    assert Basis.from_json(basis.to_json()) == basis == basis.among(1)
    assert Basis.from_json(basis.among(3).to_json()) == basis.among(3)


def test_alpha_is_shared_once() -> None:
    basis = make_basis(make_check()).among(2)
    with pytest.raises(ValueError, match="not shared yet"):
        basis.among(2)
    for attempts in (0, MOST_ATTEMPTS + 1):
        with pytest.raises(ValueError, match="attempts"):
            make_basis(make_check()).among(attempts)


@given(finding=findings(), attempts=ATTEMPTS)
def test_more_attempts_never_refute_more(finding: Finding, attempts: int) -> None:
    """Nor does sharing make a model worse than it is: what is not demonstrated is not thereby refuted."""
    if not isinstance(finding.result, Measurement):
        return

    def refuted(n: int) -> bool:
        basis = make_basis(finding.check).among(n)
        (asked,) = basis.required
        assert isinstance(finding.result, Measurement)
        said = make_measurement(
            asked, *finding.result.estimates, statements=finding.result.statements,
            circumstances=finding.result.circumstances,
        )  # fmt: skip
        verdict = decide([Finding(check=asked, result=said)], basis=basis, protocol=make_protocol(basis))
        return verdict.judgements[0].outcome is Outcome.REFUTED

    assert refuted(1) or not refuted(attempts)
