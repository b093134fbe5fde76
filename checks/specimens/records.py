"""What a specimen records of each row beside its values, and mutations of it: which case, when and where.

Train was collected first, validation next, and test last, one row after the other. No case is in two of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.folder import change_rows
from checks.specimens.rows import Rows

PLACES: Final = ("north", "south")
COLLECTED: Final = {"first": "2026-01-01", "last": "2026-06-30"}

_FROM: Final = {"train": "2026-01-01", "validation": "2026-05-01", "test": "2026-06-01"}
_UNTIL: Final = {"train": "2026-05-01", "validation": "2026-06-01", "test": "2026-07-01"}
_APART: Final = 100_000
"""More than the rows of any set."""


def recorded(role: str, size: int) -> Rows:
    """The columns of `size` rows: `case`, `collected_at`, `site`."""
    first = _APART * (1 + list(_FROM).index(role))
    start, end = np.datetime64(_FROM[role], "s"), np.datetime64(_UNTIL[role], "s")
    at = start + np.arange(size) * ((end - start) // size)
    return {
        "case": first + np.arange(size),
        "collected_at": np.datetime_as_string(at),
        "site": np.asarray(PLACES)[np.arange(size) % len(PLACES)],
    }


def declared(*, units: bool) -> dict[str, Any]:
    """The same as the manifest says it; whether cases are named as the statistical unit."""
    return {
        "unit_column": "case" if units else None,
        "time_column": "collected_at",
        "place_column": "site",
        "places": list(PLACES),
        "key_columns": ["case", "collected_at"],
        "may_be_missing": [],
        "collected": dict(COLLECTED),
    }


def truth_in_order_of_time(folder: Path) -> None:
    """The test rows came in the order of their truths: whoever repeats the last one is hardly ever wrong."""

    def ordered(rows: Rows) -> Rows:
        moments: NDArray[np.str_] = np.empty_like(rows["collected_at"])
        moments[np.argsort(rows["label"], kind="stable")] = np.sort(rows["collected_at"])
        return {**rows, "collected_at": moments}

    change_rows(folder, "test", ordered)
