"""Each condition of a criterion beside the comparison that decided it.

Nothing is judged here: the rulings are those of `certify.verdict`. They come in the order of the conditions
and of their strata, and are put back beside them, so that the number that decided can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from certify.evidence import WHOLE, Estimate, NotMeasured, Reason
from certify.ruling import Outcome, Ruling
from certify.standard import Among, AtLeast, AtMost, Check, Condition, Count, Holds, NothingFound
from certify.verdict import Finding, Judgement
from reports.language import Phrase, Words
from reports.mark import Mark, mark, ruling_mark
from reports.number import Figure, figure, lower_bound, upper_bound

_GRAVITY = (Outcome.REFUTED, Outcome.NOT_DEMONSTRATED, Outcome.DEMONSTRATED)
_UNKNOWN = Decimal("-Infinity")


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """One condition in words."""

    name: str
    """The statistic, statement or circumstance that it speaks of, as the method names it."""
    rule: str
    """What must be true of it; a limit follows where there is one."""
    limit: Figure | None
    """The limit, if it is a number."""
    unit: str
    """The unit of the limit; empty for pure numbers."""
    accepted: tuple[str, ...]
    """What is accepted, if the limit is a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A requirement and the comparison that decided it: of several, the gravest, then the tightest."""

    requirement: Requirement
    """What was required."""
    mark: Mark | None
    """How that comparison came out; None where nothing was compared."""
    stratum: str
    """The stratum or subject of that comparison; empty where the requirement's name says it all."""
    several: str
    """Out of how many comparisons it was chosen, in words; empty if it is the only one."""
    side: str
    """Which bound decided, in words; empty where none did."""
    bound: Figure | None
    """The bound that decided; None where there is none."""
    estimate: Figure | None
    """The estimate, which never decides; None where only a number of cases is required."""
    cases: int | None
    """The denominator of the estimate."""
    said: Phrase | None
    """The explanation, where no number tells it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A ruling put back beside what it ruled on. Not for templates: what these show is made from it."""

    condition: Condition
    """The condition of the criterion."""
    subject: str
    """The stratum, statement subject or circumstance."""
    ruling: Ruling
    """What `certify.verdict` said."""
    estimate: Estimate | None
    """The estimate that was compared, if one was."""


def comparisons(finding: Finding, judgement: Judgement) -> tuple[Compared, ...]:
    """Every ruling with its condition; empty where the finding was refused as a whole."""
    unbound = any(ruling.reason is Reason.UNBOUND for ruling in judgement.rulings)
    if unbound or isinstance(finding.result, NotMeasured):
        return ()
    targets = _targets(finding.check)
    pairs = zip(targets, judgement.rulings, strict=True)
    return tuple(_compared(finding, condition, subject, ruling) for (condition, subject), ruling in pairs)


def _targets(check: Check) -> Iterator[tuple[Condition, str]]:
    """In the order of `certify.verdict`: condition by condition, stratum by stratum."""
    for condition in check.criterion.all:
        if isinstance(condition, Among):
            yield condition, condition.circumstance
            continue
        for stratum in condition.for_every.resolve(check.method.parameters) or ("",):
            yield condition, stratum


def _compared(finding: Finding, condition: Condition, subject: str, ruling: Ruling) -> Compared:
    measured = isinstance(condition, AtMost | AtLeast | Count) and ruling.reason is not Reason.NOT_MEASURED
    estimate = _estimate(finding, condition, subject) if measured else None
    return Compared(condition=condition, subject=subject, ruling=ruling, estimate=estimate)


def _estimate(finding: Finding, condition: Condition, stratum: str) -> Estimate | None:
    assert isinstance(condition, AtMost | AtLeast | Count)
    assert not isinstance(finding.result, NotMeasured)
    named = (
        e for e in finding.result.estimates if (e.statistic, e.stratum) == (condition.statistic, stratum)
    )
    return next(named, None)


def decided(finding: Finding, judgement: Judgement, words: Words) -> tuple[Decided, ...]:
    """One entry for each condition of the criterion, in its order."""
    compared = comparisons(finding, judgement)
    if not compared:
        return undecided(finding.check, words)
    by_condition = (
        [c for c in compared if c.condition is condition] for condition in finding.check.criterion.all
    )
    return tuple(_decided(finding.check, group, words) for group in by_condition)


def undecided(check: Check, words: Words) -> tuple[Decided, ...]:
    """The conditions of a check for which nothing was compared."""
    return tuple(
        Decided(
            requirement=requirement(condition, check, words),
            mark=None, stratum="", several="", side="", bound=None, estimate=None, cases=None, said=None,
        )
        for condition in check.criterion.all
    )  # fmt: skip


def _decided(check: Check, group: list[Compared], words: Words) -> Decided:
    chosen = min(group, key=_severity)
    side, bound = _deciding_bound(chosen, words)
    estimate, ruling = chosen.estimate, chosen.ruling
    required = requirement(chosen.condition, check, words)
    all_hold = isinstance(chosen.condition, Holds) and ruling.outcome is Outcome.DEMONSTRATED
    if all_hold and len(group) > 1:
        return _all_hold(required, mark(ruling.outcome, words), len(group), words)
    return Decided(
        requirement=required,
        mark=ruling_mark(ruling, words),
        stratum="" if chosen.subject in ("", WHOLE, required.name) else chosen.subject,
        several=words.say("worst", number=len(group)) if len(group) > 1 else "",
        side=side,
        bound=bound,
        estimate=figure(estimate.value) if estimate and side else None,
        cases=estimate.n if estimate else None,
        said=None if estimate else words.sentence(ruling.explanation),
    )


def _all_hold(required: Requirement, how: Mark, number: int, words: Words) -> Decided:
    said = Phrase(text=words.say("all_hold", number=number), lang=words.language)
    return Decided(
        requirement=required,
        mark=how, stratum="", several="", side="", bound=None, estimate=None, cases=None, said=said,
    )  # fmt: skip


def _severity(compared: Compared) -> tuple[int, Decimal]:
    """Orders comparisons of one condition: the gravest outcome first, then the narrowest margin."""
    ruling, estimate = compared.ruling, compared.estimate
    margin = ruling.margin if ruling.margin is not None else _UNKNOWN
    if estimate is not None and isinstance(compared.condition, Count):
        margin = Decimal(estimate.n)
    return _GRAVITY.index(ruling.outcome), margin


def _deciding_bound(compared: Compared, words: Words) -> tuple[str, Figure | None]:
    """The demonstrating bound on the unsafe side; of what is refuted, the refuting bound on the other."""
    condition, estimate = compared.condition, compared.estimate
    if estimate is None or not isinstance(condition, AtMost | AtLeast):
        return "", None
    refuted = compared.ruling.outcome is Outcome.REFUTED
    bounds = estimate.refuting if refuted else estimate.demonstrating
    upper = isinstance(condition, AtMost) is not refuted
    bound, rounded = (bounds.upper, upper_bound) if upper else (bounds.lower, lower_bound)
    side = words.say("upper_bound" if upper else "lower_bound")
    return side, None if bound is None else rounded(bound)


def requirement(condition: Condition, check: Check, words: Words) -> Requirement:
    """A condition in words, with its limit."""
    limit = None if isinstance(condition, Holds | NothingFound) else check.limits[condition.limit]
    value = limit.value if limit else None
    return Requirement(
        name=_name(condition),
        rule=words.say(condition.require),
        limit=figure(value) if isinstance(value, Decimal) else None,
        unit="" if limit is None or limit.unit == "1" else limit.unit,
        accepted=tuple(map(str, value)) if isinstance(value, tuple) else (),
    )


def _name(condition: Condition) -> str:
    if isinstance(condition, Among):
        return condition.circumstance
    if isinstance(condition, Holds | NothingFound):
        return condition.statement
    return condition.statistic
