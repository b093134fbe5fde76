"""Certified for an objective that it was not trained for: the failure that this basis exists to catch."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline import assessed

from certify.ruling import Outcome
from checks.specimens.catalogue import write
from flows.wiring import Workplace

BASIS = "fr/declared-objective"


def refusals(folder: Path, mutation: str | None) -> dict[str, Outcome]:
    write(folder / "submission", "screening", mutation)
    verdict = assessed(folder / "submission", Workplace(root=folder / "work"), basis=BASIS)
    return {judged.check.partition("/")[2]: judged.outcome for judged in verdict.refusals}


def test_a_model_that_was_trained_as_declared_conforms(tmp_path: Path) -> None:
    assert refusals(tmp_path, None) == {}


@pytest.mark.parametrize(
    ("mutation", "refused"),
    [
        ("trained_otherwise", "trained-for-the-declared-objective"),
        ("trained_against_a_group", "trained-for-the-declared-objective"),
        ("false_loss_value", "loss-reproduced"),
        ("reacts_to_a_group", "no-undeclared-dependence"),
        ("claim_unmeasured", "claims-traced"),
    ],
)
def test_a_model_that_was_trained_otherwise_does_not(mutation: str, refused: str, tmp_path: Path) -> None:
    assert refused in refusals(tmp_path, mutation)


def test_a_class_that_counted_double_is_refuted_and_not_only_unproved(tmp_path: Path) -> None:
    found = refusals(tmp_path, "trained_otherwise")
    assert found["trained-for-the-declared-objective"] is Outcome.REFUTED
