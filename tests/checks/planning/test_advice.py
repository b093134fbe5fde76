"""Advice on how much evidence would have been enough: against brute force, and kept as a promise."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from findings import (
    make_basis,
    make_check,
    make_estimate,
    make_measurement,
    make_protocol,
    make_refusal,
    number,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import beta, binomtest

from certify.dossier import Advice
from certify.evidence import Bounds, Estimate
from certify.ruling import Outcome
from certify.standard import Check
from certify.verdict import Finding, judge
from checks.measured import Confidence
from checks.planning.advice import MOST_CASES, advise, proportion_cases
from checks.statistics.proportions import CLOPPER_PEARSON, proportion

LEVEL = 0.975
WOMEN, MEN = "sex=female", "sex=male"


def bounds_at(value: float, cases: NDArray[np.int64], confidence: float, *, at_most: bool) -> Any:
    """The bound that is judged, for each number of cases, with the share of events held at `value`."""
    events = value * cases
    if at_most:
        return beta.ppf(confidence, events + 1, cases - events)
    return beta.ppf(1 - confidence, events, cases - events + 1)


# The number


@given(
    value=st.floats(0.0, 0.95),
    distance=st.floats(0.02, 0.4),
    confidence=st.sampled_from([0.975, 0.99, 0.999]),
    known=st.integers(1, 400),
    at_most=st.booleans(),
)
@settings(deadline=None)
def test_the_number_is_the_one_that_trying_every_number_finds(
    value: float, distance: float, confidence: float, known: int, at_most: bool
) -> None:
    limit = value + distance if at_most else value - distance
    assume(0 < limit < 1)
    tried = np.arange(known, known + 20_000)
    bounds = bounds_at(value, tried, confidence, at_most=at_most)
    clear = bounds <= limit if at_most else bounds >= limit
    assert clear[-1]
    first = int(tried[np.argmax(clear)])
    assert proportion_cases(value, limit, confidence, at_most=at_most, known=known) == first
    assert clear[first - known :].all(), "fewer cases would do, and more would not"


@pytest.mark.parametrize(("limit", "cases"), [(0.01, 368), (0.05, 72), (0.005, 736)])
def test_without_any_event_the_number_has_a_closed_form(limit: float, cases: int) -> None:
    """(1 - limit) ** n < 0.025; the standards print 368 for one in a hundred."""
    assert math.ceil(math.log(0.025) / math.log(1 - limit)) == cases
    assert proportion_cases(0.0, limit, LEVEL, at_most=True) == cases
    assert proportion_cases(1.0, 1 - limit, LEVEL, at_most=False) == cases


def test_scipys_exact_interval_clears_the_limit_there_and_not_before() -> None:
    """One in ten stays one in ten: 0.1 is to be shown to be at most 0.15."""
    cases = proportion_cases(0.1, 0.15, LEVEL, at_most=True)
    assert cases is not None
    rounded = math.ceil(cases / 10) * 10
    enough, short = (
        binomtest(n // 10, n).proportion_ci(2 * LEVEL - 1, "exact") for n in (rounded, rounded - 20)
    )
    assert enough.high <= 0.15 < short.high


def test_a_number_that_nobody_could_collect_is_not_named() -> None:
    assert proportion_cases(0.5, 0.5 + 1e-5, LEVEL, at_most=True) is None


def test_every_number_up_to_the_largest_is_named() -> None:
    distance = 1.96 * math.sqrt(0.25 / 9_000_000)
    cases = proportion_cases(0.5, 0.5 + distance, LEVEL, at_most=True)
    assert cases is not None
    assert 8_900_000 < cases < MOST_CASES


# The advice


def finding_of(check: Check, *estimates: Estimate) -> tuple[Finding, list[Advice]]:
    finding = Finding(check=check, result=make_measurement(check, *estimates))
    return finding, list(advise(finding, make_protocol(make_basis(check))))


def outcome_of(finding: Finding) -> Outcome:
    return judge(finding, protocol=make_protocol(make_basis(finding.check))).outcome


def of_proportion(events: int, cases: int, *, statistic: str, stratum: str = "all") -> Estimate:
    interval = proportion(events, cases, Confidence(LEVEL))
    return interval.estimate(statistic=statistic, confidence=Confidence(LEVEL), stratum=stratum)


def error_check(limit: str) -> Check:
    at_most = {"require": "at_most", "statistic": "error", "limit": "highest"}
    return make_check(conditions=[at_most], limits={"highest": number(limit)})


def accuracy_check(limit: str, *, fewest: str | None = None) -> Check:
    conditions = [{"require": "at_least", "statistic": "accuracy", "limit": "floor"}]
    limits = {"floor": number(limit, stricter="higher")}
    if fewest is not None:
        conditions.append({"require": "count", "statistic": "accuracy", "limit": "fewest"})
        limits["fewest"] = number(fewest, stricter="higher", span=("0", "100000"))
    return make_check(conditions=conditions, limits=limits)


@given(data=st.data(), at_most=st.booleans(), cases=st.integers(1, 300), limit=st.integers(5, 95))
@settings(deadline=None)
def test_with_as_many_cases_at_the_same_rate_the_finding_is_demonstrated(
    data: st.DataObject, at_most: bool, cases: int, limit: int
) -> None:
    """Or the advice would send somebody to collect data in vain."""
    events = data.draw(st.integers(0, cases))
    statistic = "error" if at_most else "accuracy"
    check = error_check(f"0.{limit:02}") if at_most else accuracy_check(f"0.{limit:02}")
    finding, advice = finding_of(check, of_proportion(events, cases, statistic=statistic))
    if outcome_of(finding) is Outcome.DEMONSTRATED:
        assert advice == []
        return
    beyond = events * 100 >= limit * cases if at_most else events * 100 <= limit * cases
    assert [a.cases is None for a in advice] == [beyond]
    if advice[0].cases is None:
        return
    needed = advice[0].cases
    assert needed > cases
    again = events * needed // cases if at_most else -(-events * needed // cases)
    better, none = finding_of(check, of_proportion(again, needed, statistic=statistic))
    assert outcome_of(better) is Outcome.DEMONSTRATED
    assert none == []


@given(cases=st.integers(20, 2_000), limit=st.integers(5, 95), beyond=st.integers(0, 5))
def test_where_the_estimate_is_beyond_the_limit_more_evidence_is_said_not_to_help(
    cases: int, limit: int, beyond: int
) -> None:
    value = (limit + beyond) / 100
    events = math.ceil(value * cases)
    _, advice = finding_of(error_check(f"0.{limit:02}"), of_proportion(events, cases, statistic="error"))
    assert [(a.cases, "will not help" in a.note) for a in advice] == [(None, True)]


def test_an_estimate_exactly_at_the_limit_is_beyond_it() -> None:
    _, advice = finding_of(accuracy_check("0.9"), of_proportion(90, 100, statistic="accuracy"))
    assert advice[0].cases is None


def test_only_the_strata_that_fall_short_are_advised_on() -> None:
    check = make_check(limits={"highest": number("0.1")})
    good, short = (of_proportion(0, n, statistic="error", stratum=s) for n, s in ((400, WOMEN), (20, MEN)))
    _, advice = finding_of(check, good, short)
    assert [(a.check, a.stratum) for a in advice] == [(check.id, MEN)]
    assert str(advice[0].cases) in advice[0].note
    assert "20 now" in advice[0].note


def test_strata_that_no_condition_asks_for_get_no_advice() -> None:
    check = make_check(limits={"highest": number("0.1")})
    other = of_proportion(1, 20, statistic="error", stratum="sex=other")
    assert finding_of(check, other)[1] == []


def test_what_was_not_measured_gets_no_advice() -> None:
    check = error_check("0.1")
    finding = Finding(check=check, result=make_refusal(check))
    assert list(advise(finding, make_protocol(make_basis(check)))) == []


@pytest.mark.parametrize("cases", [100, 2_500])
def test_for_other_intervals_the_distance_shrinks_with_the_square_root(cases: int) -> None:
    """A distance of 0.04 between estimate and bound, of which half is left: four times the cases."""
    estimate = make_estimate(value="0.06", lower="0.02", upper="0.10", n=cases).model_copy(
        update={"interval": "order statistics"}
    )
    _, advice = finding_of(error_check("0.08"), estimate)
    assert advice[0].cases == 4 * cases


def test_a_bound_that_claims_nothing_gives_no_number() -> None:
    estimate = make_estimate(value="0.06").model_copy(update={"interval": "order statistics"})
    unbounded = estimate.demonstrating.model_copy(update={"upper": None})
    _, advice = finding_of(error_check("0.08"), estimate.model_copy(update={"demonstrating": unbounded}))
    assert [a.cases for a in advice] == [None]
    assert "will not help" not in advice[0].note


def test_the_advice_reaches_the_number_of_cases_that_is_asked_for() -> None:
    """Ten right of ten: eleven would bound it, but fifty are required."""
    check = accuracy_check("0.7", fewest="50")
    _, advice = finding_of(check, of_proportion(10, 10, statistic="accuracy"))
    assert max(a.cases or 0 for a in advice) >= 50


def test_where_only_cases_are_missing_their_number_is_said() -> None:
    check = accuracy_check("0.5", fewest="50")
    finding, advice = finding_of(check, of_proportion(40, 40, statistic="accuracy"))
    assert outcome_of(finding) is Outcome.NOT_DEMONSTRATED
    assert [a.cases for a in advice] == [50]


def shifted(bounds: Bounds, shift: Decimal) -> Bounds:
    lower, upper = (bounds.lower or shift) - shift, (bounds.upper or shift) - shift
    return bounds.model_copy(update={"lower": lower, "upper": upper})


def test_the_margin_over_a_claim_is_no_proportion() -> None:
    """91 of 100 right, 90 claimed: with 100 cases it is not shown, and as many again show it no better."""
    measured = of_proportion(91, 100, statistic="claim_margin")
    shift = Decimal("0.9")
    margin = measured.model_copy(
        update={
            "value": measured.value - shift,
            "demonstrating": shifted(measured.demonstrating, shift),
            "refuting": shifted(measured.refuting, shift),
        }
    )
    assert margin.interval == CLOPPER_PEARSON, "whatever a method may call it"
    at_least = {"require": "at_least", "statistic": "claim_margin", "limit": "lowest"}
    check = make_check(conditions=[at_least], limits={"lowest": number("0", stricter="higher")})
    _, advice = finding_of(check, margin)
    truly = proportion_cases(0.91, 0.9, LEVEL, at_most=False, known=100)
    assert truly is not None
    assert truly > 3_000
    assert advice[0].cases is not None
    assert advice[0].cases > 1_000
