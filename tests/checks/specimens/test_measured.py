"""Every method on a specimen that is known to be good, and on one that is known to be bad.

Only what is measured is looked at, and no limit: any sensible one lies between the two bands of an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from certify.standard import Expectation
from checks.catalogue import METHODS
from checks.documents.declarations import TOPICS as DECLARED
from checks.measured import CannotMeasure, Confidence, Measured
from checks.specimens import CONSTANTS, MUTATIONS, RANDOM
from checks.subject import Subject

Subjects = Callable[..., Subject]
Band = tuple[float, float]

SURE = Confidence(0.975)
OLD_WOMEN = "age_band=from_54 & sex=female"
SEXES = ("sex=female", "sex=male")
GAP = "sex=female ~ sex=male"
AGE = Expectation.from_json(
    {
        "expectation": "expect_column_values_to_be_between",
        "arguments": {"column": "age", "min_value": 18, "max_value": 90},
    }
)
NEVER_JUDGED = {"documents.opinion"}
"""It has no answer by its nature."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a method finds: `found` in a stratum, or the share of statements called so that hold."""

    method: str
    bad_one: str
    found: str
    good: Band
    bad: Band
    specimen: str = "screening"
    stratum: str = "all"
    role: str | None = "test"
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} of {self.specimen} with {self.bad_one}"


def performance(metric: str, bad_one: str, good: Band, bad: Band, **more: Any) -> Proof:
    stratum = more.get("stratum", "all")
    arguments = {"metric": metric, "groups": (stratum,)}
    return Proof(
        method="objectives.performance", arguments=arguments, bad_one=bad_one, found="performance",
        good=good, bad=bad, **more,
    )  # fmt: skip


def statements(method: str, bad_one: str, found: str, role: str | None = None, **arguments: Any) -> Proof:
    return Proof(
        method=method, bad_one=bad_one, found=found, role=role, arguments=arguments,
        good=(1, 1), bad=(0, 0),
    )  # fmt: skip


def share(method: str, bad_one: str, found: str, **more: Any) -> Proof:
    """A share of rows or cases that is next to nothing, and far from it."""
    return Proof(method=method, bad_one=bad_one, found=found, good=(0, 0.01), bad=(0.08, 1), **more)


def gap(method: str, bad_one: str, found: str, **more: Any) -> Proof:
    """A difference between the sexes."""
    return Proof(
        method=method, bad_one=bad_one, found=found, stratum=GAP, arguments={"groups": SEXES},
        good=(0, 0.02), bad=(0.3, 1), **more,
    )  # fmt: skip


def ratio(rate: str, bad_one: str, good: Band, bad: Band) -> Proof:
    """The smaller of the rates of both sexes over the larger."""
    found = f"{rate}_ratio"
    return Proof(
        method=f"fairness.{found}", bad_one=bad_one, found=found, stratum=GAP, arguments={"groups": SEXES},
        good=good, bad=bad,
    )  # fmt: skip


HIGH, LOW = (0.97, 1), (0, 0.7)
FUZZING = {"cases": 1000, "seed": 1, "tolerance": 0.0001}
TOGGLED: dict[str, Any] = {"features": ("sex",), "seed": 1}
CELLS = {"parts": 5, "fewest_rows": 1}
NEAR: dict[str, Any] = {"tolerance": 0.01, "rows": 100_000, "seed": 1}
ATTACKED: dict[str, Any] = {
    "norm": "linf", "strengths": ("strength=0.01",), "rows": 300, "steps": 20, "queries": 50, "seed": 1,
}  # fmt: skip
EVADED: dict[str, Any] = {"tolerance": 0.05, "rows": 300, "steps": 20, "queries": 50, "seed": 1}
SEEN = {"other_role": "train"}
METER = {"repeats": 6, "batch": 1, "watts_per_core": 15.0}

PROOFS = (
    performance("accuracy", "weights_perturbed", HIGH, LOW),
    performance("accuracy", "constant_predictor", HIGH, LOW),
    performance("accuracy", "random_predictor", HIGH, LOW),
    performance("accuracy", "out_of_range_in_test", HIGH, (0, 0.9)),
    performance("accuracy", "outside_the_contract", HIGH, LOW),
    performance("accuracy", "labels_flipped_in_one_group", HIGH, (0, 0.05), stratum="sex=female"),
    performance("accuracy", "unequal_accuracy", HIGH, LOW, stratum="sex=female"),
    performance("balanced_accuracy", "always_positive", HIGH, (0.5, 0.5)),
    performance("sensitivity", "never_positive", HIGH, (0, 0)),
    performance("specificity", "always_positive", HIGH, (0, 0)),
    performance("precision", "always_positive", HIGH, LOW),
    performance("roc_auc", "weights_perturbed", HIGH, (0, 0.8)),
    performance("roc_auc", "random_predictor", HIGH, (0.4, 0.6)),
    performance("brier_score", "timid_probabilities", (0, 0.03), (0.15, 0.25)),
    performance("calibration_error", "timid_probabilities", (0, 0.03), (0.3, 0.5)),
    performance("accuracy", "weights_perturbed", HIGH, LOW, specimen="reader"),
    performance("accuracy", "constant_predictor", HIGH, (0.2, 0.3), specimen="reader"),
    performance("accuracy", "random_predictor", HIGH, (0.2, 0.3), specimen="reader"),
    performance(
        "accuracy", "labels_flipped_in_one_group", HIGH, (0, 0.05), specimen="reader", stratum="pen=pencil"
    ),
    performance("mean_absolute_error", "weights_perturbed", (0, 0.05), (1, 10), specimen="gauge"),
    performance("root_mean_squared_error", "weights_perturbed", (0, 0.05), (1, 10), specimen="gauge"),
    performance("r_squared", "constant_predictor", HIGH, (-0.1, 0.01), specimen="gauge"),
    performance("mean_absolute_error", "constant_predictor", (0, 0.05), (1, 10), specimen="gauge"),
    performance("mean_absolute_error", "random_predictor", (0, 0.05), (1, 10), specimen="gauge"),
    Proof(
        method="objectives.dependence", bad_one="reacts_to_a_group", found="undeclared_dependence",
        arguments=TOGGLED, good=(0, 0), bad=(0.01, 0.5),
    ),
    Proof(
        method="objectives.dependence", bad_one="leans_towards_a_group", found="undeclared_dependence",
        arguments=TOGGLED, good=(0, 0), bad=(0, 0),
    ),
    Proof(
        method="objectives.dependence", bad_one="leans_towards_a_group", found="answer_moved",
        arguments=TOGGLED, good=(0, 0), bad=(0.5, 1),
    ),
    statements("objectives.dependence", "reacts_to_a_group", "no_dependence_found", role="test", **TOGGLED),
    Proof(
        method="objectives.operating_point", bad_one="threshold_moved", found="decisions_differ",
        good=(0, 0), bad=(0.01, 0.1),
    ),
    Proof(
        method="objectives.operating_point", bad_one="barely_decided", found="near_ties",
        good=(0, 0), bad=(0.99, 1),
    ),
    statements("objectives.operating_point", "threshold_moved", "decisions_reproduced", role="test"),
    Proof(
        method="objectives.operating_point", bad_one="random_predictor", found="decisions_differ",
        specimen="reader", good=(0, 0), bad=(0.7, 0.8),
    ),
    statements(
        "objectives.traceability", "figure_unclaimed", "figures_claimed", role="test", metrics=("accuracy",)
    ),
    statements(
        "objectives.traceability", "claim_unmeasured", "claims_covered", role="test", metrics=("accuracy",)
    ),
    *(
        Proof(
            method="objectives.reproduction", bad_one="false_loss_value", found="loss_discrepancy",
            role="train", good=(0, 1e-5), bad=(0.0099, 0.0109), specimen=specimen,
        )
        for specimen in ("screening", "reader", "gauge")
    ),
    Proof(
        method="objectives.claims", bad_one="false_claim", found="claim_margin", stratum="accuracy",
        arguments={"metrics": ("accuracy",)}, good=(0.01, 1), bad=(-1, -0.01),
    ),
    Proof(
        method="objectives.claims", bad_one="false_claim", found="claim_margin", specimen="gauge",
        stratum="mean_absolute_error", arguments={"metrics": ("mean_absolute_error",)},
        good=(0.05, 1), bad=(-1, -0.01),
    ),
    Proof(
        method="objectives.generalisation", bad_one="overfitted", found="generalisation_gap",
        arguments={"metric": "accuracy"}, good=(-0.02, 0.02), bad=(0.4, 1),
    ),
    Proof(
        method="objectives.generalisation", bad_one="overfitted", found="generalisation_gap",
        specimen="gauge", arguments={"metric": "mean_absolute_error"}, good=(-0.02, 0.02), bad=(2, 10),
    ),
    Proof(
        method="objectives.reading", bad_one="trained_otherwise", found="objective_deviation", role="train",
        stratum="class_weights", good=(0, 1e-4), bad=(0.99, 1.01),
        arguments={"deviations": ("class_weights", "l2_weights"), "rows": 300, "seed": 1},
    ),
    Proof(
        method="objectives.hidden_terms", bad_one="trained_against_a_group", found="hidden_term",
        role="train", stratum="age_band=under_54", good=(0, 1e-4), bad=(0.29, 0.31),
        arguments={"groups": ("age_band=under_54",), "rows": 300, "seed": 1},
    ),
    *(
        Proof(
            method="objectives.error_saved", bad_one=bad_one, found="error_saved", specimen="gauge",
            good=HIGH, bad=(-10, 0),
        )
        for bad_one in (*CONSTANTS["gauge"], *RANDOM)
    ),
    share("data_quality.unit_leakage", "units_of_train_in_test", "known_unit_share", arguments=SEEN),
    share("data_quality.time_leakage", "test_before_training", "early_share", arguments=SEEN),
    share("data_quality.time_leakage", "test_before_training", "late_share", arguments=SEEN),
    *(
        share(f"data_quality.collection_{of}", f"{what}_in_{role}", f"outside_{of}_share", role=role)
        for of, what in (("period", "outside_the_period"), ("places", "undeclared_place"))
        for role in ("train", "test")
    ),
    statements("data_quality.keys", "keys_broken_in_test", "key_unique", role="test"),
    statements("data_quality.keys", "keys_broken_in_train", "key_complete", role="train"),
    Proof(
        method="objectives.error_saved_over_last_value", bad_one="truth_in_order_of_time",
        found="error_saved_over_last_value", specimen="gauge", good=HIGH, bad=(-10, 0),
    ),
    *(
        Proof(
            method="objectives.baseline_gain", bad_one=bad_one, found="gain_over_constant",
            good=(0.4, 1), bad=(-1, 0),
        )
        for bad_one in (*CONSTANTS["screening"], *RANDOM)
    ),
    *(
        Proof(
            method="representativeness.shares", bad_one=f"{how}_{role}", found="share_ratio", role=role,
            stratum="sex=female", arguments={"groups": SEXES}, good=(0.95, 1.05), bad=(0, 0.05),
        )
        for how in ("group_missing_from", "group_rare_in")
        for role in ("train", "test")
    ),
    *(
        Proof(
            method="representativeness.shares", bad_one=f"crossing_missing_from_{role}", found="share_ratio",
            role=role, stratum=OLD_WOMEN, arguments={"groups": (OLD_WOMEN,)}, good=(0.9, 1.1), bad=(0, 0.02),
        )
        for role in ("train", "test")
    ),
    *(
        Proof(
            method="representativeness.distance", bad_one=f"crossing_missing_from_{role}", found="distance",
            role=role, arguments={"attributes": ("age_band", "sex")}, good=(0, 0.05), bad=(0.45, 0.55),
        )
        for role in ("train", "test")
    ),
    statements(
        "representativeness.distance", "wrong_reference", "reference_sound", role="test", attributes=("sex",),
    ),
    statements("representativeness.shares", "wrong_reference", "reference_sound", role="train", groups=SEXES),
    share("representativeness.domain", "outside_the_contract", "outside_share"),
    share("representativeness.domain", "out_of_range_in_train", "outside_share", role="train"),
    *(
        share(
            "data_quality.expectations", f"out_of_range_in_{role}", "unexpected_share", role=role,
            arguments={"expectations": (AGE,)}, stratum=str(AGE),
        )
        for role in ("train", "test")
    ),
    *(
        share("data_quality.schema", f"{what}_in_{role}", "unexpected_share", role=role)
        for what in ("out_of_range", "unknown_labels", "missing_values")
        for role in ("train", "test")
    ),
    Proof(
        method="data_quality.schema", bad_one="unknown_labels_in_train", found="columns_as_declared",
        specimen="gauge", role="train", good=(1, 1), bad=(0, 0),
    ),
    *(
        Proof(
            method="representativeness.coverage", bad_one="corner_of_the_domain_in_train",
            found="covered_share", role="train", specimen=specimen, arguments=CELLS,
            good=(0.6, 1), bad=(0, 0.4),
        )
        for specimen in ("screening", "gauge")
    ),
    share(
        "representativeness.novelty", "corner_of_the_domain_in_train", "novel_share",
        arguments={"other_role": "train", **CELLS},
    ),
    share("data_quality.duplicates", "repeated_rows_in_train", "repeated_share", role="train"),
    *(
        share(
            "data_quality.overlap", f"test_rows_in_{role}", "overlapping_share",
            arguments={"other_role": role},
        )
        for role in ("train", "validation")
    ),
    share(
        "data_quality.near_duplicates", "nearly_repeated_rows_in_train", "near_copy_share", role="train",
        arguments=NEAR,
    ),
    share(
        "data_quality.near_duplicates", "nearly_repeated_rows_in_train", "near_copy_share", role="train",
        arguments=NEAR, specimen="reader",
    ),
    Proof(
        method="data_quality.near_overlap", bad_one="near_test_rows_in_train", found="near_copy_share",
        arguments={"other_role": "train", **NEAR}, good=(-0.01, 0.01), bad=(0.15, 0.25),
    ),
    *(
        share(
            "data_quality.label_errors", f"wrong_labels_in_{role}", "label_error_share", role=role,
            arguments={"fitted_on": "train", "rows": 1500, "seed": 1}, specimen=specimen,
        )
        for role, specimen in (("train", "screening"), ("test", "reader"))
    ),
    *(
        Proof(
            method="data_quality.target_leakage", bad_one="answer_in_a_feature_of_train",
            found="feature_skill", role="train", stratum=stratum, specimen=specimen, good=(-0.2, 0.9),
            bad=(0.99, 1), arguments={"fitted_on": "train", "rows": 2000, "seed": 1},
        )
        for specimen, stratum in (
            ("screening", "all"), ("screening", "feature=pulse"), ("reader", "feature=images[3,3]")
        )
    ),
    share("data_quality.completeness", "missing_values_in_train", "incomplete_share", role="train"),
    share("data_quality.completeness", "missing_values_in_test", "incomplete_share"),
    *(
        share(
            "data_quality.units", "other_unit_in_train", "mixed_unit_share", role="train", specimen=specimen
        )
        for specimen in ("screening", "gauge")
    ),
    *(
        Proof(
            method="representativeness.drift", bad_one="mirrored_in_train", specimen=specimen,
            found="largest_distribution_distance", arguments={"other_role": "train"},
            good=(0, 0.05), bad=(0.2, 1),
        )
        for specimen in ("screening", "gauge")
    ),
    *(
        Proof(
            method="data_quality.constants", bad_one="constant_column_in_train", found="varied_share",
            specimen=specimen, role="train", good=(0.4, 0.9), bad=(0, 0),
        )
        for specimen in ("screening", "gauge")
    ),
    *(
        statements("data_quality.identifiers", f"identifiers_in_{role}", "no_identifier_found", role, seed=1)
        for role in ("train", "test")
    ),
    share("data_quality.labels", "unknown_labels_in_train", "unknown_label_share", role="train"),
    share("data_quality.labels", "unknown_labels_in_test", "unknown_label_share"),
    share("data_quality.labels", "unknown_labels_in_test", "unknown_label_share", specimen="gauge"),
    share("robustness.noise_stability", "near_threshold", "decision_changed", arguments={"seed": 1}),
    share(
        "robustness.noise_stability", "near_threshold", "decision_changed", arguments={"seed": 1},
        specimen="reader",
    ),
    share("robustness.rounding", "near_threshold", "decision_changed", arguments={"digits": 3}),
    share(
        "robustness.rounding", "near_threshold", "decision_changed", arguments={"digits": 3},
        specimen="reader",
    ),
    share(
        "robustness.batch_consistency", "depends_on_the_batch", "decision_changed", arguments={"batch": 32}
    ),
    *(
        Proof(
            method="robustness.attack", specimen=specimen, bad_one="near_threshold",
            found="accuracy_under_attack", stratum="strength=0.01", good=(0.9, 1), bad=(0, 0.1),
            arguments=ATTACKED,
        )
        for specimen in ("screening", "reader")
    ),
    Proof(
        method="robustness.certified_accuracy", bad_one="near_threshold", found="certified_accuracy",
        stratum="strength=0.01", good=(0.9, 1), bad=(0, 0.05),
        arguments={"strengths": ("strength=0.01",), "rows": 100, "regions": 100, "seed": 1},
    ),
    statements(
        "robustness.monotone", "direction_reversed", "direction_kept", role=None,
        parts=100, regions=100, seed=1,
    ),
    statements(
        "robustness.output_range", "range_understated", "range_kept", role=None,
        regions=100, tolerance=0.0001, seed=1,
    ),
    statements(
        "fairness.individual_fairness", "weighs_a_group", "decided_alike", role="test",
        attributes=("sex",), regions=100, seed=1,
    ),
    Proof(
        method="robustness.steadiness", specimen="gauge", bad_one="random_predictor",
        found="steady_under_attack", stratum="strength=0.01", good=(0.95, 1), bad=(0, 0.1),
        arguments={**ATTACKED, "tolerance": 0.05},
    ),
    Proof(
        method="robustness.evasion", bad_one="near_threshold", found="evaded_share", good=(0, 0.05),
        bad=(0.9, 1), arguments=EVADED,
    ),
    Proof(
        method="robustness.random_neighbours", bad_one="near_threshold", found="accuracy_under_noise",
        stratum="strength=0.01", good=(0.95, 1), bad=(0.4, 0.6),
        arguments={"strengths": ("strength=0.01",), "rows": 1000, "seed": 1},
    ),
    Proof(
        method="robustness.faulty_entries", bad_one="guesses_without_a_value", found="mishandled_share",
        stratum="corruption=missing", good=(0, 0), bad=(1, 1),
        arguments={"corruptions": ("corruption=missing",), "rows": 500, "seed": 1},
    ),
    Proof(
        method="robustness.faulty_entries", bad_one="boundless_ranges", found="mishandled_share",
        stratum="corruption=unit & feature=age", good=(0, 0.01), bad=(0.35, 0.55),
        arguments={"corruptions": ("corruption=unit",), "rows": 500, "seed": 1},
    ),
    *(
        Proof(
            method="robustness.declared_relations", bad_one="against_its_relation", found="broken_share",
            specimen=specimen, good=(0, 0.002), bad=(0.99, 1),
        )
        for specimen in ("screening", "gauge")
    ),
    Proof(
        method="robustness.performance_over_time", bad_one="worse_at_the_end", found="performance",
        good=(0.97, 1), bad=(0.4, 0.6), arguments={"metric": "accuracy", "stretches": 4},
    ),
    Proof(
        method="robustness.performance_at_places", bad_one="worse_at_one_place", found="performance",
        good=(0.97, 1), bad=(0.4, 0.6), arguments={"metric": "accuracy"}, specimen="reader",
    ),
    *(
        Proof(
            method="robustness.arithmetic", bad_one="swallowed_digits", found=found, stratum=stratum,
            good=(0, 0.01), bad=bad,
            arguments={"settings": ("setting=unoptimised", "setting=double"), "rows": 500, "seed": 1},
        )
        for found, stratum, bad in (
            ("decision_changed", "setting=double", (0.35, 0.55)), ("near_ties", "all", (0.9, 1)),
        )
    ),
    Proof(
        method="robustness.common_corruptions", bad_one="blinded_by_light", specimen="reader",
        found="accuracy_under_corruption", stratum="corruption=brightness & severity=3", good=(0.97, 1),
        bad=(0, 0.05),
        arguments={"corruptions": ("corruption=brightness & severity=3",), "rows": 500, "seed": 1},
    ),
    Proof(
        method="cybersecurity.input_contract", bad_one="fails_at_the_edge", found="failure_rate", role=None,
        arguments=FUZZING, good=(0, 0), bad=(0.03, 0.07),
    ),
    Proof(
        method="cybersecurity.input_contract", bad_one="depends_on_the_batch", found="failure_rate",
        role=None, arguments=FUZZING, good=(0, 0), bad=(0.99, 1), specimen="gauge",
    ),
    statements("cybersecurity.input_contract", "fails_at_the_edge", "boundary_cases_survived", **FUZZING),
    Proof(
        method="energy.inference", bad_one="wasteful", found="energy_per_1000", arguments=METER,
        good=(0, 20), bad=(100, 100_000),
    ),
    gap("fairness.true_positive_rate_gap", "unequal_sensitivity", "true_positive_rate_gap"),
    gap("fairness.false_positive_rate_gap", "unequal_false_alarms", "false_positive_rate_gap"),
    gap("fairness.accuracy_gap", "unequal_accuracy", "accuracy_gap"),
    gap("fairness.precision_gap", "unequal_false_alarms", "precision_gap"),
    Proof(
        method="fairness.selection_rate_gap", bad_one="unequal_selection", found="selection_rate_gap",
        stratum=GAP, arguments={"groups": SEXES, "favourable": "clear"}, good=(0, 0.05), bad=(0.3, 1),
    ),
    ratio("error_rate", "unequal_accuracy", (0.35, 1), (0, 0.2)),
    ratio("true_positive_rate", "unequal_sensitivity", (0.9, 1), (0, 0.6)),
    ratio("false_positive_rate", "unequal_false_alarms", (0.35, 1), (0, 0.2)),
    Proof(
        method="fairness.mean_error_gap", bad_one="labels_mirrored_in_one_group", found="mean_error_gap",
        specimen="gauge", stratum="tank=round ~ tank=square",
        arguments={"groups": ("tank=round", "tank=square")}, good=(0, 0.05), bad=(1, 10),
    ),
    Proof(
        method="fairness.calibration_gap", bad_one="unequal_accuracy", found="calibration_gap",
        stratum="sex=female", arguments={"groups": SEXES, "bins": 10}, good=(0, 0.03), bad=(0.2, 1),
    ),
    Proof(
        method="fairness.counterfactual_flips", bad_one="unequal_sensitivity", found="flipped_share",
        stratum="sex", arguments={"attributes": ("sex",)}, good=(0, 0.005), bad=(0.1, 1),
    ),
    Proof(
        method="fairness.conditional_selection_rate_gap", bad_one="unequal_selection", stratum=GAP,
        arguments={
            "groups": SEXES, "given": ("age_band=under_54", "age_band=from_54"), "favourable": "clear",
        },
        found="conditional_selection_rate_gap", good=(0, 0.05), bad=(0.3, 1),
    ),
    Proof(
        method="fairness.standardised_selection_rate_gap", bad_one="unequal_selection", stratum=GAP,
        arguments={
            "groups": SEXES, "given": ("age_band=under_54", "age_band=from_54"), "favourable": "clear",
            "replicates": 4000, "seed": 1,
        },
        found="standardised_selection_rate_gap", good=(0, 0.05), bad=(0.3, 1),
    ),
    Proof(
        method="fairness.bias_amplification", bad_one="unequal_selection", found="bias_amplification",
        stratum=GAP, arguments={"groups": SEXES, "favourable": "clear"}, good=(-0.05, 0.05), bad=(0.3, 1),
    ),
    *(
        Proof(
            method="fairness.outcome_diversity", bad_one=bad_one, found="outcome_diversity",
            specimen=specimen, good=(0.95, 1.05), bad=(0, 0),
        )
        for specimen, bad_one in (("screening", "never_positive"), ("reader", "constant_predictor"))
    ),
    gap("fairness.accuracy_gap", "labels_flipped_in_one_group", "accuracy_gap"),
    Proof(
        method="fairness.selection_rate_ratio", bad_one="unequal_selection", found="selection_rate_ratio",
        stratum=GAP, arguments={"groups": SEXES, "favourable": "clear"}, good=(0.95, 1), bad=(0, 0.5),
    ),
    *(
        statements("documents.complete", bad_one, "document_present", kinds=("risk_file", "data_sheet"))
        for bad_one in ("document_missing", "document_hollow")
    ),
    statements("documents.figures", "false_figure", "figures_agree", role="test"),
    statements("documents.explanation", "unexplained", "explanation_stated"),
    *(
        statements(
            "documents.sections", bad_one, "section_written", kind="risk_file",
            topics=("misuse", "residual_risk"),
        )
        for bad_one in ("section_missing", "heading_renamed", "document_hollow", "document_missing")
    ),
    statements("documents.declarations", "declarations_hollow", "declared", topics=tuple(DECLARED)),
)  # fmt: skip


def measured(subject: Subject, method: str, role: str | None, arguments: Mapping[str, Any]) -> Measured:
    read = subject.relation if METHODS[method].streamed else subject.table
    return METHODS[method].function()(subject, read(role) if role else None, SURE, **arguments)


def value(proof: Proof, subject: Subject) -> float:
    result = measured(subject, proof.method, proof.role, proof.arguments)
    held = [statement.holds for statement in result.statements if statement.name == proof.found]
    wanted = (proof.found, proof.stratum)
    estimates = [float(e.value) for e in result.estimates if (e.statistic, e.stratum) == wanted]
    (one,) = [float(np.mean(held))] if held else estimates
    return one


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_a_method_tells_good_from_bad(subject: Subjects, proof: Proof) -> None:
    good, bad = (value(proof, subject(proof.specimen, which)) for which in (None, proof.bad_one))
    assert proof.good[0] <= good <= proof.good[1]
    assert proof.bad[0] <= bad <= proof.bad[1]


def test_every_method_is_proved() -> None:
    assert {proof.method for proof in PROOFS} == set(METHODS) - NEVER_JUDGED


UNMEASURED = (
    ("no_noise_declared", "robustness.noise_stability", {"seed": 1}, "no measurement noise declared"),
    (
        "no_leeway_declared",
        "robustness.evasion",
        EVADED,
        "nothing is declared of whether somebody can change",
    ),
    ("group_missing_from_test", "fairness.accuracy_gap", {"groups": SEXES}, "no case in sex=female"),
)


@pytest.mark.parametrize(("mutation", "method", "arguments", "why"), UNMEASURED)
def test_some_mutants_leave_nothing_to_measure(
    subject: Subjects, mutation: str, method: str, arguments: dict[str, Any], why: str
) -> None:
    measured(subject("screening"), method, "test", arguments)
    with pytest.raises(CannotMeasure, match=why):
        measured(subject("screening", mutation), method, "test", arguments)


def test_too_few_of_a_group_look_perfect_and_have_no_bound(subject: Subjects) -> None:
    arguments = {"metric": "accuracy", "groups": ("sex=female",)}
    good, rare = (
        measured(subject("screening", which), "objectives.performance", "test", arguments).estimates[1]
        for which in (None, "group_rare_in_test")
    )
    assert good.n > 1900
    assert rare.n == 10
    assert (good.demonstrating.lower or 0) > 0.98
    assert (rare.demonstrating.lower or 0) < 0.8


def test_every_mutation_is_noticed_by_some_method() -> None:
    noticed = {proof.bad_one for proof in PROOFS} | {mutation for mutation, *_ in UNMEASURED}
    assert noticed == set(MUTATIONS)
