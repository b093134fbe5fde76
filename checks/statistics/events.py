"""How often something happened among independent trials: the pair of numbers behind every rate."""

from __future__ import annotations

from dataclasses import dataclass

from checks.measured import CannotMeasure
from checks.statistics.proportions import clopper_pearson


@dataclass(frozen=True, slots=True)
class Events:
    """`count` events among `trials`; raises `CannotMeasure` without trials."""

    count: int
    trials: int

    def __post_init__(self) -> None:
        if self.trials == 0:
            raise CannotMeasure("no trial: a rate of nothing is not measured")
        if not 0 <= self.count <= self.trials:
            raise ValueError(f"expected 0 <= count <= trials, got {self.count} of {self.trials}")

    @property
    def rate(self) -> float:
        """The observed share."""
        return self.count / self.trials

    def bounds(self, confidence: float) -> tuple[float, float]:
        """Exact one-sided bounds of the true rate, each at `confidence`."""
        return clopper_pearson(self.count, self.trials, confidence)


def split(confidence: float, claims: int) -> float:
    """The confidence of each of `claims` bounds that shall hold together at `confidence` (union bound).

    >>> split(0.9, 2)
    0.95
    """
    return 1 - (1 - confidence) / claims
