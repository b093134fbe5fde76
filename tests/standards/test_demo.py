"""The pack and the bases that ship: they load, bind and resolve, and keep what the README promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest

from certify.basis import Basis, BasisText, resolve
from certify.errors import UnusableInput
from certify.pack import load
from certify.standard import Among, AtLeast, AtMost, Check, Count, Holds, NothingFound, Parameter, Strata
from certify.strict_yaml import read
from certify.submission.manifest import FACTS
from certify.submission.metric import MetricName
from certify.submission.objective import DocumentKind
from checks.catalogue import METHODS, signatures
from checks.statistics.proportions import clopper_pearson
from checks.statistics.quantiles import ranks

FOLDER = Path(__file__).resolve().parents[2] / "standards"
STANDARDS = load(FOLDER, signatures())

FAMILY = ("demo/common", "demo/instrument", "demo/persons-affected")
LAST = ("demo/diabetes-screening", "demo/digits-reader", "demo/income-screening")

REGULATED = (
    "eu/annex-iii-credit", "eu/annex-iii-medical-triage", "eu/instrument", "eu/research-permit",
)  # fmt: skip

OF_AN_OBJECTIVE = "fr/declared-objective"

NOBODY = {"system.affected_persons": "none", "model.task": "multiclass"}
SOMEBODY = {"system.affected_persons": "directly", "model.task": "binary"}

WHAT_METHODS_SAY: Mapping[str, tuple[set[str], set[str]]] = {
    "representativeness.shares": (
        {"share", "share_ratio", "cases", "effective_size"},
        {"reference_sound"},
    ),
    "representativeness.distance": ({"distance"}, {"reference_sound"}),
    "data_quality.expectations": ({"unexpected_share"}, {"expectation_met"}),
    "objectives.claims": ({"claim_margin"}, {"every_claim_checked"}),
    "objectives.performance": ({"performance"}, set()),
    "robustness.noise_stability": ({"decision_changed"}, set()),
    "robustness.steadiness": ({"steady_under_attack"}, set()),
    "robustness.evasion": ({"evaded_share"}, set()),
    "robustness.attack": ({"accuracy_under_attack"}, set()),
    "robustness.monotone": (set(), {"direction_kept"}),
    "robustness.output_range": (set(), {"range_kept"}),
    "robustness.certified_accuracy": ({"certified_accuracy"}, set()),
    "fairness.individual_fairness": (set(), {"decided_alike"}),
    "robustness.random_neighbours": ({"accuracy_under_noise"}, set()),
    "cybersecurity.input_contract": ({"failure_rate"}, {"boundary_cases_survived"}),
    "energy.inference": ({"energy_per_1000"}, set()),
    "fairness.true_positive_rate_gap": ({"true_positive_rate", "true_positive_rate_gap"}, set()),
    "fairness.selection_rate_ratio": ({"selection_rate", "selection_rate_ratio"}, set()),
    "documents.complete": (set(), {"document_present"}),
    "documents.figures": (set(), {"figures_agree"}),
    "documents.explanation": (set(), {"explanation_stated"}),
    "documents.sections": (set(), {"section_written"}),
    "documents.declarations": (set(), {"declared"}),
    "documents.opinion": (set(), {"judged"}),
    "data_quality.schema": ({"unexpected_share"}, {"columns_as_declared", "expectation_met"}),
    "data_quality.duplicates": ({"repeated_share"}, set()),
    "representativeness.coverage": ({"covered_share"}, set()),
    "representativeness.novelty": ({"novel_share"}, set()),
    "data_quality.overlap": ({"overlapping_share"}, set()),
    "data_quality.label_errors": ({"label_error_share", "suspected_label_share", "detection"}, set()),
    "data_quality.target_leakage": ({"feature_skill"}, set()),
    "data_quality.near_duplicates": ({"near_share", "near_by_chance_share", "near_copy_share"}, set()),
    "data_quality.near_overlap": ({"near_share", "near_by_chance_share", "near_copy_share"}, set()),
    "data_quality.completeness": ({"incomplete_share"}, set()),
    "data_quality.units": ({"mixed_unit_share"}, {"unit_known"}),
    "data_quality.constants": ({"varied_share"}, set()),
    "data_quality.identifiers": (
        set(),
        {"free_of_identifiers", "no_identifier_found", "every_column_searched"},
    ),
    "data_quality.unit_leakage": ({"known_unit_share"}, set()),
    "data_quality.time_leakage": ({"early_share", "late_share"}, set()),
    "data_quality.collection_period": ({"outside_period_share"}, set()),
    "data_quality.collection_places": ({"outside_places_share"}, set()),
    "data_quality.keys": (set(), {"key_complete", "key_unique"}),
    "data_quality.labels": ({"unknown_label_share"}, set()),
    "representativeness.drift": ({"distribution_distance", "largest_distribution_distance"}, set()),
    "representativeness.domain": ({"outside_share"}, set()),
    "objectives.generalisation": ({"generalisation_gap"}, set()),
    "objectives.baseline_gain": ({"gain_over_constant"}, set()),
    "objectives.dependence": ({"undeclared_dependence", "answer_moved"}, {"no_dependence_found"}),
    "objectives.error_saved": ({"error_saved"}, set()),
    "objectives.error_saved_over_last_value": ({"error_saved_over_last_value"}, set()),
    "objectives.operating_point": ({"decisions_differ", "near_ties"}, {"decisions_reproduced"}),
    "objectives.traceability": (set(), {"claimed", "claims_covered", "figures_claimed"}),
    "objectives.reproduction": ({"loss_discrepancy"}, set()),
    "objectives.reading": ({"objective_deviation"}, set()),
    "objectives.hidden_terms": ({"hidden_term"}, set()),
    "fairness.false_positive_rate_gap": ({"false_positive_rate", "false_positive_rate_gap"}, set()),
    "fairness.selection_rate_gap": ({"selection_rate", "selection_rate_gap"}, set()),
    "fairness.precision_gap": ({"precision", "precision_gap"}, set()),
    "fairness.error_rate_ratio": ({"error_rate", "error_rate_ratio"}, set()),
    "fairness.true_positive_rate_ratio": ({"true_positive_rate", "true_positive_rate_ratio"}, set()),
    "fairness.false_positive_rate_ratio": ({"false_positive_rate", "false_positive_rate_ratio"}, set()),
    "fairness.mean_error_gap": ({"mean_error", "mean_error_gap"}, set()),
    "fairness.calibration_gap": ({"calibration_gap"}, set()),
    "fairness.counterfactual_flips": ({"flipped_share"}, set()),
    "fairness.conditional_selection_rate_gap": (
        {"selection_rate", "conditional_selection_rate_gap"},
        set(),
    ),
    "fairness.standardised_selection_rate_gap": (
        {"selection_rate", "standardised_selection_rate_gap"},
        set(),
    ),
    "fairness.bias_amplification": ({"selection_rate", "label_rate", "bias_amplification"}, set()),
    "fairness.outcome_diversity": ({"outcome_diversity"}, set()),
    "fairness.accuracy_gap": ({"accuracy", "accuracy_gap"}, set()),
    "robustness.batch_consistency": ({"decision_changed"}, set()),
    "robustness.rounding": ({"decision_changed"}, set()),
    "robustness.faulty_entries": ({"mishandled_share"}, set()),
    "robustness.declared_relations": ({"broken_share"}, set()),
    "robustness.performance_over_time": ({"performance"}, set()),
    "robustness.performance_at_places": ({"performance"}, set()),
    "robustness.arithmetic": ({"decision_changed", "near_ties"}, set()),
    "robustness.common_corruptions": ({"accuracy_under_corruption"}, set()),
}
"""Statistics and statements of each method: a criterion on anything else could never be demonstrated."""


def resolved(name: str, facts: Mapping[str, str] | None = None) -> Basis:
    return resolve(name, bases=STANDARDS.bases, checks=STANDARDS.checks, facts=facts or {})


EVERY_CHECK = (*STANDARDS.checks.values(), *(check for name in LAST for check in resolved(name).required))
"""As written, and as the bases set them."""


def numbers_and_lists(check: Check) -> Mapping[str, Parameter]:
    return {**check.method.parameters, **check.limits}


def limit(check: str, name: str, basis: str | None = None) -> Decimal:
    checks = {c.id: c for c in resolved(basis).required} if basis else STANDARDS.checks
    value = checks[f"eu.ai-act/{check}"].limits[name].value
    assert isinstance(value, Decimal)
    return value


# Loading and resolving


def test_the_pack_holds_a_check_for_every_method() -> None:
    assert {check.method.name for check in STANDARDS.checks.values()} == set(METHODS)


def test_every_folder_of_the_pack_holds_a_check_that_was_loaded() -> None:
    folders = {f"{path.parts[-3]}/{path.name}" for path in (FOLDER / "packs").glob("*/checks/*")}
    assert set(STANDARDS.checks) == folders


def test_every_basis_is_either_of_the_family_or_can_be_run() -> None:
    assert sorted(STANDARDS.bases) == sorted((*FAMILY, *LAST, *REGULATED, OF_AN_OBJECTIVE, "eu/high-risk"))


@pytest.mark.parametrize("name", [*REGULATED, OF_AN_OBJECTIVE])
def test_a_regulated_basis_leaves_nothing_open_and_answers_to_signed_packs(name: str) -> None:
    basis = resolve(
        name, bases=STANDARDS.bases, checks=STANDARDS.checks, packs=STANDARDS.references, facts={}
    )
    assert not any(check.open_values for check in basis.required)
    assert basis.excused == ()
    assert basis.unsigned == ()


def test_only_bases_on_persons_wait_for_a_person() -> None:
    human = {name: [c for c in resolved(name).required if c.mode == "human"] for name in (*REGULATED, *LAST)}
    assert not human["eu/instrument"]
    assert not any(human[name] for name in LAST)
    assert all(human[name] for name in REGULATED if name != "eu/instrument")


@pytest.mark.parametrize("name", LAST)
@pytest.mark.parametrize("facts", [{}, NOBODY, SOMEBODY], ids=["unknown", "nobody", "somebody"])
def test_a_basis_that_can_be_run_leaves_nothing_open_whatever_the_facts(
    name: str, facts: Mapping[str, str]
) -> None:
    basis = resolved(name, facts)
    assert basis.required
    assert not any(check.open_values for check in basis.required)
    assert Basis.from_json(basis.to_json()) == basis


@pytest.mark.parametrize("name", FAMILY)
def test_a_basis_of_the_family_is_refused_until_another_one_completes_it(name: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        resolved(name)
    assert {problem.found for problem in caught.value.problems} == {
        "none, neither in the check nor in the basis"
    }


@pytest.mark.parametrize("name", LAST)
def test_every_basis_that_can_be_run_asks_for_all_that_is_common(name: str) -> None:
    common = STANDARDS.bases["demo/common"].validate(BasisText)
    wanted = {selection.check for selection in common.select}
    assert wanted <= {check.id for check in resolved(name, NOBODY).required}


def test_only_persons_excuse_fairness_and_only_tasks_excuse_what_two_classes_need() -> None:
    excused = {e.check: e.facts for e in resolved("demo/diabetes-screening", NOBODY).excused}
    assert excused == {
        "eu.ai-act/equal-true-positive-rate": ("system.affected_persons = none",),
        "eu.ai-act/selection-rate-ratio": ("system.affected_persons = none",),
        "eu.ai-act/sensitivity": ("model.task = multiclass",),
        "eu.ai-act/specificity": ("model.task = multiclass",),
    }
    assert resolved("demo/diabetes-screening", SOMEBODY).excused == ()
    assert resolved("demo/diabetes-screening", {}).excused == ()


def test_the_facts_of_every_scope_exist_and_have_the_values_that_are_listed() -> None:
    """A slip in a listed value would excuse everybody."""
    for check in STANDARDS.checks.values():
        for membership in check.applies.all:
            assert set(membership.among) <= set(FACTS[membership.fact] or membership.among)


# Limits of the instrument, as they were agreed on before anything was measured


def test_the_limits_are_those_that_were_agreed_before_anything_was_measured() -> None:
    digits = "demo/digits-reader"
    assert limit("accuracy", "floor", digits) == Decimal("0.95")
    assert limit("accuracy-in-every-group", "floor", digits) == Decimal("0.8")
    assert limit("accuracy-in-every-group", "fewest_cases", digits) == 50
    assert limit("stable-under-measurement-noise", "highest_share_changed") == Decimal("0.05")
    assert limit("robust-input-contract", "highest_failure_rate") == Decimal("0.005")
    assert limit("data-quality", "highest_unexpected_share") == Decimal("0.01")
    assert limit("representative-training-data", "lowest_share_ratio") == Decimal("0.5")
    assert limit("representative-test-data", "lowest_share_ratio") == Decimal("0.5")
    assert limit("inference-energy", "budget") == 50
    assert limit("sensitivity", "floor") == limit("specificity", "floor") == Decimal("0.7")
    assert limit("equal-true-positive-rate", "highest_gap") == Decimal("0.1")
    assert limit("selection-rate-ratio", "lowest_ratio") == Decimal("0.8")


@pytest.mark.parametrize("name", ["demo/digits-reader", "demo/diabetes-screening"])
def test_what_a_basis_asks_of_groups_it_asks_of_the_data_as_well(name: str) -> None:
    groups = {
        check.id: check.method.parameters["groups"].value
        for check in resolved(name).required
        if check.id in {"eu.ai-act/representative-test-data", "eu.ai-act/accuracy-in-every-group"}
    }
    assert len(set(groups.values())) == 1


# Criteria and evidence


@pytest.mark.parametrize("check", STANDARDS.checks.values(), ids=lambda c: c.id)
def test_every_condition_speaks_of_something_that_the_method_says(check: Check) -> None:
    statistics, statements = WHAT_METHODS_SAY[check.method.name]
    for condition in check.criterion.all:
        if isinstance(condition, AtMost | AtLeast | Count):
            assert condition.statistic in statistics
        elif isinstance(condition, Holds | NothingFound):
            assert condition.statement in statements


@pytest.mark.parametrize("check", EVERY_CHECK, ids=lambda c: c.id)
def test_no_limit_is_left_unused(check: Check) -> None:
    used = {c.limit for c in check.criterion.all if isinstance(c, AtMost | AtLeast | Count | Among)}
    assert set(check.limits) == used


def test_a_condition_on_pairs_or_groups_takes_them_from_the_basis() -> None:
    for check in STANDARDS.checks.values():
        for condition in check.criterion.all:
            strata = getattr(condition, "for_every", Strata(named=("all",)))
            assert strata.source in (
                None,
                "groups",
                "metrics",
                "expectations",
                "kinds",
                "topics",
                "questions",
                "attributes",
                "strengths",
                "corruptions",
                "settings",
            )


@pytest.mark.parametrize("check", STANDARDS.checks.values(), ids=lambda c: c.id)
def test_evidence_is_bound_to_the_manifest_and_to_data_only_where_data_are_opened(check: Check) -> None:
    demand = check.evidence
    assert "manifest" in demand.bound_to
    assert ("data" in demand.bound_to) == (demand.role != "none")
    on_the_population = {"representativeness.shares", "representativeness.distance"}
    assert ("reference" in demand.bound_to) == (check.method.name in on_the_population)
    on_documents = {
        "documents.complete", "documents.figures", "documents.sections", "documents.opinion",
        "objectives.traceability",
    }  # fmt: skip
    assert ("documents" in demand.bound_to) == (check.method.name in on_documents)


def test_metrics_and_kinds_of_documents_are_those_of_the_submission() -> None:
    for check in EVERY_CHECK:
        parameters = check.method.parameters
        if "metric" in parameters:
            assert parameters["metric"].value in get_args(MetricName)
        for name, known in (("metrics", MetricName), ("kinds", DocumentKind)):
            value = parameters[name].value if name in parameters else None
            assert set(value or ()) <= set(get_args(known))  # type: ignore[arg-type]


def test_rules_for_data_judge_rows_and_leave_limits_to_the_criterion() -> None:
    """A rule about a whole column gives a statement, on which the limit on a share of rows says nothing."""
    for check in EVERY_CHECK:
        if "expectations" in check.method.parameters and not check.open_values:
            rules = check.method.parameters["expectations"].value
            assert isinstance(rules, tuple)
            for rule in map(str, rules):
                assert re.match(r"expect_column_values_to_(be_in_set|be_between|not_be_null)\(", rule)
                assert "mostly" not in rule
                assert len(rule) <= 300


# Words and sources


@pytest.mark.parametrize("check", STANDARDS.checks.values(), ids=lambda c: c.id)
def test_every_text_for_people_is_there_in_english_and_in_french(check: Check) -> None:
    for text in (check.title, check.statement, check.rationale, check.remedy):
        assert text.en.strip()
        assert text.fr.strip()
        assert text.en != text.fr
    assert re.search(r"[éèêàçù]|\b(le|la|les|des|une?)\b", check.statement.fr)


@pytest.mark.parametrize("check", EVERY_CHECK, ids=lambda c: c.id)
def test_every_number_says_where_it_comes_from(check: Check) -> None:
    for name, parameter in numbers_and_lists(check).items():
        assert len(parameter.why) > 20, name
        if isinstance(parameter.value, Decimal):
            assert re.search(
                r"\b[Oo]urs\b|Art\. |CFR|no choice of ours|depends on the purpose", parameter.why
            ), name


@pytest.mark.parametrize("name", STANDARDS.bases)
def test_every_value_that_a_basis_sets_has_a_reason(name: str) -> None:
    for selection in STANDARDS.bases[name].validate(BasisText).select:
        assert bool(selection.why) == bool(selection.parameters or selection.limits)
        assert not selection.limits or re.search(r"\bOurs\b", selection.why or "")


def test_no_check_says_that_it_satisfies_a_clause_of_which_it_shows_a_part() -> None:
    relations = {clause.relation for check in STANDARDS.checks.values() for clause in check.clauses}
    assert relations == {"contributes-to", "informs"}
    assert all(clause.note for check in STANDARDS.checks.values() for clause in check.clauses)


def test_energy_is_said_to_be_ours_and_not_required_by_the_ai_act() -> None:
    energy = STANDARDS.checks["eu.ai-act/inference-energy"]
    first = energy.clauses[0]
    assert first.locator == "Art. 95(2)(b)"
    assert "no requirement of the AI Act" in (first.note or "")
    assert energy.limits["budget"].why.startswith("Ours: no law sets one.")


def test_four_fifths_is_said_to_be_the_law_of_another_country() -> None:
    ratio = STANDARDS.checks["eu.ai-act/selection-rate-ratio"]
    (cited,) = [clause for clause in ratio.clauses if "CFR" in clause.instrument]
    assert cited.relation == "informs"
    assert "not of the European Union" in " ".join((cited.note or "").split())


# Arithmetic that the reasons contain, done again


def test_the_reasons_calculate_correctly() -> None:
    assert clopper_pearson(0, 368, 0.975)[1] < 0.01 < clopper_pearson(0, 367, 0.975)[1]
    assert clopper_pearson(50, 50, 0.975)[0] == pytest.approx(0.929, abs=5e-4)
    assert clopper_pearson(0, 2000, 0.975)[1] == pytest.approx(0.0018, abs=5e-5)
    assert clopper_pearson(3, 2000, 0.975)[1] == pytest.approx(0.0044, abs=5e-5)
    assert clopper_pearson(4, 2000, 0.975)[1] > 0.005
    assert ranks(20, 0.5, 0.975)[1] == 15
    watts_per_core, desktop, seconds_of_lamp, per_inference = 360 / 96, 253 / 24, 50 / 10, 50 / 15 / 1000
    assert (watts_per_core, seconds_of_lamp) == (3.75, 5)
    assert desktop == pytest.approx(10.5, abs=0.05)
    assert per_inference == pytest.approx(0.0033, abs=5e-5)


# Form


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda p: "/".join(p.parts[-3:]))
def test_every_file_is_read_by_the_strict_profile_and_short_lines_fit_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    read(text.encode(), source=path.name)
    assert max(map(len, text.splitlines())) <= 130
    assert not any(before == after == "" for before, after in pairwise(text.splitlines()))


@pytest.mark.parametrize(
    ("basis", "favourable"), [("demo/diabetes-screening", "slow"), ("demo/income-screening", "1")]
)
def test_the_basis_and_not_the_vendor_says_which_decision_is_favourable(basis: str, favourable: str) -> None:
    assert STANDARDS.checks["eu.ai-act/selection-rate-ratio"].method.parameters["favourable"].value is None
    checks = {check.id: check for check in resolved(basis).required}
    assert checks["eu.ai-act/selection-rate-ratio"].method.parameters["favourable"].value == favourable
