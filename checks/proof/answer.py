"""What comes of an attempt to prove a property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Verdict = Literal["holds", "violated", "unknown"]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Answer:
    """A verdict, and what stands behind it.

    `counterexample` (inputs,) is there if and only if the property is violated, and the model itself, run by
    onnxruntime, confirmed it. `arithmetic` says for which arithmetic the property holds. `margin` is what was
    kept for the rounding of the model. `regions` counts the boxes that were looked at, which is the same on
    each machine; `seconds` is not.
    """

    verdict: Verdict
    counterexample: F64 | None = None
    reason: str
    arithmetic: str
    regions: int
    seconds: float = 0.0
    margin: float = 0.0

    def __post_init__(self) -> None:
        """Raises `ValueError` for a violation without a counterexample, or one without a violation."""
        if (self.verdict == "violated") != (self.counterexample is not None):
            raise ValueError("expected a counterexample with a violation, and with nothing else")
