import typing
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from certify.errors import UnusableInput
from certify.strict_yaml import read
from certify.submission import Manifest, load
from certify.submission.model import DecisionRule, Input
from certify.submission.objective import SelectableObjective
from certify.submission.population import ReferencePopulation
from certify.submission.starter import starter_manifest

ALTERNATIVE = "#|"


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model that a type may hold, whatever stands around it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from models_in(argument)


def all_models(root: type[BaseModel]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    waiting = [root]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found.add(model)
            waiting += [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return found


def choices_in(annotation: Any) -> Iterator[str]:
    """Every word of a closed vocabulary."""
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    elif typing.get_origin(annotation) is not None or isinstance(annotation, UnionType):
        for argument in typing.get_args(annotation):
            yield from choices_in(argument)


def alternatives() -> list[dict[str, Any]]:
    """The commented blocks that stand for what the example did not choose."""
    blocks: list[list[str]] = [[]]
    for line in starter_manifest().splitlines():
        marked, text = line.lstrip().startswith(ALTERNATIVE), line.lstrip().removeprefix(ALTERNATIVE)
        if marked:
            blocks[-1].append(text)
        elif blocks[-1]:
            blocks.append([])
    return [read("\n".join(b).encode(), source="starter.yaml").value for b in blocks if b]


def test_it_is_a_valid_manifest() -> None:
    document = read(starter_manifest().encode(), source="submission.yaml")
    assert document.validate(Manifest).format == "certify/submission/1"


def test_the_walk_finds_the_models_that_the_example_does_not_choose() -> None:
    names = {model.__name__ for model in all_models(Manifest)}
    assert {"TensorInput", "ArgmaxRule", "IdentityRule", "Component", "Noise", "Group"} <= names


@pytest.mark.parametrize("model", sorted(all_models(Manifest), key=repr))
def test_every_key_stands_in_it(model: type[BaseModel]) -> None:
    text = starter_manifest()
    keys = {field.alias or name for name, field in model.model_fields.items()}
    missing = {key for key in keys if f"{key}:" not in text.replace("{", " ").replace(",", " ").split()}
    assert not missing


@pytest.mark.parametrize("model", sorted(all_models(Manifest), key=repr))
def test_every_word_of_a_closed_vocabulary_stands_in_it(model: type[BaseModel]) -> None:
    text = starter_manifest()
    words = {word for field in model.model_fields.values() for word in choices_in(field.annotation)}
    assert not {word for word in words if word not in text}


def test_every_key_is_explained_where_it_first_appears() -> None:
    lines = [line.strip() for line in starter_manifest().splitlines()]
    keys = [line.removeprefix("- ").partition(":")[0] for line in lines]
    first = {key: index for index, key in reversed(list(enumerate(keys))) if key.isidentifier()}
    explained = {
        key for key, at in first.items() if any(above.startswith("#") for above in lines[at - 4 : at])
    }
    assert set(first) - explained == set()


def test_what_the_example_did_not_choose_is_valid_too() -> None:
    found = alternatives()
    kinds = [rule["rule"] for block in found for rule in [block.get("decision")] if rule]
    for block in found:
        for entry in block.get("inputs", ()):
            assert TypeAdapter(Input).validate_python(entry).kind == "tensor"
        if "decision" in block:
            TypeAdapter(DecisionRule).validate_python(block["decision"])
    assert kinds == ["argmax", "identity"]
    (population,) = (block["reference"] for block in found if "reference" in block)
    assert ReferencePopulation.from_json(population).table is not None
    (choices,) = (block["selectable"] for block in found if "selectable" in block)
    assert {SelectableObjective.model_validate(choice).uses_profiling for choice in choices} == {True, False}


def test_only_the_files_that_it_names_are_missing(tmp_path: Path) -> None:
    (tmp_path / "submission.yaml").write_text(starter_manifest(), "utf-8")
    with pytest.raises(UnusableInput) as caught:
        load(tmp_path)
    problems = caught.value.problems
    assert {problem.found for problem in problems} == {"no such file"}
    named = read(starter_manifest().encode(), source="submission.yaml").validate(Manifest).files
    assert len(problems) == len(named) - 1
