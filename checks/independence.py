"""When bounds that count rows as independent trials are valid: neither weights, nor copies, nor clusters."""

from __future__ import annotations

from certify.submission.data import Dataset
from certify.submission.manifest import Manifest
from checks.domain import finely_measured
from checks.measured import CannotMeasure
from checks.repetition import defect_of
from checks.tabulation import Tabulation

FITTING = "objectives.performance, claims and generalisation have one for shares and means"


def require_independent_rows(manifest: Manifest, dataset: Dataset, counted: Tabulation) -> None:
    """Refuse what binomial bounds are not valid for: weights, repetitions, several rows of one unit.

    The sentence names the methods that have bounds for such rows, see `checks.design`.
    """
    if dataset.weights is not None:
        raise CannotMeasure(f"weighted rows need an interval method for survey weights; {FITTING}")
    defect = defect_of(
        rows=counted.rows,
        different=counted.repetition.different,
        times=counted.repetition.times,
        files_alike=counted.repetition.files_alike,
        fine=finely_measured(manifest.model.inputs),
    )
    if defect is not None:
        raise CannotMeasure(f"{dataset.name} {defect}: repeated rows are not independent")
    if counted.units is not None and counted.units < counted.rows:
        raise CannotMeasure(several_rows_of_a_unit(dataset))


def several_rows_of_a_unit(dataset: Dataset) -> str:
    """Why rows of one unit refuse a bound."""
    return f"several rows per {dataset.statistical_unit} are clustered and need their own method; {FITTING}"
