"""Pictures show what the exhibits say, and nothing that is hostile, private or contradicted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from exhibits import (
    COMPLETENESS,
    COVERAGE,
    COVERED,
    DISTANCES,
    DOMAIN,
    DRIFT,
    FOUND,
    MISSING,
    OUTSIDE,
    SHARES,
    found_of,
    left,
)  # fmt: skip

from certify.digest import canonical
from certify.dossier import Dossier
from certify.evidence import Measurement
from reports.exhibit import MOST_BYTES, MOST_LINES
from reports.gallery import Gallery, gallery
from reports.html import render
from reports.language import Language, words
from reports.number import brief
from reports.picture import MOST_ROWS, Picture

MISSINGNESS = ("data_quality.completeness", "completeness.json")
SHARED = ("representativeness.shares", "shares.json")
EACH: dict[str, Any] = {
    "missingness": (*MISSINGNESS, COMPLETENESS, MISSING),
    "outside": ("representativeness.domain", "domain.json", DOMAIN, OUTSIDE),
    "changed": (
        "robustness.evasion",
        "evaded.json",
        {"rows": 500, "evaded": 60, "found": 55, "changed": {"income": 50, "age": 0, "place": 20}},
        {"evaded_share": {"all": 0.12}},
    ),
    "shares": (*SHARED, SHARES, FOUND),
    "crossing": (
        "representativeness.distance",
        "distance.json",
        {"attributes": ["sex"], "cells": [{**cell, "share": cell["count"] / 1000} for cell in SHARES]},
        {"distance": {"all": 0.18}},
    ),
    "drift": ("representativeness.drift", "drift.json", DRIFT, DISTANCES),
    "coverage": ("representativeness.coverage", "coverage.json", COVERAGE, COVERED),
}
BARS = ("missingness", "outside", "changed", "shares", "crossing")
LANGUAGES: tuple[Language, ...] = ("en", "fr")


def _gallery(dossier: Dossier, *what: Any, language: Language = "en", **how: Any) -> Gallery:
    finding, evidence = left(dossier, *what, **how)
    return gallery(finding, dossier, evidence, "a", words(language))


def _picture(dossier: Dossier, *what: Any, language: Language = "en") -> Picture:
    found = _gallery(dossier, *what, language=language)
    assert found.notes == ()
    (picture,) = found.pictures
    return picture


def _page(dossier: Dossier, *what: Any, language: Language = "en") -> bytes:
    finding, evidence = left(dossier, *what)
    changed = dossier.model_copy(update={"findings": (finding, *dossier.findings[1:])})
    return render(changed, evidence, language=language)


def _refusal(dossier: Dossier, *what: Any, **how: Any) -> str:
    found = _gallery(dossier, *what, **how)
    assert found.pictures == ()
    return " ".join(found.notes)


# What is drawn is what the table says


def _lengths(picture: Picture, style: str) -> list[Decimal]:
    boxes = [box for panel in picture.panels for box in panel.boxes if box.style == style]
    return [Decimal(box.width.removesuffix("%")) for box in boxes]


def _column(picture: Picture, place: int) -> list[Decimal]:
    return [Decimal(line.figures[place].exact) for line in picture.tables[0].lines]


def _proportional(lengths: list[Decimal], values: list[Decimal]) -> bool:
    scale = max(lengths) / max(values)
    return all(
        abs(length - value * scale) < Decimal("0.02") for length, value in zip(lengths, values, strict=True)
    )


def test_bars_of_missing_values_are_as_long_as_the_table_says(dossier: Dossier) -> None:
    picture = _picture(dossier, *EACH["missingness"])
    assert [line.names[0] for line in picture.tables[0].lines] == ["income", "place", "age", "sex"]
    assert _column(picture, 0) == [240, 17, 3, 0]
    assert _column(picture, 2) == [Decimal(str(count / 2000)) for count in (240, 17, 3, 0)]
    assert _proportional(_lengths(picture, "data"), _column(picture, 2))


@pytest.mark.parametrize("kind", ["shares", "crossing"])
def test_the_two_sides_are_as_long_as_the_table_says(dossier: Dossier, kind: str) -> None:
    picture = _picture(dossier, *EACH[kind])
    lengths = _lengths(picture, "data") + _lengths(picture, "reference")
    assert _proportional(lengths, _column(picture, 2) + _column(picture, 3))
    assert _column(picture, 3) == [Decimal(str(cell["reference_share"])) for cell in SHARES]


@pytest.mark.parametrize("kind", BARS)
def test_every_number_in_a_drawing_stands_in_the_table(dossier: Dossier, kind: str) -> None:
    picture = _picture(dossier, *EACH[kind])
    figures = [figure for line in picture.tables[0].lines for figure in line.figures]
    known = {brief(Decimal(f.exact)) for f in figures if Decimal(f.exact) <= 1} | {f.shown for f in figures}
    drawn = [t.text for panel in picture.panels for t in panel.letterings if t.style == "value"]
    numbers = {number for text in drawn for number in re.findall(r"[0-9.]+", text)}
    assert numbers
    assert numbers <= known


@pytest.mark.parametrize("kind", BARS)
def test_the_text_alternative_names_what_stands_out(dossier: Dossier, kind: str) -> None:
    named = {
        "missingness": "income",
        "outside": "age",
        "changed": "income",
        "shares": "sex=",
        "crossing": "sex=",
    }
    (panel,) = _picture(dossier, *EACH[kind]).panels
    assert named[kind] in panel.description


def test_the_worst_are_drawn_and_the_table_has_the_rest(dossier: Dossier) -> None:
    missing = {f"c{i:03}": i for i in range(200)}
    content = {"rows": 1000, "incomplete": 199, "missing": missing}
    picture = _picture(dossier, *MISSINGNESS, content, {"incomplete_share": {"all": 0.199}})
    assert len(_lengths(picture, "data")) == MOST_ROWS
    assert "60 of 200" in picture.says
    assert len(picture.tables[0].lines) == 200
    assert picture.tables[0].lines[0].names == ("c199",)


@pytest.mark.parametrize(
    ("kind", "nothing"),
    [
        ("changed", {"rows": 2000, "evaded": 0, "found": 0, "changed": {"age": 0, "sex": 0}}),
        ("missingness", {"rows": 2000, "incomplete": 0, "missing": {"age": 0, "sex": 0}}),
        ("outside", {"rows": 2000, "outside": 0, "of_each_source": [
            {"input": "x", "source": source, "outside": 0} for source in ("age", "sex")
        ]}),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_draw_a_sentence_says_so(
    dossier: Dossier, kind: str, nothing: Any, take_apart: Callable[[bytes], Any]
) -> None:
    method, file, _, said = EACH[kind]
    what = (method, file, nothing, {next(iter(said)): {"all": 0.0}})
    picture = _picture(dossier, *what)
    assert (picture.panels, picture.keys, len(picture.tables[0].lines)) == ((), (), 2)
    assert picture.says.endswith("in any of 2 columns; 2000 rows.")
    figure = _page(dossier, *what).decode().split('<figure class="plot picture">')[1]
    assert "<svg" not in figure.split("</figure>")[0]


# A page for everybody


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EACH)
def test_a_page_shows_drawing_key_and_table(
    dossier: Dossier, kind: str, language: Language, take_apart: Callable[[bytes], Any]
) -> None:
    page = take_apart(_page(dossier, *EACH[kind], language=language))
    picture = _picture(dossier, *EACH[kind], language=language)
    assert picture.title in page.text
    assert " ".join(picture.panels[0].description.split()) in page.text
    assert words(language).say("picture_table") in page.text
    assert len(page.all("details")) == len(page.all("summary")) == 1
    wanted = {name for value in page.attribute("aria-labelledby") for name in value.split()}
    assert wanted <= set(page.attribute("id"))
    assert len(page.attribute("id")) == len(set(page.attribute("id")))
    exact = {data.attributes["value"] for data in page.all("data")}
    assert {
        figure.exact for table in picture.tables for line in table.lines for figure in line.figures
    } <= exact


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EACH)
def test_no_two_columns_of_a_table_have_the_same_heading(
    dossier: Dossier, kind: str, language: Language
) -> None:
    for table in _picture(dossier, *EACH[kind], language=language).tables:
        headings = (*table.names, *table.heads)
        assert len(set(headings)) == len(headings)


def test_shapes_tell_data_and_reference_apart_without_colour(dossier: Dossier) -> None:
    style = _page(dossier, *EACH["shares"]).decode()
    assert ".picture .reference { fill: none; stroke:" in style


def test_the_same_dossier_and_evidence_are_the_same_bytes(dossier: Dossier) -> None:
    assert _page(dossier, *EACH["shares"]) == _page(dossier, *EACH["shares"])


# What is not drawn


@pytest.mark.parametrize("visibility", ["vendor", "authority"])
def test_what_not_everybody_may_see_is_neither_drawn_nor_spoken_of(dossier: Dossier, visibility: str) -> None:
    for what in EACH.values():
        assert _gallery(dossier, *what, visibility=visibility) == Gallery(pictures=(), notes=())


def test_an_exhibit_of_another_method_is_not_drawn(dossier: Dossier) -> None:
    what = ("objectives.performance", "shares.json", SHARES, FOUND)
    assert _gallery(dossier, *what) == Gallery(pictures=(), notes=())


def test_bytes_that_are_not_at_hand_are_missed(dossier: Dossier) -> None:
    finding, _ = left(dossier, *EACH["shares"])
    found = gallery(finding, dossier, {}, "a", words("en"))
    assert found.notes == ("There is no picture of shares.json: its bytes were not at hand.",)


def test_other_bytes_than_those_of_the_dossier_are_not_read(dossier: Dossier) -> None:
    finding, evidence = left(dossier, *EACH["shares"])
    swapped = dict.fromkeys(evidence, canonical([{**SHARES[0], "count": 331}]))
    assert "not in the form" in gallery(finding, dossier, swapped, "a", words("en")).notes[0]


def test_files_of_the_same_name_are_not_drawn_a_thousand_times(dossier: Dossier) -> None:
    finding, evidence = left(dossier, *EACH["shares"])
    assert isinstance(finding.result, Measurement)
    items = finding.result.evidence * 1000
    many = finding.model_copy(update={"result": finding.result.model_copy(update={"evidence": items})})
    found = gallery(many, dossier, evidence, "a", words("en"))
    assert found.pictures == ()
    assert found.notes == ("There is no picture of shares.json: the method left several files of this name.",)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("changed", {"evaded_share": {"all": 0.11}}),
        ("missingness", {"incomplete_share": {"all": 0.124}}),
        ("missingness", {}),
        ("outside", {"outside_share": {"all": 0.01}}),
        ("shares", {**FOUND, "share": {"sex=female": 0.33, "sex=male": 0.66, "sex=other": 0.02}}),
        ("shares", {**FOUND, "share": {"sex=female": 0.33}}),
        ("shares", {**FOUND, "share_ratio": {**FOUND["share_ratio"], "sex=male": 1.3}}),
        ("shares", {**FOUND, "share_ratio": {}}),
        ("crossing", {"distance": {"all": 0.19}}),
        ("crossing", {}),
    ],
)
def test_what_contradicts_the_estimates_is_not_drawn(dossier: Dossier, kind: str, said: Any) -> None:
    method, file, content, _ = EACH[kind]
    assert "only those were judged" in _refusal(dossier, method, file, content, said)


def test_a_reference_without_a_stratum_that_has_a_ratio_is_not_drawn(dossier: Dossier) -> None:
    nobody = [{**SHARES[0], "reference_share": 0}, *SHARES[1:]]
    assert "only those were judged" in _refusal(dossier, *SHARED, nobody, FOUND)
    ratios = {stratum: ratio for stratum, ratio in FOUND["share_ratio"].items() if stratum != "sex=female"}
    assert _picture(dossier, *SHARED, nobody, {**FOUND, "share_ratio": ratios}).panels


def _unfit_completeness() -> Iterator[Any]:
    yield b"not JSON"
    yield b'{"rows":2000,"incomplete":NaN,"missing":{"age":3}}'
    yield b'{"rows":1e999,"incomplete":3,"missing":{"age":3}}'
    yield b"[" * 100_000
    yield b'{"incomplete":3,"missing":{"\\ud800":3},"rows":2000}'
    yield b'{"incomplete":3,"missing":{"a":3,"a":3},"rows":2000}'
    yield b'{"incomplete":3,"missing":{"a":3},"rows":' + b"9" * 5000 + b"}"
    yield b'{"rows":2000 ,"incomplete":3,"missing":{"age":3}}'
    yield [COMPLETENESS]
    yield {**COMPLETENESS, "rows": 0}
    yield {**COMPLETENESS, "rows": "2000"}
    yield {**COMPLETENESS, "rows": True}
    yield {**COMPLETENESS, "rows": 10**15}
    yield {**COMPLETENESS, "incomplete": 2001}
    yield {**COMPLETENESS, "incomplete": 239}
    yield {**COMPLETENESS, "missing": {"age": -1}}
    yield {**COMPLETENESS, "missing": {"age": 1.5}}
    yield {**COMPLETENESS, "missing": {}}
    yield {**COMPLETENESS, "missing": {"x" * 301: 250}}
    yield {**COMPLETENESS, "missing": {f"c{i}": 1 for i in range(MOST_LINES + 1)}}
    yield {**COMPLETENESS, "other": "x" * MOST_BYTES}
    yield {"missing": {"age": 3}}


@pytest.mark.parametrize("content", [*_unfit_completeness()])
def test_an_unfit_exhibit_is_not_drawn_and_the_report_says_so(dossier: Dossier, content: Any) -> None:
    assert "not in the form" in _refusal(dossier, *MISSINGNESS, content, MISSING)


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [{**SHARES[0], "reference_share": 1.01}],
        [{**SHARES[0], "reference_share": -0.1}],
        [{**SHARES[0], "reference_share": 1e300}],
        [{**SHARES[0], "reference_share": None}],
        [{**SHARES[0], "n": 0}],
        [{**SHARES[0], "count": 1001}],
        [{**SHARES[0], "count": -1}],
        [{**SHARES[0], "stratum": 7}],
        [SHARES[0], SHARES[0]],
        [{**SHARES[0], "stratum": f"sex={i}"} for i in range(MOST_LINES + 1)],
        {"cells": SHARES[0]},
    ],
)
def test_shares_that_are_none_are_not_drawn(dossier: Dossier, cells: Any) -> None:
    assert "not in the form" in _refusal(dossier, *SHARED, cells, FOUND)


def test_a_million_cells_are_not_even_read(dossier: Dossier) -> None:
    cell = canonical(SHARES[0])
    content = b"[" + b",".join([cell] * 1_000_000) + b"]"
    assert "larger than what is read here" in _refusal(dossier, *SHARED, content, FOUND)


HOSTILE = "<script>alert(1)</script>\" onload='x' {{7*7}} \u202e {share.__class__} %s"


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_labels_are_shown_as_text(
    dossier: Dossier, language: Language, take_apart: Callable[[bytes], Any]
) -> None:
    content = {**COMPLETENESS, "missing": {HOSTILE: 250}}
    groups = [{**SHARES[0], "stratum": f"sex={HOSTILE}"}, {**SHARES[1], "stratum": HOSTILE}]
    for what in ((*MISSINGNESS, content, MISSING), (*SHARED, groups, found_of(groups))):
        html = _page(dossier, *what, language=language)
        page, benign = take_apart(html), take_apart(_page(dossier, *EACH["shares"], language=language))
        assert "<script>alert(1)</script>" in page.text
        assert "<script" not in html.decode()
        assert "\u202e" not in html.decode()
        assert "{{7*7}}" in page.text
        assert {e.tag for e in page.elements} <= {e.tag for e in benign.elements}
        assert set().union(*(e.attributes for e in page.elements)) <= set().union(
            *(e.attributes for e in benign.elements)
        )
