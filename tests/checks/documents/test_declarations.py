"""Every topic is tried on a manifest that says something about it, and on each way of saying nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from certify.digest import Digest
from certify.evidence import Statement
from certify.strict_yaml import read
from certify.submission import Manifest
from certify.submission.starter import starter_manifest
from checks.documents.declarations import TOPICS, declarations
from checks.files import Files
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject

CHOICES = [
    {"name": "Newest first", "describes": "By the time of publication.", "uses_profiling": False},
    {"name": "For you", "describes": "By what similar persons read.", "uses_profiling": True},
]
ENTROPY = [{"term": "binary_cross_entropy", "weight": 1}]
WEIGHED_THRICE = [{"term": "cross_entropy", "weight": 1, "class_weights": [1, 2, 3]}]
LONG = "Every week three fitters rated twenty drafts, and the best rated one was kept."
HOLLOW = ["TODO", " - ", "n/a", "tbd."]


def complete() -> dict[str, Any]:
    """The example that every vendor starts from, with the two things that it leaves out."""
    declared = read(starter_manifest().encode(), source="submission.yaml").validate(Manifest).to_json()
    declared["resources"]["training"]["water_litres"] = 12
    declared["objective"]["selectable"] = deepcopy(CHOICES)
    plain: dict[str, Any] = declared
    return plain


def put(declared: Any, path: str, value: Any) -> None:
    """Set `a.b[0].c`; every element where the index is missing, as in `sets[].licence`."""
    first, _, rest = path.partition(".")
    key, bracket, index = first.rstrip("]").partition("[")
    if not rest and not bracket:
        declared[key] = value
        return
    targets = [declared[key]] if not bracket else declared[key] if not index else [declared[key][int(index)]]
    for target in targets:
        put(target, rest, value)


def stated(declared: dict[str, Any], *topics: str) -> tuple[Statement, ...]:
    subject = Subject(Manifest.from_json(declared), Files((), {}), Digest.of(b"a submission for a test"))
    return declarations(subject, None, Confidence(0.975), topics=topics).statements


def holds(declared: dict[str, Any], topic: str) -> bool:
    (statement,) = stated(declared, topic)
    assert (statement.name, statement.subject, statement.kind) == ("declared", topic, "document")
    return statement.holds


TEXTS = {
    "objective_meaning": ["objective.stands_for"],
    "chosen_by": ["objective.chosen_by"],
    "implicit_objective_disclosed": ["objective.implicit.statement"],
    "kind_and_consequences": ["system.consequences"],
    "human_oversight": ["system.human_oversight"],
    "affected_persons": ["system.affected_persons_note"],
    "annex_iii_point": ["system.annex_iii_point"],
    "contact": ["applicant.contact"],
    "refusal_publication_accepted": ["publication.statement"],
    "annotators": ["data.sets[].labelling.annotators", "data.sets[1].labelling.annotators"],
    "annotators_working_conditions": ["data.sets[1].labelling.working_conditions"],
    "data_origin": ["data.sets[0].origin"],
    "data_licence": ["data.sets[1].licence"],
    "statistical_unit": ["data.sets[1].statistical_unit"],
    "training_energy": ["resources.training.records"],
    "training_hours": ["resources.training.records"],
    "training_water": ["resources.training.records"],
    "grid_factor": ["resources.training.records"],
    "training_hardware": ["resources.training.hardware"],
    "inference_hardware": ["resources.inference.hardware"],
    "frugal_baseline": [
        f"resources.frugal_baseline.{key}" for key in ("description", "energy_note", "why_not_used")
    ],
    "software_components": [
        f"supply_chain.software[0].{key}" for key in ("name", "version", "supplier", "licence")
    ],
    "selectable_objective": ["objective.selectable[1].describes"],
    "option_without_profiling": ["objective.selectable[0].describes"],
}
"""Where a topic is a text: the keys, each of which must say something."""

OTHERWISE: list[tuple[str, str, Any]] = [
    ("objective_formula", "objective.loss", [{"term": "focal", "weight": 0, "gamma": 2}]),
    ("objective_formula", "objective.loss", [{"term": "l2_weights", "weight": 1}]),
    ("objective_formula", "objective.loss", [{"term": "other_declared", "weight": 1}]),
    (
        "objective_formula",
        "objective.loss",
        [*ENTROPY, {"term": "other_declared", "weight": 1, "note": LONG}],
    ),
    (
        "objective_formula",
        "objective.loss",
        [{"term": "quantile", "weight": 1, "level": "0.5"}, *WEIGHED_THRICE],
    ),
    ("objective_formula", "objective.loss", WEIGHED_THRICE),
    ("objective_formula", "objective.answer", "value"),
    ("objective_formula", "objective.reduction", None),
    ("proxies", "objective.proxies", []),
    ("proxies", "objective.proxies", ["Clicks stand for interest.", "TODO"]),
    ("rejected_alternatives", "objective.rejected_alternatives", []),
    ("rejected_alternatives", "objective.rejected_alternatives", ["xxx"]),
    ("implicit_objective_disclosed", "objective.implicit", {"present": True, "statement": "TODO"}),
    ("selectable_objective", "objective.selectable", []),
    ("selectable_objective", "objective.selectable", CHOICES[:1]),
    ("option_without_profiling", "objective.selectable", []),
    ("option_without_profiling", "objective.selectable", CHOICES[1:]),
    ("kind_and_consequences", "system.consequences", None),
    ("excluded_uses", "system.excluded_uses", ["Weapons.", "TBD"]),
    ("refusal_publication_accepted", "publication", None),
    ("refusal_publication_accepted", "publication.refusal_accepted", False),
    ("personal_data_stated", "data.personal", None),
    ("data_collection_period", "data.sets[1].collected", {"first": "2026-06-30", "last": "2025-07-01"}),
    ("training_energy", "resources.training.energy_kwh", None),
    ("training_hours", "resources.training.hours", None),
    ("training_water", "resources.training.water_litres", None),
    ("grid_factor", "resources.training.grid_factor_g_per_kwh", None),
    ("frugal_baseline", "resources.frugal_baseline", None),
    ("software_components", "supply_chain.software", []),
    (
        "base_models",
        "supply_chain.base_models",
        [{"name": "resnet", "version": "1", "supplier": "TBD", "licence": "MIT"}],
    ),
]
BREAKS = [(t, path, text) for t, paths in TEXTS.items() for path in paths for text in HOLLOW] + OTHERWISE


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_about_which_something_is_said_is_declared(topic: str) -> None:
    assert holds(complete(), topic)


@pytest.mark.parametrize(("topic", "path", "value"), BREAKS)
def test_a_topic_about_which_nothing_is_said_is_not_declared(topic: str, path: str, value: Any) -> None:
    declared = complete()
    put(declared, path, value)
    assert not holds(declared, topic)


def test_every_topic_was_tried_both_ways() -> None:
    assert {topic for topic, _, _ in BREAKS} == set(TOPICS)


@pytest.mark.parametrize(
    ("topic", "path", "value"),
    [
        ("objective_formula", "objective.loss", ENTROPY),
        (
            "objective_formula",
            "objective.loss",
            [*ENTROPY, {"term": "other_declared", "weight": 0, "note": LONG}],
        ),
        ("objective_formula", "objective.answer", "log_odds"),
        ("base_models", "supply_chain.base_models", []),
        ("personal_data_stated", "data.personal", True),
        ("personal_data_stated", "data.personal", False),
        (
            "implicit_objective_disclosed",
            "objective.implicit",
            {"present": True, "statement": "Ratings by fitters."},
        ),
        ("option_without_profiling", "objective.selectable", CHOICES[:1]),
        ("annex_iii_point", "system.annex_iii_point", "5(b)"),
        ("data_licence", "data.sets[].licence", "CC0-1.0"),
        ("training_water", "resources.training.water_litres", 0),
        ("excluded_uses", "system.excluded_uses", ["Für Waffen.", "Armes, à feu ou non."]),
    ],
)
def test_short_but_whole_statements_are_declared(topic: str, path: str, value: Any) -> None:
    declared = complete()
    put(declared, path, value)
    assert holds(declared, topic)


def test_keys_that_were_left_out_declare_nothing() -> None:
    declared = complete()
    del declared["publication"], declared["resources"]["frugal_baseline"], declared["objective"]["selectable"]
    del declared["system"]["consequences"], declared["data"]["personal"]
    refused = {statement.subject for statement in stated(declared, *TOPICS) if not statement.holds}
    assert refused == {
        "refusal_publication_accepted", "frugal_baseline", "selectable_objective", "option_without_profiling",
        "kind_and_consequences", "personal_data_stated",
    }  # fmt: skip


def test_it_is_said_why_a_formula_is_not_declared() -> None:
    declared = complete()
    put(declared, "objective.loss", [{"term": "other_declared", "weight": 1, "note": LONG}])
    put(declared, "objective.reduction", None)
    (statement,) = stated(declared, "objective_formula")
    assert statement.explanation == (
        "the loss cannot be evaluated: no term looks at the answers; it is not said whether the losses of "
        "the rows are averaged or added up; other_declared is in words only"
    )


def test_each_topic_is_stated_once_in_the_order_asked_for() -> None:
    found = stated(complete(), "proxies", "chosen_by", "proxies")
    assert [statement.subject for statement in found] == ["proxies", "chosen_by"]


def test_the_explanation_repeats_the_beginning_and_says_that_nothing_was_judged() -> None:
    declared = complete()
    put(declared, "objective.chosen_by", "The board.\n" * 1000)
    (statement,) = stated(declared, "chosen_by")
    assert statement.explanation.startswith("declared, and not judged: The board. The board.")
    assert len(statement.explanation) < 400


def test_a_topic_that_is_not_known_is_not_measured() -> None:
    with pytest.raises(CannotMeasure, match=r"unknown topics: proxy; known are objective_formula, .*contact"):
        stated(complete(), "proxies", "proxy")


def test_no_topic_is_not_measured_because_nothing_is_not_everything() -> None:
    with pytest.raises(CannotMeasure, match="no topic"):
        stated(complete())
