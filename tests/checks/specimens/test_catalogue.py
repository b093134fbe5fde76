"""Specimens and mutations as files: the same bytes each time, whole submissions, one thing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from certify.errors import UnusableInput
from certify.submission import load
from checks.specimens import (
    CONTROLS,
    MUTATIONS,
    SPECIMENS,
    answers,
    cases,
    columns,
    copies,
    frailties,
    frequency,
    labels,
    records,
    retrained,
    write,
    writings,
)

Written = Callable[..., Path]

OF_A_BINARY_DECISION = {
    "never_positive", "always_positive", "unequal_sensitivity", "unequal_false_alarms", "unequal_selection",
    "unequal_accuracy", "timid_probabilities", "trained_otherwise",
    "trained_against_a_group", "reacts_to_a_group",
    "weighs_a_group", "leans_towards_a_group", "threshold_moved", "barely_decided",
}  # fmt: skip
OF_A_NUMBER = {"labels_mirrored_in_one_group"}
OF_CLASSES = {
    "near_threshold", "frequent_class_only",
    "worse_at_the_end", "worse_at_one_place", "labels_flipped_in_one_group", "wrong_labels_in_train",
    "wrong_labels_in_test",
}  # fmt: skip
OF_TWO_ATTRIBUTES = {"crossing_missing_from_train", "crossing_missing_from_test"}
OF_COLUMNS = {"corner_of_the_domain_in_train", "mirrored_in_train", "boundless_ranges"}
OF_A_DIRECTION = {"direction_reversed"}
OF_PICTURES = {"blinded_by_light"}
SENSELESS = {
    "screening": {*OF_A_NUMBER, *OF_PICTURES},
    "reader": {*OF_A_BINARY_DECISION, *OF_A_NUMBER, *OF_COLUMNS, *OF_A_DIRECTION, "other_unit_in_train"},
    "gauge": {
        *OF_A_DIRECTION,
        *OF_PICTURES,
        *OF_A_BINARY_DECISION,
        *OF_CLASSES,
        *OF_TWO_ATTRIBUTES,
        "figure_unclaimed",
    },
}
PAIRS = [
    (specimen, mutation)
    for specimen in SPECIMENS
    for mutation in MUTATIONS
    if mutation not in SENSELESS[specimen]
]


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def changed(written: Written, specimen: str, mutation: str) -> set[str]:
    good, bad = bytes_of(written(specimen)), bytes_of(written(specimen, mutation))
    return {path for path in {*good, *bad} if good.get(path) != bad.get(path)}


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_specimen_is_a_whole_submission(written: Written, specimen: str) -> None:
    submission = load(written(specimen))
    assert {dataset.role for dataset in submission.manifest.data.sets} == {"train", "validation", "test"}


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_specimen_has_the_same_bytes_each_time(written: Written, tmp_path: Path, specimen: str) -> None:
    write(tmp_path / "again", specimen)
    assert bytes_of(tmp_path / "again") == bytes_of(written(specimen))


@pytest.mark.parametrize(("specimen", "mutation"), PAIRS)
def test_a_mutant_is_a_submission_of_other_bytes_and_the_same_each_time(
    written: Written, tmp_path: Path, specimen: str, mutation: str
) -> None:
    load(written(specimen, mutation))
    write(tmp_path / "again", specimen, mutation)
    assert bytes_of(tmp_path / "again") == bytes_of(written(specimen, mutation))
    assert changed(written, specimen, mutation)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_no_two_mutants_are_the_same(written: Written, specimen: str) -> None:
    names = [mutation for named, mutation in PAIRS if named == specimen]
    different = {tuple(bytes_of(written(specimen, mutation)).items()) for mutation in names}
    assert len(different) == len(names) > 20


@pytest.mark.parametrize(("specimen", "mutation"), PAIRS)
def test_a_mutation_changes_what_its_module_is_about_and_nothing_else(
    written: Written, specimen: str, mutation: str
) -> None:
    kinds = {path.partition("/")[0] for path in changed(written, specimen, mutation)}
    allowed = {
        answers.__name__: {"model"},
        cases.__name__: {"data"},
        copies.__name__: {"data"},
        labels.__name__: {"data"},
        columns.__name__: {"data"},
        frailties.__name__: {"model"},
        frequency.__name__: {"data", "model"},
        records.__name__: {"data"},
        retrained.__name__: {"model", "submission.yaml"},
        writings.__name__: {"submission.yaml", "documents", "data"},
    }
    assert kinds <= allowed[MUTATIONS[mutation].__module__]


def test_of_the_data_writings_change_the_reference_alone(written: Written) -> None:
    for specimen, mutation in PAIRS:
        if MUTATIONS[mutation].__module__ == writings.__name__:
            data = {path for path in changed(written, specimen, mutation) if path.startswith("data/")}
            assert data <= {"data/reference.csv"}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutation_says_what_a_good_check_must_notice(mutation: str) -> None:
    assert MUTATIONS[mutation].__doc__
    assert MUTATIONS[mutation].__name__ == mutation


@pytest.mark.parametrize(
    ("specimen", "mutation"), [(specimen, m) for specimen, named in SENSELESS.items() for m in sorted(named)]
)
def test_a_senseless_mutation_is_refused(tmp_path: Path, specimen: str, mutation: str) -> None:
    with pytest.raises(UnusableInput, match="expected a specimen with"):
        write(tmp_path / "specimen", specimen, mutation)


@pytest.mark.parametrize(("specimen", "mutation"), [("oracle", None), ("gauge", "miracle")])
def test_an_unknown_name_is_refused_before_anything_is_written(
    tmp_path: Path, specimen: str, mutation: str | None
) -> None:
    with pytest.raises(UnusableInput) as refusal:
        write(tmp_path / "specimen", specimen, mutation)
    assert all(known in str(refusal.value) for known in (SPECIMENS if specimen == "oracle" else MUTATIONS))
    assert not (tmp_path / "specimen").exists()


def test_the_controls_are_mutations_of_their_specimens() -> None:
    for mutations in CONTROLS.values():
        assert set(mutations) == set(SPECIMENS)
        assert {(specimen, name) for specimen, names in mutations.items() for name in names} <= set(PAIRS)
