"""What can be proved: that no point of given boxes is answered in a way that is called unsafe.

The words of VNN-LIB in plain values. A property is a set of cases, a case a closed box of inputs and the
conditions on answers that must never be met there. Inputs and outputs are flat, in the order of the model's
single input and output. Nothing here knows a model, a check or a limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Region:
    """A closed box: all x with lower <= x <= upper. Both of shape (inputs,), finite."""

    lower: F64
    upper: F64

    def __post_init__(self) -> None:
        """Raises `ValueError` for a box that is empty, endless or misshapen."""
        lower, upper = _numbers(self.lower, 1), _numbers(self.upper, 1)
        if lower.shape != upper.shape or not (lower <= upper).all():
            raise ValueError("expected a box with each lower end at or below the upper one")
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "upper", upper)

    def contains(self, point: F64) -> bool:
        """Whether a point (inputs,) lies in the box."""
        return bool(point.shape == self.lower.shape and ((point >= self.lower) & (point <= self.upper)).all())


@dataclass(frozen=True, eq=False)
class Condition:
    """All answers y with rows @ y <= limits, every one of them. `rows` (m, outputs), `limits` (m,)."""

    rows: F64
    limits: F64

    def __post_init__(self) -> None:
        """Raises `ValueError` for rows and limits that do not fit, or hold a number that is not finite."""
        rows, limits = _numbers(self.rows, 2), _numbers(self.limits, 1)
        if len(rows) != len(limits):
            raise ValueError(f"expected a limit for each row, found {len(limits)} for {len(rows)}")
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "limits", limits)

    def met(self, answers: F64) -> NDArray[np.bool_]:
        """Which of some answers (k, outputs) meet it; NaN meets none."""
        return np.asarray((answers @ self.rows.T <= self.limits).all(axis=1), dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Case:
    """Violated by any x of `region` whose answer meets any of the conditions `unsafe`."""

    region: Region
    unsafe: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Property:
    """Holds if no case is violated. There is at least one: of nothing nothing is proved."""

    name: str
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        """Raises `ValueError` for a property without a case, or cases over different inputs or answers."""
        inputs = {case.region.lower.shape for case in self.cases}
        outputs = {condition.rows.shape[1] for case in self.cases for condition in case.unsafe}
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError("expected at least one case, all over the same inputs and answers")
        if not all(case.unsafe for case in self.cases):
            raise ValueError(
                "expected at least one unsafe condition in every case: else nothing is asked of it"
            )


def _numbers(values: F64, axes: int) -> F64:
    numbers = np.array(values, dtype=np.float64)
    if numbers.ndim != axes or not np.isfinite(numbers).all():
        raise ValueError(f"expected finite numbers along {axes} axes, found the shape {numbers.shape}")
    numbers.setflags(write=False)
    return numbers
