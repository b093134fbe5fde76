"""Judging, and nothing else: from findings to outcomes, from outcomes to the verdict.

Pure functions of frozen facts: no file, clock, network or randomness. A finding is *demonstrated* only if
every condition of its criterion is (`certify.ruling`); it is *refuted* only by bounds corrected for the
number of comparisons. Everything else is *not demonstrated*, with the reason, and refuses as well.

The verdict is conforming only if the findings are exactly the required checks and each is demonstrated;
over nothing it is non-conforming. Whether a certificate may follow is another question, asked in
`certify.certifiability`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from certify.basis import Basis
from certify.digest import Digest
from certify.evidence import NotMeasured, Reason, Result
from certify.protocol import Protocol
from certify.ruling import Outcome, Ruling, rule
from certify.standard import Check
from certify.task import task_of
from certify.value import Value


class Finding(Value):
    """A check together with what came out of its measurement. Its outcome is derived, never stored."""

    check: Check
    result: Result


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
    rulings = [r for condition in check.criterion.all for r in rule(condition, check, result)]
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
    for group in check.evidence.groups():
        committed = protocol.committed(group)
        if not committed or not committed.items() <= opened.items():
            return f"The evidence was not made from all committed files of: {group}."
    return ""
