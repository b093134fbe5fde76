"""The first page says what was decided, and what that does not prove."""

from __future__ import annotations

from collections.abc import Callable

from certify.certifiability import obstacles
from certify.dossier import SELF_ASSESSED, Dossier
from reports.first_page import FirstPage, first_page
from reports.language import words


def _page(dossier: Dossier) -> FirstPage:
    return first_page(dossier, words("en"))


def test_a_refusal_is_counted_in_one_sentence(dossier: Dossier) -> None:
    page = _page(dossier)
    assert page.decision == "NON-CONFORMING: 3 of 5 required checks are not demonstrated."
    assert page.mark.word == "refuted"


def test_a_pass_names_the_basis(passing: Dossier) -> None:
    page = _page(passing)
    expected = "CONFORMING to the basis test/small 0.3.0: all 2 required checks are demonstrated."
    assert page.decision == expected
    assert (page.mark.word, page.refusals) == ("demonstrated", ())


def test_a_dossier_without_findings_is_non_conforming(dossier: Dossier) -> None:
    page = _page(dossier.model_copy(update={"findings": ()}))
    assert page.decision == "NON-CONFORMING: 5 of 5 required checks are not demonstrated."
    assert [refusal.anchor for refusal in page.refusals] == [""] * 5


def test_a_basis_that_requires_nothing_is_non_conforming(passing: Dossier) -> None:
    nothing = passing.basis.model_copy(update={"required": ()})
    page = _page(passing.model_copy(update={"basis": nothing, "findings": ()}))
    assert page.decision.startswith("NON-CONFORMING: nothing was required")


def test_a_finding_too_many_is_non_conforming(passing: Dossier) -> None:
    page = _page(passing.model_copy(update={"findings": (*passing.findings, passing.findings[0])}))
    assert page.decision.startswith("NON-CONFORMING: the findings are not exactly")
    assert page.mark.word == "not demonstrated"


def test_a_self_assessment_is_labelled_and_never_certifiable(passing: Dossier) -> None:
    page = _page(passing)
    assert (page.label.text, page.certifiable) == (SELF_ASSESSED, "no")
    assert tuple(o.text for o in page.obstacles) == obstacles(passing.standing("development"))


def test_a_refusal_is_the_first_reason_why_it_is_not_certifiable(dossier: Dossier) -> None:
    assert _page(dossier).obstacles[0].text == "the decision is non-conforming"


def test_what_refuses_is_listed_with_its_reason(dossier: Dossier) -> None:
    listed = [(r.anchor, r.mark.word, r.mark.reason) for r in _page(dossier).refusals]
    assert listed == [
        ("check-test/accuracy", "refuted", ""),
        ("check-test/data-rules", "not demonstrated", "inconclusive"),
        ("check-test/contract", "not demonstrated", "method failed"),
    ]


def test_declared_groups_that_no_check_names_are_listed(dossier: Dossier) -> None:
    (attribute,) = _page(dossier).unclaimed
    assert (attribute.attribute, attribute.strata) == ("sex", ("sex=other",))


def test_all_groups_are_unclaimed_where_no_check_names_any(make_dossier: Callable[..., Dossier]) -> None:
    (attribute,) = _page(make_dossier("contract")).unclaimed
    assert attribute.strata == ("sex=female", "sex=male", "sex=other")


def test_the_scope_is_the_vendors_own_declaration(dossier: Dossier) -> None:
    scope = _page(dossier).scope
    assert scope.excluded == dossier.manifest.system.excluded_uses
    assert scope.population == "Adults who fill in forms in France."
    assert scope.test_data is not None
    assert scope.test_data.collected == "Collected from 2025-01-01 to 2025-06-30"


def test_an_excusal_is_shown_with_its_facts(dossier: Dossier) -> None:
    (excusal,) = _page(dossier).excused
    assert excusal.facts == ("system.affected_persons = none",)


def test_a_stated_absence_of_explanations_is_shown(dossier: Dossier) -> None:
    explanation = _page(dossier).explanation
    assert explanation.answer == "No, says the vendor"
    assert explanation.statement == "Nobody can say why it reads a digit."


def test_the_page_names_what_it_speaks_of_by_digest(dossier: Dossier) -> None:
    assert [item.digest for item in _page(dossier).digests] == [
        str(dossier.submission),
        str(dossier.basis.value_digest),
        str(dossier.protocol.value_digest),
        str(dossier.comparison_digest),
    ]
