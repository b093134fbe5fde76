from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from certify.submission.model import Input, TableInput, TensorInput
from checks.cybersecurity.cases import BLOCK, draw
from checks.measured import CannotMeasure


def measured(name: str, low: str, high: str, step: str | None = None) -> dict[str, Any]:
    return {"kind": "measured", "name": name, "unit": "1", "range": (low, high), "step": step}


def table(*columns: dict[str, Any], dtype: str = "float32") -> Input:
    return TableInput.from_json({"kind": "table", "name": "input", "dtype": dtype, "columns": columns})


def tensor(shape: tuple[int, ...], low: str, high: str, step: str | None = None) -> Input:
    elements = {"unit": "1", "range": (low, high), "step": step}
    return TensorInput.from_json(
        {
            "kind": "tensor", "name": "image", "dtype": "float32", "shape": shape, "array": "x",
            "elements": elements,
        }
    )  # fmt: skip


def drawn(entry: Input, cases: int, seed: int = 1) -> np.ndarray:
    return np.concatenate([block[entry.name] for block in draw((entry,), cases, np.random.default_rng(seed))])


CODED = {"kind": "coded", "name": "c", "codes": ("1", "5", "9"), "meaning": "Kinds."}


def test_measured_numbers_are_uniform_over_their_range() -> None:
    numbers = drawn(table(measured("a", "-3", "7"), dtype="float64"), 5000)[:, 0]
    assert stats.kstest(numbers, stats.uniform(-3, 10).cdf).pvalue > 0.001


def test_a_range_as_wide_as_the_type_can_be_drawn_from() -> None:
    numbers = drawn(table(measured("a", "-1.7E+308", "1.7E+308"), dtype="float64"), 1000)
    assert np.isfinite(numbers).all()
    assert np.isinf(drawn(table(measured("a", "1E+40", "1E+41")), 10)).all()


def test_codes_and_steps_are_uniform_and_nothing_else_is_drawn() -> None:
    numbers = drawn(table(CODED, measured("a", "0", "0.9", "0.3")), 6000)
    for column, values in ((0, (1, 5, 9)), (1, (0, 0.3, 0.6, 0.9))):
        found, counts = np.unique(numbers[:, column], return_counts=True)
        assert found == pytest.approx(values)
        assert stats.chisquare(counts).pvalue > 0.001


def test_columns_are_drawn_independently() -> None:
    numbers = drawn(table(measured("a", "0", "1"), measured("b", "0", "1")), 5000)
    assert abs(stats.spearmanr(numbers[:, 0], numbers[:, 1]).statistic) < 0.06


def test_an_integer_input_is_given_the_integers_within_its_range() -> None:
    numbers = drawn(table(measured("a", "0.5", "3.5"), dtype="int64"), 500)
    assert numbers.dtype == np.int64
    assert set(np.unique(numbers)) == {1, 2, 3}


def test_an_integer_input_whose_range_holds_no_integer_cannot_be_drawn() -> None:
    with pytest.raises(CannotMeasure, match="no integer"):
        drawn(table(measured("a", "0.2", "0.8"), dtype="int32"), 5)


def test_elements_of_a_tensor_are_drawn_one_by_one_in_the_declared_type() -> None:
    images = drawn(tensor((3, 4), "0", "255", "1"), 100)
    assert (images.shape, images.dtype) == ((100, 3, 4), np.float32)
    assert np.array_equal(images, images.round())
    assert len(np.unique(images[0])) > 1
    assert (images.min(), images.max()) <= (0, 255)


def test_the_same_seed_gives_the_same_cases_and_another_seed_gives_others() -> None:
    entry = table(measured("a", "0", "1"))
    assert np.array_equal(drawn(entry, 50, seed=4), drawn(entry, 50, seed=4))
    assert not np.array_equal(drawn(entry, 50, seed=4), drawn(entry, 50, seed=5))


@pytest.mark.parametrize("cases", [0, 1, BLOCK, BLOCK + 1])
def test_as_many_cases_are_drawn_as_are_asked_for(cases: int) -> None:
    blocks: Iterable[Any] = draw((table(measured("a", "0", "1")),), cases, np.random.default_rng(1))
    assert sum(len(block["input"]) for block in blocks) == cases


def test_blocks_of_large_cases_are_smaller() -> None:
    first = next(draw((tensor((512, 512), "0", "1"),), 1000, np.random.default_rng(1)))
    assert first["image"].size <= 1 << 24
