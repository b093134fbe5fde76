import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.demo.split import split_at_random


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 50), st.integers(0, 2**32))
def test_every_row_is_in_exactly_one_part(train: int, validation: int, test: int, seed: int) -> None:
    parts = split_at_random(train + validation + test, validation=validation, test=test, seed=seed)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (train, validation, test)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(train + validation + test))


def test_every_row_is_equally_likely_to_be_tested() -> None:
    tested = np.zeros(20)
    for seed in range(2000):
        tested[split_at_random(20, validation=5, test=8, seed=seed).test] += 1
    expected, deviation = 2000 * 8 / 20, np.sqrt(2000 * 0.4 * 0.6)
    assert np.abs(tested - expected).max() < 4.5 * deviation


def test_a_split_without_training_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one row in each part, got 0"):
        split_at_random(10, validation=5, test=5, seed=0)
