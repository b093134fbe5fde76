"""What a specimen records of each row beside its values, and mutations of it: which case, when and where.

Train was collected first, validation next, and test last, one row after the other. No case is in two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_rows, rows_of
from checks.specimens.rows import Rows

Texts = NDArray[np.str_]
Mask = NDArray[np.bool_]

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


def units_of_train_in_test(folder: Path) -> None:
    """One test row of five is of a case that also stands in train, though no two rows are equal."""
    seen = rows_of(folder, "train")["case"]

    def known(rows: Rows) -> Rows:
        cases = rows["case"].copy()
        cases[::5] = seen[: len(cases[::5])]
        return {**rows, "case": cases}

    change_rows(folder, "test", known)


def test_before_training(folder: Path) -> None:
    """One test row of five is dated before most of train: what came after it was learnt before."""
    _in_some_rows(folder, "test", "collected_at", lambda at: _moved(at, -120), every=5)


def outside_the_period_in_train(folder: Path) -> None:
    """One row of ten of train is dated a year before collection began."""
    _in_some_rows(folder, "train", "collected_at", lambda at: _moved(at, -365))


def outside_the_period_in_test(folder: Path) -> None:
    """One row of ten of test is dated a year after collection ended."""
    _in_some_rows(folder, "test", "collected_at", lambda at: _moved(at, 365))


def undeclared_place_in_train(folder: Path) -> None:
    """One row of ten of train comes from a place that nobody declared."""
    _in_some_rows(folder, "train", "site", _elsewhere)


def undeclared_place_in_test(folder: Path) -> None:
    """One row of ten of test comes from a place that nobody declared."""
    _in_some_rows(folder, "test", "site", _elsewhere)


def worse_at_the_end(folder: Path) -> None:
    """In the last quarter of the test rows every other label is another class: the world has changed."""

    def late(rows: Rows) -> Mask:
        order = np.argsort(np.argsort(rows["collected_at"], kind="stable"), kind="stable")
        return np.asarray((4 * order >= 3 * len(order)) & (order % 2 == 0), dtype=np.bool_)

    _labelled_otherwise(folder, late)


def worse_at_one_place(folder: Path) -> None:
    """At the second place every other test row has the label of another class: people there are different."""

    def there(rows: Rows) -> Mask:
        of_place = rows["site"] == PLACES[1]
        return np.asarray(of_place & (np.cumsum(of_place) % 2 == 0), dtype=np.bool_)

    _labelled_otherwise(folder, there)


def _labelled_otherwise(folder: Path, which: Callable[[Rows], Mask]) -> None:
    contract = contract_of(folder)
    require(folder, bool(contract.classes), "classes")

    def changed(rows: Rows) -> Rows:
        classes = np.asarray(contract.classes)
        other = np.roll(classes, 1)[np.argmax(rows["label"][:, np.newaxis] == classes, axis=1)]
        return {**rows, "label": np.where(which(rows), other, rows["label"])}

    change_rows(folder, "test", changed)


def keys_broken_in_train(folder: Path) -> None:
    """Two rows of train have the same case and moment, and a third has no moment."""
    change_rows(folder, "train", _with_broken_keys)


def keys_broken_in_test(folder: Path) -> None:
    """Two rows of test have the same case and moment, and a third has no moment."""
    change_rows(folder, "test", _with_broken_keys)


def _with_broken_keys(rows: Rows) -> Rows:
    changed = {name: rows[name].copy() for name in ("case", "collected_at")}
    for column in changed.values():
        column[1] = column[0]
    changed["collected_at"][2] = ""
    return {**rows, **changed}


def _elsewhere(places: Texts) -> Texts:
    return np.full_like(places, "abroad", dtype="<U6")


def _moved(at: Texts, days: int) -> Texts:
    later = at.astype("datetime64[s]") + np.full(len(at), days, dtype="timedelta64[D]")
    return np.asarray(np.datetime_as_string(later), dtype=np.str_)


def _in_some_rows(
    folder: Path, role: str, name: str, change: Callable[[Texts], Texts], *, every: int = 10
) -> None:
    def changed(rows: Rows) -> Rows:
        column = rows[name].astype("<U20")
        column[::every] = change(column[::every])
        return {**rows, name: column}

    change_rows(folder, role, changed)
