"""What a method may say: estimates with bounds, statements that hold or not, or why it could not measure.

These are facts. Whether they suffice is decided in `certify.verdict` and nowhere else: no type here has
a place for a limit, and none can be "passed".
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from certify.value import DigestText, Line, Name, Number, Prose, Value

Kind = Literal["proof", "statistical", "search", "document", "human"]
Visibility = Literal["public", "vendor", "authority"]

WHOLE = "all"
"""The stratum that is the whole population."""

_DOWN = Context(prec=12, rounding=ROUND_FLOOR)
_UP = Context(prec=12, rounding=ROUND_CEILING)


class Bounds(Value):
    """One-sided confidence bounds, each at `confidence`; None where the method makes no claim."""

    lower: Number | None
    upper: Number | None
    confidence: Number = Field(gt=0, lt=1)

    @classmethod
    def of(cls, lower: float | None, upper: float | None, confidence: float) -> Self:
        """Bounds from floats, rounded outward to twelve digits so that rounding never helps.

        An infinite bound claims nothing and becomes None; NaN raises `ValueError`.
        """
        return cls(
            lower=_outward(lower, _DOWN),
            upper=_outward(upper, _UP),
            confidence=exact(confidence),
        )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("a lower bound that is not above the upper bound")
        return self


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as the same float; NaN and infinities raise `ValueError`."""
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return Decimal(repr(float(value)))


def _outward(value: float | None, context: Context) -> Decimal | None:
    if value is None or math.isinf(value):
        return None
    if math.isnan(value):
        raise ValueError("a bound that is a number")
    return context.create_decimal(repr(float(value)))


class Estimate(Value):
    """One statistic in one stratum of the declared population, with what is known about it.

    Two pairs of bounds, because demonstrating and refuting are different claims: `demonstrating` is at the
    confidence that the basis asks for, `refuting` is corrected for the number of estimates in the family.
    """

    statistic: Name
    stratum: Line
    value: Number
    unit: Line
    n: int = Field(ge=0)
    interval: Line
    kind: Kind
    demonstrating: Bounds
    refuting: Bounds

    @model_validator(mode="after")
    def _lies_within_its_bounds(self) -> Self:
        if self.kind == "statistical" and self.n == 0:
            raise ValueError("at least one case behind a statistical estimate")
        for bounds in (self.demonstrating, self.refuting):
            below = bounds.lower is not None and self.value < bounds.lower
            above = bounds.upper is not None and self.value > bounds.upper
            if below or above:
                raise ValueError("an estimate that lies within its own bounds")
        return self


class Statement(Value):
    """Something about a named subject that either holds or does not, and how that is known."""

    name: Name
    subject: Line
    holds: bool
    kind: Kind
    explanation: Prose


class EvidenceItem(Value):
    """Bytes that a method produced, named by content, with who may see them."""

    name: Line
    digest: DigestText
    size: int = Field(ge=0)
    media_type: Line
    visibility: Visibility


class Opened(Value):
    """A file of the submission whose bytes were hashed again and read by a method."""

    path: Line
    digest: DigestText


class Circumstance(Value):
    """A condition under which something was measured, such as the class of an energy figure."""

    name: Name
    value: Line


class Measurement(Value):
    """What a method returned for a task. `observed` ones depend on clocks, meters or float kernels."""

    outcome: Literal["measured"] = "measured"
    task: DigestText
    method: Line
    version: Line
    observed: bool
    estimates: tuple[Estimate, ...] = ()
    statements: tuple[Statement, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    opened: tuple[Opened, ...] = ()

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        estimates = [(e.statistic, e.stratum) for e in self.estimates]
        statements = [(s.name, s.subject) for s in self.statements]
        circumstances = [c.name for c in self.circumstances]
        opened = [o.path for o in self.opened]
        for keys in (estimates, statements, circumstances, opened):
            if len(set(keys)) != len(keys):
                raise ValueError("each statistic, statement and circumstance at most once per stratum")
        return self


class Reason(StrEnum):
    """Why something is not demonstrated. Every one of them refuses.

    The limit that was exceeded is one of time, memory or size, set for the worker.
    """

    INCONCLUSIVE = "inconclusive"
    NOT_MEASURED = "not measured"
    METHOD_FAILED = "method failed"
    LIMIT_EXCEEDED = "limit exceeded"
    UNBOUND = "evidence missing or unbound"


def _reason(value: object) -> object:
    return Reason(value) if isinstance(value, str) else value


class NotMeasured(Value):
    """Why a method could not measure; never zero, NaN or None in place of a number."""

    outcome: Literal["not_measured"] = "not_measured"
    task: DigestText
    method: Line
    version: Line
    observed: bool
    reason: Annotated[Reason, BeforeValidator(_reason)]
    explanation: Prose


Result = Annotated[Measurement | NotMeasured, Field(discriminator="outcome")]
"""What comes out of every worker."""
