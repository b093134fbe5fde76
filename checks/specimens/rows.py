"""The rows of a data set as named arrays, and how they are kept: CSV for columns, npz for images.

What is written has the same bytes each time. Reading gives back what was written; an empty field is NaN.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = dict[str, NDArray[Any]]


def write_rows(path: Path, rows: Mapping[str, NDArray[Any]]) -> None:
    """Write to the format that the name ends in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npz":
        np.savez(path, allow_pickle=False, **rows)
        return
    columns = [["" if value != value else str(value) for value in array.tolist()] for array in rows.values()]
    lines = [",".join(rows), *(",".join(fields) for fields in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_rows(path: Path) -> Rows:
    """The inverse of `write_rows`."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    names, *lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    return {name: _array(texts) for name, texts in zip(names, zip(*lines, strict=True), strict=True)}


def some_of(rows: Rows, chosen: slice | NDArray[np.bool_]) -> Rows:
    """The rows of a slice, or where a mask is true."""
    return {name: array[chosen] for name, array in rows.items()}


def joined(rows: Rows, more: Rows) -> Rows:
    """The rows of both, one after the other."""
    return {name: np.concatenate([array, more[name]]) for name, array in rows.items()}


def _array(texts: tuple[str, ...]) -> NDArray[Any]:
    """Whole numbers, else numbers, else texts."""
    written = np.asarray([text or "nan" for text in texts])
    for kind in (np.int64, np.float64):
        try:
            return written.astype(kind)
        except ValueError:
            continue
    return np.asarray(texts)
