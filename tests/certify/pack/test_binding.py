"""Binding a check to the methods that are installed and to the facts that exist, before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_pack import CHECK, METHODS, changed, line_of, method, write

from certify.errors import Problem, UnusableInput
from certify.pack import load_pack
from certify.standard import MethodSignature
from certify.submission.manifest import FACTS


def problems(
    folder: Path, text: str = CHECK, methods: dict[str, MethodSignature] | None = None
) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        load_pack(write(folder, text) / "packs/local.test", methods or METHODS)
    return caught.value.problems


@pytest.mark.parametrize(
    ("right", "wrong", "expected", "found"),
    [
        ("name: area.errors", "name: area.error", "area.errors", "area.error"),
        ('  version: "1.0.0"\n  parameters', '  version: "2.0.0"\n  parameters', "installed", "2.0.0"),
        ("    seed: {", "    sead: {", "one of: groups, seed", "sead"),
        ("seed: {type: integer,", "seed: {type: decimal,", "integer", "decimal"),
    ],
)
def test_a_method_that_does_not_take_what_it_is_given_is_refused_in_its_place(
    tmp_path: Path, right: str, wrong: str, expected: str, found: str
) -> None:
    text = changed(CHECK, right, wrong)
    first = problems(tmp_path, text)[0]
    assert first.source == "packs/local.test/checks/errors/check.yaml"
    assert first.line == line_of(text, wrong.splitlines()[0].strip())
    assert expected in first.expected
    assert found in first.found


def test_a_parameter_that_a_method_lacks_is_named(tmp_path: Path) -> None:
    text = "".join(line for line in CHECK.splitlines(keepends=True) if "seed:" not in line)
    (only,) = problems(tmp_path, text)
    assert only.key == "method.parameters"
    assert only.line == line_of(text, "parameters:")
    assert '"seed"' in only.expected


def test_methods_have_no_defaults(tmp_path: Path) -> None:
    text = changed(CHECK, "    groups: {type: list, stricter: superset, why: the basis says so}\n", "")
    text = changed(text, ", for_every: {each_of: groups}", "")
    (only,) = problems(tmp_path, text)
    assert "no defaults" in only.remedy


def test_an_observed_method_needs_a_noise_floor_and_a_reproducible_one_has_none(tmp_path: Path) -> None:
    observed = {"area.errors": method("area.errors", observed=True)}
    (lacking,) = problems(tmp_path / "a", methods=observed)
    assert lacking.key == "evidence.noise_floor"
    floored = changed(CHECK, "bound_to: [model, data]}", "bound_to: [model, data], noise_floor: 0.5}")
    (needless,) = problems(tmp_path / "b", floored)
    assert needless.line == line_of(floored, "noise_floor")
    load_pack(write(tmp_path / "c", floored) / "packs/local.test", observed)


def scoped(fact: str, *values: str) -> str:
    scope = f"applies: {{all: [{{fact: {fact}, among: [{', '.join(values)}]}}]}}\nmethod:"
    return changed(CHECK, "method:", scope)


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_that_a_manifest_declares_may_scope_a_check(fact: str, tmp_path: Path) -> None:
    values = [f'"{value}"' for value in FACTS[fact] or ("anything",)]
    load_pack(write(tmp_path, scoped(fact, *values)) / "packs/local.test", METHODS)


def test_a_fact_or_a_value_that_nobody_can_declare_is_refused(tmp_path: Path) -> None:
    (fact,) = problems(tmp_path / "a", scoped("system.colour", "red"))
    assert (fact.code, fact.key) == ("unknown-fact", "applies.all[0].fact")
    (value,) = problems(tmp_path / "b", scoped("system.kind", "tool", "toll"))
    assert (value.code, value.key) == ("unknown-fact-value", "applies.all[0].among")
    assert "tool" in value.expected
