"""Headings and writing, compared with the words of CommonMark 0.31 and with documents built from parts."""

from __future__ import annotations

import doctest
from itertools import takewhile

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checks.documents import outline as module
from checks.documents.outline import outline
from checks.documents.writing import says_something

WORDS = st.lists(
    st.sampled_from(["harm", "to", "persons", "0.98", "x", "été", "TODO"]), min_size=1, max_size=5
)
PARAGRAPHS = WORDS.map(" ".join)
SILENT = st.sampled_from(
    [
        "",
        "TBD",
        "```\nharm to persons\n```",
        "~~~\n# Harm\n~~~",
        "<!-- harm\nto persons -->",
        "***",
        "![harm](a.png)",
    ]
)
PARTS = st.lists(
    st.tuples(st.integers(1, 6), st.lists(PARAGRAPHS | SILENT, max_size=3)), min_size=1, max_size=6
)  # fmt: skip
Parts = list[tuple[int, list[str]]]


def markdown(parts: Parts, titles: dict[int, str] | None = None) -> str:
    """Each part under a heading of its own, called by its number unless it has a title."""
    names = titles or {}
    headed = [(f"{'#' * level} {names.get(n, f'Part {n}')}", body) for n, (level, body) in enumerate(parts)]
    return "\n\n".join(block for heading, body in headed for block in (heading, *body)) + "\n"


def within(parts: Parts, number: int) -> Parts:
    """The part and all that stand below it: what the section reaches to, without any parsing."""
    level = parts[number][0]
    return [parts[number], *takewhile(lambda part: part[0] > level, parts[number + 1 :])]


def written(text: str, heading: str) -> bool:
    (found,) = outline(text).texts_under(heading)
    return says_something(found)


@given(
    st.lists(st.tuples(st.integers(1, 6), st.lists(PARAGRAPHS, max_size=3)), min_size=1, max_size=6),
    st.data(),
)
def test_a_section_reaches_to_the_next_heading_of_its_level(parts: Parts, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(parts) - 1))
    (found,) = outline(markdown(parts)).texts_under(f"Part {number}")
    expected = [word for _, body in within(parts, number) for text in body for word in text.split()]
    assert found.split() == expected


@given(PARTS, st.data())
def test_taking_text_away_never_makes_a_section_written(parts: Parts, data: st.DataObject) -> None:
    fewer = [(level, [block for block in body if data.draw(st.booleans())]) for level, body in parts]
    for number in range(len(parts)):
        if written(markdown(fewer), f"Part {number}"):
            assert written(markdown(parts), f"Part {number}")


@given(PARTS, st.data())
def test_a_heading_that_is_renamed_or_repeated_is_no_longer_the_one(
    parts: Parts, data: st.DataObject
) -> None:
    number, other = data.draw(st.tuples(*[st.integers(0, len(parts) - 1)] * 2))
    renamed = outline(markdown(parts, {number: "Otherwise"}))
    assert renamed.texts_under(f"Part {number}") == ()
    assume(number != other)
    repeated = outline(markdown(parts, {other: f"Part {number}"}))
    assert len(repeated.texts_under(f"Part {number}")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "# Risks",
        "###### Risks",
        "   ## Risks ##",
        "#\tRisks \t",
        "Risks\n=",
        "Risks\n---",
        "A paragraph.\n\nRisks\n===",
        "Text.\n# Risks\nText.",
        "# Risks <!-- checked in May -->",
        "```\n<!--\n```\n# Risks",
        "<!-- ``` -->\n\n# Risks",
        "- an item\n\n# Risks",
    ],
)
def test_what_commonmark_calls_a_heading_is_one(text: str) -> None:
    assert [passage.heading for passage in outline(text).passages] == ["Risks"]


@pytest.mark.parametrize(
    "text",
    [
        "Risks",
        "#Risks",
        "####### Risks",
        "\\# Risks",
        "    # Risks",
        "```\n# Risks\n```",
        "~~~~\n```\n# Risks\n~~~\n# Risks",
        "<!--\n# Risks\n-->",
        "<!-- not closed\n\n# Risks",
        "<!-- x --># Risks",
        "> # Risks",
        "- # Risks",
        "- Risks\n---",
        "> Risks\n---",
        "Risks\n\n---",
        "| Risks |\n|---|",
        "Text\u2028# Risks",
    ],
)
def test_what_commonmark_calls_no_heading_is_none(text: str) -> None:
    assert outline(text).passages == ()


def test_a_heading_is_compared_as_written_but_for_its_spaces() -> None:
    found = outline("#  The *known*\u00a0 risks\n\nSeen.\n\nTwo\nlines\n===\n")
    assert [passage.heading for passage in found.passages] == ["The *known* risks", "Two lines"]
    assert found.texts_under("The *known*  risks") == ("Seen.",)
    assert found.texts_under("The known risks") == found.texts_under("the *known* risks") == ()


@pytest.mark.parametrize(
    "text",
    [
        "None is known.",
        "**None**",
        "- a false alarm",
        "> a false alarm",
        "| hazard |\n|---|\n| false alarm |",
        "## Deeper\n\nA false alarm.",
        "`abort` stops it",
        "See [the list](list.md).",
        "A false<!-- or missed --> alarm",
        "```\ncode\n```\n\nA false alarm.",
    ],
)
def test_words_are_written(text: str) -> None:
    assert written(f"# Risks\n\n{text}\n\n# Next\n\nMore.", "Risks")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "***",
        "0.98",
        "- \n- ",
        "TODO",
        "- tbd.\n- n/a",
        "## Known risks\n\n### Unknown risks",
        "> ## Quoted heading",
        "- ## Heading in a list",
        "Underlined\n----------",
        "```\ncode that nobody wrote for a reader\n```",
        "~~~ words\n~~~",
        "    code that nobody wrote for a reader",
        "<!-- to be written -->",
        "![replacement text](chart.png)",
        "[//]: # (a comment in disguise)",
        "[a]: list.md 'title of a link'",
        "[](list.md 'title of a link')",
    ],
)
def test_what_is_no_word_for_a_reader_is_not_written(text: str) -> None:
    assert not written(f"# Risks\n\n{text}\n\n# Next\n\nMore.", "Risks")


@pytest.mark.parametrize("text", ["<div hidden>\n\na", "a <b>b</b>", "a<br/>b", "<?a?>", "<!DOCTYPE html>"])
def test_html_is_seen(text: str) -> None:
    assert outline(f"# Risks\n\n{text}\n").html


@pytest.mark.parametrize(
    "text", ["`<b>`", "```\n<b>\n```", "<!-- <b> -->", "a < b > c", "<https://example.org>"]
)
def test_what_only_looks_like_html_is_not(text: str) -> None:
    assert not outline(f"# Risks\n\n{text}\n").html


def test_the_example_in_the_documentation_is_true() -> None:
    assert doctest.testmod(module).failed == 0
