"""The schemas that editors use: up to date, in a dialect that editors know, and agreeing with the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import ValidationError
from small_pack import BASIS, CHECK, CLAUSES, PACK, SPECIMENS, write_pack

from certify.schema import MODELS, schema, schemas
from certify.strict_yaml import read

STANDARDS = Path(__file__).resolve().parents[2] / "standards"
PLACES = {
    "pack": "packs/*/pack.yaml",
    "check": "packs/*/checks/*/check.yaml",
    "clauses": "packs/*/clauses.yaml",
    "vectors": "packs/*/checks/*/vectors/*.json",
    "specimens": "packs/*/checks/*/vectors/specimens.json",
    "basis": "bases/*/*.yaml",
    "stewards": "stewards.yaml",
}


def plain(value: Any) -> Any:
    """What a file holds as an editor sees it: numbers and lists of its own kind."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def document(text: str) -> Any:
    return plain(read(text.encode(), source="test").value)


def shipped(kind: str) -> list[Path]:
    paths = sorted(STANDARDS.glob(PLACES[kind]))
    return [path for path in paths if kind != "vectors" or path.name != "specimens.json"]


def content(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else document(text)


VALIDATORS = {kind: Draft7Validator(schema(model)) for kind, model in MODELS.items()}


def refusals(kind: str, value: Any) -> list[str]:
    return [error.message for error in VALIDATORS[kind].iter_errors(value)]


def test_every_schema_that_ships_is_the_one_that_is_generated() -> None:
    """`certify standards schema` writes them again."""
    there = {path.name: path.read_text(encoding="utf-8") for path in (STANDARDS / "schemas").iterdir()}
    assert there == {f"{kind}.schema.json": text for kind, text in schemas().items()}


@pytest.mark.parametrize("kind", MODELS)
def test_a_schema_is_draft_07_and_nothing_besides(kind: str) -> None:
    made = json.loads(schemas()[kind])
    Draft7Validator.check_schema(made)
    assert made["$schema"] == "http://json-schema.org/draft-07/schema#"
    words = set(words_of(made))
    assert words & {"$defs", "prefixItems", "discriminator", "gt", "ge", "lt", "le"} == set()
    assert "definitions" in words
    assert "#/$defs/" not in schemas()[kind]


def words_of(value: Any) -> Iterator[str]:
    """The words of the dialect in a schema, without the names that it defines."""
    for item in value if isinstance(value, list) else ():
        yield from words_of(item)
    for key, item in value.items() if isinstance(value, dict) else ():
        yield key
        named = key in ("properties", "patternProperties", "definitions") and isinstance(item, dict)
        for part in item.values() if named else [item]:
            yield from words_of(part)


def test_nothing_stands_beside_a_reference_where_draft_07_would_ignore_it() -> None:
    for kind in MODELS:
        for part in parts_of(json.loads(schemas()[kind])):
            assert "$ref" not in part or len(part) == 1


def parts_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from parts_of(item)


def test_docstrings_of_classes_and_of_keys_are_what_an_editor_shows() -> None:
    made = schema(MODELS["check"])
    assert "The files under `vectors/`" in made["properties"]["vectors"]["description"]
    assert made["definitions"]["AtMost"]["description"].startswith("The upper bound of a statistic")
    assert "two laboratories" in made["definitions"]["Demand"]["properties"]["noise_floor"]["description"]


@pytest.mark.parametrize("kind", MODELS)
def test_every_file_that_ships_is_accepted(kind: str) -> None:
    refused = {str(path): refusals(kind, content(path)) for path in shipped(kind)}
    assert {path: found for path, found in refused.items() if found} == {}


@pytest.mark.parametrize("kind", ["pack", "check", "clauses", "basis", "stewards"])
def test_there_are_files_of_every_kind(kind: str) -> None:
    """Or the test above would prove nothing."""
    assert shipped(kind)


VALID = {"pack": PACK, "check": CHECK, "clauses": CLAUSES, "basis": BASIS, "specimens": SPECIMENS}


@pytest.mark.parametrize("kind", VALID)
def test_the_small_pack_is_accepted(kind: str) -> None:
    assert refusals(kind, document(VALID[kind])) == []


def test_proposed_vectors_are_accepted(tmp_path: Path) -> None:
    files = list(write_pack(tmp_path).glob("checks/*/vectors/[dr]*.json"))
    assert len(files) == 2
    assert [refusals("vectors", document(path.read_text(encoding="utf-8"))) for path in files] == [[], []]


WRONG = {
    "a misspelt key": ("check", "rationale:", "rational:"),
    "an unknown status": ("check", "status: trial", "status: final"),
    "at most without a limit": ("check", "limit: floor, ", ""),
    "a number in words": ("check", "range: [0, 1]", "range: [none, all]"),
    "three ends of a range": ("check", "range: [0, 1]", "range: [0, 1, 2]"),
    "a version that is no version": ("check", 'version: "1.0.0"', 'version: "1.0"'),
    "a date without quotes that becomes a number": ("check", 'as_of: "2026-07-27"', "as_of: 2026"),
    "a parameter with a space in its name": ("check", "    metric: {", '    "the metric": {'),
    "search as evidence for good": ("check", "kinds: [statistical]", "kinds: [hearsay]"),
    "a namespace in capitals": ("pack", "id: local.small", "id: Local.Small"),
    "no method at all": ("pack", 'methods: {objectives.performance: "1.0.0"}', "methods: {}"),
    "a kind of clause that is none": ("clauses", "kind: gate", "kind: wish"),
    "a basis that loosens by a new word": ("basis", "    why: ", "    loosen: "),
    "no bad specimen": ("specimens", '[{"specimen": "screening"', '[], "worse": [{"specimen": "screening"'),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_by_the_schema_and_by_the_program(name: str) -> None:
    kind, right, wrong = WRONG[name]
    assert right in VALID[kind]
    text = VALID[kind].replace(right, wrong, 1)
    assert refusals(kind, document(text))
    with pytest.raises(ValidationError):
        MODELS[kind].model_validate(read(text.encode(), source="test").value)


@pytest.mark.parametrize("kind", VALID)
def test_no_key_that_the_program_asks_for_may_be_missing(kind: str) -> None:
    whole = document(VALID[kind])
    for key in schema(MODELS[kind])["required"]:
        part = deepcopy(whole)
        del part[key]
        assert refusals(kind, part)
