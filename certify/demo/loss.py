"""The value of a loss as a submission declares it: of the delivered graph, on the training data."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray


def mean_cross_entropy(probabilities: NDArray[np.float64], true: NDArray[np.int64]) -> float:
    """The mean over cases of minus the logarithm of the probability of the true class.

    `probabilities` has the shape [cases, classes].
    """
    return float(-np.mean(np.log(probabilities[np.arange(len(true)), true])))


def declared(value: float) -> str:
    """Nine digits, which is more than a second laboratory will find again.

    >>> declared(0.5)
    '0.500000000'
    """
    return f"{Decimal(f'{value:.8e}'):f}"
