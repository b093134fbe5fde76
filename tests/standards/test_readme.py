"""The README of the standards names what exists: keys, conditions, commands, bases."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from certify.basis import BasisText, Selection
from certify.standard import Among as AmongCondition
from certify.standard import AtLeast, AtMost, Check, Count, Demand, Holds, NothingFound, Parameter, Strata
from checks.catalogue import METHODS

FOLDER = Path(__file__).resolve().parents[2] / "standards"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_key_of_a_check_is_explained() -> None:
    keys = {*Check.model_fields, *Parameter.model_fields, *Strata.model_fields, *Demand.model_fields}
    assert not {key for key in keys if f"`{key}`" not in README and f"`{key}:" not in README}


def test_every_key_of_a_basis_is_explained() -> None:
    keys = {*BasisText.model_fields, *Selection.model_fields} - {"id", "version", "title", "check"}
    assert not {key for key in keys if f"`{key}`" not in README}


def test_every_condition_is_explained() -> None:
    for condition in (AtMost, AtLeast, Count, Holds, NothingFound, AmongCondition):
        (name,) = get_args(condition.model_fields["require"].annotation)
        assert f"`{name}`" in README


def test_the_method_that_is_tried_exists_and_takes_what_it_is_given() -> None:
    line = next(line for line in README.splitlines() if "certify measure objectives" in line)
    method = METHODS["objectives.performance"].signature
    assert method.name in line
    assert all(f"--set {parameter}=" in line for parameter in method.parameters)


def test_every_basis_that_is_named_exists_and_every_basis_that_exists_is_named() -> None:
    for path in (FOLDER / "bases").glob("*/*.yaml"):
        assert f"`{path.parent.name}/{path.stem}`" in README


def test_it_fits_a_page() -> None:
    assert len(README.split()) < 900
