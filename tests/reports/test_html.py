"""The page: complete, deterministic, without anything active, and readable by everybody."""

from __future__ import annotations

import dataclasses
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jinja2 import StrictUndefined, UndefinedError, nodes
from pydantic import ValidationError

import reports.html
from certify.dossier import SELF_ASSESSED, Dossier
from certify.value import Value
from reports.html import PAGE, environment, render
from reports.language import Language
from reports.text import visible
from reports.views import report_of

FOLDER = Path(reports.html.__file__).parent
TEMPLATES = sorted(f.name for f in (FOLDER / "templates").iterdir() if f.name.endswith(".j2"))
HOSTILE = "<script>alert(1)</script>\" onload='x' {{7*7}}{% raw %}\u202e "
LANGUAGES: tuple[Language, ...] = ("en", "fr")


# Deterministic


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_dossier_is_the_same_bytes(dossier: Dossier, language: Language) -> None:
    read_back = Dossier.from_json(_sorted(dossier.to_json()))
    assert render(read_back, {}, language=language) == render(dossier, {}, language=language)


def _sorted(value: Any) -> Any:
    """As canonical JSON would give it back: keys of every mapping in order."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


# Templates


def test_a_name_that_no_view_has_is_an_error() -> None:
    assert environment().undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        environment().get_template(PAGE).render()


def test_a_missing_text_is_an_error(dossier: Dossier) -> None:
    report = report_of(dossier, {}, language="en", style_digest="")
    for key in ("principle", "matrix_caption", "rationale", "verify_not"):
        texts = {name: text for name, text in report.texts.items() if name != key}
        with pytest.raises(UndefinedError, match=key):
            environment().get_template(PAGE).render(report=dataclasses.replace(report, texts=texts))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_neither_computes_nor_decides(name: str) -> None:
    source = (FOLDER / "templates" / name).read_text(encoding="utf-8")
    forbidden = (
        nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Compare,
        nodes.Filter, nodes.Neg,
    )  # fmt: skip
    assert list(environment().parse(source).find_all(forbidden)) == []


def test_no_template_is_ever_made_from_text() -> None:
    sources = [file.read_text(encoding="utf-8") for file in FOLDER.iterdir() if file.is_file()]
    templates = [(FOLDER / "templates" / name).read_text(encoding="utf-8") for name in TEMPLATES]
    assert not any(
        re.search(r"from_string|Template\(|\|\s*safe|Markup\(", text) for text in sources + templates
    )


# Content


def test_the_first_page_says_what_matters(english: Any) -> None:
    for said in (
        "Presumed non-conforming until demonstrated.",
        "NON-CONFORMING: 3 of 5 required checks are not demonstrated.",
        SELF_ASSESSED,
        "Certifiable: no",
        "seal.dsse.json",
        "not a CE marking, not an EU declaration of conformity",
        "it is ours",
        "Other writers than those of the reference population.",
        "claimed, not countersigned",
        "every other group",
        "Nobody can say why it reads a digit.",
    ):
        assert said in english.text


def test_a_refused_finding_shows_reason_remedy_and_command(english: Any) -> None:
    for said in (
        "method failed", "The worker died with SIGFPE.", "Bring more cases, or change the model.",
        "certify measure cybersecurity.input_contract SUBMISSION --role none --set cases=1000 --set seed=7",
    ):  # fmt: skip
        assert said in english.text


def test_a_dossier_without_findings_is_shown_as_non_conforming(
    dossier: Dossier, take_apart: Callable[[bytes], Any]
) -> None:
    page = take_apart(render(dossier.model_copy(update={"findings": ()}), {}))
    assert "NON-CONFORMING: 5 of 5 required checks are not demonstrated." in page.text
    assert "CONFORMING to the basis" not in page.text


def test_every_decimal_of_the_dossier_stands_behind_a_number(english: Any, dossier: Dossier) -> None:
    exact = {data.attributes["value"] for data in english.all("data")}
    for finding in dossier.findings:
        for estimate in getattr(finding.result, "estimates", ()):
            bounds = (estimate.demonstrating, estimate.refuting)
            numbers = [estimate.value, *(b for pair in bounds for b in (pair.lower, pair.upper))]
            assert {str(number) for number in numbers if number is not None} <= exact


def test_every_evidence_digest_is_on_the_page(english: Any, dossier: Dossier) -> None:
    assert all(str(item.digest) in english.text for item in dossier.evidence)
    assert all(str(artifact.digest) in english.text for artifact in dossier.artifacts)


def test_the_french_page_is_in_french(french: Any) -> None:
    said = "NON CONFORME : 3 contr\u00f4les requis sur 5 ne sont pas d\u00e9montr\u00e9s."
    assert said in french.text
    assert "(fr) Accurate in every group" in french.text
    assert french.all("html")[0].attributes["lang"] == "fr"


def test_what_stays_english_on_a_french_page_is_marked_as_english(french: Any) -> None:
    marked = [span for span in french.all("span") if span.attributes.get("lang") == "en"]
    assert len(marked) >= 3


def test_nothing_absent_is_printed_as_none(english: Any, french: Any) -> None:
    assert "None" not in english.text
    assert "None" not in french.text


# Hostile text


def poison(part: Any) -> Any:
    """The same value with the hostile text before every text in which it is allowed."""
    return _Poisoned(part).value if isinstance(part, Value) else part


class _Poisoned:
    def __init__(self, part: Value) -> None:
        self._type, self._json, self.value = type(part), part.to_json(), part
        self._walk(self._json)

    def _walk(self, node: Any) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            if isinstance(node[key], dict | list):
                self._walk(node[key])
            elif isinstance(node[key], str):
                self._try(node, key)

    def _try(self, node: Any, key: Any) -> None:
        before = node[key]
        node[key] = HOSTILE + before
        try:
            self.value = self._type.from_json(self._json)
        except ValidationError:
            node[key] = before


@pytest.fixture(scope="module")
def hostile_dossier(make_dossier: Callable[..., Dossier]) -> Dossier:
    return make_dossier(alter=poison)


@pytest.fixture(scope="module", params=LANGUAGES)
def hostile(hostile_dossier: Dossier, request: pytest.FixtureRequest) -> bytes:
    return render(hostile_dossier, {}, language=request.param)


def test_hostile_text_is_in_every_part(hostile_dossier: Dossier) -> None:
    assert hostile_dossier.manifest.system.name == HOSTILE + "Digit reader"
    assert hostile_dossier.to_json() != {}
    assert str(hostile_dossier.to_json()).count("alert(1)") > 150


def test_hostile_text_is_shown_as_text(
    hostile: bytes, hostile_dossier: Dossier, take_apart: Callable[[bytes], Any]
) -> None:
    text, manifest = take_apart(hostile).text, hostile_dossier.manifest
    shown = " ".join(visible(HOSTILE).split())
    for said in (
        "Digit reader",
        "Letters.",
        "Vendor & Sons",
        "Adults who fill",
        "Nobody can say",
        "Two post",
    ):
        assert f"{shown} {said}" in text
    assert f"{shown} Ours: no law sets this number." in text
    assert manifest.system.name.startswith(HOSTILE)


def test_hostile_text_makes_no_element_and_no_attribute(
    hostile: bytes, english: Any, take_apart: Callable[[bytes], Any]
) -> None:
    page = take_apart(hostile)
    assert {element.tag for element in page.elements} <= {element.tag for element in english.elements}
    names = {name for element in page.elements for name in element.attributes}
    assert names <= {name for element in english.elements for name in element.attributes}
    _assert_inert(page)


def test_hostile_text_is_never_computed_or_escaped_into_markup(hostile: bytes) -> None:
    html = hostile.decode("utf-8")
    assert "<script" not in html
    assert "&gt;49" not in html
    assert "{{7*7}}{% raw %}" in html
    assert "\u202e" not in html


def test_no_unseen_character_reaches_the_page(hostile: bytes) -> None:
    html = hostile.decode("utf-8")
    assert visible(html) == html


# Nothing active, nothing from elsewhere


def _assert_inert(page: Any) -> None:
    assert page.all("script") == []
    for element in page.elements:
        assert not any(name.startswith("on") for name in element.attributes), element
        assert not {"style", "src", "srcset", "action", "formaction", "background"} & set(element.attributes)
    assert all(link.startswith("#") for link in page.attribute("href"))


def test_nothing_on_the_page_is_active_or_from_elsewhere(english: Any) -> None:
    _assert_inert(english)


def test_the_style_sheet_loads_nothing(english: Any) -> None:
    style = (FOLDER / "templates" / "report.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|expression|</", style)


def test_the_page_may_load_only_its_own_style_sheet(dossier: Dossier) -> None:
    html = render(dossier, {}).decode("utf-8")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style.group(1).encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html


# For everybody


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_never_skip_a_level(
    dossier: Dossier, language: Language, take_apart: Callable[[bytes], Any]
) -> None:
    page = take_apart(render(dossier, {}, language=language))
    levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_name_is_there_once_and_every_reference_leads_somewhere(english: Any) -> None:
    names = english.attribute("id")
    assert [name for name, times in Counter(names).items() if times > 1] == []
    wanted = {link.removeprefix("#") for link in english.attribute("href")}
    wanted |= {name for value in english.attribute("aria-labelledby") for name in value.split()}
    assert wanted <= set(names)


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(english: Any) -> None:
    assert len(english.all("table")) == len(english.all("caption")) > 10
    assert all("scope" in cell.attributes for cell in english.all("th"))


def test_a_table_that_scrolls_can_be_scrolled_by_keyboard(english: Any) -> None:
    wide = [div for div in english.all("div") if div.attributes.get("class") == "wide"]
    assert wide
    assert all(div.attributes["tabindex"] == "0" and "aria-labelledby" in div.attributes for div in wide)


def test_every_drawing_has_a_title_and_a_description(english: Any) -> None:
    drawings = [svg for svg in english.all("svg") if "role" in svg.attributes]
    assert len(drawings) == 4
    assert len(english.all("title")) == 1 + len(drawings)
    assert all(len(svg.attributes["aria-labelledby"].split()) == 2 for svg in drawings)


def test_the_first_link_skips_to_the_decision(english: Any) -> None:
    assert english.all("a")[0].attributes == {"class": "skip", "href": "#decision"}


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_and_marks_can_be_read_in_light_and_in_dark(scheme: int) -> None:
    style = (FOLDER / "templates" / "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", style.split("@media")[scheme]))
    for name in ("ink", "faint", "link", "demonstrated", "refuted", "not-demonstrated"):
        for ground in ("paper", "wash"):
            assert _contrast(colours[name], colours[ground]) >= 4.5, name  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("scheme", [0, 1, 2])
def test_bars_and_what_is_over_them_can_be_told_apart(scheme: int) -> None:
    """Light, dark and print (WCAG 2.2, 1.4.11 for shapes, 1.4.3 for the numbers on the darkest cells)."""
    style = (FOLDER / "templates" / "report.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = {n: _six(c) for n, c in re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block)}
    darkest = max(float(opacity) for opacity in re.findall(r"\.shade-\d \{ fill-opacity: ([.\d]+)", style))
    assert _contrast(colours["bar"], colours["paper"]) >= 3
    assert _contrast(colours["ink"], colours["bar"]) >= 3
    assert _contrast(colours["ink"], _mixed(colours["ink"], colours["paper"], darkest)) >= 4.5


def _six(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


def _mixed(over: str, under: str, opacity: float) -> str:
    parts = [
        round(int(a, 16) * opacity + int(b, 16) * (1 - opacity))
        for a, b in zip(re.findall("..", over[1:]), re.findall("..", under[1:]), strict=True)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
