"""When bounds that count rows as independent trials are valid: neither weights, nor copies, nor clusters.

Each sentence names the methods that have bounds for such rows, see `checks.design`.
"""

from __future__ import annotations

from certify.submission.data import Dataset
from checks.measured import CannotMeasure

_FITTING = "objectives.performance, claims and generalisation have one for shares and means"


def refuse_weights(dataset: Dataset) -> None:
    """Raise `CannotMeasure` for rows that are declared to weigh."""
    if dataset.weights is not None:
        raise CannotMeasure(f"weighted rows need an interval method for survey weights; {_FITTING}")


def refuse_repetition(dataset: Dataset, defect: str | None) -> None:
    """Raise `CannotMeasure` for rows that repeat each other as a whole; see `checks.repetition`."""
    if defect is not None:
        raise CannotMeasure(f"{dataset.name} {defect}: repeated rows are not independent")


def refuse_clusters(dataset: Dataset, *, clustered: bool) -> None:
    """Raise `CannotMeasure` for several rows of one unit."""
    if clustered:
        raise CannotMeasure(
            f"several rows per {dataset.statistical_unit} are clustered and need their own method; {_FITTING}"
        )
