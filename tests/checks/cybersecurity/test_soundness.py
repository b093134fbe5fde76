from typing import Any

import numpy as np
import pytest

from certify.submission.model import Model
from checks.cybersecurity.soundness import differ, not_finite, not_repeated, out_of_range


def model(**ranges: tuple[str, str] | None) -> Model:
    outputs = [
        {"name": name, "content": "label" if name == "label" else "value", "range": ends}
        for name, ends in ranges.items()
    ]
    column = {"kind": "measured", "name": "x", "unit": "1", "range": (0, 1)}
    return Model.from_json(
        {
            "file": "model.onnx", "task": "regression", "outputs": outputs,
            "inputs": [{"kind": "table", "name": "input", "dtype": "float32", "columns": [column]}],
            "decision": {"rule": "identity", "output": "value", "unit": "1", "range": (0, 1)},
        }
    )  # fmt: skip


def outputs(*rows: Any, dtype: str = "float32", name: str = "value") -> dict[str, Any]:
    return {name: np.asarray(rows, dtype=dtype)}


def test_a_case_is_not_finite_if_any_of_its_numbers_is_not() -> None:
    rows = outputs([0, 1], [np.nan, 1], [0, np.inf])
    assert not_finite(rows).tolist() == [False, True, True]
    assert not_finite({**outputs([0, 1], [0, 1]), **outputs("a", "b", dtype="O", name="label")}).sum() == 0


def test_the_ends_of_a_declared_range_are_inside_it_in_the_outputs_own_type() -> None:
    rows = outputs([0.1], [0.7], [0.75], [0.05], [np.nan])
    assert float(np.float32(0.7)) < 0.7
    assert out_of_range(model(value=("0.1", "0.7")), rows).tolist() == [False, False, True, True, False]


def test_an_output_without_a_declared_range_cannot_leave_it() -> None:
    assert not out_of_range(model(value=None), outputs([1e30])).any()


def test_integers_and_empty_batches_have_ranges_too() -> None:
    declared = model(value=("0", "3"))
    assert out_of_range(declared, outputs(3, 4, dtype="int64")).tolist() == [False, True]
    assert out_of_range(declared, {"value": np.empty((0, 2), np.float32)}).tolist() == []


def test_the_same_bits_are_repeated_even_if_they_are_no_number_and_zero_has_two_signs() -> None:
    first = outputs([np.nan], [0.0], [1.0])
    again = outputs([np.nan], [-0.0], [np.nextafter(np.float32(1), np.float32(2))])
    assert not_repeated(first, again).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (0, 0.009, False),
        (0, 0.011, True),
        (1000, 1009, False),
        (1000, 1011, True),
        (1, np.nan, True),
        (1, np.inf, True),
        (np.inf, -np.inf, True),
        (np.nan, np.nan, False),
        (np.inf, np.inf, False),
    ],
)
def test_numbers_differ_by_more_than_the_tolerance_absolute_or_relative(
    one: float, other: float, apart: bool
) -> None:
    for a, b in ((one, other), (other, one)):
        assert differ(model(value=None), outputs([a]), outputs([b]), 0.01).tolist() == [apart]


def test_a_label_beside_the_deciding_output_may_flip_at_a_tie() -> None:
    declared = model(value=None, label=None)
    one = {**outputs([0.5]), **outputs(0, dtype="int64", name="label")}
    other = {**outputs([0.5]), **outputs(1, dtype="int64", name="label")}
    assert not differ(declared, one, other, 0).any()


def test_a_float_may_exceed_an_end_by_the_rounding_of_its_kernel_and_by_no_more() -> None:
    one = np.float32(1)
    just, more = np.nextafter(one, np.float32(2)), one + 8 * np.finfo(np.float32).eps
    below = np.float32(-1e-6)
    rows = outputs([just], [more], [below])
    assert out_of_range(model(value=("0", "1")), rows).tolist() == [False, True, True]
