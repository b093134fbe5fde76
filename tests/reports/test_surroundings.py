"""One plot over all findings: lines lie where the estimates are, and what nobody knows is shaded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from exhibits import left

from certify.dossier import Dossier
from reports.html import render
from reports.language import Language, words
from reports.picture import Curve, Picture
from reports.surroundings import surroundings

LANGUAGES: tuple[Language, ...] = ("en", "fr")
NOISE = {"accuracy_under_noise": {"strength=0.01": 0.95, "strength=0.02": (0.9, 0.92)}}
ATTACK = {"accuracy_under_attack": {"strength=0.01": 0.8, "strength=0.02": 0.6}}
PROOF = {"certified_accuracy": {"strength=0.01": 0.7, "strength=0.02": 0.2}}
ALL = {**NOISE, **ATTACK, **PROOF}


def _with(dossier: Dossier, said: Mapping[str, Any], place: int = 0) -> Dossier:
    finding, _ = left(dossier, "robustness.random_neighbours", "none.json", {}, said)
    findings = list(dossier.findings)
    findings[place] = finding
    return dossier.model_copy(update={"findings": tuple(findings)})


def _picture(dossier: Dossier, said: Mapping[str, Any] = ALL) -> Picture:
    (found,) = surroundings(_with(dossier, said), words("en"))
    return found


def _points(curve: Curve) -> list[tuple[float, float]]:
    """Share of the greatest strength, and share of cases, read back from the path."""
    numbers = re.findall(r"[ML]([0-9.]+) ([0-9.]+)", curve.path)
    return [((float(x) - 90) / 880, 1 - float(y) / 1000) for x, y in numbers]


def test_lines_go_through_the_estimates(dossier: Dossier) -> None:
    curves = {curve.style: curve for curve in _picture(dossier).panels[0].curves}
    assert set(curves) == {"noise", "attack", "proof", "unknown"}
    for style, shares in (("noise", (0.95, 0.9)), ("attack", (0.8, 0.6)), ("proof", (0.7, 0.2))):
        assert _points(curves[style]) == [
            (pytest.approx(0.5, abs=1e-3), pytest.approx(shares[0])),
            (pytest.approx(1), pytest.approx(shares[1])),
        ]


def test_what_nobody_knows_lies_between_the_attacked_line_and_the_proved_one(dossier: Dossier) -> None:
    shade = _picture(dossier).panels[0].curves[0]
    assert shade.style == "unknown"
    assert [share for _, share in _points(shade)] == pytest.approx([0.8, 0.6, 0.2, 0.7])
    without = _picture(dossier, {**NOISE, **ATTACK})
    assert "unknown" not in {curve.style for curve in without.panels[0].curves}
    assert "nobody" not in without.says
    assert "nobody" in _picture(dossier).says


def test_the_table_has_every_number_with_both_bounds(dossier: Dossier) -> None:
    lines = _picture(dossier).tables[0].lines
    assert [line.names[0] for line in lines] == [
        "at random", "at random", "under attack", "under attack", "proved", "proved",
    ]  # fmt: skip
    assert [figure.shown for figure in lines[1].figures] == ["2", "90", "90", "92", "10"]


def test_every_line_and_the_shade_have_a_key(dossier: Dossier) -> None:
    assert [key.style for key in _picture(dossier).keys] == ["noise", "attack", "proof", "unknown"]
    assert [key.style for key in _picture(dossier, {**NOISE, **PROOF}).keys] == ["noise", "proof"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"accuracy_under_noise": {"strength=0.01": 0.9}},
        {"accuracy_under_noise": {"all": 0.9, "sex=f": 0.8}},
        {"accuracy_under_noise": {"strength=0.01": 1.2, "strength=0.02": -3.0}},
        {"accuracy_under_noise": {"strength=NaN": 0.9, "strength=1e400": 0.8, "strength=-1": 0.3}},
        {"performance": {"strength=0.01": 0.9, "strength=0.02": 0.8}},
    ],
)
def test_what_is_no_line_is_not_drawn(dossier: Dossier, said: Mapping[str, Any]) -> None:
    assert surroundings(_with(dossier, said), words("en")) == ()


def test_thousands_of_strengths_are_cut(dossier: Dossier) -> None:
    said = {"certified_accuracy": {f"strength=0.{i:05}": 0.5 for i in range(1, 3000)}}
    assert len(_points(_picture(dossier, said).panels[0].curves[0])) == 64


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_the_section_only_where_there_is_something_to_draw(
    dossier: Dossier, language: Language
) -> None:
    assert b'id="around"' in render(_with(dossier, ALL), {}, language=language)
    assert b'id="around"' not in render(dossier, {}, language=language)
