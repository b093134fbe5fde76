"""What a method hands back, and the two ways in which it may refuse to answer.

A method measures; it does not know its own version, the digests of what it read or the store: the worker
adds those. `Confidence` is all that it learns of the decision: how sure its bounds must be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certify.evidence import Bounds, Circumstance, Estimate, Kind, Reason, Statement, Visibility, exact


class CannotMeasure(Exception):
    """The method has no valid answer for this subject, and says why; never a number in its place."""

    def __init__(self, explanation: str, reason: Reason = Reason.NOT_MEASURED) -> None:
        self.explanation = explanation
        self.reason = reason
        super().__init__(explanation)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhibit:
    """Bytes that a method produced as evidence."""

    name: str
    media_type: str
    visibility: Visibility
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """The estimates and statements of one method."""

    estimates: tuple[Estimate, ...] = ()
    statements: tuple[Statement, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure one-sided bounds must be, and for how many estimates at once when refuting.

    Demonstrating over many strata is an intersection-union test and needs no correction. Refuting that all
    of `family` strata are fine is a union claim: its first Holm step is alpha divided by `family`.
    """

    level: float
    family: int = 1

    def __post_init__(self) -> None:
        if not 0.5 < self.level < 1 or self.family < 1:
            raise ValueError("expected a level between 0.5 and 1 and a family of at least one")

    @property
    def demonstrating(self) -> float:
        """One-sided confidence of the bounds that demonstrate."""
        return self.level

    @property
    def refuting(self) -> float:
        """One-sided confidence of the bounds that refute: 1 - (1 - level) / family."""
        return 1 - (1 - self.level) / self.family

    def both(self, bounds: Callable[[float], tuple[float, float]]) -> dict[str, tuple[float, float]]:
        """Bounds at both confidences, named as an interval names them; worked out once where they agree."""
        demonstrating = bounds(self.demonstrating)
        return {
            "demonstrating": demonstrating,
            "refuting": demonstrating if self.family == 1 else bounds(self.refuting),
        }

    def over(self, family: int) -> Confidence:
        """The same level for a family of estimates."""
        return Confidence(self.level, family)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A point value with lower and upper bounds at both confidences, from one named interval method.

    `demonstrating` and `refuting` are (lower, upper); infinite means that no claim is made.
    """

    name: str
    value: float
    n: int
    demonstrating: tuple[float, float]
    refuting: tuple[float, float]

    def estimate(
        self, *, statistic: str, confidence: Confidence, stratum: str = "all", unit: str = "1",
        kind: Kind = "statistical",
    ) -> Estimate:  # fmt: skip
        """The interval as a fact of one statistic in one stratum."""
        return Estimate(
            statistic=statistic,
            stratum=stratum,
            value=exact(self.value),
            unit=unit,
            n=self.n,
            interval=self.name,
            kind=kind,
            demonstrating=Bounds.of(*self.demonstrating, confidence.demonstrating),
            refuting=Bounds.of(*self.refuting, confidence.refuting),
        )
