"""Mutations of rows by which a case stands twice, with a digit changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from checks.specimens.contract import contract_of
from checks.specimens.folder import change_rows, rows_of
from checks.specimens.rows import Rows, joined, some_of

_SEED: Final = 20260761
_OFF: Final = 0.003
"""How far a digit lies off at most, as a share of its range."""


def nearly_repeated_rows_in_train(folder: Path) -> None:
    """One row of seven of train stands there twice, the second time with the last digits changed."""
    again = _with_other_digits(folder, some_of(rows_of(folder, "train"), slice(None, None, 7)))
    change_rows(folder, "train", lambda rows: joined(rows, again))


def near_test_rows_in_train(folder: Path) -> None:
    """A fifth of the test rows also stands in train, with the last digits changed: no row equals another."""
    seen = _with_other_digits(folder, some_of(rows_of(folder, "test"), slice(None, None, 5)))
    change_rows(folder, "train", lambda rows: joined(rows, {name: seen[name] for name in rows}))


def _with_other_digits(folder: Path, rows: Rows) -> Rows:
    contract, random = contract_of(folder), np.random.default_rng(_SEED)
    changed = dict(rows)
    for name in contract.fed:
        low, high = contract.range_of(name)
        off = _OFF * (high - low) * random.uniform(-1, 1, rows[name].shape)
        changed[name] = np.clip(rows[name] + off, low, high).round(6).astype(rows[name].dtype)
    return changed
