"""A pyramid is drawn where age is crossed with two groups, and two sides anywhere else."""

from __future__ import annotations

from typing import Any

import pytest
from exhibits import estimate

from certify.dossier import Dossier
from certify.evidence import Measurement
from certify.submission.data import Attribute
from reports.forms import Strata
from reports.language import words
from reports.picture import Picture
from reports.pyramid import crossing

AGES = [("under_30", "18", "30"), ("from_30", "30", "60"), ("from_60", "60", "99")]


def _attribute(name: str, groups: list[dict[str, Any]]) -> Attribute:
    return Attribute.from_json({"name": name, "source": name, "protected": True, "groups": groups})


def _ages() -> Attribute:
    return _attribute("age", [{"name": n, "codes": None, "from": a, "below": b} for n, a, b in AGES])


def _sexes(*names: str) -> Attribute:
    return _attribute("sex", [{"name": n, "codes": [n], "from": None, "below": None} for n in names])


def _cells(*sexes: str) -> list[dict[str, Any]]:
    counts = [(30, 0.1), (50, 0.2), (10, 0.15), (40, 0.2), (60, 0.25), (10, 0.1)]
    names = [f"age={age} & sex={sex}" for sex in sexes for age, _, _ in AGES]
    return [
        {"stratum": name, "count": count, "n": 200, "share": count / 200, "reference_share": share}
        for name, (count, share) in zip(names, counts, strict=False)
    ]


@pytest.fixture
def result(dossier: Dossier) -> Measurement:
    found = dossier.findings[0].result
    assert isinstance(found, Measurement)
    return found


def _drawn(cells: list[dict[str, Any]], result: Measurement, *attributes: Attribute) -> Picture | None:
    distance = sum(abs(cell["share"] - cell["reference_share"]) for cell in cells) / 2
    signed = result.model_copy(update={"estimates": (estimate("distance", "all", distance),)})
    return crossing(Strata.from_json({"cells": cells}), signed, attributes, "p", words("en"))


def test_age_by_two_groups_is_a_pyramid_with_the_oldest_on_top(result: Measurement) -> None:
    picture = _drawn(_cells("f", "m"), result, _sexes("f", "m"), _ages())
    assert picture is not None
    (panel,) = picture.panels
    assert panel.title == "Pyramid of age by sex"
    assert [t.text for t in panel.letterings if t.style == "name"] == ["from_60", "from_30", "under_30"]
    assert [t.text for t in panel.letterings if t.style == "head"] == ["sex=f", "sex=m"]


def test_both_sides_of_a_pyramid_start_in_the_middle(result: Measurement) -> None:
    picture = _drawn(_cells("f", "m"), result, _sexes("f", "m"), _ages())
    assert picture is not None
    data = [box for box in picture.panels[0].boxes if box.style == "data"]
    for left, right in zip(data[::2], data[1::2], strict=True):
        assert float(left.x[:-1]) + float(left.width[:-1]) == pytest.approx(50)
        assert right.x == "50%"
    widths = [float(box.width[:-1]) for box in data]
    assert widths == pytest.approx(
        [5 / 30 * 50, 5 / 30 * 50, 25 / 30 * 50, 50, 15 / 30 * 50, 20 / 30 * 50], abs=0.01
    )


def test_single_years_of_age_stand_close_together_and_are_all_in_the_table(result: Measurement) -> None:
    years = range(18, 91)
    groups = [{"name": f"y{y}", "codes": None, "from": str(y), "below": str(y + 1)} for y in years]
    cells = [
        {
            "stratum": f"age=y{y} & sex={sex}", "count": y, "n": 10_000, "share": y / 10_000,
            "reference_share": 0.005,
        }
        for y in years
        for sex in ("f", "m")
    ]  # fmt: skip
    picture = _drawn(cells, result, _sexes("f", "m"), _attribute("age", groups))
    assert picture is not None
    (panel,) = picture.panels
    assert len(panel.boxes) == 4 * len(years)
    assert panel.height < 700
    assert [t.text for t in panel.letterings if t.style == "value"] == [f"y{y}" for y in range(90, 17, -10)]
    assert len(picture.tables[0].lines) == 2 * len(years)
    assert "Every tenth row is named" in picture.says
    assert "brackets" not in picture.says


def test_an_incomplete_crossing_is_drawn_stratum_by_stratum(result: Measurement) -> None:
    picture = _drawn(_cells("f", "m")[:-1], result, _sexes("f", "m"), _ages())
    assert picture is not None
    assert [t.text for t in picture.panels[0].letterings if t.style == "head"] == ["data", "reference"]


def test_three_groups_make_no_pyramid(result: Measurement) -> None:
    picture = _drawn(_cells("f", "m"), result, _sexes("f", "m", "x"), _ages())
    assert picture is not None
    assert "Pyramid" not in picture.panels[0].title


def test_groups_of_several_attributes_have_a_panel_each(result: Measurement) -> None:
    single = {"stratum": "sex=f", "count": 90, "n": 200, "share": 0.45, "reference_share": 0.45}
    picture = _drawn([*_cells("f", "m"), single], result, _sexes("f", "m"), _ages())
    assert picture is not None
    assert [panel.title for panel in picture.panels] == ["Pyramid of age by sex", "sex"]


def test_a_share_that_is_not_its_count_is_not_drawn(result: Measurement) -> None:
    cells = _cells("f", "m")
    cells[0]["share"] = 0.2
    assert _drawn(cells, result, _sexes("f", "m"), _ages()) is None
