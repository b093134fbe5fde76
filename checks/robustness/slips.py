"""Slips of the hand that fills in a form: no value, one in another unit, a decimal point in another place.

A slip changes one number of a case. What stands there then is decided here, and not what follows from it.
Units are those that people take for one another, see `checks.data_quality.conversions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import Column, MeasuredColumn
from checks.data_quality.conversions import conversions

Values = NDArray[np.float64]

_PLACES: Final = (10.0, 0.1)


def _missing(column: Column, values: Values) -> tuple[Values, ...]:
    return (np.full(len(values), np.nan),)


def _other_unit(column: Column, values: Values) -> tuple[Values, ...]:
    if not isinstance(column, MeasuredColumn):
        return ()
    return tuple(other.factor * values + other.offset for other in conversions(column.unit))


def _shifted_point(column: Column, values: Values) -> tuple[Values, ...]:
    if not isinstance(column, MeasuredColumn):
        return ()
    return tuple(place * values for place in _PLACES)


MISSING: Final = "missing"

SLIPS: Final[Mapping[str, Callable[[Column, Values], tuple[Values, ...]]]] = {
    MISSING: _missing,
    "unit": _other_unit,
    "decimal": _shifted_point,
}
"""Of each slip: every way in which it would write the values of a column, none where it makes no sense."""


def written(values: Values, dtype: str) -> NDArray[Any] | None:
    """Numbers in the type of an input; None where it cannot hold one of them."""
    if not dtype.startswith("int"):
        with np.errstate(over="ignore"):  # what float32 cannot hold is infinite, and lies outside
            return values.astype(dtype)
    whole, ends = np.rint(values), np.iinfo(dtype)
    if not ((whole >= ends.min) & (whole <= ends.max)).all():  # false for NaN as well
        return None
    return whole.astype(dtype)
