"""Mutations of rows: which there are, what stands in them, and what is said to be true of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.contract import Contract, contract_of, require
from checks.specimens.folder import change_rows, model_of, rows_of
from checks.specimens.graph import constants_of
from checks.specimens.rows import Rows, joined, some_of

_EVERY: Final = 10
"""One row of so many is spoilt."""

_RARE: Final = 10
"""So many rows of a rare group are left."""

_GROSS: Final = 10
"""By how many times the width of its range a gross error lies off."""

_NEAR: Final = 0.001
"""How near to the boundary cases are moved, as a part of what the declared noise moves them."""

_LOWEST: Final = 0.4
"""Two fifths of a range."""

Spoil = Callable[[str, NDArray[Any]], NDArray[Any]]
"""The name of what is spoilt and its values to other values."""


def labels_flipped_in_one_group(folder: Path) -> None:
    """In the test rows of one group every label is another class: nearly all answers about it are wrong."""
    contract = contract_of(folder)
    require(folder, contract.first_attribute is not None and bool(contract.classes), "groups and classes")

    def flipped(rows: Rows) -> Rows:
        classes = np.asarray(contract.classes)
        other = np.roll(classes, 1)[np.argmax(rows["label"][:, np.newaxis] == classes, axis=1)]
        return {**rows, "label": np.where(contract.members(rows), other, rows["label"])}

    change_rows(folder, "test", flipped)


def labels_mirrored_in_one_group(folder: Path) -> None:
    """In the test rows of one group high numbers are low and low ones high: nearly all answers are wrong."""
    contract = contract_of(folder)
    require(folder, contract.first_attribute is not None and not contract.classes, "groups and numbers")

    def mirrored(rows: Rows) -> Rows:
        other = (contract.lowest + contract.highest - rows["label"]).round(3)
        return {**rows, "label": np.where(contract.members(rows), other, rows["label"])}

    change_rows(folder, "test", mirrored)


def group_missing_from_train(folder: Path) -> None:
    """Train has no row of one group: nothing was learnt of it."""
    _keep_members(folder, "train", 0)


def group_missing_from_test(folder: Path) -> None:
    """Test has no row of one group: nothing is known of it."""
    _keep_members(folder, "test", 0)


def group_rare_in_train(folder: Path) -> None:
    """Train has ten rows of one group, far fewer than its share of the population."""
    _keep_members(folder, "train", _RARE)


def group_rare_in_test(folder: Path) -> None:
    """Test has ten rows of one group: too few to say anything of it with confidence."""
    _keep_members(folder, "test", _RARE)


def crossing_missing_from_train(folder: Path) -> None:
    """Train has members of one group in one group of another attribute only, and the rest in the others."""
    _keep_apart(folder, "train")


def crossing_missing_from_test(folder: Path) -> None:
    """Test has members of one group in one group of another attribute only, and the rest in the others."""
    _keep_apart(folder, "test")


def corner_of_the_domain_in_train(folder: Path) -> None:
    """Train has rows in the lowest fifths of its first two numbers alone: the rest was not trained for."""
    contract = contract_of(folder)
    require(folder, len(contract.measured) > 1, "two numbers in columns of their own")

    def in_the_corner(rows: Rows) -> Rows:
        low = [_lowest_fifths(rows[name], contract.range_of(name)) for name in contract.measured[:2]]
        return some_of(rows, np.logical_and(*low))

    change_rows(folder, "train", in_the_corner)


def _lowest_fifths(values: NDArray[Any], ends: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray(values < ends[0] + _LOWEST * (ends[1] - ends[0]), dtype=np.bool_)


def out_of_range_in_train(folder: Path) -> None:
    """In one row of ten of train every measured value is far too large, as with a slip of the unit."""
    _beyond_all_ranges(folder, "train")


def out_of_range_in_test(folder: Path) -> None:
    """In one row of ten of test every measured value is far too large, as with a slip of the unit."""
    _beyond_all_ranges(folder, "test")


def outside_the_contract(folder: Path) -> None:
    """A third of the test rows lies a little beyond the range of one number: nothing is promised there."""
    contract = contract_of(folder)
    low, high = contract.range_of(contract.fed[0])
    _in_some_rows(
        folder, "test", contract.fed[:1], lambda _, old: 0 * old + high + (high - low) / 10, every=3
    )


def missing_values_in_train(folder: Path) -> None:
    """In a third of the rows of train one measured value is missing, each in its turn."""
    _leave_gaps(folder, "train")


def missing_values_in_test(folder: Path) -> None:
    """In a third of the rows of test one measured value is missing, each in its turn."""
    _leave_gaps(folder, "test")


def test_rows_in_train(folder: Path) -> None:
    """A fifth of the test rows also stands in train: what is measured on test was learnt before."""
    _leak(folder, "train")


def test_rows_in_validation(folder: Path) -> None:
    """A fifth of the test rows also stands in validation: the model was chosen by what it is tested on."""
    _leak(folder, "validation")


def mirrored_in_train(folder: Path) -> None:
    """One number of train never lies in the upper half of its range: what does is mirrored at the middle."""
    contract = contract_of(folder)
    require(folder, bool(contract.measured), "columns of numbers")
    name = contract.measured[0]
    low, high = contract.range_of(name)
    _in_some_rows(folder, "train", [name], lambda _, old: np.minimum(old, low + high - old), every=1)


def repeated_rows_in_train(folder: Path) -> None:
    """One row of seven of train stands there twice."""
    change_rows(folder, "train", lambda rows: joined(rows, some_of(rows, slice(None, None, 7))))


def unknown_labels_in_train(folder: Path) -> None:
    """In one row of ten of train the label is none of the classes, or no number."""
    change_rows(folder, "train", _without_some_labels)


def unknown_labels_in_test(folder: Path) -> None:
    """In one row of ten of test the label is none of the classes, or no number."""
    change_rows(folder, "test", _without_some_labels)


def unequal_selection(folder: Path) -> None:
    """Sexes are exchanged until one group hardly has favourable truths: answers are right, and rates differ.

    Both groups keep their sizes. What is right of each person stays right, since the model looks at no sex.
    """
    contract = contract_of(folder)
    require(folder, contract.binary and contract.first_attribute is not None, "a binary decision on groups")
    assert contract.first_attribute is not None
    source = contract.first_attribute["source"]

    def exchanged(rows: Rows) -> Rows:
        members, favourable = contract.members(rows), rows["label"] == contract.favourable
        ours = np.flatnonzero(members & favourable)[::2]
        theirs = np.flatnonzero(~members & ~favourable)[: len(ours)]
        codes = rows[source].copy()
        codes[ours[: len(theirs)]], codes[theirs] = rows[source][theirs], rows[source][ours[: len(theirs)]]
        return {**rows, source: codes}

    change_rows(folder, "test", exchanged)


def near_threshold(folder: Path) -> None:
    """Every test case is moved close to the boundary of its decision: noise and rounding flip many."""
    contract = contract_of(folder)
    require(folder, bool(contract.classes), "classes")
    weights = constants_of(model_of(folder))["weights"].astype(np.float64)
    offset = constants_of(model_of(folder))["offset"].astype(np.float64)

    def moved(rows: Rows) -> Rows:
        return contract.with_numbers(rows, _moved(contract, contract.numbers(rows), weights, offset))

    change_rows(folder, "test", moved)


def _moved(contract: Contract, numbers: Any, weights: Any, offset: Any) -> NDArray[np.float64]:
    """Along the shortest way, noise being the measure of length, to where two scores are nearly equal."""
    if contract.binary:
        weights, offset = np.hstack([0 * weights, weights]), np.append(0, offset)
    scores = numbers @ weights + offset
    second, first = np.argsort(scores, axis=1)[:, -2:].T
    slopes = (weights[:, first] - weights[:, second]).T
    each = np.arange(len(numbers))
    ahead = scores[each, first] - scores[each, second]
    way = slopes * contract.noise**2
    length = (slopes * way).sum(axis=1)
    left = _NEAR * np.sqrt(length)
    return np.asarray(numbers - way * ((ahead - left) / length)[:, np.newaxis], dtype=np.float64)


def _keep_apart(folder: Path, role: str) -> None:
    """Two attributes tell the same, so that every group is there and some crossings are not."""
    contract = contract_of(folder)
    require(folder, contract.second_attribute is not None, "two attributes")
    change_rows(
        folder, role, lambda rows: some_of(rows, contract.members(rows) == contract.second_members(rows))
    )


def _keep_members(folder: Path, role: str, kept: int) -> None:
    """Leave `kept` rows of the first group of the first attribute."""
    contract = contract_of(folder)
    require(folder, contract.first_attribute is not None, "groups")

    def fewer(rows: Rows) -> Rows:
        members = contract.members(rows)
        return some_of(rows, ~members | (np.cumsum(members) <= kept))

    change_rows(folder, role, fewer)


def _leak(folder: Path, role: str) -> None:
    seen = some_of(rows_of(folder, "test"), slice(None, None, 5))
    change_rows(folder, role, lambda rows: joined(rows, seen))


def _leave_gaps(folder: Path, role: str) -> None:
    fed = contract_of(folder).fed
    for turn, name in enumerate(fed):
        every, first = 3 * len(fed), 3 * turn
        _in_some_rows(folder, role, [name], lambda _, old: np.nan * old, every=every, first=first)


def _beyond_all_ranges(folder: Path, role: str) -> None:
    contract = contract_of(folder)

    def far(name: str, old: NDArray[Any]) -> NDArray[Any]:
        low, high = contract.range_of(name)
        return old + _GROSS * (high - low)

    _in_some_rows(folder, role, contract.fed, far)


def _in_some_rows(
    folder: Path, role: str, names: list[str], spoil: Spoil, *, every: int = _EVERY, first: int = 0
) -> None:
    """Other values in these columns, or in the first element of an image."""

    def spoilt(rows: Rows) -> Rows:
        changed = {name: rows[name].astype(np.result_type(rows[name], np.float32)) for name in names}
        for name, array in changed.items():
            flat = array.reshape(len(array), -1)
            flat[first::every, 0] = spoil(name, flat[first::every, 0])
        return {**rows, **changed}

    change_rows(folder, role, spoilt)


def _without_some_labels(rows: Rows) -> Rows:
    labels = rows["label"].astype("U20")
    labels[::_EVERY] = "unknown"
    return {**rows, "label": labels}
