"""Judging, and nothing else: from checks and measurements to outcomes, from outcomes to the verdict.

Pure functions of frozen facts: no file, clock, network or randomness. A finding is *demonstrated* only if
every condition of its criterion is, by one-sided bounds at the confidence that the basis asks for; a point
value never decides. It is *refuted* only by bounds corrected for the number of comparisons. Everything
else is *not demonstrated*, with the reason, and refuses as well.

The verdict is conforming only if the findings are exactly the required checks and each is demonstrated;
over nothing it is non-conforming. Whether a certificate may follow is another question: `obstacles`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from typing import Literal

from certify.basis import Basis
from certify.digest import Digest
from certify.environment import IsolationLevel
from certify.evidence import Estimate, Kind, Measurement, NotMeasured, Reason, Result, Statement
from certify.protocol import Protocol
from certify.standard import Among, AtLeast, AtMost, Check, Condition, Count, Holds, NothingFound
from certify.task import task_of
from certify.value import Value


class Outcome(StrEnum):
    """What a finding amounts to. Only one of the three lets a verdict pass."""

    DEMONSTRATED = "demonstrated"
    REFUTED = "refuted"
    NOT_DEMONSTRATED = "not demonstrated"


class Finding(Value):
    """A check together with what came out of its measurement. Its outcome is derived, never stored."""

    check: Check
    result: Result


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The outcome of a finding, derived from the rulings on every comparison of its criterion."""

    check: str
    rulings: tuple[Ruling, ...]

    @property
    def outcome(self) -> Outcome:
        """Refuted if anything is; demonstrated if everything is and something not silent is."""
        speaking = [ruling.outcome for ruling in self.rulings if not ruling.silent]
        if Outcome.REFUTED in speaking:
            return Outcome.REFUTED
        if speaking and all(outcome is Outcome.DEMONSTRATED for outcome in speaking):
            return Outcome.DEMONSTRATED
        return Outcome.NOT_DEMONSTRATED

    @property
    def reason(self) -> Reason | None:
        """Why it is not demonstrated; None where it is demonstrated, or refuted, which says why itself."""
        return self.deciding.reason if self.outcome is Outcome.NOT_DEMONSTRATED else None

    @property
    def deciding(self) -> Ruling:
        """The ruling that brought about the outcome: the narrowest margin, or the first without any."""
        fitting = [r for r in self.rulings if r.outcome is self.outcome and not r.silent]
        bounded = [r for r in fitting if r.margin is not None]
        return min(bounded or fitting[:1], key=lambda r: r.margin or Decimal(0), default=_NOTHING)


_NOTHING = Ruling(
    outcome=Outcome.NOT_DEMONSTRATED, reason=Reason.NOT_MEASURED, explanation="Nothing was compared."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The decision over all findings of a basis."""

    required: tuple[str, ...]
    judgements: tuple[Judgement, ...]

    @property
    def decision(self) -> Literal["conforming", "non_conforming"]:
        """`conforming` only over exactly the required checks, each demonstrated; never over nothing."""
        return "conforming" if self._covers_the_basis and not self.refusals else "non_conforming"

    @property
    def refusals(self) -> tuple[Judgement, ...]:
        """The judgements that refuse."""
        return tuple(j for j in self.judgements if j.outcome is not Outcome.DEMONSTRATED)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required checks without a finding."""
        return tuple(sorted(set(self.required) - {j.check for j in self.judgements}))

    @property
    def _covers_the_basis(self) -> bool:
        judged = sorted(j.check for j in self.judgements)
        return bool(judged) and judged == sorted(self.required)


def decide(findings: Iterable[Finding], *, basis: Basis, protocol: Protocol) -> Verdict:
    """The verdict over findings under a locked protocol; their order changes nothing."""
    ordered = sorted(findings, key=lambda finding: finding.check.id)
    return Verdict(
        required=tuple(check.id for check in basis.required),
        judgements=tuple(judge(finding, protocol=protocol) for finding in ordered),
    )


def judge(finding: Finding, *, protocol: Protocol) -> Judgement:
    """Judge one finding: bound to the protocol first, measured second, then condition by condition."""
    check, result = finding.check, finding.result
    unbound = _unbound(check, result, protocol)
    if unbound:
        return _refusal(check, Reason.UNBOUND, unbound)
    if isinstance(result, NotMeasured):
        return _refusal(check, result.reason, result.explanation)
    rulings = [r for condition in check.criterion.all for r in _rule(condition, check, result)]
    return Judgement(check=check.id, rulings=tuple(rulings))


def _refusal(check: Check, reason: Reason, explanation: str) -> Judgement:
    ruling = Ruling(outcome=Outcome.NOT_DEMONSTRATED, reason=reason, explanation=explanation)
    return Judgement(check=check.id, rulings=(ruling,))


# Binding: was this check measured, on these bytes?


def _unbound(check: Check, result: Result, protocol: Protocol) -> str:
    """Why the result does not belong to the check under this protocol; empty if it does."""
    if check.value_digest not in protocol.checks:
        return "The check is not the one that the protocol locked."
    if result.task != task_of(check, protocol.submission).value_digest:
        return "The result answers another task than the one that this check sets."
    if isinstance(result, NotMeasured):
        return ""
    opened = {o.path: o.digest for o in result.opened}
    changed = [path for path, digest in opened.items() if protocol.files.get(path) != digest]
    if changed:
        return f"Not the committed bytes: {', '.join(sorted(changed))}."
    return _unread(check, opened, protocol)


def _unread(check: Check, opened: Mapping[str, Digest], protocol: Protocol) -> str:
    for name in check.evidence.bound_to:
        group = f"data.{check.evidence.role}" if name == "data" else name
        committed = protocol.committed(group)
        if not committed or not committed.items() <= opened.items():
            return f"The evidence was not made from all committed files of: {group}."
    return ""


# Conditions: one function each, named as in the criterion.


def _rule(condition: Condition, check: Check, result: Measurement) -> Iterator[Ruling]:
    if isinstance(condition, Among):
        yield _rule_among(condition, check, result)
        return
    strata = condition.for_every.resolve(check.method.parameters)
    if not strata:
        yield _open(Reason.NOT_MEASURED, "", "No stratum is required, so nothing can be demonstrated.")
    for stratum in strata:
        yield _rule_stratum(condition, check, result, stratum)


def _rule_stratum(condition: Condition, check: Check, result: Measurement, stratum: str) -> Ruling:
    if isinstance(condition, Holds | NothingFound):
        return _rule_statement(condition, check, result, stratum)
    assert not isinstance(condition, Among)
    estimate = _estimate(result, condition.statistic, stratum, check.evidence.kinds)
    if estimate is None:
        missing = f"No admissible estimate of {condition.statistic} for {stratum}."
        return _open(Reason.NOT_MEASURED, stratum, missing)
    limit = _limit(check, condition.limit)
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


def _limit(check: Check, name: str) -> Decimal:
    value = check.limits[name].value
    if not isinstance(value, Decimal):
        raise TypeError(f"{check.id}: the limit {name} is no number")
    return value


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
    digits = Context(prec=400, rounding=rounding)
    text = f"{value.quantize(Decimal('0.000001'), context=digits):f}"
    return text.rstrip("0").rstrip(".")


# Certifiability: derived apart from the verdict.


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The facts outside the findings on which a certificate depends."""

    isolation: IsolationLevel
    network_denied: bool
    key_kind: Literal["development", "production", "none"]
    protocol_countersigned: bool
    locked_before_opening: bool
    sealed_data_run_by_authority: bool
    excusals_countersigned: bool
    deviations: int


def obstacles(standing: Standing) -> tuple[str, ...]:
    """Every reason why no certificate may rest on this run, whatever its verdict; empty: certifiable."""
    conditions = (
        (standing.sealed_data_run_by_authority, "the authority did not run it on sealed data"),
        (standing.locked_before_opening, "the protocol was not locked before the test data were opened"),
        (standing.protocol_countersigned, "the authority has not countersigned the protocol"),
        (
            standing.excusals_countersigned,
            "an excusal is only claimed: the authority has not countersigned it",
        ),
        (standing.isolation != "I0", "the methods ran at isolation I0; I1 or better is required"),
        (standing.network_denied, "the workers were not denied the network"),
        (standing.key_kind == "production", f"the signing key is of kind: {standing.key_kind}"),
        (standing.deviations == 0, f"{standing.deviations} deviations are in force"),
    )
    return tuple(text for holds, text in conditions if not holds)
