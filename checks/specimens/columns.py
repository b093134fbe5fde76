"""Mutations of whole columns: what they hold, and which there are."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_rows
from checks.specimens.rows import Rows

_EVERY: Final = 10
"""One row of so many is spoilt."""

_THOUSANDS: Final = {"mg/l": 0.001, "kPa": 1000.0}
"""What a value is multiplied by to be in g/l, or in Pa."""


def identifiers_in_train(folder: Path) -> None:
    """A column of notes, which the model is not fed, holds an e-mail address in one row of ten of train."""
    change_rows(folder, "train", _with_addresses)


def identifiers_in_test(folder: Path) -> None:
    """A column of notes, which the model is not fed, holds an e-mail address in one row of ten of test."""
    change_rows(folder, "test", _with_addresses)


def constant_column_in_train(folder: Path) -> None:
    """One column that the model is fed, or every image, is the same in all rows of train."""
    name = contract_of(folder).fed[0]
    change_rows(
        folder, "train", lambda rows: {**rows, name: np.repeat(rows[name][:1], len(rows[name]), axis=0)}
    )


def other_unit_in_train(folder: Path) -> None:
    """In one row of ten of train one quantity is written in a unit a thousand times as large, or as small."""
    declared = {column["name"]: column.get("unit") for column in contract_of(folder).columns}
    fitting = [(name, _THOUSANDS[unit]) for name, unit in declared.items() if unit in _THOUSANDS]
    require(folder, bool(fitting), "a column in milligrams per litre or kilopascals")
    name, factor = fitting[0]

    def rewritten(rows: Rows) -> Rows:
        values = rows[name].astype(np.float64)
        values[::_EVERY] *= factor
        return {**rows, name: values}

    change_rows(folder, "train", rewritten)


def _with_addresses(rows: Rows) -> Rows:
    """The domain is one that RFC 2606 keeps for examples: nobody is reached there."""
    numbers = np.arange(len(next(iter(rows.values()))))
    notes = [f"see person{n}@example.org" if n % _EVERY == 0 else "came as usual" for n in numbers]
    return {**rows, "note": np.asarray(notes)}
