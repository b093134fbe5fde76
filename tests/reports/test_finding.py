"""A finding's section leads from the requirement to the numbers and back to their sources."""

from __future__ import annotations

from certify.dossier import Dossier
from certify.evidence import Measurement
from certify.verdict import judge
from reports.finding import FindingView, finding_view
from reports.language import words


def _view(dossier: Dossier, index: int) -> FindingView:
    return finding_view(dossier.findings[index], dossier, {}, words("en"))


def test_every_estimate_is_shown_with_all_digits(dossier: Dossier) -> None:
    for index, finding in enumerate(dossier.findings):
        view = _view(dossier, index)
        measured = finding.result.estimates if isinstance(finding.result, Measurement) else ()
        rows = [row for table in view.estimates for row in table.rows]
        assert sorted(row.value.exact for row in rows) == sorted(str(e.value) for e in measured)
        assert sorted(row.cases for row in rows) == sorted(e.n for e in measured)


def test_bounds_are_shown_with_their_confidence(dossier: Dossier) -> None:
    row = _view(dossier, 1).estimates[0].rows[1]
    assert row.demonstrating.lower is not None
    assert row.refuting.upper is not None
    assert (row.demonstrating.lower.exact, row.demonstrating.confidence.shown) == ("0.804", "97.5")
    assert (row.refuting.upper.exact, row.refuting.confidence.exact) == ("0.862", "0.995")


def test_a_bound_that_the_method_does_not_claim_is_absent(dossier: Dossier) -> None:
    assert _view(dossier, 2).estimates[0].rows[0].demonstrating.lower is None


def test_every_ruling_is_explained_in_the_cores_words(dossier: Dossier) -> None:
    for index, finding in enumerate(dossier.findings):
        judgement = judge(finding, protocol=dossier.protocol)
        shown = [ruling.explanation.text for ruling in _view(dossier, index).rulings]
        assert shown == [ruling.explanation for ruling in judgement.rulings]


def test_a_refused_finding_says_what_to_do(dossier: Dossier) -> None:
    assert [bool(_view(dossier, index).remedy) for index in range(5)] == [False, True, True, True, False]


def test_a_finding_that_was_not_measured_says_why(dossier: Dossier) -> None:
    view = _view(dossier, 3)
    assert (view.measured, view.mark.reason) == (False, "method failed")
    assert view.rulings[0].explanation.text == "The worker died with SIGFPE."


def test_advice_stands_with_the_finding_that_it_is_for(dossier: Dossier) -> None:
    (advice,) = _view(dossier, 2).advice
    assert (advice.cases, _view(dossier, 1).advice) == (3688, ())


def test_only_observed_findings_have_a_noise_floor(dossier: Dossier) -> None:
    assert _view(dossier, 4).noise_floor == "25 % of the estimate"
    assert _view(dossier, 0).noise_floor == ""


def test_evidence_and_opened_files_keep_their_digests(dossier: Dossier) -> None:
    view = _view(dossier, 0)
    assert [item.digest for item in view.evidence] == [str(item.digest) for item in dossier.evidence]
    assert {o.path: o.digest for o in view.opened} == {
        path: str(digest) for path, digest in dossier.protocol.files.items()
    }
