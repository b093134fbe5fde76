"""Rulings are put back beside their conditions; the worst of each is shown, with the bound that decided."""

from __future__ import annotations

from collections.abc import Callable

from certify.digest import Digest
from certify.dossier import Dossier
from certify.ruling import Outcome
from certify.standard import Criterion
from certify.verdict import Finding, judge
from reports.comparison import comparisons, decided
from reports.language import words


def _decided(dossier: Dossier, index: int) -> list:  # type: ignore[type-arg]
    finding = dossier.findings[index]
    judgement = judge(finding, protocol=dossier.protocol)
    return list(decided(finding, judgement, words("en")))


def test_every_ruling_stands_beside_the_stratum_that_it_names(dossier: Dossier) -> None:
    for finding in dossier.findings:
        judgement = judge(finding, protocol=dossier.protocol)
        for compared in comparisons(finding, judgement):
            assert compared.ruling.subject in ("", compared.subject)


def test_of_a_demonstrated_condition_the_bound_on_the_unsafe_side_is_shown(dossier: Dossier) -> None:
    gap, counted = _decided(dossier, 0)
    assert (gap.side, gap.bound.exact) == ("upper bound", "0.07123456789")
    assert (gap.estimate.exact, gap.cases) == ("0.0176543211", 1267)
    assert (counted.cases, counted.stratum, counted.several) == (612, "sex=female", "the worst of 2")
    assert counted.estimate is None


def test_of_a_refuted_condition_the_corrected_bound_on_the_other_side_is_shown(dossier: Dossier) -> None:
    (accuracy,) = _decided(dossier, 1)
    assert (accuracy.stratum, accuracy.mark.word) == ("sex=female", "refuted")
    assert (accuracy.side, accuracy.bound.exact) == ("upper bound", "0.862")


def test_of_an_inconclusive_condition_the_bound_furthest_beyond_the_limit_is_shown(dossier: Dossier) -> None:
    (rules,) = _decided(dossier, 2)
    assert rules.stratum.startswith("expect_column_values_to_be_in_set")
    assert rules.bound.exact == "0.00278262"


def test_where_nothing_was_measured_the_requirements_stand_alone(dossier: Dossier) -> None:
    rate, boundary = _decided(dossier, 3)
    assert (rate.mark, rate.requirement.limit.exact) == (None, "0.01")
    assert (boundary.mark, boundary.requirement.name) == (None, "boundary_cases_survived")


def test_statements_and_circumstances_are_shown_in_words(dossier: Dossier) -> None:
    joules, classes, meter = _decided(dossier, 4)
    assert (joules.requirement.unit, joules.bound.exact) == ("J", "22.4")
    assert classes.requirement.accepted == ("measured", "modelled")
    assert classes.said.text == "energy_class: modelled; accepted: measured, modelled."
    assert (meter.said.text, meter.bound) == ("It was.", None)


def test_a_finding_that_is_unbound_compares_nothing(make_dossier: Callable[..., Dossier]) -> None:
    dossier = make_dossier("equal-chances")
    (finding,) = dossier.findings
    foreign = finding.result.model_copy(update={"task": Digest.of(b"another")})
    unbound = Finding(check=finding.check, result=foreign)
    judgement = judge(unbound, protocol=dossier.protocol)
    assert judgement.outcome is Outcome.NOT_DEMONSTRATED
    assert comparisons(unbound, judgement) == ()
    assert all(item.mark is None for item in decided(unbound, judgement, words("en")))


def test_statements_that_all_hold_are_counted(dossier: Dossier) -> None:
    finding = dossier.findings[4]
    twice = {"require": "holds", "statement": "meter_calibrated", "for_every": {"named": ["meter", "clock"]}}
    joules = finding.check.criterion.to_json()["all"][0]
    criterion = Criterion.from_json({"all": [joules, twice]})
    said = (*finding.result.statements, finding.result.statements[0].model_copy(update={"subject": "clock"}))
    changed = Finding(
        check=finding.check.model_copy(update={"criterion": criterion}),
        result=finding.result.model_copy(update={"statements": said}),
    )
    locked = (*dossier.protocol.checks, changed.check.value_digest)
    judgement = judge(changed, protocol=dossier.protocol.model_copy(update={"checks": locked}))
    _, meters = decided(changed, judgement, words("en"))
    assert (meters.said and meters.said.text, meters.stratum) == ("all 2 hold", "")
