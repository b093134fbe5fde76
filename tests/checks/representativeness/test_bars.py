"""Whole numbers stand as even as they are, and every bar says what was counted in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.representativeness.bars import MOST, bars_of
from checks.tabulation import Distribution

PARTS = 256


def _counted(values: np.ndarray, low: float, high: float) -> Distribution:
    counts, _ = np.histogram(values, bins=PARTS, range=(low, high))
    return Distribution.from_json(
        {
            "source": "age", "lowest": str(low), "highest": str(high), "counts": counts.tolist(),
            "missing": 0, "below": 0, "above": 0, "other": 0,
        }
    )  # fmt: skip


def _in_steps(counts: list[int], low: int, high: int) -> Distribution:
    return Distribution.from_json(
        {
            "source": "age", "lowest": str(low), "highest": str(high), "stepwise": True, "counts": counts,
            "missing": 0, "below": 0, "above": 0, "other": 0,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("low", "high"), [(17, 100), (0, 90), (-3, 40), (17.5, 99.5), (0, 120), (0, 200)])
def test_whole_numbers_that_are_even_are_drawn_as_even(low: float, high: float) -> None:
    numbers = np.arange(int(np.ceil(low)), int(high) + 1)
    counts = bars_of(_counted(np.repeat(numbers, 10), low, high)).counts[0]
    assert len(counts) <= MOST
    assert len(set(counts[:-1])) == 1
    assert 0 < counts[-1] <= counts[0]


def test_other_numbers_stand_in_bars_of_equal_width() -> None:
    values = np.linspace(17, 100, 5000)
    bars = bars_of(_counted(values, 17, 100))
    widths = {round(high - low, 9) for low, high in bars.ends}
    assert (len(bars.ends), widths) == (MOST, {83 / MOST})


def test_one_row_between_whole_numbers_is_enough() -> None:
    whole = np.repeat(np.arange(17, 101), 10)
    bars = bars_of(_counted(whole, 17, 100), _counted(np.append(whole, 20.5), 17, 100))
    assert len(bars.counts[0]) == len(bars.counts[1]) == MOST


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=40),
    st.sampled_from([(0.0, 60.0), (-0.5, 60.25), (0.0, 300.0)]),
)
def test_every_row_lies_within_the_ends_of_its_bar(numbers: list[int], ends: tuple[float, float]) -> None:
    values = np.array(numbers)
    bars = bars_of(_counted(values, *ends))
    assert sum(bars.counts[0]) == len(numbers)
    assert [low for low, _ in bars.ends[1:]] == [high for _, high in bars.ends[:-1]]
    for (low, high), count in zip(bars.ends, bars.counts[0], strict=True):
        inside = (values >= low - 1e-9) & ((values < high) | (high == ends[1]))
        assert count == inside.sum()


def test_steps_are_named_by_the_first_and_the_last_of_a_bar() -> None:
    assert bars_of(_in_steps([1, 2, 3], 0, 20)).ends == ((0, 0), (10, 10), (20, 20))
    many = bars_of(_in_steps([1] * 130, 0, 129))
    assert many.ends[:2] == ((0, 2), (3, 5))
    assert many.ends[-1] == (129, 129)
    assert many.counts[0][-1] == 1


def test_codes_have_no_ends() -> None:
    codes = Distribution.from_json(
        {
            "source": "sex", "labels": ["f", "m"], "counts": [3, 4], "missing": 0, "below": 0, "above": 0,
            "other": 0,
        }
    )  # fmt: skip
    assert bars_of(codes, codes).ends == ()
    assert bars_of(codes, codes).counts == ((3, 4), (3, 4))
