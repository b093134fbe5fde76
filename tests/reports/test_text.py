"""Unseen characters are named; everything else stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import visible, wrapped


def test_a_bidirectional_control_is_named() -> None:
    assert visible("price\u202e001") == "price\u27e8U+202E\u27e9001"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\r", "\u200b", "\ufeff", "\u2066"])
def test_no_control_and_nothing_invisible_survives(character: str) -> None:
    assert character not in visible(f"a{character}b")


def test_every_control_and_format_character_that_python_knows_is_named() -> None:
    allowed = {"\t", "\n"}
    # Format characters that are drawn: Arabic, Syriac, Kaithi, Egyptian and musical or shorthand signs.
    drawn = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    drawn |= {*range(0x13430, 0x13456), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)}
    for code in range(0x110000):
        character = chr(code)
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") and code not in drawn:
            assert (visible(character) == character) is (character in allowed), hex(code)


@given(st.text())
def test_naming_twice_is_naming_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    "text", ["caf\u00e9", "\u05e9\u05dc\u05d5\u05dd", "\u6f22\u5b57", "a\tb\nc", "\u00a0\u202f"]
)
def test_ordinary_writing_is_left_alone(text: str) -> None:
    assert visible(text) == text


@given(st.text(max_size=300), st.integers(2, 60))
def test_wrapping_loses_nothing_but_white_space(text: str, columns: int) -> None:
    whole = "".join("".join(wrapped(text, columns=columns)).split())
    assert whole == "".join(visible(text).split())


@given(st.text(alphabet="abc -_", max_size=300), st.integers(2, 60))
def test_no_line_is_longer_than_the_columns(text: str, columns: int) -> None:
    assert all(len(line) <= columns for line in wrapped(text, columns=columns))


def test_east_asian_characters_count_double() -> None:
    assert wrapped("\u6f22" * 6, columns=8) == ("\u6f22" * 4, "\u6f22" * 2)
