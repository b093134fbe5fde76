"""Whether decisions withstand that numbers are written down shorter than they were measured.

A person reads five digits off a display and types three. Every measured number is rounded as that person
would, in decimals, whether it has noise or is exact: both are typed. Codes are not numbers, and stay.

Only a case of which rounding moves a number is a trial. The others are asked nothing new, and to count them
as unchanged would let data that are short already demonstrate something that was never tried. So the share
is among the cases that move; among all cases it is at most as large.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.submission.model import Input, MeasuredColumn, Quantity, TensorInput
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED, Inputs
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

_ALL_DIGITS = 17
"""So many tell every float64 from every other: nothing is ever rounded to more."""


def rounding(subject: Subject, data: Table | None, confidence: Confidence, *, digits: int) -> Measured:
    """Estimates `decision_changed` (all): cases decided otherwise after rounding, among those it moves.

    A case that is undecided before or after, or outside the declared contract, counts as changed, whether or
    not it moves. Raises `CannotMeasure` where rounding to `digits` significant digits moves no number at all.
    """
    if data is None:
        raise CannotMeasure("stability is measured on data, and none were given")
    if digits < 1:
        raise CannotMeasure(f"expected one significant digit or more, found {digits}")
    data.require_independent_rows()
    rounded = shortened(subject.manifest.model.inputs, data.inputs, digits)
    moved = _moved(data.inputs, rounded)
    if not moved.any():
        raise CannotMeasure(f"rounding to {digits} significant digits moves no number: nothing was tried")
    before, after = subject.decide(data), subject.predictor.decide(rounded)
    unscored = before == UNDECIDED
    changed, tried = (before != after) | unscored, moved | unscored
    share = proportion(int(np.count_nonzero(changed & tried)), int(np.count_nonzero(tried)), confidence)
    return Measured(
        estimates=(share.estimate(statistic="decision_changed", confidence=confidence),),
        exhibits=(_exhibit(digits, moved=moved, tried=tried, changed=changed),),
    )


def shortened(contract: tuple[Input, ...], inputs: Inputs, digits: int) -> Inputs:
    """The inputs with every measured number rounded to significant digits, within the declared ranges.

    As with noise, a number may come to lie between the steps of its instrument: a person types it as well.
    """
    result: dict[str, NDArray[Any]] = {}
    for entry in contract:
        values = np.array(inputs[entry.name], dtype=np.float64)
        for part, quantity in _measured_parts(entry, values):
            low, high = map(float, quantity.range)
            part[...] = np.clip(_rounded(part, digits), low, high)
        result[entry.name] = _as_declared(values, entry)
    return result


def _measured_parts(
    entry: Input, values: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], Quantity]]:
    """Views of what is measured, each with its declaration."""
    if isinstance(entry, TensorInput):
        yield values, entry.elements
        return
    for index, column in enumerate(entry.columns):
        if isinstance(column, MeasuredColumn):
            yield values[:, index], column


def _rounded(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Through text, each different number once: powers of ten are not exact in floats, and 0.3 must stay."""
    different, where = np.unique(values, return_inverse=True)
    places = min(digits, _ALL_DIGITS) - 1
    short = np.array([float(f"{number:.{places}e}") for number in different.tolist()])
    return short[where].reshape(values.shape)


def _as_declared(values: NDArray[np.float64], entry: Input) -> NDArray[Any]:
    whole = np.rint(values) if entry.dtype.startswith("int") else values
    return whole.astype(entry.dtype)


def _moved(before: Inputs, after: Inputs) -> Mask:
    """Which cases have a number that is another one, in the type that the model is fed; NaN stays NaN."""
    differs = [(after[name] != values) & np.isfinite(values) for name, values in before.items()]
    rows = [entry.reshape(len(entry), -1).any(axis=1) for entry in differs]
    return np.asarray(np.logical_or.reduce(rows), dtype=np.bool_)


def _exhibit(digits: int, *, moved: Mask, tried: Mask, changed: Mask) -> Exhibit:
    counts = {
        "digits": digits,
        "rows": len(moved),
        "moved": int(np.count_nonzero(moved)),
        "tried": int(np.count_nonzero(tried)),
        "changed": int(np.count_nonzero(tried & changed)),
    }
    return Exhibit(
        name="changed-by-rounding.json",
        media_type="application/json",
        visibility="vendor",
        data=canonical(counts),
    )
