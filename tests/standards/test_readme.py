"""The README of the standards names what exists, and its examples are what the program says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

import typer
from small_pack import CHECK

from certify.basis import BasisText, Selection
from certify.cli.standards.program import program
from certify.cli.standards.starter import check_text, model_of
from certify.cli.standards.survivor import survivor
from certify.errors import UnusableInput
from certify.pack import ClauseEntry, Ledger, PackManifest
from certify.standard import Among as AmongCondition
from certify.standard import (
    AtLeast,
    AtMost,
    Check,
    Count,
    Demand,
    Holds,
    NothingFound,
    Parameter,
    Silence,
    Strata,
)
from certify.strict_yaml import read
from certify.vector import BadSpecimen, Bench, Evidence, Expected, Question, SpecimenSet, Vector, VectorSet
from certify.vector.proposal import question
from certify.vector.text import GivenEstimate, GivenStatement
from checks.catalogue import METHODS, signatures
from checks.specimens import SPECIMENS

FOLDER = Path(__file__).resolve().parents[2] / "standards"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def fence(language: str, *, holding: str = "") -> str:
    """The fenced block of a language in which some words stand."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if holding in block]
    return str(block)


# Every key, condition, command and basis


def missing(*models: Any, without: Collection[str] = ()) -> set[str]:
    """Keys of models that no sentence names."""
    keys = {key for model in models for key in model.model_fields} - {*without}
    return {key for key in keys if f"`{key}`" not in README and f"`{key}:" not in README}


def test_every_key_of_a_check_is_explained() -> None:
    assert missing(Check, Parameter, Strata, Demand, Silence, without={"control"}) == set()


def test_every_key_of_a_basis_is_explained() -> None:
    assert missing(BasisText, Selection, without={"version", "title", "check"}) == set()


def test_every_key_of_vectors_and_specimens_is_explained() -> None:
    models = (VectorSet, Vector, Evidence, GivenEstimate, GivenStatement, Expected, SpecimenSet, BadSpecimen)
    assert missing(*models, without={"format"}) == set()


def test_every_key_of_a_pack_and_of_its_ledger_is_explained() -> None:
    assert missing(PackManifest, Ledger, ClauseEntry) == set()


def test_every_condition_is_explained() -> None:
    for condition in (AtMost, AtLeast, Count, Holds, NothingFound, AmongCondition):
        (name,) = get_args(condition.model_fields["require"].annotation)
        assert f"`{name}`" in README


def test_every_command_is_named_and_every_command_that_is_named_exists() -> None:
    group: Any = typer.main.get_command(program)
    named = set(re.findall(r"certify standards (\w+)", README))
    assert named == set(group.commands)


def test_every_specimen_is_named() -> None:
    assert all(f"`{name}`" in README for name in SPECIMENS)


def test_the_method_that_is_tried_exists_and_takes_what_it_is_given() -> None:
    line = next(line for line in README.splitlines() if "certify measure objectives" in line)
    method = METHODS["objectives.performance"].signature
    assert method.name in line
    assert all(f"--set {parameter}=" in line for parameter in method.parameters)


def test_every_basis_that_is_named_exists_and_every_basis_that_exists_is_named() -> None:
    there = {f"{path.parent.name}/{path.stem}" for path in (FOLDER / "bases").glob("*/*.yaml")}
    assert {name for name in there if f"`{name}`" not in README} == set()
    assert set(re.findall(r"`(demo/[\w-]+)`", README)) <= there


# The examples


def the_check() -> Check:
    """The small check with the limits and the criterion of the README."""
    small = read(CHECK.encode(), source="check.yaml").value
    small["method"]["parameters"]["groups"]["value"] = ("all",)
    given = read(fence("yaml").encode(), source="README.md").value
    return Check.model_validate({**small, **given})


def test_the_vector_of_the_readme_comes_out_as_it_says() -> None:
    check = the_check()
    vector = Vector.from_json(json.loads(fence("json"), parse_float=str))
    bench = Bench(check, Question.from_json(question(check)))
    assert bench.put(vector).meets(vector)
    (estimate,) = vector.evidence.estimates
    closer = estimate.model_copy(update={"lower": check.limit("floor")})
    evidence = vector.evidence.model_copy(update={"estimates": (closer,)})
    assert bench.put(vector.model_copy(update={"evidence": evidence})).outcome == "demonstrated"


def test_the_defect_of_the_readme_is_told_in_these_words() -> None:
    name = "local.example/first-check"
    method = signatures()["objectives.performance"]
    text = check_text(name, method, model_of(FOLDER / "packs", method.name), today="2026-11-25")
    limits, _, rest = text.partition("\nlimits:")[2].partition("stricter: higher")
    wrong = f"{text.partition(f'{chr(10)}limits:')[0]}\nlimits:{limits}stricter: highest{rest}"
    try:
        read(wrong.encode(), source=f"packs/{name.replace('/', '/checks/')}/check.yaml").validate(Check)
    except UnusableInput as error:
        (problem,) = error.problems
    said = f"{problem.place}: {problem.key}\n    expected {problem.expected}\n    found    {problem.found}\n"
    assert without_lines(fence("text", holding="highest")) == without_lines(f"{said}    {problem.remedy}\n")


def without_lines(text: str) -> str:
    return re.sub(r"yaml:\d+:\d+", "yaml:LINE", text)


def test_the_mutant_of_the_readme_is_told_in_these_words() -> None:
    block = fence("text", holding="mutant")
    name = re.search(r'the mutant "(.+)" lives', block)
    assert name
    words = survivor(name[1])
    assert f"none would notice if {words.mistake}\n" in block
    assert f"    {words.remedy}\n" in block


def test_it_fits_two_pages() -> None:
    assert len(README.split()) < 1550
