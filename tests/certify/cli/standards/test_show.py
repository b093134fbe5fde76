"""`certify standards show`: every value with the lines that set it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import fits


def test_every_value_is_shown_with_the_lines_that_set_it(certify: Any, small: Path) -> None:
    done = certify("standards", "show", "local.small/all", "--standards", small, "--json")
    assert (done.code, done.err) == (0, "")
    (check,) = done.said["checks"]
    values = {value["name"]: value for value in check["values"]}
    assert set(values) == {"metric", "groups", "floor", "fewest", "confidence"}
    expected = {
        "floor": ("0.9", [("0.8", "floor:"), ("0.85", "{floor: 0.85}"), ("0.9", "{floor: 0.9}")]),
        "groups": ("a=1, a=2, a=3", [("a=1, a=2", "groups:"), ("a=1, a=2, a=3", "groups: [a=1, a=2, a=3]")]),
        "metric": ("accuracy", [("accuracy", "metric:")]),
        "confidence": ("0.99", [("0.975", "default"), ("0.99", "confidence: 0.99")]),
    }  # fmt: skip
    for name, (value, steps) in expected.items():
        assert values[name]["value"] == value
        assert [step["value"] for step in values[name]["from"]] == [value for value, _ in steps]
        for step, (_, words) in zip(values[name]["from"], steps, strict=True):
            assert words in line_at(small, step["place"]), (name, step)
    assert values["floor"]["stricter"] == "higher"
    assert check["could_be_excused_if"] == ["model.task is known and none of binary, multiclass"]
    assert done.said["packs"][0]["signed"] is False


def line_at(standards: Path, place: str) -> str:
    """The line of a file to which `file:line:column` points; a place that is no file as it is."""
    if ":" not in place:
        return place
    file, line, column = place.rsplit(":", 2)
    text = (standards / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert int(column) <= len(text)
    return text


def test_people_read_the_same_on_a_narrow_screen(certify: Any, small: Path) -> None:
    done = certify("standards", "show", "local.small/all", "--standards", small, columns=60)
    assert done.code == 0
    assert fits(done.out)
    for words in (
        "floor = 0.9 (higher is stricter)",
        "out of scope if model.task",
        "unsigned",
        "0.85 in bases/",
    ):
        assert words in " ".join(done.out.split())


@pytest.mark.parametrize("command", ["show", "coverage"])
def test_a_basis_that_nobody_knows_is_refused(command: str, certify: Any, small: Path) -> None:
    done = certify("standards", command, "local.small/none", "--standards", small, "--json")
    assert (done.code, done.said["error"]) == (2, "UnusableInput")
    assert "local.small/all" in done.said["text"]
