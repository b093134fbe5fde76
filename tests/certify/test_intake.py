"""Taking in a vendor's bytes: copied, hashed, and nothing but regular files of one name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from certify.digest import Digest
from certify.errors import UnusableInput
from certify.intake import Intake, take_in
from certify.store import Store
from certify.submission import load

GRAPH = "model/small.onnx"


def taken(folder: Path, store: Path) -> Intake:
    return take_in(load(folder), Store(store))


def test_every_declared_file_is_copied_and_named_by_its_content(
    small_submission: Path, tmp_path: Path
) -> None:
    intake = taken(small_submission, tmp_path / "store")
    assert {a.path for a in intake.artifacts} == set(intake.manifest.files)
    for artifact in intake.artifacts:
        data = (small_submission / artifact.path).read_bytes()
        assert artifact.digest == Digest.of(data)
        assert Store(tmp_path / "store").get(artifact.digest) == data


def test_any_changed_byte_changes_the_root(small_submission: Path, tmp_path: Path) -> None:
    before = taken(small_submission, tmp_path / "store").root
    with open(small_submission / "data/test.csv", "a") as stream:
        stream.write("50,1,old\n")
    assert taken(small_submission, tmp_path / "store").root != before


def test_later_changes_in_the_folder_do_not_reach_the_copy(small_submission: Path, tmp_path: Path) -> None:
    intake = taken(small_submission, tmp_path / "store")
    graph = next(a for a in intake.artifacts if a.path == GRAPH)
    (small_submission / GRAPH).write_bytes(b"swapped")
    assert Digest.of(Store(tmp_path / "store").get(graph.digest)) == graph.digest


def replace_by(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / GRAPH
        path.rename(folder.parent / "kept.onnx")
        make(path)

    return change


HOSTILE = {
    "a symbolic link": replace_by(lambda path: path.symlink_to(path.parent.parent.parent / "kept.onnx")),
    "a hard link": replace_by(lambda path: os.link(path.parent.parent.parent / "kept.onnx", path)),
    "a named pipe": replace_by(os.mkfifo),
    "an empty file": replace_by(lambda path: path.write_bytes(b"") and None),
    "a zip archive": replace_by(lambda path: path.write_bytes(b"PK\x03\x04rest") and None),
    "a pickle": replace_by(lambda path: path.write_bytes(b"\x80\x05rest") and None),
    "an HDF5 file": replace_by(lambda path: path.write_bytes(b"\x89HDF\r\n") and None),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_plain_model_file_is_refused(name: str, small_submission: Path, tmp_path: Path) -> None:
    HOSTILE[name](small_submission)
    with pytest.raises(UnusableInput) as refusal:
        taken(small_submission, tmp_path / "store")
    assert GRAPH in str(refusal.value)


def test_a_link_on_the_way_to_a_file_is_refused(small_submission: Path, tmp_path: Path) -> None:
    (small_submission / "model").rename(tmp_path / "elsewhere")
    (small_submission / "model").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnusableInput):
        taken(small_submission, tmp_path / "store")


def test_a_manifest_that_changes_after_parsing_is_refused(small_submission: Path, tmp_path: Path) -> None:
    submission = load(small_submission)
    with open(small_submission / "submission.yaml", "a") as stream:
        stream.write("\n")
    with pytest.raises(UnusableInput, match=r"submission\.yaml"):
        take_in(submission, Store(tmp_path / "store"))


def test_all_refusals_come_at_once(small_submission: Path, tmp_path: Path) -> None:
    (small_submission / "data/test.csv").write_bytes(b"")
    (small_submission / "data/train.csv").write_bytes(b"")
    with pytest.raises(UnusableInput) as refusal:
        taken(small_submission, tmp_path / "store")
    assert len(refusal.value.problems) == 2


def test_the_same_bytes_under_two_names_are_refused(small_submission: Path, tmp_path: Path) -> None:
    """Or the same cases would count twice, or the test data be those of the training."""
    data = (small_submission / "data/train.csv").read_bytes()
    (small_submission / "data/test.csv").write_bytes(data)
    with pytest.raises(UnusableInput, match="the very bytes of"):
        taken(small_submission, tmp_path / "store")


def test_a_submission_that_is_too_large_leaves_no_trace(
    small_submission: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certify.intake.MAX_TOTAL_BYTES", 10_000)
    with pytest.raises(UnusableInput, match="in all"):
        taken(small_submission, tmp_path / "store")
    assert not (tmp_path / "store").exists()
