"""Histograms are as high as the table says, and a distance that nobody signed is not drawn."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from exhibits import DISTANCES, DRIFT, left

from certify.dossier import Dossier
from reports.drift import MOST_DRAWN
from reports.gallery import Gallery, gallery
from reports.language import words
from reports.picture import Picture


def _gallery(dossier: Dossier, content: Any, said: Any = DISTANCES) -> Gallery:
    finding, evidence = left(dossier, "representativeness.drift", "drift.json", content, said)
    return gallery(finding, dossier, evidence, "a", words("en"))


def _picture(dossier: Dossier, content: Any = DRIFT, said: Any = DISTANCES) -> Picture:
    found = _gallery(dossier, content, said)
    assert found.notes == ()
    return found.pictures[0]


def _heights(path: str) -> list[float]:
    """Of each step, in thousandths of the highest: what is drawn between two uprights."""
    return [1000 - float(height) for height in re.findall(r"V([0-9.]+)H", path)]


def test_steps_are_as_high_as_the_shares_in_the_table(dossier: Dossier) -> None:
    age, sex = _picture(dossier).panels
    assert [_heights(curve.path) for curve in age.curves] == [
        pytest.approx([250 / 0.5, 500 / 0.5, 125 / 0.5, 0], abs=0.1),
        pytest.approx([100 / 0.5, 100 / 0.5, 400 / 0.5, 200 / 0.5], abs=0.1),
    ]
    assert _heights(sex.curves[0].path) == pytest.approx([750 / 0.8, 250 / 0.8], abs=0.1)
    table = _picture(dossier).tables[1]
    shares = [line.figures[1].exact for line in table.lines if line.names[0] == "age"]
    assert shares == ["0.25", "0.5", "0.125", "0.0", "0.125", "0.0"]


def test_the_table_has_every_count_with_its_part(dossier: Dossier) -> None:
    lines = _picture(dossier).tables[1].lines
    assert [line.names[1] for line in lines[:6]] == [
        "18 to 38", "38 to 58", "58 to 78", "78 to 98", "without a value", "in no part",
    ]  # fmt: skip
    assert [line.figures[2].exact for line in lines[:6]] == ["5", "5", "20", "10", "0", "10"]
    assert [line.names for line in lines[6:]] == [("sex", "f"), ("sex", "m")]


def test_a_panel_says_distance_and_bound_and_draws_both_on_one_scale(dossier: Dossier) -> None:
    age, sex = _picture(dossier).panels
    assert age.letterings[0].text == "distance 0.25, at most 0.4"
    assert sex.letterings[0].text == "distance 0, at most 0.125"
    ends = [[s.end for s in panel.strokes if s.style == "bound"][-1] for panel in (age, sex)]
    assert float(ends[1][:-1]) / float(ends[0][:-1]) == pytest.approx(0.125 / 0.4, abs=1e-3)
    assert float(age.boxes[0].width[:-1]) / float(ends[0][:-1]) == pytest.approx(0.25 / 0.4, abs=1e-3)


def test_a_bound_is_never_drawn_as_smaller_than_it_is(dossier: Dossier) -> None:
    content = deepcopy(dict(DRIFT))
    content["features"][0] |= {"distance": 0.2501, "upper": 0.40001}
    said = {"distribution_distance": {"feature=age": (0.2501, 0.40001), "feature=sex": (0.0, 0.125)}}
    assert _picture(dossier, content, said).panels[0].letterings[0].text == "distance 0.25, at most 0.401"


def test_a_bar_of_one_value_is_named_by_it(dossier: Dossier) -> None:
    content = deepcopy(dict(DRIFT))
    content["features"][0]["ends"] = [[0, 0], [1, 1], [2, 2], [3, 5]]
    lines = _picture(dossier, content).tables[1].lines
    assert [line.names[1] for line in lines[:4]] == ["0", "1", "2", "3 to 5"]


def test_what_stands_in_no_bar_is_told(dossier: Dossier) -> None:
    texts = [lettering.text for lettering in _picture(dossier).panels[0].letterings]
    assert "without a value: 12.5 %, 0 %" in texts
    assert "in no part: 0 %, 20 %" in texts


def test_codes_may_share_a_bar(dossier: Dossier) -> None:
    feature = {**DRIFT["features"][1], "labels": [str(i) for i in range(100)], "counts": [[1] * 50, [2] * 50]}
    picture = _picture(dossier, {**DRIFT, "features": [feature]})
    assert picture.tables[1].lines[49].names == ("sex", "98, 99")


def test_the_farthest_are_drawn_and_the_distances_of_all_are_in_a_table(dossier: Dossier) -> None:
    features = [{**DRIFT["features"][1], "feature": f"c{i}", "upper": 0.2 + i / 1000} for i in range(100)]
    said = {"distribution_distance": {f"feature={f['feature']}": (0.0, f["upper"]) for f in features}}
    picture = _picture(dossier, {**DRIFT, "features": features}, said)
    assert len(picture.panels) == MOST_DRAWN
    assert picture.panels[0].title == "c99"
    assert len(picture.tables[0].lines) == 100


@pytest.mark.parametrize("said", [{"feature=age": (0.25, 0.41)}, {"feature=age": (0.24, 0.4)}, {}])
def test_a_distance_that_was_not_signed_is_not_drawn(dossier: Dossier, said: Any) -> None:
    content = {**DRIFT, "features": DRIFT["features"][:1]}
    (note,) = _gallery(dossier, content, {"distribution_distance": said}).notes
    assert "only those were judged" in note


@pytest.mark.parametrize(
    "change",
    [
        {"counts": [[1, 2], [1, 2, 3]]},
        {"counts": [[], []]},
        {"counts": [[1] * 65, [1] * 65]},
        {"counts": [[-1, 1, 1, 1], [1, 1, 1, 1]]},
        {"counts": [[10**13, 1], [1, 1]]},
        {"counts": [[0, 0], [1, 1]], "missing": [0, 0]},
        {"missing": [0]},
        {"distance": 0.5},
        {"distance": -0.1},
        {"upper": 1.2},
        {"ends": []},
        {"ends": [[18, 38], [38, 58], [58, 78]]},
        {"ends": [[18, 38], [58, 78], [38, 58], [78, 98]]},
        {"ends": [[18, 38], [38, 58], [58, 78], [98, 78]]},
        {"ends": [[18, 38], [38, 58], [58, 78], [78, 1e300]]},
        {"labels": ["a", "b", "c", "d"]},
        {"labels": ["a"] * 3},
        {"labels": ["x" * 301] * 4},
        {"feature": "sex"},
    ],
)
def test_histograms_that_are_none_are_not_drawn(dossier: Dossier, change: Any) -> None:
    features = [{**DRIFT["features"][0], **change}, DRIFT["features"][1]]
    found = _gallery(dossier, {**DRIFT, "features": features})
    assert found.pictures == ()
    assert "not in the form" in found.notes[0]
