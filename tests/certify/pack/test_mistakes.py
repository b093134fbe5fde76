"""Slips of somebody who writes a first check: each is told once, at its line and key, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_pack import CHECK, PACK, replacing, write_pack

from certify.errors import Problem, UnusableInput
from certify.pack import load_pack
from checks.catalogue import signatures

FLOOR = "floor: {type: decimal, range: [0, 1], value: 0.8, stricter: higher, why: Ours.}"
FIRST = "{require: at_least, statistic: performance, limit: floor, for_every: {each_of: groups}}"

SLIPS = {
    "a misspelt key": ("severity:", "severty:", "severty", "no such key", 'mean "severity"?'),
    "a misspelt key that may be absent": (
        "range: [0, 1],",
        "rang: [0, 1],",
        "limits.floor.rang",
        "no such key",
        'mean "range"?',
    ),
    "a misspelt key in a list": ("locator:", "location:", "clauses[0].location", "no such key", '"locator"?'),
    "a misspelt key of a condition": (
        "{require: at_least, statistic",
        "{require: at_least, statistics",
        "criterion.all[0].statistics",
        "no such key",
        '"statistic"?',
    ),
    "no French": (", fr: Un titre.", "", "title.fr", 'the key "fr"', "certify standards new"),
    "one text for both languages": (
        "{en: A title., fr: Un titre.}",
        "A title.",
        "title",
        "the keys en, fr",
        "indented line",
    ),
    "a decimal comma": ("value: 0.8,", 'value: "0,8",', "limits.floor.value", "a number such as", "a point"),
    "a sign of percent": (
        "value: 0.8,",
        "value: 80 %,",
        "limits.floor.value",
        "a number such as",
        "its unit",
    ),
    "percent for a share": ("value: 0.8,", "value: 80,", "limits.floor.value", "from 0 to 1", "80 % is 0.8"),
    "no range": (
        "range: [0, 1], value: 0.8",
        "value: 0.8",
        "limits.floor.range",
        "[lowest, highest]",
        "[0, 1]",
    ),
    "half a range": (
        "range: [0, 1], value: 0.8",
        "range: [0], value: 0.8",
        "limits.floor.range[1]",
        "a list of at least 2",
        "Add",
    ),
    "a direction for lists": (
        "value: 0.8, stricter: higher",
        "value: 0.8, stricter: superset",
        "limits.floor.stricter",
        "lower or higher",
        "easier to pass",
    ),
    "a direction that loosens": (
        "value: 0.8, stricter: higher",
        "value: 0.8, stricter: lower",
        "limits.floor.stricter",
        "higher or fixed",
        "loosen",
    ),
    "a misspelt direction": (
        "value: 0.8, stricter: higher",
        "value: 0.8, stricter: highest",
        "limits.floor.stricter",
        "'higher'",
        'mean "higher"?',
    ),
    "a misspelt relation": (
        "contributes-to",
        "contributes_to",
        "clauses[0].relation",
        "'contributes-to'",
        'mean "contributes-to"?',
    ),
    "a misspelt comparison": (
        "require: at_least",
        "require: atleast",
        "criterion.all[0].require",
        "'at_least'",
        'mean "at_least"?',
    ),
    "a limit that is not there": (
        "limit: floor",
        "limit: flor",
        "criterion.all[0].limit",
        '"flor"',
        "floor, fewest",
    ),
    "groups that are not there": (
        "floor, for_every: {each_of: groups}",
        "floor, for_every: {each_of: group}",
        "criterion.all[0].for_every",
        '"group"',
        "groups",
    ),
    "a list without brackets": (
        "value: [a=1, a=2]",
        "value: all",
        "method.parameters.groups.value",
        "type list",
        "Correct",
    ),
    "conditions without a list": (
        f"    - {FIRST}\n",
        "    require: at_least\n",
        "criterion.all",
        "well-formed YAML",
        "Indent it",
    ),
    "a version as a number": (
        'version: "1.0.0"\nstatus',
        "version: 1.0\nstatus",
        "version",
        "a text",
        "in quotes",
    ),
    "a version of two parts": (
        'version: "1.0.0"\nstatus',
        'version: "1.0"\nstatus',
        "version",
        'such as "1.0.0"',
        "Correct",
    ),
    "quotes of a word processor": (
        'version: "1.0.0"\nstatus',
        "version: \u201c1.0.0\u201d\nstatus",
        "version",
        'such as "1.0.0"',
        "straight quotes",
    ),
    "a vector in another folder": (
        "scope.json]",
        "../scope.json]",
        "vectors[2]",
        "without a folder",
        "Correct",
    ),
    "a vector twice": ("scope.json]", "refused.json]", "vectors[2]", "once", "Remove"),
    "a misspelt method": (
        "objectives.performance",
        "objectives.perfomance",
        "method.name",
        "objectives.claims",
        'mean "objectives.performance"?',
    ),
    "a misspelt parameter": (
        "    metric: {",
        "    metrics: {",
        "method.parameters.metrics",
        "metric, groups",
        'mean "metric"?',
    ),
    "a misspelt fact": (
        "fact: model.task",
        "fact: model.tusk",
        "applies.all[0].fact",
        "model.task",
        'mean "model.task"?',
    ),
    "a tab": ("  name: obj", "\tname: obj", None, "well-formed", "Indent with spaces"),
    "a space of a word processor": ("  name: obj", "\u00a0 name: obj", None, "well-formed", "type spaces"),
    "one space too many": (
        '  version: "1.0.0"\n  par',
        '   version: "1.0.0"\n  par',
        "method",
        "well-formed",
        "indent the line like",
    ),
    "a colon in a text": (
        "{en: A reason., fr: Une raison.}",
        "\n  en: Required: so.\n  fr: Une raison.",
        "rationale",
        "well-formed",
        "in quotes",
    ),
    "an apostrophe": ("fr: Un énoncé.", "fr: 'L'énoncé.'", "statement", "well-formed", "apostrophe"),
    "nothing after a colon": ("severity: major", "severity:", "severity", "a value", '""'),
    "a day without quotes": (
        'as_of: "2026-07-27"',
        "as_of: 2026-07-27",
        "clauses[0].as_of",
        "types alike",
        "quotes",
    ),
}


def told(tmp_path: Path, text: str, pack: str = PACK) -> tuple[Problem, ...]:
    folder = write_pack(tmp_path, pack=pack)
    (folder / "checks/accuracy/check.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        load_pack(folder, signatures())
    return caught.value.problems


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told_once_in_its_place_with_what_to_do(slip: str, tmp_path: Path) -> None:
    right, wrong, key, expected, remedy = SLIPS[slip]
    text = replacing((right, wrong))(CHECK)
    *others, problem = told(tmp_path, text)
    assert others == [] or slip == "a space of a word processor"
    assert problem.source == "packs/local.small/checks/accuracy/check.yaml"
    assert problem.line
    assert problem.column
    assert key in (None, problem.key)
    assert expected in problem.expected
    assert remedy in problem.remedy
    assert problem.found
    assert "certify init" not in str(problem)


def test_the_line_is_that_of_the_slip(tmp_path: Path) -> None:
    for number, (right, wrong) in enumerate(
        ((FLOOR, FLOOR.replace("0.8", "80")), ("limit: floor", "limit: flor"))
    ):
        text = replacing((right, wrong))(CHECK)
        (problem,) = told(tmp_path / str(number), text)
        assert problem.line == text[: text.index(wrong)].count("\n") + 1


@pytest.mark.parametrize(
    ("beginning", "end", "words"), [("", "\r\n", "Windows"), ("\ufeff", "\n", "byte order")]
)
def test_what_an_editor_does_to_every_line_is_told_once(
    beginning: str, end: str, words: str, tmp_path: Path
) -> None:
    (problem,) = told(tmp_path, beginning + CHECK.replace("\n", end))
    assert words in problem.found
    assert "every editor" in problem.remedy


def test_a_list_that_is_none_says_how_one_is_written(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, pack=PACK.replace("languages: [en, fr]", "languages: en"))
    with pytest.raises(UnusableInput) as caught:
        load_pack(folder, signatures())
    (problem,) = caught.value.problems
    assert (problem.key, problem.expected) == ("languages", "a list")
    assert "`- `" in problem.remedy
