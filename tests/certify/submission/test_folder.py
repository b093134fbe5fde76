"""A folder and its manifest must agree; every defect is reported at once, with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_submission import write_submission

from certify.errors import Problem, UnusableInput
from certify.submission import load

Change = Callable[[dict[str, Any]], Any]


def problems_of(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(UnusableInput) as refusal:
        load(folder)
    return refusal.value.problems


def test_a_whole_submission_loads(small_submission: Path) -> None:
    assert load(small_submission).manifest.system.name == "Age sorter"


def test_a_missing_file_is_located_where_it_is_named(small_submission: Path) -> None:
    (small_submission / "data/test.csv").unlink()
    (problem,) = problems_of(small_submission)
    assert problem.key == "data.sets[2].files[0]"
    assert problem.line is not None


def test_an_undeclared_file_is_refused(small_submission: Path) -> None:
    (small_submission / "notes.txt").write_text("private")
    (problem,) = problems_of(small_submission)
    assert problem.source == "notes.txt"


def test_no_manifest_is_refused_with_advice(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert "certify init" in problem.remedy


def test_a_manifest_that_is_a_link_is_not_followed(small_submission: Path, tmp_path: Path) -> None:
    manifest = small_submission / "submission.yaml"
    manifest.rename(tmp_path / "elsewhere.yaml")
    manifest.symlink_to(tmp_path / "elsewhere.yaml")
    problems_of(small_submission)


PATHS = [
    "../outside.onnx",
    "/etc/passwd",
    "model/../../outside.onnx",
    "model\\small.onnx",
    "./model/small.onnx",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leaves_the_folder_or_is_spelt_oddly_is_refused(path: str, tmp_path: Path) -> None:
    folder = write_submission(tmp_path / "s", change=lambda m: m["model"].update(file=path))
    (tmp_path / "outside.onnx").write_bytes(b"bytes")
    keys = {problem.key for problem in problems_of(folder)}
    assert "model.file" in keys


CHANGES: dict[str, tuple[Change, str]] = {
    "unknown key": (lambda m: m.update(extra=1), "extra"),
    "missing key": (lambda m: m["system"].pop("kind"), "system.kind"),
    "misspelt key": (lambda m: m["system"].update(kinds=m["system"].pop("kind")), "system.kinds"),
    "wrong type": (lambda m: m["system"].update(version=1), "system.version"),
    "empty text": (lambda m: m["applicant"].update(name=""), "applicant.name"),
    "unknown kind": (lambda m: m["system"].update(kind="oracle"), "system.kind"),
    "pickled model": (lambda m: m["model"].update(file="model/small.pkl"), "model.file"),
    "range upside down": (
        lambda m: m["model"]["inputs"][0]["columns"][0].update(range=[80, 20]),
        "model.inputs[0].columns[0]",
    ),
    "a role twice": (lambda m: m["data"]["sets"][0].update(role="test"), "data"),
    "decision on no output": (lambda m: m["model"]["decision"].update(output="nothing"), "model"),
    "infinite number": (
        lambda m: m["model"]["decision"].update(threshold=float("inf")),
        "model.decision.threshold",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_defect_is_located(name: str, tmp_path: Path) -> None:
    change, key = CHANGES[name]
    folder = write_submission(tmp_path / "s", change=lambda m: change(m) and None)
    found = problems_of(folder)
    assert any(problem.key.startswith(key) or problem.line for problem in found), found
    assert all(problem.remedy for problem in found)


def test_a_misspelt_key_is_met_with_the_right_one(tmp_path: Path) -> None:
    folder = write_submission(
        tmp_path / "s", change=lambda m: m["system"].update(kinds=m["system"].pop("kind"))
    )
    assert any('"kind"' in problem.remedy for problem in problems_of(folder))


def test_several_defects_come_at_once(tmp_path: Path) -> None:
    def change(declared: dict[str, Any]) -> None:
        declared["system"]["kind"] = "oracle"
        declared["applicant"]["roles"] = []
        declared["extra"] = True

    assert len(problems_of(write_submission(tmp_path / "s", change=change))) == 3
