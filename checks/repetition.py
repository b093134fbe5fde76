"""Whether a table is a repetition of itself, and how many of its rows are.

Honest rows may be equal: where columns are coarse, two persons give the same answers. But that *every* row
occurs a multiple of the same number of times does not happen by chance where there are many different rows;
neither do two files with the same rows. Both are refused. So is a table of finely measured quantities of
which more than a quarter repeats earlier rows: there the number of rows is no number of independent trials.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
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


def row_digests(inputs: Inputs, labels: NDArray[Any]) -> list[bytes]:
    """One short digest per row over what the model is fed and what is true; an index of rows is left out."""
    arrays = [_bytes_per_row(array) for array in (*inputs.values(), labels)]
    return [hashlib.blake2b(b"".join(row), digest_size=16).digest() for row in zip(*arrays, strict=True)]


def repetition(digests: Sequence[bytes], parts: Sequence[int], *, fine: bool = False) -> str | None:
    """How the rows repeat each other as a whole; None where they do not.

    `parts` are the numbers of rows of each file, in order; `fine` says that rows hold finely measured
    quantities, so that two of them are hardly ever equal by chance.
    """
    counts = Counter(digests)
    times = gcd(*counts.values())
    if times > 1 and len(counts) >= FEWEST_DIFFERENT:
        return f"holds every one of its {len(counts)} different rows {times} times or a multiple of it"
    ends = np.cumsum([0, *parts]).tolist()
    files = [Counter(digests[start:end]) for start, end in pairwise(ends)]
    for index, rows in enumerate(files):
        if len(rows) >= FEWEST_DIFFERENT and rows in files[:index]:
            return "has two files that hold the same rows"
    copied = repeated(digests) > MOST_REPEATED * len(digests)
    if fine and copied and len(counts) >= FEWEST_DIFFERENT:
        return f"repeats earlier rows in {repeated(digests)} of its {len(digests)} rows"
    return None


def repeated(digests: Sequence[bytes]) -> int:
    """How many rows equal an earlier one."""
    return len(digests) - len(set(digests))


def _bytes_per_row(array: NDArray[Any]) -> list[bytes]:
    positive = array + np.zeros((), array.dtype)  # minus zero is zero
    return [row.tobytes() for row in np.ascontiguousarray(positive)]
