"""A thousand replicates of four fairness metrics on a million rows, by counts and by rows."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from checks.statistics.resampling import redrawn

ROWS, GROUPS, REPLICATES, BY_ROWS = 1_000_000, 10, 1000, 250
NAMES = ("group", "label", "decision")
Array = np.ndarray[Any, Any]


def written(folder: Path) -> Path:
    random = np.random.default_rng(1)
    group = random.integers(0, GROUPS, ROWS, dtype=np.int8)
    label = (random.random(ROWS) < 0.3 + 0.02 * group).astype(np.int8)
    decision = np.where(random.random(ROWS) < 0.8 + 0.01 * group, label, 1 - label).astype(np.int8)
    path = folder / "rows.parquet"
    pq.write_table(pa.table(dict(zip(NAMES, (group, label, decision), strict=True))), path)
    return path


def read(path: Path) -> list[Array]:
    table = pq.read_table(path, columns=list(NAMES))
    return [table[name].to_numpy() for name in NAMES]


def counted(group: Array, label: Array, decision: Array) -> Array:
    return np.bincount(4 * group + 2 * label + decision, minlength=4 * GROUPS).reshape(GROUPS, 2, 2)


def gaps(counts: Array) -> Array:
    """Gaps between all groups in four rates, from counts of shape [replicates, group, label, decision]."""
    cases, of_label = counts.sum(axis=(2, 3)), counts.sum(axis=3)
    rates = (
        counts[..., 1].sum(axis=2) / cases,
        counts[:, :, 1, 1] / of_label[:, :, 1],
        counts[:, :, 0, 1] / of_label[:, :, 0],
        (counts[:, :, 0, 0] + counts[:, :, 1, 1]) / cases,
    )
    return np.array([rate.max(axis=1) - rate.min(axis=1) for rate in rates])


def fastest(work: Any, times: int = 5) -> tuple[float, Any]:
    took, made = [], None
    for _ in range(times):
        start = perf_counter()
        made = work()
        took.append(perf_counter() - start)
    return min(took), made


@pytest.mark.benchmark
def test_a_thousand_replicates_cost_less_than_twice_the_reading_and_agree_with_rows(tmp_path: Path) -> None:
    path = written(tmp_path)
    reading, columns = fastest(lambda: read(path))
    resampling, by_counts = fastest(
        lambda: gaps(redrawn(counted(*columns), REPLICATES, np.random.default_rng(2)))
    )
    random = np.random.default_rng(3)

    def by_row() -> Array:
        chosen = random.integers(0, ROWS, ROWS)
        return counted(*(column[chosen] for column in columns))

    start = perf_counter()
    by_rows = gaps(np.array([by_row() for _ in range(BY_ROWS)]))
    rows_took = (perf_counter() - start) / BY_ROWS * REPLICATES
    print(
        f"\n{REPLICATES} replicates, 4 metrics, {ROWS:,} rows, {GROUPS} groups: counting and drawing "
        f"{1000 * resampling:.1f} ms, reading {1000 * reading:.1f} ms ({resampling / reading:.2f} times); "
        f"by rows {rows_took:.1f} s ({rows_took / resampling:,.0f} times, from {BY_ROWS} replicates)"
    )
    for level in (0.05, 0.5, 0.95):
        ours, theirs = (np.quantile(found, level, axis=1) for found in (by_counts, by_rows))
        density = by_rows.std(axis=1) * {0.05: 2.11, 0.5: 1.25, 0.95: 2.11}[level]
        error = density * (1 / BY_ROWS + 1 / REPLICATES) ** 0.5
        print(f"  quantile {level}: counts {ours.round(5)}, rows {theirs.round(5)}, error {error.round(5)}")
        assert (np.abs(ours - theirs) <= 4 * error).all()
    assert resampling < 2 * reading
