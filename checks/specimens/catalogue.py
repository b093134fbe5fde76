"""The visible lists of specimens and mutations, and how one is written by its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from certify.errors import Problem, UnusableInput
from certify.standard import ControlName
from checks.specimens import (
    answers,
    cases,
    columns,
    copies,
    frailties,
    frequency,
    gauge,
    labels,
    reader,
    records,
    retrained,
    screening,
    writings,
)

Writer = Callable[[Path], None]
"""Writes a specimen into a folder, or changes one thing in the folder of one."""

SPECIMENS: Final[Mapping[str, Writer]] = {
    "screening": screening.write,
    "reader": reader.write,
    "gauge": gauge.write,
}

MUTATIONS: Final[Mapping[str, Writer]] = {
    "weights_perturbed": answers.weights_perturbed,
    "never_positive": answers.never_positive,
    "always_positive": answers.always_positive,
    "constant_predictor": answers.constant_predictor,
    "frequent_class_only": frequency.frequent_class_only,
    "random_predictor": answers.random_predictor,
    "overfitted": answers.overfitted,
    "unequal_sensitivity": answers.unequal_sensitivity,
    "unequal_false_alarms": answers.unequal_false_alarms,
    "unequal_accuracy": answers.unequal_accuracy,
    "timid_probabilities": answers.timid_probabilities,
    "reacts_to_a_group": answers.reacts_to_a_group,
    "weighs_a_group": answers.weighs_a_group,
    "leans_towards_a_group": answers.leans_towards_a_group,
    "barely_decided": answers.barely_decided,
    "fails_at_the_edge": answers.fails_at_the_edge,
    "depends_on_the_batch": answers.depends_on_the_batch,
    "guesses_without_a_value": frailties.guesses_without_a_value,
    "against_its_relation": frailties.against_its_relation,
    "swallowed_digits": frailties.swallowed_digits,
    "blinded_by_light": frailties.blinded_by_light,
    "wasteful": answers.wasteful,
    "trained_otherwise": retrained.trained_otherwise,
    "trained_against_a_group": retrained.trained_against_a_group,
    "labels_flipped_in_one_group": cases.labels_flipped_in_one_group,
    "labels_mirrored_in_one_group": cases.labels_mirrored_in_one_group,
    "group_missing_from_train": cases.group_missing_from_train,
    "group_missing_from_test": cases.group_missing_from_test,
    "group_rare_in_train": cases.group_rare_in_train,
    "group_rare_in_test": cases.group_rare_in_test,
    "crossing_missing_from_train": cases.crossing_missing_from_train,
    "crossing_missing_from_test": cases.crossing_missing_from_test,
    "corner_of_the_domain_in_train": cases.corner_of_the_domain_in_train,
    "out_of_range_in_train": cases.out_of_range_in_train,
    "out_of_range_in_test": cases.out_of_range_in_test,
    "outside_the_contract": cases.outside_the_contract,
    "missing_values_in_train": cases.missing_values_in_train,
    "missing_values_in_test": cases.missing_values_in_test,
    "test_rows_in_train": cases.test_rows_in_train,
    "test_rows_in_validation": cases.test_rows_in_validation,
    "mirrored_in_train": cases.mirrored_in_train,
    "repeated_rows_in_train": cases.repeated_rows_in_train,
    "nearly_repeated_rows_in_train": copies.nearly_repeated_rows_in_train,
    "near_test_rows_in_train": copies.near_test_rows_in_train,
    "unknown_labels_in_train": cases.unknown_labels_in_train,
    "unknown_labels_in_test": cases.unknown_labels_in_test,
    "wrong_labels_in_train": labels.wrong_labels_in_train,
    "wrong_labels_in_test": labels.wrong_labels_in_test,
    "identifiers_in_train": columns.identifiers_in_train,
    "identifiers_in_test": columns.identifiers_in_test,
    "other_unit_in_train": columns.other_unit_in_train,
    "constant_column_in_train": columns.constant_column_in_train,
    "answer_in_a_feature_of_train": labels.answer_in_a_feature_of_train,
    "unequal_selection": cases.unequal_selection,
    "truth_in_order_of_time": records.truth_in_order_of_time,
    "units_of_train_in_test": records.units_of_train_in_test,
    "test_before_training": records.test_before_training,
    "outside_the_period_in_train": records.outside_the_period_in_train,
    "outside_the_period_in_test": records.outside_the_period_in_test,
    "undeclared_place_in_train": records.undeclared_place_in_train,
    "undeclared_place_in_test": records.undeclared_place_in_test,
    "worse_at_the_end": records.worse_at_the_end,
    "worse_at_one_place": records.worse_at_one_place,
    "keys_broken_in_train": records.keys_broken_in_train,
    "keys_broken_in_test": records.keys_broken_in_test,
    "near_threshold": cases.near_threshold,
    "false_claim": writings.false_claim,
    "false_loss_value": writings.false_loss_value,
    "threshold_moved": writings.threshold_moved,
    "false_figure": writings.false_figure,
    "direction_reversed": writings.direction_reversed,
    "range_understated": writings.range_understated,
    "claim_unmeasured": writings.claim_unmeasured,
    "figure_unclaimed": writings.figure_unclaimed,
    "document_missing": writings.document_missing,
    "document_hollow": writings.document_hollow,
    "section_missing": writings.section_missing,
    "heading_renamed": writings.heading_renamed,
    "declarations_hollow": writings.declarations_hollow,
    "unexplained": writings.unexplained,
    "wrong_reference": writings.wrong_reference,
    "boundless_ranges": writings.boundless_ranges,
    "no_noise_declared": writings.no_noise_declared,
    "no_leeway_declared": writings.no_leeway_declared,
}

CONSTANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "screening": ("never_positive", "always_positive", "frequent_class_only"),
    "reader": ("constant_predictor", "frequent_class_only"),
    "gauge": ("constant_predictor",),
}
"""The mutations of each specimen that always answer the same."""

RANDOM: Final = ("random_predictor", "overfitted")
"""The mutations of every specimen that answer at random; the second knows its training data by heart."""

CONTROLS: Final[Mapping[ControlName, Mapping[str, tuple[str, ...]]]] = {
    "constant_predictor": CONSTANTS,
    "random_predictor": dict.fromkeys(SPECIMENS, RANDOM),
}
"""Which mutations of each specimen are which control."""


def write(folder: Path, specimen: str, mutation: str | None = None) -> None:
    """Write a specimen into a new folder, and make one mutation.

    Raises `UnusableInput` for an unknown name, and for a mutation that makes no sense for the specimen.
    """
    writer = _named("specimen", specimen, SPECIMENS)
    change = _named("mutation", mutation, MUTATIONS) if mutation is not None else None
    writer(folder)
    if change is not None:
        change(folder)


def _named(what: str, name: str, known: Mapping[str, Writer]) -> Writer:
    if name not in known:
        raise UnusableInput(
            Problem(
                source=what,
                expected=f"one of {', '.join(known)}",
                found=name,
                remedy=f"Name a {what} that exists.",
                code=f"unknown-{what}",
            )
        )
    return known[name]
