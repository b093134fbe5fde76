"""Shares on corrupted pictures are drawn where the table says, and only as they were signed."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from exhibits import left

from certify.dossier import Dossier
from reports.gallery import Gallery, gallery
from reports.language import words
from reports.picture import Picture


def _share(share: float, severity: int | None = None) -> dict[str, Any]:
    bounds = {"share": share, "lower": share, "upper": share}
    return bounds if severity is None else {**bounds, "severity": severity}


CORRUPTED: dict[str, Any] = {
    "rows": 1000,
    "clean": _share(0.9),
    "corruptions": {
        "snow": [_share(0.8, 1), _share(0.5, 3), _share(0.25, 5)],
        "fog": [_share(0.75, 1)],
    },
}
SIGNED = {
    "accuracy_under_corruption": {
        "corruption=none": 0.9,
        "corruption=snow & severity=1": 0.8,
        "corruption=snow & severity=3": 0.5,
        "corruption=snow & severity=5": 0.25,
        "corruption=fog & severity=1": 0.75,
    }
}


def _gallery(dossier: Dossier, content: Any, language: Any = "en") -> Gallery:
    method, file = "robustness.common_corruptions", "corrupted-accuracy.json"
    finding, evidence = left(dossier, method, file, content, SIGNED)
    return gallery(finding, dossier, evidence, "a", words(language))


def _picture(dossier: Dossier, content: Any = CORRUPTED, language: Any = "en") -> Picture:
    found = _gallery(dossier, content, language)
    assert found.notes == ()
    return found.pictures[0]


def test_each_corruption_has_a_plot_with_its_points_and_the_clean_level(dossier: Dossier) -> None:
    fog, snow = _picture(dossier).panels
    assert (fog.heading, snow.heading) == ("fog", "snow")
    level, course = (
        [float(y) for y in re.findall(r"[ML][0-9.]+ ([0-9.]+)", curve.path)] for curve in snow.curves
    )
    assert level == [100, 100]
    assert course == [200, 500, 750]


def test_the_table_has_every_share_with_its_severity(dossier: Dossier) -> None:
    lines = _picture(dossier).tables[0].lines
    assert [line.names for line in lines] == [
        ("clean", ""), ("fog", "1"), ("snow", "1"), ("snow", "3"), ("snow", "5")
    ]  # fmt: skip
    assert [line.figures[0].exact for line in lines] == ["0.9", "0.75", "0.8", "0.5", "0.25"]


def test_names_are_those_of_the_language(dossier: Dossier) -> None:
    assert [panel.heading for panel in _picture(dossier, language="fr").panels] == ["brouillard", "neige"]


@pytest.mark.parametrize("key", ["share", "lower", "upper"])
def test_what_nobody_signed_is_not_drawn(dossier: Dossier, key: str) -> None:
    for place in ("clean", "snow"):
        other = deepcopy(CORRUPTED)
        one = other["clean"] if place == "clean" else other["corruptions"]["snow"][1]
        one.update({"share": 0.6, "lower": 0.5, "upper": 0.9}.items() if key == "share" else ())
        one[key] += {"share": 0.0, "lower": -0.01, "upper": 0.01}[key]
        found = _gallery(dossier, other)
        assert (found.pictures, len(found.notes)) == ((), 1)


@pytest.mark.parametrize(
    "corruptions", [{}, {"snow": []}, {"snow": [_share(0.5, 3), _share(0.8, 1)]}, {"snow": [_share(0.5, 6)]}]
)
def test_what_has_another_form_is_not_drawn(dossier: Dossier, corruptions: Any) -> None:
    found = _gallery(dossier, {**CORRUPTED, "corruptions": corruptions})
    assert (found.pictures, len(found.notes)) == ((), 1)
