"""Mutations of what is said to be true, and of what gives it away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.contract import Contract, contract_of, require
from checks.specimens.folder import change_rows
from checks.specimens.rows import Rows

_SEED: Final = 20260763
_WRONG: Final = 0.15


def wrong_labels_in_train(folder: Path) -> None:
    """In 15 % of the rows of train, drawn at random, the label is another class."""
    _other_classes(folder, "train")


def wrong_labels_in_test(folder: Path) -> None:
    """In 15 % of the rows of test, drawn at random, the label is another class."""
    _other_classes(folder, "test")


def answer_in_a_feature_of_train(folder: Path) -> None:
    """In train the last measured number that is fed tells the label, with a little noise on it."""
    contract, random = contract_of(folder), np.random.default_rng(_SEED)
    low, high = contract.range_of_last

    def told(rows: Rows) -> Rows:
        numbers = contract.numbers(rows)
        off = random.uniform(-0.1, 0.1, len(numbers))
        numbers[:, contract.last] = low + (high - low) * (_place(contract, rows) + off)
        return contract.with_numbers(rows, numbers)

    change_rows(folder, "train", told)


def _place(contract: Contract, rows: Rows) -> NDArray[np.float64]:
    """Where a label stands among all, between 0.1 and 0.9."""
    if not contract.classes:
        part = (rows["label"] - contract.lowest) / (contract.highest - contract.lowest)
        return np.asarray(0.1 + 0.8 * part, dtype=np.float64)
    place = np.argmax(rows["label"][:, np.newaxis] == np.asarray(contract.classes), axis=1)
    return np.asarray((place + 0.5) / len(contract.classes), dtype=np.float64)


def _other_classes(folder: Path, role: str) -> None:
    classes = np.asarray(contract_of(folder).classes)
    require(folder, bool(len(classes)), "classes")
    random = np.random.default_rng(_SEED)

    def changed(rows: Rows) -> Rows:
        place = np.argmax(rows["label"][:, np.newaxis] == classes, axis=1)
        other = classes[(place + random.integers(1, len(classes), len(place))) % len(classes)]
        return {**rows, "label": np.where(random.random(len(place)) < _WRONG, other, rows["label"])}

    change_rows(folder, role, changed)
