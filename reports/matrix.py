"""The compliance matrix: one row for each required check, and the count by area."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from certify.dossier import Dossier
from certify.ruling import Outcome
from certify.standard import Check
from certify.verdict import Finding, Judgement, judge
from reports.clause import InstrumentView, instruments_of
from reports.comparison import Decided, comparisons, decided, undecided
from reports.first_page import anchor
from reports.language import Phrase, Words
from reports.mark import Mark, mark


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One required check."""

    check: str
    """The identity of the check."""
    title: str
    """Its title."""
    anchor: str
    """The section of its finding; empty if there is none."""
    area: str
    """The area, in the reader's language."""
    severity: str
    """Critical, major or minor."""
    instruments: tuple[InstrumentView, ...]
    """The clauses that it speaks to, under their instruments."""
    method: str
    """Method and version."""
    mark: Mark
    """The outcome, with its reason."""
    decided: tuple[Decided, ...]
    """What was required and what decided, condition by condition."""
    said: Phrase | None
    """Why nothing was compared; None where something was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AreaCount:
    """How the required checks of an area came out."""

    area: str
    """The area."""
    demonstrated: int
    """How many are demonstrated."""
    refuted: int
    """How many are refuted."""
    not_demonstrated: int
    """How many are neither."""
    required: int
    """How many there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LegendEntry:
    """What a mark means."""

    mark: Mark
    """The mark."""
    meaning: str
    """In one sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """The matrix, the count under it, and the legend over it."""

    legend: tuple[LegendEntry, ...]
    """The three marks."""
    rows: tuple[Row, ...]
    """Required checks, area by area, each in the order of the basis."""
    areas: tuple[AreaCount, ...]
    """The count by area."""
    total: AreaCount
    """The count over all areas."""


def matrix(dossier: Dossier, words: Words) -> Matrix:
    """The matrix of a dossier."""
    findings = {finding.check.id: finding for finding in dossier.findings}
    judged = {id_: judge(finding, protocol=dossier.protocol) for id_, finding in findings.items()}
    required = _by_area(dossier.basis.required)
    outcomes = [
        (c.area, judged[c.id].outcome if c.id in judged else Outcome.NOT_DEMONSTRATED) for c in required
    ]
    areas = dict.fromkeys(area for area, _ in outcomes)
    return Matrix(
        legend=_legend(words),
        rows=tuple(_row(check, findings.get(check.id), judged.get(check.id), words) for check in required),
        areas=tuple(_count(words.term(a), [o for area, o in outcomes if area == a]) for a in areas),
        total=_count(words.say("total"), [outcome for _, outcome in outcomes]),
    )


def _by_area(checks: tuple[Check, ...]) -> list[Check]:
    """Areas in the order in which the basis first names them."""
    areas = list(dict.fromkeys(check.area for check in checks))
    return sorted(checks, key=lambda check: areas.index(check.area))


def _row(check: Check, finding: Finding | None, judgement: Judgement | None, words: Words) -> Row:
    outcome = judgement.outcome if judgement else Outcome.NOT_DEMONSTRATED
    return Row(
        check=check.id,
        title=words.of(check.title),
        anchor=anchor(check.id) if finding else "",
        area=words.term(check.area),
        severity=words.term(check.severity),
        instruments=instruments_of(check, words),
        method=words.say("method_version", method=check.method.name, version=check.method.version),
        mark=mark(outcome, words, judgement.reason if judgement else None),
        decided=decided(finding, judgement, words) if finding and judgement else undecided(check, words),
        said=_said(finding, judgement, words),
    )


def _said(finding: Finding | None, judgement: Judgement | None, words: Words) -> Phrase | None:
    """The one reason where a finding is absent or was refused as a whole."""
    if finding is None or judgement is None:
        return Phrase(text=words.say("no_finding"), lang=words.language)
    compared = comparisons(finding, judgement)
    return None if compared else words.sentence(judgement.deciding.explanation)


def _count(area: str, outcomes: list[Outcome]) -> AreaCount:
    count = Counter(outcomes)
    return AreaCount(
        area=area,
        demonstrated=count[Outcome.DEMONSTRATED],
        refuted=count[Outcome.REFUTED],
        not_demonstrated=count[Outcome.NOT_DEMONSTRATED],
        required=len(outcomes),
    )


def _legend(words: Words) -> tuple[LegendEntry, ...]:
    return tuple(
        LegendEntry(
            mark=mark(outcome, words),
            meaning=words.say(f"legend_{outcome.value.replace(' ', '_')}"),
        )
        for outcome in Outcome
    )
