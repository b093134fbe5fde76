"""`certify init` writes a manifest once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from certify.submission.starter import starter_manifest


def test_a_manifest_is_written_into_a_folder_that_is_made(certify: Any, tmp_path: Path) -> None:
    done = certify("init", tmp_path / "deep/new")
    assert done.code == 0
    assert (tmp_path / "deep/new/submission.yaml").read_text() == starter_manifest()
    assert "certify run" in done.out


def test_a_manifest_that_is_there_is_never_overwritten(certify: Any, tmp_path: Path) -> None:
    (tmp_path / "submission.yaml").write_text("mine\n")
    done = certify("init", tmp_path)
    assert done.code == 2
    assert "already there" in done.err
    assert (tmp_path / "submission.yaml").read_text() == "mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["submission.yaml"], "nothing is left lying about"


def test_a_link_where_the_manifest_would_be_is_not_followed(certify: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/submission.yaml").symlink_to(tmp_path / "elsewhere")
    assert certify("init", tmp_path / "folder").code == 2
    assert (tmp_path / "elsewhere").read_text() == "mine\n"


def test_what_it_writes_is_found_incomplete_with_line_and_key(certify: Any, tmp_path: Path) -> None:
    """The example's files do not exist: the second command of a newcomer says which."""
    certify("init", tmp_path / "new")
    done = certify("lock", tmp_path / "new", "--basis", "demo/common", "--work", tmp_path / "work")
    assert done.code == 2
    assert "submission.yaml:" in done.err
    assert "model/leak.onnx" in done.err
    assert not (tmp_path / "work/protocols").exists()
