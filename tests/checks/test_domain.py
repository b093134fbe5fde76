from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.submission.model import TableInput
from checks.cybersecurity.cases import draw
from checks.domain import inside


def contract(dtype: str, low: str, high: str, step: str | None = None) -> tuple[TableInput]:
    column = {"kind": "measured", "name": "a", "unit": "1", "range": (low, high), "step": step}
    coded = {"kind": "coded", "name": "b", "codes": ("0.1", "7"), "meaning": "Two kinds."}
    return (
        TableInput.from_json(
            {"kind": "table", "name": "input", "dtype": dtype, "columns": (column, coded)}
        ),
    )  # fmt: skip


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(
    low=st.decimals(-1000, 1000, places=2), step=st.decimals("0.01", 10, places=2), steps=st.integers(1, 5000)
)
def test_whatever_fuzzing_draws_lies_inside(dtype: str, low: Decimal, step: Decimal, steps: int) -> None:
    for declared in (None, str(step)):
        entries = contract(dtype, str(low), str(low + step * steps), declared)
        for block in draw(entries, 200, np.random.default_rng(0)):
            assert inside(entries, block).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0999, 0.7001, 0.25])
def test_what_is_no_number_or_beyond_the_range_or_between_steps_lies_outside(value: float) -> None:
    rows = np.array([[value, 7], [0.3, 7]], np.float32)
    assert inside(contract("float32", "0.1", "0.7", "0.1"), {"input": rows}).tolist() == [False, True]


def test_codes_are_rounded_to_the_type_of_the_input() -> None:
    rows = np.array([[1, 0.1], [1, 7], [1, 0.2], [1, np.nan]], np.float32)
    assert inside(contract("float32", "0", "2"), {"input": rows}).tolist() == [True, True, False, False]


def test_integers_lie_between_ends_that_are_none() -> None:
    rows = np.array([[0, 7], [1, 7], [2, 7]])
    assert inside(contract("int64", "0.5", "1.5"), {"input": rows}).tolist() == [False, True, False]


def test_an_end_beyond_the_type_does_not_open_the_other_one() -> None:
    rows = np.array([[-1, 7], [3e38, 7]], np.float32)
    assert inside(contract("float32", "0", "1E+40"), {"input": rows}).tolist() == [False, True]
