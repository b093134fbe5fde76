"""The section of one finding: from the requirement to the numbers, and back to their sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from certify.dossier import Advice, Dossier
from certify.evidence import WHOLE, Bounds, Estimate, Measurement, Statement
from certify.ruling import Outcome, Ruling
from certify.standard import Check
from certify.verdict import Finding, judge
from reports.clause import ClauseView, clauses_of
from reports.command import command
from reports.comparison import Requirement, requirement
from reports.first_page import anchor
from reports.gallery import Evidence, Gallery, gallery
from reports.language import Phrase, Words
from reports.mark import Mark, mark, ruling_mark
from reports.number import Figure, figure, lower_bound, percent, upper_bound
from reports.parameter import ParameterView, parameters_of
from reports.plots import Plot, plots
from reports.trace import EvidenceView, OpenedView, evidence_of, opened_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RulingView:
    """One comparison and how it came out."""

    mark: Mark
    """Outcome and reason; a mark of its own for a search that found nothing."""
    subject: str
    """The stratum or subject; empty where the finding was ruled on as a whole."""
    explanation: Phrase
    """Why, in the core's words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoundsView:
    """A pair of one-sided bounds."""

    lower: Figure | None
    """The lower one; None where the method claims none."""
    upper: Figure | None
    """The upper one; None where the method claims none."""
    confidence: Figure
    """The confidence of each, in percent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EstimateView:
    """One estimate, with everything that is known of it."""

    stratum: str
    """The stratum that it speaks of; empty for all cases."""
    value: Figure
    """The estimate."""
    demonstrating: BoundsView
    """Bounds at the confidence that the basis asks for."""
    refuting: BoundsView
    """Bounds corrected for the number of comparisons."""
    cases: int
    """Sample size, on the denominator of the statistic."""
    interval: str
    """The name of the interval method."""
    kind: str
    """The kind of evidence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EstimatesView:
    """All estimates of one statistic."""

    statistic: str
    """Its name, as the method gives it."""
    unit: str
    """Its unit; empty for pure numbers."""
    caption: str
    """The caption of the table."""
    rows: tuple[EstimateView, ...]
    """The estimates, stratum by stratum."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementView:
    """One statement about a subject."""

    name: str
    """What is stated, as the method names it."""
    subject: str
    """Of what."""
    holds: str
    """Yes or no."""
    kind: str
    """The kind of evidence."""
    explanation: str
    """Why, in the method's words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CircumstanceView:
    """A condition under which something was measured."""

    name: str
    """Which."""
    value: str
    """What it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdviceView:
    """How many cases a refused comparison would need."""

    stratum: str
    """Which comparison."""
    cases: int | None
    """About how many; None where no number of cases would do."""
    note: Phrase
    """What the number assumes, or why there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingView:
    """Everything about one finding."""

    anchor: str
    """The name of the section."""
    check: str
    """The identity and version of the check."""
    title: str
    """Its title."""
    area: str
    """Its area."""
    severity: str
    """Its severity."""
    status: str
    """Its status in the pack: draft, trial, stable."""
    statement: str
    """The requirement in plain words."""
    rationale: str
    """Why it is required."""
    clauses: tuple[ClauseView, ...]
    """The clauses that it speaks to."""
    method: str
    """Method and version."""
    role: str
    """The data that it opens."""
    confidence: Figure
    """The one-sided confidence that the basis asks for, in percent."""
    kinds: str
    """The kinds of evidence that it accepts."""
    parameters: tuple[ParameterView, ...]
    """What the method was given."""
    limits: tuple[ParameterView, ...]
    """What the criterion requires."""
    requirements: tuple[Requirement, ...]
    """The conditions of the criterion in words."""
    mark: Mark
    """The outcome, with its reason."""
    rulings: tuple[RulingView, ...]
    """Every comparison."""
    plots: tuple[Plot, ...]
    """A drawing for each bounded condition."""
    gallery: Gallery
    """Pictures of the data."""
    measured: bool
    """Whether the method measured at all."""
    estimates: tuple[EstimatesView, ...]
    """What it estimated, statistic by statistic."""
    statements: tuple[StatementView, ...]
    """What it stated."""
    circumstances: tuple[CircumstanceView, ...]
    """Under which conditions."""
    advice: tuple[AdviceView, ...]
    """How much more evidence would be needed."""
    remedy: str
    """What to do; empty where nothing is refused."""
    evidence: tuple[EvidenceView, ...]
    """What the method produced."""
    opened: tuple[OpenedView, ...]
    """What it opened."""
    command: str
    """The command that measures it again."""
    noise_floor: str
    """For observed findings: how far two laboratories may differ; empty for reproducible ones."""


def finding_view(finding: Finding, dossier: Dossier, evidence: Evidence, words: Words) -> FindingView:
    """The section of a finding, judged under the dossier's protocol; `evidence` holds bytes by digest."""
    check, result = finding.check, finding.result
    judgement = judge(finding, protocol=dossier.protocol)
    measured = result if isinstance(result, Measurement) else None
    refused = judgement.outcome is not Outcome.DEMONSTRATED
    return FindingView(
        anchor=anchor(check.id),
        check=f"{check.id} {check.version}",
        title=words.of(check.title),
        area=words.term(check.area),
        severity=words.term(check.severity),
        status=words.term(check.status),
        statement=words.of(check.statement),
        rationale=words.of(check.rationale),
        clauses=clauses_of(check, words),
        method=words.say("method_version", method=result.method, version=result.version),
        role=words.term(check.evidence.role),
        confidence=percent(check.confidence),
        kinds=", ".join(map(words.term, check.evidence.kinds)),
        parameters=parameters_of(check.method.parameters, words),
        limits=parameters_of(check.limits, words),
        requirements=tuple(requirement(condition, check, words) for condition in check.criterion.all),
        mark=mark(judgement.outcome, words, judgement.reason),
        rulings=tuple(_ruling(ruling, words) for ruling in judgement.rulings),
        plots=plots(finding, judgement, anchor(check.id), words),
        gallery=gallery(finding, dossier, evidence, anchor(check.id), words),
        measured=measured is not None,
        estimates=tuple(_estimates(measured, words)) if measured else (),
        statements=tuple(_statement(s, words) for s in measured.statements) if measured else (),
        circumstances=_circumstances(measured) if measured else (),
        advice=tuple(_advice(a, words) for a in dossier.advice if a.check == check.id),
        remedy=words.of(check.remedy) if refused else "",
        evidence=evidence_of(measured, words) if measured else (),
        opened=opened_of(measured) if measured else (),
        command=command(check, dossier.submission),
        noise_floor=_noise_floor(check, words) if result.observed else "",
    )


def _ruling(ruling: Ruling, words: Words) -> RulingView:
    return RulingView(
        mark=ruling_mark(ruling, words),
        subject=_stratum(ruling.subject, words),
        explanation=words.sentence(ruling.explanation),
    )


def _stratum(stratum: str, words: Words) -> str:
    return words.say("whole") if stratum == WHOLE else stratum


def _estimates(result: Measurement, words: Words) -> Iterator[EstimatesView]:
    for statistic in dict.fromkeys(estimate.statistic for estimate in result.estimates):
        named = [estimate for estimate in result.estimates if estimate.statistic == statistic]
        yield EstimatesView(
            statistic=statistic,
            unit="" if named[0].unit == "1" else named[0].unit,
            caption=words.say("estimates_caption", statistic=statistic),
            rows=tuple(_estimate(estimate, words) for estimate in named),
        )


def _estimate(estimate: Estimate, words: Words) -> EstimateView:
    return EstimateView(
        stratum=_stratum(estimate.stratum, words),
        value=figure(estimate.value),
        demonstrating=_bounds(estimate.demonstrating),
        refuting=_bounds(estimate.refuting),
        cases=estimate.n,
        interval=estimate.interval,
        kind=words.term(estimate.kind),
    )


def _bounds(bounds: Bounds) -> BoundsView:
    return BoundsView(
        lower=None if bounds.lower is None else lower_bound(bounds.lower),
        upper=None if bounds.upper is None else upper_bound(bounds.upper),
        confidence=percent(bounds.confidence),
    )


def _statement(statement: Statement, words: Words) -> StatementView:
    return StatementView(
        name=statement.name,
        subject=statement.subject,
        holds=words.say("yes" if statement.holds else "no"),
        kind=words.term(statement.kind),
        explanation=statement.explanation,
    )


def _circumstances(result: Measurement) -> tuple[CircumstanceView, ...]:
    return tuple(CircumstanceView(name=c.name, value=c.value) for c in result.circumstances)


def _advice(advice: Advice, words: Words) -> AdviceView:
    note = words.sentence(advice.note)
    return AdviceView(stratum=_stratum(advice.stratum, words), cases=advice.cases, note=note)


def _noise_floor(check: Check, words: Words) -> str:
    floor = check.evidence.noise_floor
    if floor is None:
        return words.say("no_noise_floor")
    return words.say("noise_floor_of", percent=percent(floor).shown)
