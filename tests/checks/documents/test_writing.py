import doctest
from zlib import compress

import pytest

from checks.documents import writing
from checks.documents.writing import (
    count_words,
    defect_of,
    depends_on_rendering,
    names_something,
    says_something,
    visible_text,
)

FILLING = b"% nothing\n" * 110


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.md", b"# Risks\n\nNone is known.\n"),
        ("a.md", b"Plain text without a heading"),
        ("a.md", "# Risques\n\nAucun n'est connu à ce jour.\n".encode()),
        ("a.md", b"# Figures\n\n| accuracy |\n|---|\n| 0.98 |\n"),
        ("a.pdf", b"%PDF-1.7\n" + FILLING + b"1 0 obj\n<< /Type /Page >>\n%%EOF\n"),
        (
            "a.pdf",
            b"%PDF-1.7\n" + FILLING + b"stream\n" + compress(b"<< /Type/Page >>") + b"endstream\n%%EOF\n",
        ),
    ],
)
def test_a_document_with_something_in_it_has_no_defect(path: str, data: bytes) -> None:
    assert defect_of(path, data) is None


@pytest.mark.parametrize(
    ("path", "data", "defect"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b"\n \n\t\n", "no line"),
        ("a.md", b"# Risks\n## Known risks\n", "no line"),
        ("a.md", b"Risks\n=====\n\nKnown risks\n---\n", "no line"),
        ("a.md", b"# Risks\n\n---\n\n- \n\n***\n", "no line"),
        ("a.md", b"# Risks\n\n<!-- to be\nwritten -->\n", "no line"),
        ("a.md", b"# Risks\n\n<!-- to be written\n", "no line"),
        ("a.md", "# Risks\n\u200b\n\ufeff\n".encode(), "no line"),
        ("a.md", b"# Risks\n\nNone \xff\n", "UTF-8"),
        ("a.md", "# Risks\n\nNone.\n".encode("utf-16"), "UTF-8"),
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"# Risks\n\nNone.\n", "%PDF-"),
        ("a.PDF", b" %PDF-1.7\n%%EOF", "%PDF-"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj\n", "%%EOF"),
        ("a.pdf", b"%PDF-%%EOF", "too few"),
        (
            "a.pdf",
            b"%PDF-1.7\n" + FILLING + b"<< /Type /Pages >>\nstream\nnothing packed\n%%EOF",
            "without a page",
        ),
    ],
)
def test_a_hollow_document_has_its_defect_named(path: str, data: bytes, defect: str) -> None:
    assert defect in (defect_of(path, data) or "")


def test_comments_are_not_visible() -> None:
    assert visible_text(b"a <!-- 0.98 --> b") == "a  b"


@pytest.mark.parametrize(
    "unseen",
    [
        "[0.999](x '0.988')",
        "![0.988](chart.png)",
        "[0.999](x ') 0.988')",
        "[0.999](x(y) '0.988')",
        "> [//]: # (0.988)",
        "[//]: # (0.988)",
        "[a]: x\n  '0.988'",
        "```0.988\ncode\n```",
        "<!-- 0.988 -->",
    ],
)
def test_what_a_reader_does_not_see_is_left_out(unseen: str) -> None:
    assert "0.988" not in (visible_text(f"Text.\n\n{unseen}\n\nMore.\n".encode()) or "")
    assert "More." in (visible_text(f"Text.\n\n{unseen}\n\nMore.\n".encode()) or "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<span hidden>0.988</span>", True),
        ("<br/>", True),
        ("<div\nstyle='display:none'>0.988", True),
        ("</p>", True),
        ("<!DOCTYPE html>", True),
        ("<!-- a comment that is left out anyway -->", False),
        ("[0.999](x ((y)) 0.988", True),
        ("[0.999](x 'a title') is a link", False),
        ("if a < b and c > d", False),
        ("<https://example.org> and <a@example.org>", False),
    ],
)
def test_html_and_odd_links_are_told_from_comparisons_and_addresses(text: str, html: bool) -> None:
    assert depends_on_rendering(text.encode()) is html


@pytest.mark.parametrize(
    "text", ["None", "Rien n'est connu.", "TODO: name them", "a todolist", "abc", "不知道"]
)
def test_a_word_of_three_letters_says_something(text: str) -> None:
    assert says_something(text)
    assert names_something(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        " ",
        "-",
        "...",
        "TODO",
        "todo.",
        "(TBD)",
        "N/A",
        "n/a, n/a",
        "None yet.",
        "xxx",
        "XXXX",
        "À faire",
    ],
)
def test_placeholders_and_silence_neither_say_nor_name_anything(text: str | None) -> None:
    assert not says_something(text)
    assert not names_something(text)


@pytest.mark.parametrize("text", ["5(b)", "CC0-1.0", "3M", "2.1", "R", "none"])
def test_a_name_may_be_short(text: str) -> None:
    assert names_something(text)


@pytest.mark.parametrize("text", ["5(b)", "3M", "ab cd", "no"])
def test_fewer_than_three_letters_are_no_word(text: str) -> None:
    assert not says_something(text)


def test_words_and_numbers_are_counted_and_marks_are_not() -> None:
    assert count_words("| A false alarm | 0.98 | - |") == 4


def test_the_examples_in_the_documentation_are_true() -> None:
    assert doctest.testmod(writing).failed == 0
