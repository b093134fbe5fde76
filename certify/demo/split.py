"""Which rows train, which choose, and which are kept until everything is chosen.

The split is drawn from a fixed seed and knows nothing of the labels, so that the rows of the test part are a
simple random sample of the collection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Positions in the collection, counted from 0, ascending."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Three parts without a common row."""

    train: Rows
    validation: Rows
    test: Rows


def split_at_random(rows: int, *, validation: int, test: int, seed: int) -> Split:
    """Every row in exactly one part; what is in neither `validation` nor `test` trains."""
    train = rows - validation - test
    if min(train, validation, test) < 1:
        raise ValueError(f"expected at least one row in each part, got {train}, {validation} and {test}")
    order = np.random.default_rng(seed).permutation(rows)
    parts = np.split(order, [train, train + validation])
    first, second, third = (np.sort(part).astype(np.int64) for part in parts)
    return Split(train=first, validation=second, test=third)
