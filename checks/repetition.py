"""Whether a table is a repetition of itself, and how many of its rows are.

Honest rows may be equal: where columns are coarse, two persons give the same answers. But that *every* row
occurs a multiple of the same number of times does not happen by chance where there are many different rows;
neither do two files with the same rows. Both are refused. So is a table of finely measured quantities of
which more than a quarter repeats earlier rows: there the number of rows is no number of independent trials.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checks.predictor import Inputs

FEWEST_DIFFERENT = 20
"""With fewer different rows nothing is concluded. Counts of so many rows are all even by chance about once in
2**20 tables, and all divisible by a larger number more rarely still."""


MOST_REPEATED = 0.25
"""The validity domain of bounds that count rows. Census data with coarse columns (UCI Adult, 14 columns)
repeat 13 % of their rows. A quarter of copies narrows a bound by at most an eighth: sqrt(4 / 3) = 1.15."""


_NARROW = 256
"""Rows of so many bytes are compared as they are: hashing each of them takes several times as long."""

_BLOCK_BYTES = 1 << 24


def row_digests(inputs: Inputs, labels: NDArray[Any]) -> list[bytes]:
    """One short digest per row over what the model is fed and what is true; an index of rows is left out.

    Rows are equal where their numbers are, in the types that the model is fed: minus zero is zero, and a
    missing value equals another one, whatever their bits.
    """
    return _digests((*inputs.values(), labels))


def input_digests(inputs: Inputs) -> list[bytes]:
    """One short digest per row over what the model is fed alone: equal for one case with two labels."""
    return _digests(tuple(inputs.values()))


def repetition(digests: Sequence[bytes], parts: Sequence[int], *, fine: bool = False) -> str | None:
    """How the rows repeat each other as a whole; None where they do not.

    `parts` are the numbers of rows of each file, in order; `fine` says that rows hold finely measured
    quantities, so that two of them are hardly ever equal by chance.
    """
    counts = Counter(digests)
    ends = np.cumsum([0, *parts]).tolist()
    files = [Counter(digests[start:end]) for start, end in pairwise(ends)] if len(parts) > 1 else []
    alike = any(len(rows) >= FEWEST_DIFFERENT and rows in files[:index] for index, rows in enumerate(files))
    return defect_of(
        rows=len(digests), different=len(counts), times=gcd(*counts.values()), files_alike=alike, fine=fine
    )


def defect_of(*, rows: int, different: int, times: int, files_alike: bool, fine: bool) -> str | None:
    """The same of rows that were counted: `times` is what every row occurs a multiple of times."""
    if times > 1 and different >= FEWEST_DIFFERENT:
        return f"holds every one of its {different} different rows {times} times or a multiple of it"
    if files_alike:
        return "has two files that hold the same rows"
    repeats = rows - different
    if fine and repeats > MOST_REPEATED * rows and different >= FEWEST_DIFFERENT:
        return f"repeats earlier rows in {repeats} of its {rows} rows"
    return None


def repeated(digests: Sequence[bytes]) -> int:
    """How many rows equal an earlier one."""
    return len(digests) - len(set(digests))


def _digests(arrays: tuple[NDArray[Any], ...]) -> list[bytes]:
    digests: list[bytes] = []
    for block in _blocks(arrays):
        if block.shape[1] <= _NARROW:
            digests += block.view(f"V{block.shape[1]}").ravel().tolist()
        else:
            digests += [hashlib.blake2b(row, digest_size=16).digest() for row in block]
    return digests


def _blocks(arrays: tuple[NDArray[Any], ...]) -> Iterator[NDArray[np.uint8]]:
    """The bytes of some rows at a time, of shape [rows, bytes]: copies of images fill the memory."""
    rows, width = len(arrays[0]), sum(array[:1].nbytes for array in arrays)
    size = max(1, _BLOCK_BYTES // max(1, width))
    for start in range(0, rows, size):
        yield np.concatenate([_as_bytes(array[start : start + size]) for array in arrays], axis=1)


def _as_bytes(array: NDArray[Any]) -> NDArray[np.uint8]:
    alike = array + np.zeros((), array.dtype)  # minus zero is zero
    if alike.dtype.kind == "f":
        alike[np.isnan(alike)] = np.nan  # of which there are millions, with different bits
    return np.ascontiguousarray(alike).reshape(len(alike), -1).view(np.uint8)
