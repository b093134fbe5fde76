"""Comparing one condition of a criterion with what was measured: a ruling on every stratum.

Pure functions of frozen facts. A point value never decides: the one-sided bound on the unsafe side does, at
the confidence that the basis asks for. Refuting needs the bound on the safe side, corrected for the number
of comparisons of the whole criterion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum

from certify.evidence import Estimate, Kind, Measurement, Reason, Statement
from certify.standard import Among, AtLeast, AtMost, Check, Condition, Count, Holds, NothingFound


class Outcome(StrEnum):
    """What a finding amounts to. Only one of the three lets a verdict pass."""

    DEMONSTRATED = "demonstrated"
    REFUTED = "refuted"
    NOT_DEMONSTRATED = "not demonstrated"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """How one comparison came out, in words that need no other source.

    `silent` marks a search that found nothing: it does not refuse, and it demonstrates nothing.
    """

    outcome: Outcome
    explanation: str
    reason: Reason | None = None
    subject: str = ""
    silent: bool = False
    margin: Decimal | None = None
    """How far a bound lies on the safe side of its limit; None where no bound was compared."""


def rule(condition: Condition, check: Check, result: Measurement) -> Iterator[Ruling]:
    """One ruling for every stratum of which the condition speaks, in the order in which it names them."""
    if isinstance(condition, Among):
        yield _rule_among(condition, check, result)
        return
    strata = condition.for_every.resolve(check.method.parameters)
    if not strata:
        yield _open(Reason.NOT_MEASURED, "", "No stratum is required, so nothing can be demonstrated.")
    for stratum in strata:
        yield _rule_stratum(condition, check, result, stratum)


def _rule_stratum(
    condition: AtMost | AtLeast | Count | Holds | NothingFound,
    check: Check,
    result: Measurement,
    stratum: str,
) -> Ruling:
    if isinstance(condition, Holds | NothingFound):
        return _rule_statement(condition, check, result, stratum)
    estimate = _estimate(result, condition.statistic, stratum, check.evidence.kinds)
    if estimate is None:
        missing = f"No admissible estimate of {condition.statistic} for {stratum}."
        return _open(Reason.NOT_MEASURED, stratum, missing)
    limit = check.limit(condition.limit)
    if isinstance(condition, Count):
        return _rule_count(estimate, limit)
    return _rule_bound(condition, check, estimate, limit)


def _rule_bound(condition: AtMost | AtLeast, check: Check, estimate: Estimate, limit: Decimal) -> Ruling:
    """The bound on the unsafe side decides; which one that is follows from the condition."""
    at_most = isinstance(condition, AtMost)
    if estimate.demonstrating.confidence < check.confidence:
        made_at = estimate.demonstrating.confidence
        weak = f"{_of(estimate)} was bounded at {made_at}, below the confidence {check.confidence}."
        return _open(Reason.INCONCLUSIVE, estimate.stratum, weak)
    bound = estimate.demonstrating.upper if at_most else estimate.demonstrating.lower
    explanation = _compared(estimate, bound, limit, at_most=at_most)
    margin = None if bound is None else limit - bound if at_most else bound - limit
    if margin is not None and margin >= 0:
        return Ruling(
            outcome=Outcome.DEMONSTRATED, subject=estimate.stratum, explanation=explanation, margin=margin
        )
    if _refutes(estimate, check, limit, at_most=at_most):
        return _refuted(estimate, limit, at_most=at_most)
    return _open(Reason.INCONCLUSIVE, estimate.stratum, explanation, margin)


def _refuted(estimate: Estimate, limit: Decimal, *, at_most: bool) -> Ruling:
    """In the words of the bound that refutes: the one that favours the system."""
    bound = estimate.refuting.lower if at_most else estimate.refuting.upper
    margin = None if bound is None else limit - bound if at_most else bound - limit
    return Ruling(
        outcome=Outcome.REFUTED,
        subject=estimate.stratum,
        explanation=_compared(estimate, bound, limit, at_most=at_most, side="lower" if at_most else "upper"),
        margin=margin,
    )


def _refutes(estimate: Estimate, check: Check, limit: Decimal, *, at_most: bool) -> bool:
    """Whether even the bound on the safe side, corrected for all comparisons, is beyond the limit."""
    needed = 1 - (1 - check.confidence) / _comparisons(check)
    if estimate.refuting.confidence < needed - _CONFIDENCE_SLACK:
        return False
    bound = estimate.refuting.lower if at_most else estimate.refuting.upper
    return bound is not None and (bound > limit if at_most else bound < limit)


_CONFIDENCE_SLACK = Decimal("1e-12")
"""A corrected confidence is computed in binary by the method and in decimal here."""


def _comparisons(check: Check) -> int:
    bounded = [c for c in check.criterion.all if isinstance(c, AtMost | AtLeast)]
    return max(1, sum(len(c.for_every.resolve(check.method.parameters)) for c in bounded))


def _rule_count(estimate: Estimate, limit: Decimal) -> Ruling:
    explanation = f"{_of(estimate)} rests on {estimate.n} cases; {limit} are required."
    if estimate.n >= limit:
        return Ruling(outcome=Outcome.DEMONSTRATED, subject=estimate.stratum, explanation=explanation)
    return _open(Reason.INCONCLUSIVE, estimate.stratum, explanation)


def _rule_statement(
    condition: Holds | NothingFound, check: Check, result: Measurement, subject: str
) -> Ruling:
    statement = _statement(result, condition.statement, subject)
    search = isinstance(condition, NothingFound)
    if statement is None or (not search and statement.kind not in check.evidence.kinds):
        missing = f"Nothing admissible was said about {condition.statement} for {subject}."
        return _open(Reason.NOT_MEASURED, subject, missing)
    if not statement.holds:
        return Ruling(outcome=Outcome.REFUTED, subject=subject, explanation=statement.explanation)
    return Ruling(
        outcome=Outcome.DEMONSTRATED, subject=subject, explanation=statement.explanation, silent=search
    )


def _rule_among(condition: Among, check: Check, result: Measurement) -> Ruling:
    accepted = check.limits[condition.limit].value
    found = next((c.value for c in result.circumstances if c.name == condition.circumstance), None)
    names = accepted if isinstance(accepted, tuple) else ()
    explanation = (
        f"{condition.circumstance}: {found or 'not stated'}; accepted: {', '.join(map(str, names))}."
    )
    if found is not None and found in names:
        return Ruling(outcome=Outcome.DEMONSTRATED, subject=condition.circumstance, explanation=explanation)
    return _open(Reason.NOT_MEASURED, condition.circumstance, explanation)


def _open(reason: Reason, subject: str, explanation: str, margin: Decimal | None = None) -> Ruling:
    return Ruling(
        outcome=Outcome.NOT_DEMONSTRATED,
        reason=reason,
        subject=subject,
        explanation=explanation,
        margin=margin,
    )


def _estimate(result: Measurement, statistic: str, stratum: str, kinds: tuple[Kind, ...]) -> Estimate | None:
    named = (e for e in result.estimates if e.statistic == statistic and e.stratum == stratum)
    return next((e for e in named if e.kind in kinds), None)


def _statement(result: Measurement, name: str, subject: str) -> Statement | None:
    return next((s for s in result.statements if s.name == name and s.subject == subject), None)


def _of(estimate: Estimate) -> str:
    return estimate.statistic if estimate.stratum == "all" else f"{estimate.statistic} of {estimate.stratum}"


def _compared(
    estimate: Estimate, bound: Decimal | None, limit: Decimal, *, at_most: bool, side: str | None = None
) -> str:
    side = side or ("upper" if at_most else "lower")
    rounding = ROUND_CEILING if side == "upper" else ROUND_FLOOR  # a bound never looks better than it is
    shown = "not bounded" if bound is None else _shown(bound, rounding)
    return (
        f"{_of(estimate)}: {side} bound {shown}, required {'at most' if at_most else 'at least'} {limit} "
        f"(estimate {_shown(estimate.value, ROUND_HALF_EVEN)}, n = {estimate.n}, {estimate.interval})."
    )


def _shown(value: Decimal, rounding: str) -> str:
    """At most six decimals, without an exponent."""
    digits = Context(prec=2200, rounding=rounding)  # any number that can be read can be shown
    text = f"{value.quantize(Decimal('0.000001'), context=digits):f}"
    return text.rstrip("0").rstrip(".")
