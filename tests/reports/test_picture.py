"""Axes end at round numbers, and labels stay short."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.picture import Axis, labels_of

SHARES = st.decimals(min_value=0, max_value=1, places=9)


@given(st.lists(SHARES, min_size=1, max_size=8))
def test_every_bar_has_its_place_on_the_axis(shares: list[Decimal]) -> None:
    axis = Axis.over(shares)
    assert all(0 <= axis.length(share) <= 100 for share in shares)
    assert 2 <= len(axis.ticks) <= 8
    assert axis.ticks[-1] == axis.top


def test_the_longest_bar_takes_most_of_the_width() -> None:
    assert Axis.over([Decimal("0.37"), Decimal("0.1")]).top == Decimal("0.4")


@pytest.mark.parametrize("text", ["x" * 300, "word " * 60])
def test_a_very_long_label_is_cut_and_says_so(text: str) -> None:
    labels = labels_of(text, columns=20, top=0)
    assert len(labels) == 3
    assert labels[-1].text.endswith("\u2026")
    assert all(len(label.text) <= 20 for label in labels)
