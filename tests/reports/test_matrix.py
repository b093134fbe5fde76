"""One row for each required check, and every number in it is the dossier's."""

from __future__ import annotations

from certify.dossier import Dossier
from certify.evidence import Measurement
from certify.ruling import Outcome
from reports.language import words
from reports.matrix import Matrix, matrix


def _matrix(dossier: Dossier) -> Matrix:
    return matrix(dossier, words("en"))


def test_there_is_one_row_for_each_required_check(dossier: Dossier) -> None:
    rows = _matrix(dossier).rows
    assert [row.check for row in rows] == [check.id for check in dossier.basis.required]


def test_outcomes_are_those_of_the_verdict(dossier: Dossier) -> None:
    outcomes = {judgement.check: judgement.outcome.value for judgement in dossier.verdict.judgements}
    assert {row.check: row.mark.word for row in _matrix(dossier).rows} == outcomes
    assert set(outcomes.values()) == {outcome.value for outcome in Outcome}


def test_every_number_is_one_of_the_dossiers(dossier: Dossier) -> None:
    results = {f.check.id: f.result for f in dossier.findings}
    for row in _matrix(dossier).rows:
        result, check = results[row.check], next(c for c in dossier.basis.required if c.id == row.check)
        limits = {str(limit.value) for limit in check.limits.values()}
        estimates = result.estimates if isinstance(result, Measurement) else ()
        for item in row.decided:
            if item.requirement.limit:
                assert item.requirement.limit.exact in limits
            found = [e for e in estimates if e.stratum == (item.stratum or "all") and item.bound]
            for estimate in (e for e in found if e.statistic == item.requirement.name):
                pairs = (estimate.demonstrating, estimate.refuting)
                bounds = {str(bound) for pair in pairs for bound in (pair.lower, pair.upper)}
                assert item.bound is not None
                assert item.estimate is not None
                assert item.bound.exact in bounds
                assert (item.estimate.exact, item.cases) == (str(estimate.value), estimate.n)


def test_a_check_without_a_finding_keeps_its_row(dossier: Dossier) -> None:
    rows = _matrix(dossier.model_copy(update={"findings": ()})).rows
    assert len(rows) == len(dossier.basis.required)
    assert {row.mark.word for row in rows} == {"not demonstrated"}
    assert all(row.said and row.said.text.startswith("There is no finding") for row in rows)


def test_what_could_not_be_measured_says_why(dossier: Dossier) -> None:
    row = _matrix(dossier).rows[3]
    assert row.said is not None
    assert (row.mark.reason, row.said.text) == ("method failed", "The worker died with SIGFPE.")


def test_areas_add_up(dossier: Dossier) -> None:
    table = _matrix(dossier)
    assert sum(area.required for area in table.areas) == table.total.required == 5
    counted = (table.total.demonstrated, table.total.refuted, table.total.not_demonstrated)
    assert counted == (2, 1, 2)


def test_checks_of_an_area_stand_together(dossier: Dossier) -> None:
    first, second, *rest = dossier.basis.required
    same = rest[0].model_copy(update={"area": first.area})
    basis = dossier.basis.model_copy(update={"required": (first, second, same)})
    rows = _matrix(dossier.model_copy(update={"basis": basis, "findings": ()})).rows
    assert [row.check for row in rows] == [first.id, same.id, second.id]
