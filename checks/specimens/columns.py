"""Mutations of whole columns: what they hold, and which there are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from checks.specimens.folder import change_rows
from checks.specimens.rows import Rows

_EVERY: Final = 10
"""One row of so many is spoilt."""


def identifiers_in_train(folder: Path) -> None:
    """A column of notes, which the model is not fed, holds an e-mail address in one row of ten of train."""
    change_rows(folder, "train", _with_addresses)


def identifiers_in_test(folder: Path) -> None:
    """A column of notes, which the model is not fed, holds an e-mail address in one row of ten of test."""
    change_rows(folder, "test", _with_addresses)


def _with_addresses(rows: Rows) -> Rows:
    """The domain is one that RFC 2606 keeps for examples: nobody is reached there."""
    numbers = np.arange(len(next(iter(rows.values()))))
    notes = [f"see person{n}@example.org" if n % _EVERY == 0 else "came as usual" for n in numbers]
    return {**rows, "note": np.asarray(notes)}
