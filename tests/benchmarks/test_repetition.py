"""How long it takes to find repeated rows, beside pandas on the same rows in the same run.

Run with `make qualify`, or `pytest -m benchmark -s tests/benchmarks`. Nothing here asserts a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from checks.repetition import repeated, row_digests

TIMES = 3


def seconds(action: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    found = action()
    return time.perf_counter() - started, found


def coarse(rows: int, columns: int) -> NDArray[np.float32]:
    return np.random.default_rng(1).integers(0, 3, (rows, columns)).astype(np.float32)


def fine(rows: int, columns: int) -> NDArray[np.float32]:
    values = np.random.default_rng(1).normal(size=(rows, columns)).astype(np.float32)
    values[rows - rows // 10 :] = values[: rows // 10]
    return values


@pytest.mark.benchmark
@pytest.mark.parametrize("draw", [coarse, fine])
@pytest.mark.parametrize(("rows", "columns"), [(50_000, 14), (500_000, 14), (100_000, 60), (5_000, 3_072)])
def test_finding_repeated_rows_beside_pandas(
    draw: Callable[[int, int], NDArray[np.float32]], rows: int, columns: int
) -> None:
    values, labels = draw(rows, columns), np.zeros(rows, np.int64)
    frame = pd.DataFrame(values).assign(label=labels)
    ours, theirs = [], []
    for _ in range(TIMES):
        ours.append(seconds(lambda: repeated(row_digests({"input": values}, labels))))
        theirs.append(seconds(lambda: int(frame.duplicated().sum())))
    assert {found for _, found in ours} == {found for _, found in theirs}
    own, other = median(s for s, _ in ours), median(s for s, _ in theirs)
    print(
        f"\n{draw.__name__}, {rows} rows of {columns} columns, {ours[0][1]} repeated: {own * 1000:.0f} ms; "
        f"pandas.DataFrame.duplicated {other * 1000:.0f} ms; {own / other:.2f} times that"
    )
