"""Whose signature counts: a list that belongs to whoever runs the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from written_pack import METHODS, SIGNED, believe, write_signed

from certify.errors import UnusableInput
from certify.key import new_key
from certify.pack import is_local, load, read_stewards

KEY = "cbzgkxoEEe/w3S7ee/nX3JARyZnSyW+BjyS8NWBChz0="


def entry(namespace: str = "org.test", key: str = KEY, kind: str = "development") -> str:
    return (
        f'  - {{namespace: {namespace}, steward: Us, key: "{key}", key_kind: {kind}, least_version: 1.0.0}}\n'
    )


def listed(folder: Path, *entries: str) -> Path:
    (folder / "stewards.yaml").write_text("stewards:\n" + "".join(entries), encoding="utf-8")
    return folder


def test_nobody_is_trusted_where_there_is_no_list(tmp_path: Path) -> None:
    assert read_stewards(tmp_path).keys == {}


def test_a_key_is_found_by_the_namespace_for_which_it_is_believed(tmp_path: Path) -> None:
    keys = read_stewards(listed(tmp_path, entry(), entry("org.other"))).keys
    assert set(keys) == {"org.test", "org.other"}


def test_nobody_makes_a_key_a_production_key_by_saying_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_stewards(listed(tmp_path, entry(kind="production")))
    (only,) = caught.value.problems
    assert (only.key, only.found) == ("stewards[0].key_kind", "'production'")
    assert only.line


def test_a_pack_names_the_list_by_which_its_key_was_believed(tmp_path: Path) -> None:
    key = new_key(tmp_path / "steward", passphrase=None)
    write_signed(tmp_path, key)
    believe(tmp_path, {SIGNED: key}, "1.0.0")
    first = load(tmp_path, METHODS).references[SIGNED].stewards
    assert first == read_stewards(tmp_path).value_digest
    believe(tmp_path, {SIGNED: key}, "0.9.0")
    assert load(tmp_path, METHODS).references[SIGNED].stewards != first, "another list, another digest"


def test_a_key_survives_the_way_through_the_list(tmp_path: Path) -> None:
    key = new_key(tmp_path / "key", passphrase=None)
    believe(tmp_path, {"org.test": key})
    assert read_stewards(tmp_path).keys["org.test"].key == key.public.text


@pytest.mark.parametrize("namespace", ["local", "local.mine", "local.eu.ai-act"])
def test_nobody_signs_for_local(namespace: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        read_stewards(listed(tmp_path, entry(namespace)))
    (only,) = caught.value.problems
    assert (only.code, only.found) == ("local-steward", namespace)


@pytest.mark.parametrize(
    ("namespace", "local"),
    [
        ("local", True), ("local.mine", True), ("locals", False), ("local-mine", False),
        ("org.local", False), ("eu.local.mine", False),
    ],
)  # fmt: skip
def test_local_is_a_whole_word_at_the_beginning(namespace: str, local: bool) -> None:
    assert is_local(namespace) is local


@pytest.mark.parametrize(
    "lines",
    [
        (entry(), entry()),
        (entry(), entry(key=f"A{KEY[1:]}")),
        (entry(key=""),),
        (entry(key=KEY[:-4]),),
        (entry(key=f"{KEY}{KEY}"),),
        (entry(key=f" {KEY}"),),
        (entry(kind="test"),),
        (entry("Org.Test"),),
        (entry("../org.test"),),
        (entry("org..test"),),
        ("  - {namespace: org.test, steward: Us}\n",),
    ],
)
def test_a_list_that_could_be_read_in_two_ways_or_not_at_all_is_refused(
    lines: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(UnusableInput):
        read_stewards(listed(tmp_path, *lines))


@pytest.mark.parametrize(
    ("least", "believed"), [("0.9.9", True), ("1.0.0", True), ("1.0.1", False), ("10.0.0", False)]
)
def test_an_old_pack_is_not_believed_though_its_signature_holds(
    least: str, believed: bool, tmp_path: Path
) -> None:
    key = new_key(tmp_path / "steward", passphrase=None)
    write_signed(tmp_path, key)
    believe(tmp_path, {SIGNED: key}, least)
    if believed:
        assert load(tmp_path, METHODS)
        return
    with pytest.raises(UnusableInput) as caught:
        load(tmp_path, METHODS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.found) == ("outdated-pack", "1.0.0")
