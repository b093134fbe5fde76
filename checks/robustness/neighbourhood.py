"""What lies around a case: how far each of its measured numbers is moved, and which cases are tried.

A strength is a share of the declared range of each quantity, the same for all of them: 0.0314 of pixels
between 0 and 255 is the 8/255 of the literature. A check names strengths as `strength=0.0314`, which is the
stratum of what is found there. Codes are no numbers, and stay. Nothing leaves the declared range: what lies
outside is no case that the model is meant for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import Input, MeasuredColumn, Quantity, TensorInput
from checks.measured import CannotMeasure
from checks.predictor import Inputs
from checks.subject import Subject
from checks.table import Table

_NAME: Final = "strength="


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbourhood:
    """For each input, the least and the greatest value that each number may take: [rows, ...], in float64."""

    lower: Inputs
    upper: Inputs


def strengths_of(named: Sequence[str]) -> dict[str, float]:
    """The strengths by their strata. Raises `CannotMeasure` for what is no share above 0, and for none."""
    found = {name: _strength(name) for name in named}
    if not found:
        raise CannotMeasure("no strength is named at which anything could be tried")
    return found


def _strength(name: str) -> float:
    try:
        share = Decimal(name.removeprefix(_NAME))
    except InvalidOperation:
        share = Decimal("NaN")
    if not name.startswith(_NAME) or not share.is_finite() or not 0 < share <= 1:
        raise CannotMeasure(f"expected strengths such as strength=0.01, above 0 and at most 1, found {name}")
    return float(share)


def tried_rows(subject: Subject, data: Table, rows: int, seed: int) -> NDArray[np.int64]:
    """The indices of so many rows, drawn without replacement, or of all in a drawn order if there are fewer.

    Noise, attack and proof that ask for as many rows under the same seed try the same ones.
    """
    if rows < 1 or not data.rows:
        raise CannotMeasure(f"{rows} of {data.rows} rows are to be tried: nothing would be")
    return subject.generator(seed, "rows whose neighbourhood is tried").permutation(data.rows)[:rows]


def neighbourhood(contract: tuple[Input, ...], inputs: Inputs, strength: float) -> Neighbourhood:
    """The box around each case, within the declared ranges; of integers, whole numbers within it."""
    lower, upper = ({e.name: np.array(inputs[e.name], dtype=np.float64) for e in contract} for _ in range(2))
    for entry in contract:
        for low, high, quantity in _measured(entry, lower[entry.name], upper[entry.name]):
            least, most = map(float, quantity.range)
            away = strength * (most - least)
            low[...] = np.maximum(low - away, np.minimum(low, least))
            high[...] = np.minimum(high + away, np.maximum(high, most))
        if entry.dtype.startswith("int"):
            np.ceil(lower[entry.name], out=lower[entry.name])
            np.floor(upper[entry.name], out=upper[entry.name])
    return Neighbourhood(lower=lower, upper=upper)


def _measured(
    entry: Input, lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], Quantity]]:
    """Views of both ends of what is measured, with its declaration."""
    if isinstance(entry, TensorInput):
        yield lower, upper, entry.elements
        return
    for index, column in enumerate(entry.columns):
        if isinstance(column, MeasuredColumn):
            yield lower[:, index], upper[:, index], column


def as_fed(values: NDArray[np.float64], entry: Input) -> NDArray[Any]:
    """Numbers in the type that the model is fed, whole where it takes whole ones."""
    whole = np.rint(values) if entry.dtype.startswith("int") else values
    return whole.astype(entry.dtype)
