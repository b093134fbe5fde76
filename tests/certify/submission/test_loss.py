"""What a loss says of itself, and when what is said suffices to evaluate it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from certify.strict_yaml import read
from certify.submission import Manifest
from certify.submission.loss import BinaryCrossEntropy, LossTerm
from certify.submission.starter import starter_manifest

TERM: TypeAdapter[Any] = TypeAdapter(LossTerm)


def manifest(**objective: Any) -> Manifest:
    """The example that every vendor starts from, with another objective."""
    declared = read(starter_manifest().encode(), source="submission.yaml").validate(Manifest).to_json()
    return Manifest.from_json({**declared, "objective": {**declared["objective"], **objective}})


def obstacles(**objective: Any) -> tuple[str, ...]:
    changed = manifest(**objective)
    return changed.objective.obstacles(changed.model)


def test_the_example_can_be_evaluated() -> None:
    assert obstacles() == ()


@pytest.mark.parametrize(
    "term",
    [
        {"term": "focal"}, {"term": "quantile"}, {"term": "huber"}, {"term": "quantile", "level": "1.5"},
        {"term": "focal", "gamma": "-1"}, {"term": "hinge", "gamma": 2}, {"term": "log_likelihood"},
        {"term": "cross_entropy", "positive_weight": 2}, {"term": "l2_weights", "class_weights": [1, 2]},
        {"term": "cross_entropy", "label_smoothing": 1}, {"term": "cross_entropy", "class_weights": [1, -1]},
        {"term": "binary_cross_entropy", "class_weights": [1, 2], "positive_weight": 2},
    ],
    ids=str,
)  # fmt: skip
def test_a_term_takes_exactly_the_parameters_that_define_it(term: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TERM.validate_python({"weight": 1, **term})


def test_an_older_manifest_that_says_nothing_of_classes_is_read_as_before() -> None:
    found = TERM.validate_python({"term": "l2_weights", "weight": 1, "class_weights": None, "note": None})
    assert found == TERM.validate_python({"term": "l2_weights", "weight": 1})
    assert TERM.validate_python({"term": "cross_entropy", "weight": 1, "class_weights": None}).note is None


def test_a_positive_weight_is_a_class_weight_beside_one() -> None:
    term = TERM.validate_python({"term": "binary_cross_entropy", "weight": 1, "positive_weight": 3})
    assert isinstance(term, BinaryCrossEntropy)
    assert term.weights_by_class == (1, 3)


ENTROPY = {"term": "binary_cross_entropy", "weight": 1}


@pytest.mark.parametrize(
    ("objective", "why"),
    [
        ({"loss": [ENTROPY, {"term": "other_declared", "weight": 1, "note": "Ratings."}]}, "in words only"),
        ({"loss": [{"term": "l2_weights", "weight": 1}]}, "no term looks at the answers"),
        ({"loss": [{**ENTROPY, "weight": 0}]}, "no term looks at the answers"),
        ({"loss": [{**ENTROPY, "class_weights": [1, 2, 3]}]}, "3 class weights for 2 classes"),
        ({"loss": [{"term": "hinge", "weight": 1}]}, "hinge cannot be read from a probability"),
        ({"reduction": None}, "averaged or added up"),
        ({"answer": "value"}, "binary_cross_entropy cannot be read from a value"),
    ],
)
def test_what_stands_in_the_way_is_named(objective: dict[str, Any], why: str) -> None:
    assert why in "; ".join(obstacles(**objective))


def test_a_score_is_read_as_nothing_until_the_vendor_says_as_what() -> None:
    declared = manifest().to_json()
    declared["model"]["outputs"][0]["content"] = "score"
    declared["objective"]["answer"] = None
    silent = Manifest.from_json(declared)
    assert silent.objective.obstacles(silent.model) == (
        "it is not said as what the loss reads the score (`answer`)",
    )
    declared["objective"]["answer"] = "log_odds"
    said = Manifest.from_json(declared)
    assert said.objective.obstacles(said.model) == ()


def test_a_term_of_no_weight_stands_in_no_way() -> None:
    assert obstacles(loss=[ENTROPY, {"term": "other_declared", "weight": 0}]) == ()


def test_what_is_unused_must_exist() -> None:
    assert manifest(unused=["material", "pressure_zone"]).objective.unused == ("material", "pressure_zone")
    with pytest.raises(ValidationError, match=r"under objective\.unused, not colour"):
        manifest(unused=["colour"])
