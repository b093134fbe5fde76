"""Positions on a drawing are the numbers on a straight scale, and nothing lies outside it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.dossier import Dossier
from certify.verdict import judge
from reports.language import words
from reports.plots import Plot, Scale, plots

NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=6)


def _plots(dossier: Dossier, index: int) -> tuple[Plot, ...]:
    finding = dossier.findings[index]
    return plots(finding, judge(finding, protocol=dossier.protocol), "a", words("en"))


def _percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


def test_the_estimate_and_its_bounds_stand_where_the_numbers_say(dossier: Dossier) -> None:
    (plot,) = _plots(dossier, 0)
    low, high = -0.006, 0.106  # bounds 0 and limit 0.1, with six hundredths of room on each side
    (row,) = plot.rows
    place = [100 * (value - low) / (high - low) for value in (0.0176543211, 0, 0.07123456789, 0.1)]
    drawn = [row.x, row.ends[0].x, row.ends[1].x, plot.limit_x]
    assert [_percent(x) for x in drawn] == pytest.approx(place, abs=0.01)


def test_a_refuted_row_shows_the_corrected_bounds(dossier: Dossier) -> None:
    (plot,) = _plots(dossier, 1)
    row = plot.rows[1]
    low, high = 0.79 - 0.06 * (0.966 - 0.79), 0.966 + 0.06 * (0.966 - 0.79)
    place = [100 * (value - low) / (high - low) for value in (0.79, 0.862)]
    assert [_percent(end.x) for end in row.ends] == pytest.approx(place, abs=0.01)
    assert row.mark.word == "refuted"


def test_the_end_that_decides_is_the_taller(dossier: Dossier) -> None:
    for index, deciding in ((0, 1), (1, 0)):
        ends = _plots(dossier, index)[0].rows[0].ends
        heights = [end.bottom - end.top for end in ends]
        assert heights[deciding] == max(heights) > min(heights)


def test_a_missing_bound_is_drawn_as_an_open_line_to_the_edge(dossier: Dossier) -> None:
    row = _plots(dossier, 2)[0].rows[0]
    assert (row.segments[0].style, row.segments[0].start) == ("open", "0%")
    assert row.segments[1].style == "bounded"
    assert len(row.ends) == 1


def test_a_long_stratum_is_wrapped_and_the_rows_do_not_overlap(dossier: Dossier) -> None:
    first, second = _plots(dossier, 2)[0].rows
    assert len(second.labels) > 2
    assert first.y < second.labels[0].y < second.labels[-1].y < second.y


def test_the_refusing_side_is_right_of_an_upper_limit_and_left_of_a_lower_one(dossier: Dossier) -> None:
    at_most, at_least = _plots(dossier, 0)[0], _plots(dossier, 1)[0]
    assert at_most.refusing_x == at_most.limit_x
    assert (at_least.refusing_x, at_least.refusing_width) == ("0%", at_least.limit_x)


def test_nothing_is_drawn_where_nothing_was_measured(dossier: Dossier) -> None:
    assert _plots(dossier, 3) == ()


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_every_value_lies_on_the_scale(values: list[Decimal]) -> None:
    scale = Scale.over(values)
    assert all(0 <= scale.at(value) <= 100 for value in values)


@given(st.lists(NUMBERS, min_size=1, max_size=5))
def test_an_axis_has_a_few_round_ticks(values: list[Decimal]) -> None:
    ticks = list(Scale.over(values).ticks())
    assert 2 <= len(ticks) <= 7
    steps = {b - a for a, b in pairwise(ticks)}
    assert len(steps) <= 1
    assert all(step.normalize().as_tuple().digits in ((1,), (2,), (5,)) for step in steps)
