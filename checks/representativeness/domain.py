"""The share of rows outside the operational domain that the submission declares.

A contract that leaves out many of the rows was not written for those who live in them. What lies inside is
decided in `checks.domain`: every number in its range, on its step and among its codes; NaN lies nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from certify.digest import canonical
from certify.submission.model import Input, TableInput
from checks.domain import inside
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import Inputs
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table


def domain(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """Estimates `outside_share` (all): rows with any input outside the declared contract.

    Bounds: Clopper-Pearson over the rows, taken as draws of the process that made the data; hence independent
    and unweighted rows.
    """
    if data is None:
        raise CannotMeasure("rows outside the contract are counted in a data set, and none was given")
    data.require_independent_rows()
    outside = int((~data.inside).sum())
    share = proportion(outside, data.rows, confidence)
    return Measured(
        estimates=(share.estimate(statistic="outside_share", confidence=confidence),),
        exhibits=(_exhibit(subject, data, outside),),
    )


def _exhibit(subject: Subject, data: Table, outside: int) -> Exhibit:
    entries = [count for entry in subject.manifest.model.inputs for count in _counts(entry, data.inputs)]
    counts = {"rows": data.rows, "outside": outside, "of_each_source": entries}
    return Exhibit(
        name="domain.json", media_type="application/json", visibility="public", data=canonical(counts)
    )


def _counts(entry: Input, inputs: Inputs) -> Iterator[dict[str, Any]]:
    """How many rows lie outside for the sake of each column or array; one row may do so for several."""
    if not isinstance(entry, TableInput):
        yield _count(entry, entry.array, inputs)
        return
    for at, column in enumerate(entry.columns):
        alone = entry.model_copy(update={"columns": (column,)})
        yield _count(alone, column.name, {entry.name: inputs[entry.name][:, [at]]})


def _count(entry: Input, source: str, inputs: Inputs) -> dict[str, Any]:
    outside = int((~inside((entry,), inputs)).sum())
    return {"input": entry.name, "source": source, "outside": outside}
