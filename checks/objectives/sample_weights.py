"""How often each training row counted in the loss, as the recipe of the training declares it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.subject import Subject
from checks.table import Table


def sample_weights(subject: Subject, data: Table) -> NDArray[np.float64]:
    """The weight of each row, of shape [rows]; 1 where the recipe names no column.

    Raises `CannotMeasure` where that column is missing, or holds something else than finite numbers from 0.
    """
    import pandas as pd

    recipe = subject.manifest.objective.training
    column = recipe.sample_weights if recipe else None
    if column is None:
        return np.ones(data.rows)
    if column not in data.frame:
        raise CannotMeasure(f"{data.dataset.name} has no column {column} with the weights of its rows")
    found = pd.to_numeric(data.frame[column], errors="coerce").to_numpy(dtype=np.float64)
    if not (np.isfinite(found) & (found >= 0)).all():
        raise CannotMeasure(f"the column {column} holds weights that are no finite numbers from 0")
    return np.asarray(found, dtype=np.float64)
