"""What a mutation of the graph does to the answers, and what it leaves as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from checks.measured import Confidence
from checks.robustness.rounding import rounding
from checks.specimens import CONSTANTS, SPECIMENS
from checks.subject import Subject

Subjects = Callable[..., Subject]
FEW = 200


def scores(subject: Subject, role: str = "test", *, batch: int = 1) -> NDArray[np.float64]:
    predictor = subject.predictor
    return predictor.as_scores(predictor.outputs(subject.table(role).inputs, batch=batch))


RANDOM = "random_predictor"


def few_scores(subject: Subject) -> NDArray[np.float64]:
    return subject.predictor.scores({n: v[:FEW] for n, v in subject.table("test").inputs.items()})


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_graph_of_a_specimen_is_small(written: Callable[..., Path], specimen: str) -> None:
    sizes = [
        path.stat().st_size
        for mutation in (None, "wasteful")
        for path in written(specimen, mutation).rglob("*.onnx")
    ]
    assert len(sizes) == 2
    assert max(sizes) < 5000


@pytest.mark.parametrize(("specimen", "constant"), [(s, c) for s, names in CONSTANTS.items() for c in names])
def test_a_constant_never_depends_on_the_case(subject: Subjects, specimen: str, constant: str) -> None:
    assert len(np.unique(scores(subject(specimen, constant)), axis=0)) == 1
    assert len(np.unique(scores(subject(specimen)), axis=0)) > FEW


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_the_constant_predictor_answers_what_is_best_without_asking(subject: Subjects, specimen: str) -> None:
    ours = subject(specimen, "constant_predictor")
    labels = ours.table("train").labels
    if specimen == "gauge":
        np.testing.assert_allclose(scores(ours), labels.mean(), rtol=1e-6)
    else:
        assert set(ours.decide(ours.table("test"))) == {np.bincount(labels).argmax()}


@pytest.mark.parametrize("specimen", ["screening", "reader"])
def test_random_answers_are_unrelated_to_the_truth(subject: Subjects, specimen: str) -> None:
    """Within what as many throws of a fair die give in all but one of a million series."""
    ours = subject(specimen, RANDOM)
    data = ours.table("test")
    right = int(np.count_nonzero(ours.decide(data) == data.labels))
    faces = len(ours.manifest.model.decision.classes)  # type: ignore[union-attr]
    low, high = binom.interval(1 - 1e-6, data.rows, 1 / faces)
    assert low <= right <= high


def test_random_answers_treat_every_group_alike(subject: Subjects) -> None:
    """Else a check on groups would refuse the control by chance, and seem to see that it is random."""
    ours = subject("screening", RANDOM)
    data = ours.table("test")
    positive = ours.decide(data) == 1
    groups = [data.members(s) for attribute in data.attributes.values() for s in attribute.strata()]
    for truth in (data.labels == 0, data.labels == 1):
        rates = [float(positive[truth & group].mean()) for group in groups]
        assert len(rates) == 4
        assert max(rates) - min(rates) < 0.015


def test_random_levels_are_unrelated_to_the_true_ones(subject: Subjects) -> None:
    ours = subject("gauge", RANDOM)
    assert abs(np.corrcoef(scores(ours)[:, 0], ours.table("test").labels)[0, 1]) < 0.1


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_random_answers_are_the_same_each_time_and_in_any_company(subject: Subjects, specimen: str) -> None:
    ours = subject(specimen, RANDOM)
    np.testing.assert_array_equal(scores(ours), scores(ours))
    np.testing.assert_allclose(scores(ours), scores(ours, batch=64), atol=1e-6)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_wasteful_model_gives_the_same_answers(subject: Subjects, specimen: str) -> None:
    few = 5
    data = {name: value[:few] for name, value in subject(specimen).table("test").inputs.items()}
    good, wasteful = (subject(specimen, which).predictor.scores(data) for which in (None, "wasteful"))
    np.testing.assert_array_equal(good, wasteful)


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_an_overfitted_model_knows_train_and_nothing_else(subject: Subjects, specimen: str) -> None:
    good, ours = subject(specimen), subject(specimen, "overfitted")
    np.testing.assert_allclose(scores(ours, "train"), scores(good, "train"), atol=1e-6)
    np.testing.assert_array_equal(scores(ours), scores(subject(specimen, RANDOM)))


@pytest.mark.parametrize(
    ("mutation", "spared"),
    [("unequal_sensitivity", 0), ("unequal_false_alarms", 1), ("unequal_accuracy", None)],
)
def test_only_one_group_is_treated_otherwise(subject: Subjects, mutation: str, spared: int | None) -> None:
    """Of the other group every decision stays, and of this one those that are `spared`."""
    good, ours = subject("screening"), subject("screening", mutation)
    data = good.table("test")
    before, after = good.decide(data), ours.decide(data)
    female = data.members("sex=female")
    assert (before == after)[~female].all()
    changed = female & (before != after)
    assert 0.2 < changed.sum() / female.sum() < 0.6
    assert spared is None or not (changed & (before == spared)).any()


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_model_that_fails_at_the_edge_is_right_on_every_row(subject: Subjects, specimen: str) -> None:
    np.testing.assert_array_equal(scores(subject(specimen)), scores(subject(specimen, "fails_at_the_edge")))


@pytest.mark.parametrize("specimen", SPECIMENS)
def test_a_model_that_depends_on_the_batch_is_right_alone(subject: Subjects, specimen: str) -> None:
    np.testing.assert_array_equal(
        few_scores(subject(specimen)), few_scores(subject(specimen, "depends_on_the_batch"))
    )


def test_near_the_threshold_every_decision_is_as_before(subject: Subjects) -> None:
    for specimen in ("screening", "reader"):
        good, near = subject(specimen), subject(specimen, "near_threshold")
        np.testing.assert_array_equal(good.decide(good.table("test")), near.decide(near.table("test")))
        assert near.table("test").inside.all()


def test_unequal_selection_leaves_every_decision_and_the_sizes_of_the_groups(subject: Subjects) -> None:
    good, ours = subject("screening"), subject("screening", "unequal_selection")
    np.testing.assert_array_equal(good.decide(good.table("test")), ours.decide(ours.table("test")))
    sizes = {int(s.table("test").members("sex=female").sum()) for s in (good, ours)}
    assert len(sizes) == 1


@pytest.mark.parametrize("specimen", ["screening", "reader"])
@pytest.mark.parametrize("digits", [3, 4])
def test_instruments_show_so_many_digits_that_rounding_tries_every_case(
    subject: Subjects, specimen: str, digits: int
) -> None:
    ours = subject(specimen)
    found = rounding(ours, ours.table("test"), Confidence(0.975), digits=digits)
    assert found.estimates[0].n > 0.99 * ours.table("test").rows
