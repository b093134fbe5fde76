"""Mutations of what is said to be true, and of what gives it away."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from checks.specimens.contract import contract_of, require
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


def _other_classes(folder: Path, role: str) -> None:
    classes = np.asarray(contract_of(folder).classes)
    require(folder, bool(len(classes)), "classes")
    random = np.random.default_rng(_SEED)

    def changed(rows: Rows) -> Rows:
        place = np.argmax(rows["label"][:, np.newaxis] == classes, axis=1)
        other = classes[(place + random.integers(1, len(classes), len(place))) % len(classes)]
        return {**rows, "label": np.where(random.random(len(place)) < _WRONG, other, rows["label"])}

    change_rows(folder, role, changed)
