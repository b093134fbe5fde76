"""A mutation of rows and answers together: one class is frequent, and nothing else is ever answered."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from checks.specimens.answers import always
from checks.specimens.contract import contract_of, require
from checks.specimens.folder import change_rows
from checks.specimens.rows import Rows, some_of

_FREQUENT: Final = 19
"""So many rows of the frequent class come to one of any other."""


def frequent_class_only(folder: Path) -> None:
    """Nineteen of twenty test rows are of the first class, and the answer is always that class."""
    contract = contract_of(folder)
    require(folder, bool(contract.classes), "classes")
    frequent = contract.classes[0]

    def uneven(rows: Rows) -> Rows:
        of_class = rows["label"] == frequent
        kept = int(of_class.sum()) // _FREQUENT
        return some_of(rows, of_class | (np.cumsum(~of_class) <= kept))

    change_rows(folder, "test", uneven)
    first = [contract.highest, *[contract.lowest] * (contract.answered - 1)]
    always(folder, [contract.lowest] if contract.binary else first)
