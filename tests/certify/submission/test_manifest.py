"""What a manifest may not say, although each of its parts would be well formed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from small_submission import manifest

from certify.submission import Manifest
from certify.submission.manifest import FACTS
from certify.submission.model import RULES

Change = Callable[[dict[str, Any]], Any]

ARGMAX = {"rule": "argmax", "output": "probability"}
IDENTITY = {"rule": "identity", "output": "probability", "unit": "a", "range": (0, 100)}


def declared(*changes: Change) -> Manifest:
    text = manifest()
    for change in changes:
        change(text)
    return Manifest.from_json(_plain(text))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return repr(value) if isinstance(value, float) else value


def refused(expected: str, *changes: Change) -> None:
    with pytest.raises(ValidationError, match=expected):
        declared(*changes)


def age(**more: Any) -> Change:
    return lambda m: m["model"]["inputs"][0]["columns"][0].update(more)


def every_set(**more: Any) -> Change:
    return lambda m: [dataset.update(more) for dataset in m["data"]["sets"]]


def model(**more: Any) -> Change:
    return lambda m: m["model"].update(more)


def sexes(*groups: dict[str, Any]) -> Change:
    return lambda m: m["data"]["attributes"][0].update(groups=list(groups))


def test_the_small_manifest_is_one() -> None:
    assert declared().model.sources == ("age", "sex")


# The answer and the model


@pytest.mark.parametrize("key", ["target", "weights", "unit_column", "time_column"])
def test_the_model_is_not_fed_what_stands_beside_its_inputs(key: str) -> None:
    refused("a model that is not fed sex", every_set(**{key: "sex"}))
    refused("a model that is not fed age", lambda m: m["data"]["sets"][1].update({key: "age"}))


@pytest.mark.parametrize("target", ["images", "images.min", "images.max"])
def test_neither_an_array_nor_its_extremes_are_the_answer(target: str) -> None:
    image = {
        "kind": "tensor", "name": "features", "dtype": "float32", "shape": [8, 8], "array": "images",
        "elements": {"unit": "1", "range": [0, 16]},
    }  # fmt: skip
    declared(model(inputs=[image]))
    refused(f"a model that is not fed {target}", model(inputs=[image]), every_set(target=target))


def test_target_weights_and_unit_are_three_columns() -> None:
    declared(every_set(weights="w", unit_column="person"))
    refused("different columns as target", every_set(weights="label"))
    refused("different columns as target", every_set(unit_column="label"))


# When, where and which


def test_a_manifest_without_time_place_and_key_says_nothing_of_them() -> None:
    (dataset, *_), facts = declared().data.sets, declared().facts
    assert (dataset.time_column, dataset.places, dataset.key_columns, dataset.may_be_missing) == (None,) * 4
    assert not dataset.records
    assert not {fact for fact in facts if fact.endswith("_recorded")}


def test_a_place_may_be_fed_to_the_model_and_a_key_may_not() -> None:
    place = {"place_column": "sex", "places": [0, "north"]}
    assert declared(every_set(**place)).data.sets[0].places == ("0", "north")
    refused("a model that is not fed sex", every_set(key_columns=["person", "sex"]))
    refused("a model that is not fed sex", every_set(**place, key_columns=["person", "sex"]))


def test_a_key_is_made_of_unit_time_and_place_and_not_of_the_answer() -> None:
    columns = {"unit_column": "person", "time_column": "day", "place_column": "ward", "places": ["a"]}
    keyed = declared(every_set(**columns, key_columns=["person", "day", "ward"])).data.sets[0]
    assert keyed.beside_inputs == ("label", "person", "day", "ward")
    assert keyed.records == {"unit", "time", "place", "key"}
    for keys in (["label"], ["person", "person"], ["w"]):
        refused("each key column once", every_set(**columns, weights="w", key_columns=keys))


def test_time_and_place_are_columns_of_their_own() -> None:
    refused("different columns as target", every_set(time_column="label"))
    refused("different columns as target", every_set(time_column="day", place_column="day", places=["a"]))
    refused("different columns as target", every_set(unit_column="day", time_column="day"))


def test_a_column_of_places_has_places_and_they_have_a_column() -> None:
    refused("place_column together with the places", every_set(place_column="ward"))
    refused("place_column together with the places", every_set(places=["a"]))
    refused("each place once", every_set(place_column="ward", places=[1, "1"]))


def test_what_tells_rows_apart_is_never_missing() -> None:
    assert declared(every_set(may_be_missing=["age"])).data.sets[0].may_be_missing == ("age",)
    declared(every_set(may_be_missing=[]))
    for name in ("label", "day", "visit"):
        columns = {"time_column": "day", "key_columns": ["visit"]}
        refused("needed of each row", every_set(**columns, may_be_missing=["age", name]))
    refused("each column once", every_set(may_be_missing=["age", "age"]))


def test_what_was_recorded_is_a_fact_of_columns_or_of_a_statement() -> None:
    def none_of(*words: str) -> Change:
        return lambda m: m["data"].update(not_recorded=list(words))

    dated = every_set(time_column="day")
    assert declared(dated).facts["data.time_recorded"] == "yes"
    assert "data.place_recorded" not in declared(dated).facts
    assert declared(none_of("time")).facts["data.time_recorded"] == "no"
    assert declared(none_of("time")).facts["data.place_recorded"] == "yes"
    refused("as it does of time", dated, none_of("time"))
    refused("each word once", none_of("place", "place"))


# Files


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m["data"]["sets"][2].update(files=["data/test.csv"] * 10),
        lambda m: m["data"]["sets"][0].update(files=["data/test.csv"]),
        lambda m: m["data"]["sets"][1].update(files=["data/validation.csv", "data/test.csv"]),
        lambda m: m["data"]["reference"].update(file="data/test.csv"),
        lambda m: m["model"].update(preprocessing="model/small.onnx"),
        lambda m: m["documents"][1].update(file=m["documents"][0]["file"]),
        lambda m: m["documents"][1].update(file="submission.yaml"),
    ],
)
def test_each_file_is_named_once(change: Change) -> None:
    refused("each file named once and for one purpose", change)


# Contract


@pytest.mark.parametrize("step", [1000, 7, 0.7])
def test_steps_lead_from_the_lowest_to_the_highest_value(step: float) -> None:
    refused("a whole number leads from the lowest", age(step=step))
    declared(age(step=60))
    declared(age(step=0.1))


def test_steps_of_any_size_are_compared_without_rounding() -> None:
    declared(age(range=["0", "1E+60"], step="1E-60"))
    refused("a whole number leads", age(range=["0", "1E+60"], step="3E-60"))


def test_a_quantity_is_noisy_or_exact_and_not_both() -> None:
    refused("either noise, or the reason", age(exact="counted"))
    declared(age(noise=None, exact="counted"))


def test_each_code_and_each_class_is_there_once() -> None:
    refused("each code once", lambda m: m["model"]["inputs"][0]["columns"][1].update(codes=[0, 1, 1]))
    refused("two decisions with different names", lambda m: m["model"]["decision"].update(negative="old"))
    refused("each class once", model(task="multiclass", decision={**ARGMAX, "classes": ["a", "b", "a"]}))


# Topics


def sections(number: int, *topics: str) -> Change:
    named = [{"topic": topic, "heading": "Risks"} for topic in topics]
    return lambda m: m["documents"][number].update(sections=named)


def test_each_topic_stands_in_one_section_of_one_document() -> None:
    text = declared(sections(0, "misuse", "change_plan"), sections(1, "data_gaps"))
    assert text.section_on("change_plan") == (text.documents[0], "Risks")
    assert text.section_on("data_gaps") == (text.documents[1], "Risks")
    assert text.section_on("log_contents") is None
    refused("one section for each topic, not several for misuse", sections(0, "misuse", "misuse"))
    refused("not several for misuse", sections(0, "misuse", "data_gaps"), sections(1, "misuse"))


@pytest.mark.parametrize(("topic", "heading"), [("Misuse", "Risks"), ("", "Risks"), ("misuse", " ")])
def test_a_topic_is_a_name_and_a_heading_has_something_in_it(topic: str, heading: str) -> None:
    named = {"topic": topic, "heading": heading}
    with pytest.raises(ValidationError):
        declared(lambda m: m["documents"][0].update(sections=[named]))


def test_each_selectable_objective_has_a_name_of_its_own() -> None:
    newest = {"name": "Newest", "describes": "By time.", "uses_profiling": False}
    declared(lambda m: m["objective"].update(selectable=[newest, {**newest, "name": "Oldest"}]))
    refused("a name of its own", lambda m: m["objective"].update(selectable=[newest, newest]))


# Facts

ANSWERS = {
    "system.recommends": "system", "model.learns_in_use": "model", "data.personal": "data",
}  # fmt: skip


@pytest.mark.parametrize(("fact", "part"), ANSWERS.items())
def test_what_nobody_stated_is_an_unknown_fact(fact: str, part: str) -> None:
    key = fact.removeprefix(f"{part}.")
    assert fact not in declared().facts
    assert fact not in declared(lambda m: m[part].update({key: None})).facts
    for stated, value in ((True, "yes"), (False, "no")):
        assert declared(lambda m, stated=stated: m[part].update({key: stated})).facts[fact] == value


def test_every_fact_is_one_of_those_that_a_check_may_depend_on() -> None:
    facts = declared(
        *(lambda m, f=f, p=p: m[p].update({f.split(".")[1]: True}) for f, p in ANSWERS.items()),
        lambda m: m["data"].update(not_recorded=[]),
    ).facts
    assert set(facts) == set(FACTS)
    assert all(value in (FACTS[fact] or (value,)) for fact, value in facts.items())


# Task and rule


def test_every_task_has_one_rule() -> None:
    decisions = {
        "threshold": manifest()["model"]["decision"],
        "argmax": {**ARGMAX, "classes": ["a", "b", "c"]},
        "identity": IDENTITY,
    }
    for task in FACTS["model.task"] or ():
        for rule, decision in decisions.items():
            change = model(task=task, decision=decision)
            if RULES.get(task) == rule:
                assert declared(change).facts["model.task"] == task
            else:
                refused("the rule|no method measures", change)


@pytest.mark.parametrize("task", ["ranking", "text", "generation"])
def test_a_task_that_no_method_measures_is_refused(task: str) -> None:
    refused(f"no method measures the task {task} yet", model(task=task))


def test_two_classes_are_decided_by_a_threshold() -> None:
    refused(
        "of two classes the rule threshold",
        model(task="multiclass", decision={**ARGMAX, "classes": ["a", "b"]}),
    )


# Groups


def test_each_attribute_has_a_name_of_its_own() -> None:
    def again(text: dict[str, Any]) -> None:
        attributes = text["data"]["attributes"]
        attributes.append({**attributes[0], "source": "coin"})

    refused("each attribute with a name of its own", again)


def test_groups_have_names_of_their_own_and_exclude_each_other() -> None:
    female, male = {"name": "female", "codes": ["0"]}, {"name": "male", "codes": ["1"]}
    declared(sexes(female, male))
    refused("each group with a name of its own", sexes(female, {**male, "name": "female"}))
    refused("each code in one group only", sexes({**female, "codes": ["0", "1"]}, male))


def test_ranges_of_one_attribute_do_not_overlap() -> None:
    young, old = {"name": "young", "from": 0, "below": 40}, {"name": "old", "from": 40, "below": 99}
    declared(sexes(old, young))
    refused("groups that do not overlap", sexes(old, {**young, "below": 41}))
    refused("smaller than below", sexes(old, {**young, "from": 40}))
