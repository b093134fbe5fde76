"""Cells hold what the table says, and holes are crossed out."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from exhibits import COVERAGE, COVERED, left

import reports.html
from certify.dossier import Dossier
from reports.coverage import thousands
from reports.gallery import Gallery, gallery
from reports.language import Language, words
from reports.picture import Picture


def _gallery(dossier: Dossier, content: Any, said: Any = COVERED, *, language: Language = "en") -> Gallery:
    finding, evidence = left(dossier, "representativeness.coverage", "coverage.json", content, said)
    return gallery(finding, dossier, evidence, "a", words(language))


def _picture(dossier: Dossier, content: Any = COVERAGE, said: Any = COVERED) -> Picture:
    found = _gallery(dossier, content, said)
    assert found.notes == ()
    return found.pictures[0]


def test_every_part_is_a_cell_and_a_line_of_the_table(dossier: Dossier) -> None:
    picture = _picture(dossier)
    cells = picture.panels[0].boxes
    lines = picture.tables[0].lines
    assert len(cells) == len(lines) == 6
    assert [line.figures[0].exact for line in lines] == ["12", "800", "0", "4", "500", "316"]
    counts = [t.text for t in picture.panels[0].letterings if t.style == "count"]
    assert counts == ["12", "800", "500", "316"]
    assert [cell.style for cell in cells] == ["shade-2", "shade-4", "empty", "empty", "shade-4", "shade-4"]


def test_a_hole_is_crossed_out_within_its_cell(dossier: Dossier) -> None:
    panel = _picture(dossier).panels[0]
    holes = [box for box in panel.boxes if box.style == "empty"]
    crosses = [stroke for stroke in panel.strokes if stroke.style == "hole"]
    assert len(crosses) == 2 * len(holes) == 4
    for hole, pair in zip(holes, (crosses[:2], crosses[2:]), strict=True):
        assert {stroke.start for stroke in pair} == {hole.x}
        assert {(s.top, s.bottom) for s in pair} == {
            (hole.y, hole.y + hole.height), (hole.y + hole.height, hole.y)
        }  # fmt: skip


def test_a_hole_is_told_from_a_dark_cell_without_colour(dossier: Dossier) -> None:
    style = (Path(reports.html.__file__).parent / "templates/report.css").read_text(encoding="utf-8")
    assert ".picture .empty { fill: none;" in style
    assert [key.crossed for key in _picture(dossier).keys] == [False, False, True]


def test_holes_are_named_for_those_who_do_not_see_them(dossier: Dossier) -> None:
    picture = _picture(dossier)
    assert "2 are holes. The first: age: 58 to 78; age: 78 to 98." in picture.panels[0].description
    assert [line.names[0] for line in picture.tables[2].lines] == [
        "age: 58 to 78", "age: 78 to 98", "age: 18 to 38; sex: m",
    ]  # fmt: skip
    assert "7 are not listed" in picture.says


def test_parts_of_a_range_are_named_in_the_language_of_the_report(dossier: Dossier) -> None:
    (picture,) = _gallery(dossier, COVERAGE, language="fr").pictures
    assert [line.names[1] for line in picture.tables[0].lines[:2]] == ["18 à 38", "38 à 58"]
    assert picture.tables[2].lines[2].names == ("age: 18 à 38; sex: m",)
    assert "age: 58 à 78" in picture.panels[0].description
    drawn = [t.text for t in picture.panels[0].letterings if t.style == "tick"]
    assert drawn == ["18 à 38", "78 à 98", "f", "m"]


def test_pairs_of_columns_are_a_bar_of_the_covered_share(dossier: Dossier) -> None:
    panel = _picture(dossier).panels[1]
    assert panel.boxes[1].width == "37.50%"
    assert panel.description == "3 of 8 covered (37.5 %)"


def test_a_map_without_a_hole_says_so(dossier: Dossier) -> None:
    content = {**COVERAGE, "columns": COVERAGE["columns"][1:], "holes": [], "holes_not_shown": 0}
    picture = _picture(dossier, content)
    assert picture.panels[0].description.endswith("There is no hole.")
    assert len(picture.tables) == 1


def test_one_column_alone_has_no_pairs(dossier: Dossier) -> None:
    picture = _picture(
        dossier, {**COVERAGE, "columns": COVERAGE["columns"][:1], "holes": COVERAGE["holes"][:2]}
    )
    assert [panel.title for panel in picture.panels] == ["Parts of each column"]
    assert [table.caption for table in picture.tables] == ["Parts of each column", "Holes"]


def test_many_parts_stand_in_several_lines(dossier: Dossier) -> None:
    column = {"source": "age", "labels": [str(i) for i in range(25)], "rows": [10] * 25}
    said = {"covered_share": {"all": 3 / 8, "feature=age": 1.0}}
    content = {**COVERAGE, "columns": [column], "holes": []}
    boxes = _picture(dossier, content, said).panels[0].boxes
    assert [len([box for box in boxes if box.y == y]) for y in sorted({box.y for box in boxes})] == [
        10,
        10,
        5,
    ]
    assert {box.width for box in boxes} == {"10.00%"}


@pytest.mark.parametrize(("parts", "named"), [(21, ["20"]), (23, ["20 \u2026 22"]), (25, ["20", "24"])])
def test_the_names_under_a_short_line_do_not_run_into_each_other(
    dossier: Dossier, parts: int, named: list[str]
) -> None:
    column = {"source": "age", "labels": [str(i) for i in range(parts)], "rows": [10] * parts}
    said = {"covered_share": {"all": 3 / 8, "feature=age": 1.0}}
    panel = _picture(dossier, {**COVERAGE, "columns": [column], "holes": []}, said).panels[0]
    names = [t for t in panel.letterings if t.style == "tick"]
    assert [t.text for t in names if t.y == max(t.y for t in names)] == named


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        (0, "0"), (999, "999"), (1000, "1k"), (1999, "1.9k"), (9999, "9.9k"), (48842, "48k"),
        (999_999, "999k"), (10**6, "1M"), (3_750_000, "3.7M"), (10**9, "1G"), (10**12, "1T"),
    ],
)  # fmt: skip
def test_a_count_fits_into_a_cell_and_is_never_rounded_up(rows: int, shown: str) -> None:
    assert thousands(rows) == shown
    assert len(shown) <= 4


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"covered_share": {"all": 0.5, "feature=age": 0.5, "feature=sex": 1.0}},
        {"covered_share": {"all": 3 / 8, "feature=age": 0.75, "feature=sex": 1.0}},
        {"covered_share": {"all": 3 / 8, "feature=age": 0.5}},
    ],
)
def test_a_map_that_was_not_signed_is_not_drawn(dossier: Dossier, said: Any) -> None:
    (note,) = _gallery(dossier, COVERAGE, said).notes
    assert "only those were judged" in note


def _changed(path: tuple[Any, ...], value: Any) -> Any:
    content: Any = deepcopy(dict(COVERAGE))
    node = content
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fewest_rows",), 0),
        (("columns",), []),
        (("columns", 0, "rows"), [1, 2, 3]),
        (("columns", 0, "rows"), [1, 2, 3, -4]),
        (("columns", 0, "rows", 1), 10**13),
        (("columns", 0, "labels", 0), "38 to 58"),
        (("columns", 0, "labels", 0), "x" * 301),
        (("columns", 0, "ends"), [[18, 38]]),
        (("columns", 0, "ends", 0), [38, 18]),
        (("columns", 0, "ends", 3), [78, 1e300]),
        (("columns", 0, "source"), "sex"),
        (("columns", 0), {"source": "age", "labels": [str(i) for i in range(2001)], "rows": [1] * 2001}),
        (("pairs", "covered"), 9),
        (("pairs", "cells"), 0),
        (("holes", 0, "cells"), {}),
        (("holes", 0, "cells"), {"nothing": "58 to 78"}),
        (("holes", 0, "cells"), {"age": "f"}),
        (("holes", 0, "rows"), 5),
        (("holes",), [{"cells": {"age": "58 to 78"}}] * 2001),
        (("holes_not_shown",), -1),
    ],
)
def test_a_map_that_is_none_is_not_drawn(dossier: Dossier, path: tuple[Any, ...], value: Any) -> None:
    found = _gallery(dossier, _changed(path, value))
    assert found.pictures == ()
    assert "not in the form" in found.notes[0]
