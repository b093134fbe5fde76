"""The operational domain: which rows of the data lie within the contract that the vendor declares.

Outside it nothing is certified, so that a contract in which nobody lives must not certify anything either.
Decides what lies inside; what follows for a row outside is for the methods to decide.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Column, Input, Quantity, TableInput
from checks.predictor import Inputs

Mask = NDArray[np.bool_]

_OF_A_STEP = 1e-6
"""How far from a step a number may lie, as a share of the step: numerical slack of ours, no limit."""

_FINE = 1000
"""With so many different values of one quantity alone, equal rows are copies or coincidences."""

_ROUNDINGS = 4
"""So many last digits of the input's own type may be lost on the way from a file to a tensor."""


def inside(contract: tuple[Input, ...], inputs: Inputs) -> Mask:
    """Which rows have every number in its declared range, on its step and among its codes.

    `inputs` maps each input to an array of shape [rows, ...] in its declared type. The ends of ranges and the
    codes are rounded to that type first, and the last digits of a number may be off: float32 has no 0.1. NaN
    lies nowhere.
    """
    return _all([_entry_inside(entry, inputs[entry.name]) for entry in contract])


def finely_measured(contract: tuple[Input, ...]) -> bool:
    """Whether a row holds a quantity so fine that two rows are hardly ever equal by chance."""
    return any(_is_fine(entry) for entry in contract)


def _is_fine(entry: Input) -> bool:
    if isinstance(entry, TableInput):
        quantities = [column for column in entry.columns if not isinstance(column, CodedColumn)]
        return any(_values(quantity, entry.dtype) >= _FINE for quantity in quantities)
    return _values(entry.elements, entry.dtype) ** math.prod(entry.shape) >= _FINE**3


def _values(quantity: Quantity, dtype: str) -> float:
    """How many different values a quantity can have; infinite for a float without a step."""
    step = quantity.step if quantity.step is not None else 1 if dtype.startswith("int") else None
    return math.inf if step is None else float((quantity.range[1] - quantity.range[0]) / step) + 1


def _entry_inside(entry: Input, values: NDArray[Any]) -> Mask:
    if isinstance(entry, TableInput):
        return _all([_column_inside(column, values[:, at]) for at, column in enumerate(entry.columns)])
    elements = _quantity_inside(entry.elements, values).reshape(len(values), -1)
    return np.asarray(elements.all(axis=1), dtype=np.bool_)


def _all(masks: list[Mask]) -> Mask:
    return np.asarray(np.logical_and.reduce(masks), dtype=np.bool_)


def _column_inside(column: Column, values: NDArray[Any]) -> Mask:
    if isinstance(column, CodedColumn):
        return np.isin(values, codes_of(column, values.dtype.name))
    return _quantity_inside(column, values)


def _quantity_inside(quantity: Quantity, values: NDArray[Any]) -> Mask:
    numbers = values.astype(np.float64)
    low, high = bounds_of(quantity, values.dtype.name)
    within = np.asarray((numbers >= low) & (numbers <= high), dtype=np.bool_)
    return within if quantity.step is None else within & _on_step(quantity, numbers, values.dtype.name)


def _on_step(quantity: Quantity, numbers: NDArray[np.float64], dtype: str) -> Mask:
    low, step = float(quantity.range[0]), float(quantity.step or 1)
    absolute, relative = step_slack(quantity, dtype)
    with np.errstate(invalid="ignore", over="ignore"):  # infinity is no step, and is found not to be
        off = np.abs(numbers - (low + np.rint((numbers - low) / step) * step))
        slack = absolute + relative * np.maximum(np.abs(numbers), abs(low))
    return np.asarray(off <= slack, dtype=np.bool_)


def codes_of(column: CodedColumn, dtype: str) -> NDArray[Any]:
    """The declared codes as they are in the type of the input."""
    return _rounded(np.asarray([float(code) for code in column.codes]), dtype)


def bounds_of(quantity: Quantity, dtype: str) -> tuple[float, float]:
    """Between which a number of that type lies inside, the loss of its last digits allowed for."""
    low, high = _rounded(np.asarray([float(end) for end in quantity.range]), dtype).astype(np.float64)
    slack = _ROUNDINGS * _precision(dtype)
    return float(low - slack * abs(low)), float(high + slack * abs(high))


def step_slack(quantity: Quantity, dtype: str) -> tuple[float, float]:
    """How far from a step a number may lie: absolutely, and as a share of its size."""
    return _OF_A_STEP * float(quantity.step or 1), _ROUNDINGS * _precision(dtype)


def _rounded(numbers: NDArray[np.float64], dtype: str) -> NDArray[Any]:
    """In that type if it is a float; integers are compared with the numbers as declared."""
    with np.errstate(over="ignore"):
        return numbers.astype(dtype) if dtype.startswith("float") else numbers


def _precision(dtype: str) -> float:
    return float(np.finfo(dtype).eps) if dtype.startswith("float") else 0.0
