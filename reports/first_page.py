"""The first page: what was decided, on what, and what it does not prove."""

from __future__ import annotations

from dataclasses import dataclass

from certify.basis import Basis
from certify.certifiability import obstacles
from certify.dossier import SELF_ASSESSED, Dossier
from certify.ruling import Outcome
from certify.standard import Among, Check
from certify.verdict import Verdict
from reports.language import Phrase, Words
from reports.mark import Mark, mark


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalView:
    """One required check that refuses."""

    title: str
    """The title of the check."""
    anchor: str
    """The section of its finding; empty if there is none."""
    mark: Mark
    """Its outcome and reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExcusalView:
    """One check that a declared fact takes out of scope."""

    check: str
    """The identity of the check."""
    title: str
    """Its title."""
    facts: tuple[str, ...]
    """The facts that excuse it, spelled `fact = value`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataView:
    """The data that the confirmatory checks speak of."""

    setting: str
    """Where and how they were collected, as the vendor declares it."""
    collected: str
    """From which day to which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScopeView:
    """What the claim is about."""

    purpose: str
    """The intended purpose."""
    excluded: tuple[str, ...]
    """The uses that the vendor excludes."""
    population: str
    """What the reference population describes."""
    population_source: str
    """Where it comes from and of which day it is."""
    test_data: DataView | None
    """The test data; None if none were submitted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnclaimedView:
    """Declared groups of one attribute of which no required check speaks."""

    attribute: str
    """The attribute."""
    strata: tuple[str, ...]
    """The groups, spelled `attribute=group`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplanationView:
    """What a person affected can be told."""

    answer: str
    """Whether decisions can be explained, according to the vendor."""
    method: str
    """By which method; empty if none is named."""
    statement: str
    """The vendor's own words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestView:
    """A digest and what it names."""

    name: str
    """What is digested."""
    digest: str
    """Algorithm and digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstPage:
    """Everything on the first page."""

    system: str
    """The system's name."""
    version: str
    """Its version."""
    kind: str
    """Instrument, tool or product."""
    applicant: str
    """Who answers for it."""
    basis_id: str
    """The identity and version of the basis."""
    basis_title: str
    """Its title."""
    mark: Mark
    """The mark of the decision: *demonstrated* only if the verdict is conforming."""
    decision: str
    """The decision in one sentence."""
    label: Phrase
    """What kind of assessment this is."""
    certifiable: str
    """Yes or no."""
    obstacles: tuple[Phrase, ...]
    """Every reason why no certificate may rest on it."""
    refusals: tuple[RefusalView, ...]
    """The required checks that refuse."""
    not_proved: tuple[str, ...]
    """What a pass does not prove."""
    scope: ScopeView
    """What the claim is about."""
    excused: tuple[ExcusalView, ...]
    """The checks out of scope."""
    unclaimed: tuple[UnclaimedView, ...]
    """The declared groups for which no claim is made."""
    explanation: ExplanationView
    """Whether decisions can be explained."""
    digests: tuple[DigestView, ...]
    """What the page speaks of."""


def first_page(dossier: Dossier, words: Words) -> FirstPage:
    """The first page of a dossier that is about to be signed with a development key."""
    system, verdict = dossier.manifest.system, dossier.verdict
    conforming = verdict.decision == "conforming"
    against = _obstacles(dossier, words, conforming=conforming)
    return FirstPage(
        system=system.name,
        version=system.version,
        kind=words.term(system.kind),
        applicant=dossier.manifest.applicant.name,
        basis_id=f"{dossier.basis.id} {dossier.basis.version}",
        basis_title=words.of(dossier.basis.title),
        mark=mark(_decisive(verdict), words),
        decision=decision(verdict, dossier.basis, words),
        label=words.sentence(SELF_ASSESSED),
        certifiable=words.say("no" if against else "yes"),
        obstacles=against,
        refusals=_refusals(dossier.basis, verdict, words),
        not_proved=tuple(words.say(f"not_proved_{what}") for what in _NOT_PROVED),
        scope=_scope(dossier, words),
        excused=_excused(dossier.basis, words),
        unclaimed=_unclaimed(dossier),
        explanation=_explanation(dossier, words),
        digests=_digests(dossier, words),
    )


_NOT_PROVED = ("populations", "versions", "law", "limits", "beyond")


def anchor(check: str) -> str:
    """The name of a check's section on the page."""
    return f"check-{check}"


def decision(verdict: Verdict, basis: Basis, words: Words) -> str:
    """The decision in one sentence. A check without a finding counts among those not demonstrated."""
    required = len(verdict.required)
    if verdict.decision == "conforming":
        counted = words.count("all_demonstrated", required)
        return words.say("conforming", basis=basis.id, version=basis.version, counted=counted)
    shown = {j.check for j in verdict.judgements} - {j.check for j in verdict.refusals}
    refused = len(set(verdict.required) - shown)
    if refused:
        counted = words.count("refused", refused, required=required)
    else:
        counted = words.say("other_findings" if required else "nothing_required")
    return words.say("non_conforming", counted=counted)


def _decisive(verdict: Verdict) -> Outcome:
    """The gravest outcome, but never *demonstrated* unless the verdict is conforming."""
    if verdict.decision == "conforming":
        return Outcome.DEMONSTRATED
    refuted = any(judgement.outcome is Outcome.REFUTED for judgement in verdict.judgements)
    return Outcome.REFUTED if refuted else Outcome.NOT_DEMONSTRATED


def _obstacles(dossier: Dossier, words: Words, *, conforming: bool) -> tuple[Phrase, ...]:
    verdict = () if conforming else (words.say("not_conforming_reason"),)
    standing = obstacles(dossier.standing("development"))
    ours = tuple(Phrase(text=text, lang=words.language) for text in verdict)
    return (*ours, *(words.sentence(text) for text in standing))


def _refusals(basis: Basis, verdict: Verdict, words: Words) -> tuple[RefusalView, ...]:
    judged = {judgement.check: judgement for judgement in verdict.judgements}
    refusals = []
    for check in basis.required:
        judgement = judged.get(check.id)
        if judgement is None:
            how, place = mark(Outcome.NOT_DEMONSTRATED, words), ""
        else:
            how, place = mark(judgement.outcome, words, judgement.reason), anchor(check.id)
        if judgement is None or judgement in verdict.refusals:
            refusals.append(RefusalView(title=words.of(check.title), anchor=place, mark=how))
    return tuple(refusals)


def _scope(dossier: Dossier, words: Words) -> ScopeView:
    system, reference = dossier.manifest.system, dossier.manifest.data.reference
    return ScopeView(
        purpose=system.intended_purpose,
        excluded=system.excluded_uses,
        population=reference.describes,
        population_source=words.say(
            "population_source", source=reference.source, as_of=reference.as_of.isoformat()
        ),
        test_data=_test_data(dossier, words),
    )


def _test_data(dossier: Dossier, words: Words) -> DataView | None:
    data = dossier.manifest.data.in_role("test")
    if data is None:
        return None
    first, last = data.collected.first.isoformat(), data.collected.last.isoformat()
    return DataView(setting=data.setting, collected=words.say("collected", first=first, last=last))


def _excused(basis: Basis, words: Words) -> tuple[ExcusalView, ...]:
    return tuple(ExcusalView(check=e.check, title=words.of(e.title), facts=e.facts) for e in basis.excused)


def _unclaimed(dossier: Dossier) -> tuple[UnclaimedView, ...]:
    """The declared groups that no required check names, attribute by attribute."""
    named = {name for check in dossier.basis.required for name in _named(check)}
    views = (
        UnclaimedView(attribute=attribute.name, strata=tuple(s for s in attribute.strata() if s not in named))
        for attribute in dossier.manifest.data.attributes
    )
    return tuple(view for view in views if view.strata)


def _named(check: Check) -> set[str]:
    """Every text among a check's parameters, and every stratum that its criterion names outright."""
    names = set()
    for parameter in check.method.parameters.values():
        elements = parameter.value if isinstance(parameter.value, tuple) else (parameter.value,)
        names |= {element for element in elements if isinstance(element, str)}
    for condition in check.criterion.all:
        if not isinstance(condition, Among):
            names |= set(condition.for_every.named or ())
    return names


def _explanation(dossier: Dossier, words: Words) -> ExplanationView:
    explanation = dossier.manifest.explanation
    return ExplanationView(
        answer=words.say("explained" if explanation.available else "not_explained"),
        method=explanation.method or "",
        statement=explanation.statement,
    )


def _digests(dossier: Dossier, words: Words) -> tuple[DigestView, ...]:
    named = (
        ("digest_submission", dossier.submission),
        ("digest_basis", dossier.basis.value_digest),
        ("digest_protocol", dossier.protocol.value_digest),
        ("digest_comparison", dossier.comparison_digest),
    )
    return tuple(DigestView(name=words.say(key), digest=str(digest)) for key, digest in named)
