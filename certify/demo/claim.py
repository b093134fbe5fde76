"""What may be claimed before the test data are opened: less than the validation data show.

The validation data also chose the model, so that what they show is flattering. A claim is therefore their
exact lower confidence bound, rounded down to a multiple of `STEP`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.standard import LOWEST_CONFIDENCE
from checks.statistics.proportions import clopper_pearson

STEP: Final = Decimal("0.05")


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """So many right answers of so many."""

    right: int
    of: int

    @property
    def claimed(self) -> Decimal:
        """Lower bound at 97.5 %, rounded down to a multiple of 0.05, with two decimals.

        >>> str(Share(right=199, of=200).claimed)
        '0.95'
        """
        lower, _ = clopper_pearson(self.right, self.of, float(LOWEST_CONFIDENCE))
        return (Decimal(lower) / STEP).to_integral_value(ROUND_FLOOR) * STEP

    def printed(self, decimals: int) -> str:
        """The share with so many decimals, rounded half to even as the check of figures does."""
        return str((Decimal(self.right) / self.of).quantize(Decimal(1).scaleb(-decimals)))

    def words(self) -> str:
        """The share as counts."""
        return f"{self.right} of {self.of}"


def share_right(decided: NDArray[np.int64], true: NDArray[np.int64]) -> Share:
    """How many decisions equal the true classes."""
    return Share(right=int(np.count_nonzero(decided == true)), of=len(true))


def shares_right(decided: NDArray[np.int64], true: NDArray[np.int64]) -> Mapping[str, Share]:
    """Accuracy, sensitivity and specificity of decisions 0 (negative) and 1 (positive)."""
    positive, negative = true == 1, true == 0
    return {
        "accuracy": share_right(decided, true),
        "sensitivity": share_right(decided[positive], true[positive]),
        "specificity": share_right(decided[negative], true[negative]),
    }
