"""The share of rows in which something is missing, of what the model is fed or of what is true.

A value is missing where there is none, where a text is blank, and where no number can be read of what has to
be one: a word in a numeric column reaches the model as NaN. What stands for "unknown" in a code of its own is
a value; whether it is a declared one is asked by `representativeness.domain` and `data_quality.labels`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.submission.model import IdentityRule, TableInput
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

if TYPE_CHECKING:
    import pandas as pd


def completeness(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `incomplete_share` (all): rows with any value missing in a declared input or the target.

    Other columns are not asked for. Bounds: Clopper-Pearson over the rows, taken as draws of the process that
    made the data; hence independent and unweighted rows. An integer input that lacks a value cannot be fed to
    the model at all: its table is not read, and `CannotMeasure` says so.
    """
    if data is None:
        raise CannotMeasure("missing values are counted in a data set, and none was given")
    data.require_independent_rows()
    missing = {**_missing_inputs(subject, data), data.dataset.target: _missing_target(subject, data)}
    incomplete = np.logical_or.reduce(list(missing.values()))
    share = proportion(int(incomplete.sum()), data.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="incomplete_share", confidence=confidence),),
        exhibits=(_exhibit(missing, incomplete),),
    )


def _missing_inputs(subject: Subject, data: Table) -> dict[str, Mask]:
    """Which rows lack each column or array that is fed to the model, in the type in which it is fed."""
    missing: dict[str, Mask] = {}
    for entry in subject.manifest.model.inputs:
        values = data.inputs[entry.name]
        if isinstance(entry, TableInput):
            missing |= {column.name: _nan(values[:, [at]]) for at, column in enumerate(entry.columns)}
        else:
            missing[entry.array] = _nan(values)
    return missing


def _missing_target(subject: Subject, data: Table) -> Mask:
    absent = _blank(data.frame[data.dataset.target])
    if isinstance(subject.manifest.model.decision, IdentityRule):
        return absent | _nan(data.labels)
    return absent


def _nan(values: NDArray[Any]) -> Mask:
    """Which rows hold a NaN in any of their axes."""
    return np.asarray(np.isnan(values).any(axis=tuple(range(1, values.ndim))), dtype=np.bool_)


def _blank(column: pd.Series[Any]) -> Mask:
    blank = column.isna() | (column.astype(str).str.strip() == "")
    return blank.to_numpy(dtype=np.bool_)


def _exhibit(missing: Mapping[str, Mask], incomplete: Mask) -> Exhibit:
    counts = {
        "rows": len(incomplete),
        "incomplete": int(incomplete.sum()),
        "missing": {name: int(rows.sum()) for name, rows in missing.items()},
    }
    return Exhibit(
        name="completeness.json", media_type="application/json", visibility="public", data=canonical(counts)
    )
