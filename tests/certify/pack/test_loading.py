"""Reading packs and bases: what is wrong with one is said with its place, all of it at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from written_pack import CHECK, METHODS, PACK, changed, line_of, write, write_basis

from certify.errors import Problem, UnusableInput
from certify.pack import Standards, load, load_pack
from certify.standard import MethodSignature


def problems(folder: Path, methods: Mapping[str, MethodSignature] = METHODS) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        load(folder, methods)
    return caught.value.problems


def test_checks_and_bases_are_found_by_their_identity(tmp_path: Path) -> None:
    standards: Standards = load(write_basis(write(tmp_path)), METHODS)
    assert set(standards.checks) == {"local.test/errors"}
    assert set(standards.bases) == {"test/all"}


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
        ("value: 0.1,", "value: 1.5,", "limits.highest.value"),
        ("value: 0.1,", 'value: "much",', "limits.highest.value"),
        ("value: 7,", "value: 7.5,", "method.parameters.seed.value"),
        (", why: ours", "", "limits.highest.why"),
        ("stricter: lower", "stricter: superset", "limits.highest.stricter"),
        ("relation: informs", "relation: proves", "clauses[0].relation"),
        ('as_of: "2026-07-27"', 'as_of: "last summer"', "clauses[0].as_of"),
        ("require: at_most", "require: at_worst", "criterion.all[0].require"),
        ("kinds: [statistical]", "kinds: [search]", "evidence.kinds"),
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


def test_a_check_in_a_misnamed_file_is_not_dropped_without_a_word(tmp_path: Path) -> None:
    write(tmp_path)
    (only,) = problems(write(tmp_path, slug="second", name="check.yml"))
    assert (only.source, only.found) == ("packs/local.test/checks/second", "check.yml")
    assert "check.yaml" in only.remedy


def test_a_method_that_the_pack_does_not_list_is_told_with_line_and_the_line_to_write(tmp_path: Path) -> None:
    write(tmp_path)
    manifest = tmp_path / "packs/local.test/pack.yaml"
    text = manifest.read_text(encoding="utf-8")
    assert 'area.errors: "1.0.0"' in text
    manifest.write_text(text.replace("area.errors", "area.others"), encoding="utf-8")
    missing, idle = problems(tmp_path)
    assert missing.line == idle.line == text[: text.index("methods:")].count("\n") + 1
    assert missing.expected == 'the line `area.errors: "1.0.0"`'
    assert (idle.found, idle.remedy) == ('`area.others: "1.0.0"`', "Remove it: no check of the pack uses it.")


def test_a_file_that_is_too_large_is_refused_without_being_read_whole(tmp_path: Path) -> None:
    (only,) = problems(write(tmp_path, "#" * (2 << 20)))
    assert "bytes" in only.expected


def test_nothing_but_check_yaml_is_normative(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, "not: [even", name="notes.yaml")
    assert set(load(tmp_path, METHODS).checks) == {"local.test/errors"}


# Whatever a stranger put in the place of a file


def as_folder(path: Path) -> None:
    path.mkdir()


def as_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "absent")


def as_a_circle(path: Path) -> None:
    path.symlink_to(path)


def as_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


ODD: dict[str, Callable[[Path], None]] = {
    "a folder": as_folder,
    "a pipe": os.mkfifo,
    "a link to nothing": as_nothing,
    "a link to itself": as_a_circle,
    "a device without end": as_device,
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("where", ["pack.yaml", "checks/errors/check.yaml"])
def test_what_is_no_file_is_refused_and_not_waited_for(what: str, where: str, tmp_path: Path) -> None:
    path = write(tmp_path) / "packs/local.test" / where
    path.unlink()
    ODD[what](path)
    found = problems(tmp_path)
    assert {p.code for p in found} <= {"pack-file", "no-manifest", "no-check"}


@pytest.mark.parametrize("what", ODD)
def test_what_is_no_basis_is_refused_and_not_waited_for(what: str, tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "bases/test").mkdir(parents=True)
    ODD[what](tmp_path / "bases/test/all.yaml")
    assert {p.source for p in problems(tmp_path)} == {"bases/test/all.yaml"}


# The manifest


def test_a_pack_is_named_as_its_folder_is(tmp_path: Path) -> None:
    (only,) = problems(write(tmp_path, pack=changed(PACK, "id: local.test", "id: local.toast")))
    assert (only.source, only.line, only.key) == ("packs/local.test/pack.yaml", 1, "id")


def test_a_pack_without_a_manifest_is_nobodys(tmp_path: Path) -> None:
    (write(tmp_path) / "packs/local.test/pack.yaml").unlink()
    (only,) = problems(tmp_path)
    assert only.code == "no-manifest"


@pytest.mark.parametrize(
    "listed",
    ["{}", '{area.others: "1.0.0"}', '{area.errors: "1.1.0"}', '{area.errors: "1.0.0", a.b: "1.0.0"}'],
)
def test_the_list_of_methods_is_that_of_the_checks(listed: str, tmp_path: Path) -> None:
    text = changed(PACK, 'methods: {area.errors: "1.0.0"}', f"methods: {listed}")
    assert {p.source for p in problems(write(tmp_path, pack=text))} == {"packs/local.test/pack.yaml"}


def test_the_folder_of_a_check_is_found_from_its_name(tmp_path: Path) -> None:
    pack = load_pack(write(tmp_path) / "packs/local.test", METHODS)
    assert (pack.check_folder("local.test/errors") / "check.yaml").is_file()


def test_two_packs_may_have_checks_of_the_same_slug(tmp_path: Path) -> None:
    write(write(tmp_path), namespace="local.other")
    assert set(load(tmp_path, METHODS).checks) == {"local.test/errors", "local.other/errors"}


def test_a_defect_of_one_pack_does_not_hide_that_of_another(tmp_path: Path) -> None:
    for namespace in ("local.one", "local.two"):
        write(tmp_path, changed(CHECK, "severity: major", "severity: grave"), namespace=namespace)
    assert {p.source.split("/")[1] for p in problems(tmp_path)} == {"local.one", "local.two"}
