"""Penalised logistic regression, minimised until nothing more is to be gained, and the value of its loss.

Newton's method from zero on a strictly convex sum: there is one minimum, and no seed decides which.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_SLOPE: Final = 1e-10
"""Where no slope of the loss is steeper, float64 has nothing more to gain."""

_STEPS: Final = 50


def logistic(inputs: Values, true: Values, penalty: float) -> Values:
    """The weights of the columns, and last the offset, at which `loss` is least.

    `inputs` has the shape [rows, columns], `true` is 0 or 1 for each row. Raises `ArithmeticError` if fifty
    steps do not lead there.
    """
    design, found = _with_offset(inputs), np.zeros(inputs.shape[1] + 1)
    ridge = 2 * penalty * np.append(np.ones(inputs.shape[1]), 0.0)
    for _ in range(_STEPS):
        answers = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (answers - true) / len(true) + ridge * found
        if np.abs(slope).max() < _SLOPE:
            return np.asarray(found, dtype=np.float64)
        bend = (design.T * (answers * (1 - answers))) @ design / len(true) + np.diag(ridge)
        found = found - np.linalg.solve(bend, slope)
    raise ArithmeticError(f"expected Newton's method to arrive in {_STEPS} steps")


def loss(inputs: Values, true: Values, penalty: float, found: Values) -> float:
    """Mean cross entropy plus `penalty` times the sum of the squared weights, without the offset."""
    odds = _with_offset(inputs) @ found
    return float(np.mean(np.logaddexp(0, odds) - true * odds) + penalty * np.sum(found[:-1] ** 2))


def _with_offset(inputs: Values) -> Values:
    return np.append(inputs, np.ones((len(inputs), 1)), axis=1)
