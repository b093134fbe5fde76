"""A signed pack is read as it was signed, or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_pack import (
    METHODS,
    SIGNED,
    believe,
    sign_written,
    write_signed,
)

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.key import SigningKey, new_key
from certify.pack import LOCK_FILE, SEAL_FILE, load, load_pack, lock_of
from certify.pack.lock import MAX_FILE_BYTES

FILES = (
    "pack.yaml", "clauses.yaml", LOCK_FILE, SEAL_FILE,
    "checks/errors/check.yaml", "checks/errors/vectors/refused.json",
    "checks/mistakes/check.yaml", "checks/mistakes/vectors/refused.json",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A folder of standards with one signed pack, and the key that signed it."""

    standards: Path
    key: SigningKey

    @property
    def pack(self) -> Path:
        return self.standards / "packs" / SIGNED


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Never changed but by a test that puts back what it changed."""
    folder = tmp_path_factory.mktemp("kept")
    key = new_key(folder / "key", passphrase=None)
    write_signed(folder, key)
    return Place(folder, key)


@pytest.fixture
def place(kept: Place, tmp_path: Path) -> Place:
    """A copy to be changed."""
    return Place(shutil.copytree(kept.standards, tmp_path / "standards"), kept.key)


def problems(place: Place) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as caught:
        load(place.standards, METHODS)
    return caught.value.problems


def named(place: Place) -> set[str]:
    """The files, as their pack names them, of which a refusal speaks."""
    return {problem.source.removeprefix("packs/").removeprefix(f"{SIGNED}/") for problem in problems(place)}


# What was signed loads


def test_a_signed_pack_loads_and_says_whose_it_is(place: Place) -> None:
    standards = load(place.standards, METHODS)
    reference = standards.references[SIGNED]
    assert set(standards.checks) == {f"{SIGNED}/errors", f"{SIGNED}/mistakes"}
    assert reference.signed
    assert (reference.steward, reference.key_kind) == ("Us", "development")
    assert reference.key == place.key.public.fingerprint
    assert reference.lock == Digest.of((place.pack / LOCK_FILE).read_bytes())


def test_the_lock_names_every_file_but_itself_and_its_seal(place: Place) -> None:
    listed = json.loads((place.pack / LOCK_FILE).read_bytes())["files"]
    assert set(listed) == set(FILES) - {LOCK_FILE, SEAL_FILE}
    assert listed["pack.yaml"] == f"sha256:{Digest.of((place.pack / 'pack.yaml').read_bytes()).hex}"


def test_signing_twice_gives_the_same_bytes(place: Place) -> None:
    before = {name: (place.pack / name).read_bytes() for name in FILES}
    sign_written(place.pack, place.key)
    assert before == {name: (place.pack / name).read_bytes() for name in FILES}


def test_a_change_that_the_steward_signs_loads(place: Place) -> None:
    (place.pack / "notes.md").write_text("More.")
    sign_written(place.pack, place.key)
    load(place.standards, METHODS)


# The law: any change of anything is refused, and names the file


@given(st.sampled_from(FILES), st.data(), st.integers(1, 255))
def test_any_change_of_any_byte_is_refused_with_the_name_of_the_file(
    kept: Place, name: str, data: st.DataObject, mask: int
) -> None:
    path = kept.pack / name
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1), label="position")
    path.write_bytes(before[:at] + bytes([before[at] ^ mask]) + before[at + 1 :])
    try:
        assert name in named(kept)
    finally:
        path.write_bytes(before)


@pytest.mark.qualify
def test_every_change_of_a_bit_of_every_byte_is_refused(kept: Place) -> None:
    tried = 0
    for name in FILES:
        path = kept.pack / name
        before = path.read_bytes()
        for at, byte in enumerate(before):
            path.write_bytes(before[:at] + bytes([byte ^ (1 << at % 8)]) + before[at + 1 :])
            assert name in named(kept), (name, at)
            tried += 1
        path.write_bytes(before)
    print(f"\n{tried} changed bytes of a signed pack refused")


NAMES = st.text("abcdé .-_", min_size=1, max_size=12).filter(lambda name: name.strip(". "))
FOLDERS = st.sampled_from(
    ["", "checks", "checks/errors", "checks/errors/vectors", "checks/new", ".git", "a/b/c"]
)


@given(FOLDERS, NAMES, st.binary(max_size=20))
def test_any_file_that_was_added_is_refused_with_its_name(
    kept: Place, folder: str, name: str, content: bytes
) -> None:
    path = kept.pack / folder / name
    first = next(p for p in (*reversed(path.parents), path) if not p.exists())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    try:
        assert named(kept) == {path.relative_to(kept.pack).as_posix()}
    finally:
        shutil.rmtree(first) if first.is_dir() else first.unlink()


@pytest.mark.parametrize("name", FILES)
def test_any_file_that_was_removed_or_renamed_is_refused_with_its_name(name: str, place: Place) -> None:
    path = place.pack / name
    path.rename(path.with_name(path.name + "x"))
    assert name in named(place)
    path.with_name(path.name + "x").unlink()
    assert name in named(place)


@given(st.permutations(sorted(set(FILES) - {LOCK_FILE, SEAL_FILE})), st.integers(2, 6))
def test_files_that_changed_places_are_refused_with_their_names(
    kept: Place, order: list[str], k: int
) -> None:
    moved = order[:k]
    before = {name: (kept.pack / name).read_bytes() for name in moved}
    for name, other in zip(moved, moved[1:] + moved[:1], strict=True):
        (kept.pack / name).write_bytes(before[other])
    different = {n for n, o in zip(moved, moved[1:] + moved[:1], strict=True) if before[n] != before[o]}
    try:
        if different:
            assert named(kept) & different
    finally:
        for name, data in before.items():
            (kept.pack / name).write_bytes(data)


def test_every_file_that_changed_is_named_and_not_only_the_first(place: Place) -> None:
    for name in ("clauses.yaml", "checks/errors/check.yaml", "checks/mistakes/vectors/refused.json"):
        with open(place.pack / name, "ab") as stream:
            stream.write(b"# x\n")
    assert named(place) == {
        "clauses.yaml", "checks/errors/check.yaml", "checks/mistakes/vectors/refused.json",
    }  # fmt: skip


def test_of_a_changed_pack_nothing_is_parsed(place: Place) -> None:
    """What a stranger wrote is told as a change, whatever it says."""
    (place.pack / "checks/errors/check.yaml").write_text("a: &x [*x]")
    assert {problem.code for problem in problems(place)} == {"changed-since-signed"}


# Things that are no files


def linked(path: Path) -> None:
    path.rename(path.with_name("kept"))
    path.symlink_to("kept")


def linked_from_outside(path: Path) -> None:
    outside = path.parents[5] / "outside"
    path.rename(outside)
    path.symlink_to(outside)


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def emptied(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("how", [linked, linked_from_outside, piped, emptied])
def test_something_else_in_the_place_of_a_file_is_refused(how: Callable[[Path], None], place: Place) -> None:
    how(place.pack / "checks/errors/vectors/refused.json")
    assert problems(place)


def test_a_linked_folder_of_checks_is_refused(place: Place, tmp_path: Path) -> None:
    (place.pack / "checks").rename(tmp_path / "checks")
    (place.pack / "checks").symlink_to(tmp_path / "checks")
    (only,) = problems(place)
    assert (only.code, only.source, only.found) == ("pack-file", f"{SIGNED}/checks", "a link")


def test_a_file_with_a_name_that_cannot_be_read_is_refused(place: Place) -> None:
    for name in (b"\xff\xfe", "a\u202eb".encode(), b"line\nbreak"):
        path = os.fsencode(place.pack) + b"/" + name
        with open(path, "wb"):
            pass
        assert {problem.code for problem in problems(place)} == {"pack-file"}
        os.unlink(path)
    load(place.standards, METHODS)


def test_a_pack_in_folders_without_end_is_refused(place: Place) -> None:
    deep = place.pack / "/".join(["x" * 20] * 20)
    deep.mkdir(parents=True)
    (deep / "check.yaml").touch()
    assert {problem.code for problem in problems(place)} == {"pack-file"}


def test_a_file_that_is_larger_than_any_is_refused_and_not_read_whole(place: Place) -> None:
    with open(place.pack / "large.bin", "wb") as stream:
        stream.truncate(1 << 40)
    (only,) = problems(place)
    assert str(MAX_FILE_BYTES) in only.expected


def test_more_files_than_any_pack_has_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certify.pack.lock.MAX_FILES", 5)
    (only,) = problems(place)
    assert only.code == "pack-file"


def test_what_could_not_be_verified_is_not_signed(place: Place) -> None:
    os.mkfifo(place.pack / "pipe")
    with pytest.raises(UnusableInput, match="pipe"):
        sign_written(place.pack, place.key)


# Other people's locks


def test_the_lock_of_another_pack_of_the_same_steward_is_refused(place: Place) -> None:
    other = write_signed(place.standards, place.key, namespace="org.other")
    believe(place.standards, {SIGNED: place.key, "org.other": place.key})
    load(place.standards, METHODS)
    for name in (LOCK_FILE, SEAL_FILE):
        shutil.copy(other / name, place.pack / name)
    assert LOCK_FILE in named(place)


def test_the_lock_of_an_older_version_is_refused(place: Place) -> None:
    older = {name: (place.pack / name).read_bytes() for name in (LOCK_FILE, SEAL_FILE)}
    text = (place.pack / "pack.yaml").read_text(encoding="utf-8")
    (place.pack / "pack.yaml").write_text(text.replace('"1.0.0"', '"1.0.1"', 1), encoding="utf-8")
    sign_written(place.pack, place.key)
    load(place.standards, METHODS)
    for name, data in older.items():
        (place.pack / name).write_bytes(data)
    assert {LOCK_FILE, "pack.yaml"} <= named(place)


def test_another_stewards_key_is_refused(place: Place, tmp_path: Path) -> None:
    stranger = new_key(tmp_path / "stranger", passphrase=None)
    sign_written(place.pack, stranger)
    (only,) = problems(place)
    assert (only.code, only.source) == ("wrong-signature", f"{SIGNED}/{SEAL_FILE}")
    believe(place.standards, {SIGNED: stranger})
    load(place.standards, METHODS)


def test_who_is_believed_for_one_namespace_is_not_for_another(place: Place, tmp_path: Path) -> None:
    stranger = new_key(tmp_path / "stranger", passphrase=None)
    write_signed(place.standards, stranger, namespace="org.other")
    believe(place.standards, {SIGNED: place.key, "org.other": stranger})
    sign_written(place.pack, stranger)
    (only,) = problems(place)
    assert (only.code, only.source) == ("wrong-signature", f"{SIGNED}/{SEAL_FILE}")


def test_the_lock_of_a_folder_does_not_depend_on_the_order_of_its_files(place: Place) -> None:
    manifest = load_pack(place.pack, METHODS).manifest
    before = lock_of(place.pack, manifest).to_bytes()
    for name in reversed(FILES):
        data = (place.pack / name).read_bytes()
        (place.pack / name).unlink()
        (place.pack / name).write_bytes(data)
    assert lock_of(place.pack, manifest).to_bytes() == before
