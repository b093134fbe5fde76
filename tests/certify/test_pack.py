"""Reading and binding: what is wrong with a check is said with its place, before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from certify.errors import Problem, UnusableInput
from certify.pack import Standards, load
from certify.standard import MethodSignature

CHECK = """\
id: local.test/errors
version: "1.0.0"
status: trial
area: objectives
module: M5
severity: major
title: {en: A title., fr: Un titre.}
statement: {en: A statement., fr: Un énoncé.}
rationale: {en: A reason., fr: Une raison.}
remedy: {en: A remedy., fr: Un remède.}
clauses:
  - {instrument: AI Act, locator: Art. 15(1), as_of: "2026-07-27", relation: informs}
method:
  name: area.errors
  version: "1.0.0"
  parameters:
    groups: {type: list, stricter: superset, why: the basis says so}
    seed: {type: integer, range: [0, 100], value: 7, stricter: fixed, why: any number does}
evidence: {kinds: [statistical], role: test, bound_to: [model, data]}
limits:
  highest: {type: decimal, range: [0, 1], value: 0.1, stricter: lower, why: ours}
criterion:
  all:
    - {require: at_most, statistic: error, limit: highest, for_every: {each_of: groups}}
"""

PACK = """\
id: local.test
version: "1.0.0"
title: {en: A pack., fr: Un paquet.}
steward: {name: A tester, contact: none}
licence: CC0-1.0
languages: [en, fr]
methods: {area.errors: "1.0.0"}
"""

BASIS = """\
id: test/all
version: "1.0.0"
title: {en: A basis., fr: Une base.}
select:
  - check: local.test/errors
"""


def method(name: str, *, version: str = "1.0.0", observed: bool = False) -> MethodSignature:
    return MethodSignature(
        name=name,
        version=version,
        parameters={"groups": "list", "seed": "integer"},
        observed=observed,
        summary="A method for tests.",
    )


METHODS: Mapping[str, MethodSignature] = {"area.errors": method("area.errors")}


def write(folder: Path, text: str = CHECK, *, slug: str = "errors", name: str = "check.yaml") -> Path:
    path = folder / f"packs/local.test/checks/{slug}/{name}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (folder / "packs/local.test/pack.yaml").write_text(PACK, encoding="utf-8")
    return folder


def write_basis(folder: Path, text: str = BASIS, *, slug: str = "all") -> Path:
    path = folder / f"bases/test/{slug}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path, methods: Mapping[str, MethodSignature] = METHODS) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        load(folder, methods)
    return caught.value.problems


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_checks_and_bases_are_found_by_their_identity(tmp_path: Path) -> None:
    standards: Standards = load(write_basis(write(tmp_path)), METHODS)
    assert set(standards.checks) == {"local.test/errors"}
    assert set(standards.bases) == {"test/all"}


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
    text = CHECK.replace(right, wrong)
    assert text != CHECK
    first = problems(write(tmp_path, text))[0]
    assert first.source == "packs/local.test/checks/errors/check.yaml"
    assert first.line == line_of(text, wrong.splitlines()[0].strip())
    assert expected in first.expected
    assert found in first.found


def test_a_parameter_that_a_method_lacks_is_named(tmp_path: Path) -> None:
    text = "".join(line for line in CHECK.splitlines(keepends=True) if "seed:" not in line)
    (only,) = problems(write(tmp_path, text))
    assert only.key == "method.parameters"
    assert only.line == line_of(text, "parameters:")
    assert '"seed"' in only.expected


def test_methods_have_no_defaults(tmp_path: Path) -> None:
    text = CHECK.replace("    groups: {type: list, stricter: superset, why: the basis says so}\n", "")
    text = text.replace(", for_every: {each_of: groups}", "")
    (only,) = problems(write(tmp_path, text))
    assert "no defaults" in only.remedy


def test_an_observed_method_needs_a_noise_floor_and_a_reproducible_one_has_none(tmp_path: Path) -> None:
    observed = {"area.errors": method("area.errors", observed=True)}
    (lacking,) = problems(write(tmp_path / "a"), observed)
    assert lacking.key == "evidence.noise_floor"
    floored = CHECK.replace("bound_to: [model, data]}", "bound_to: [model, data], noise_floor: 0.5}")
    (needless,) = problems(write(tmp_path / "b", floored))
    assert needless.line == line_of(floored, "noise_floor")
    load(write(tmp_path / "c", floored), observed)


def test_a_check_is_named_as_its_folders_are(tmp_path: Path) -> None:
    (only,) = problems(write(tmp_path, slug="mistakes"))
    assert (only.line, only.column, only.key) == (1, 1, "id")
    assert only.expected.startswith("local.test/mistakes")


def test_a_key_that_nobody_knows_is_refused_with_the_one_that_was_meant(tmp_path: Path) -> None:
    found = problems(write(tmp_path, CHECK.replace("severity:", "severty:")))
    (slip,) = [p for p in found if p.key == "severty"]
    assert slip.line == line_of(CHECK, "severity:")
    assert slip.remedy == 'Did you mean "severity"?'


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("value: 0.1,", "value: 1.5,", "limits.highest"),
        ("value: 0.1,", 'value: "much",', "limits.highest"),
        ("value: 7,", "value: 7.5,", "method.parameters.seed"),
        (", why: ours", "", "limits.highest.why"),
        ("stricter: lower", "stricter: superset", "limits.highest"),
        ("relation: informs", "relation: proves", "clauses[0].relation"),
        ('as_of: "2026-07-27"', 'as_of: "last summer"', "clauses[0].as_of"),
        ("require: at_most", "require: at_worst", "criterion.all[0]"),
        ("kinds: [statistical]", "kinds: [search]", "evidence"),
        (", fr: Un titre.", "", "title.fr"),
    ],
)
def test_what_a_check_may_not_say_is_refused_in_its_place(
    tmp_path: Path, right: str, wrong: str, key: str
) -> None:
    text = CHECK.replace(right, wrong)
    assert text != CHECK
    found = problems(write(tmp_path, text))
    assert key in {p.key for p in found}
    assert all(p.line for p in found)


def test_a_value_may_be_left_open_for_the_basis(tmp_path: Path) -> None:
    standards = load(write(tmp_path, CHECK.replace("value: 0.1, ", "")), METHODS)
    assert standards.checks["local.test/errors"].open_values == ("groups", "highest")


def test_every_defect_of_every_file_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, CHECK.replace("area.errors", "area.unknown"))
    write(tmp_path, "a: [", slug="broken")
    write_basis(tmp_path, "id: yes\n")
    sources = {p.source for p in problems(tmp_path)}
    assert sources == {
        "packs/local.test/checks/errors/check.yaml",
        "packs/local.test/checks/broken/check.yaml",
        "bases/test/all.yaml",
    }


def test_a_folder_without_any_check_is_no_standard(tmp_path: Path) -> None:
    (only,) = problems(tmp_path)
    assert only.found == "no check at all"
    (only,) = problems(write(tmp_path, name="check.yml"))
    assert only.found == "no check at all"


def test_a_file_that_is_too_large_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    (only,) = problems(write(tmp_path, "#" * (2 << 20)))
    assert "bytes" in only.expected


def test_nothing_but_check_yaml_is_normative(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "not: [even", name="notes.yaml")
    assert set(load(tmp_path, METHODS).checks) == {"local.test/errors"}
