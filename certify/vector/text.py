"""A file of vectors as written: the question that was asked, the evidence, and what must come out.

    {"format": "certify/vectors/1",
     "asked": {"method": "objectives.performance", "version": "1.0.0", "role": "test", "confidence": 0.975,
               "parameters": {"metric": "accuracy", "groups": ["all"]}},
     "open_values": {"parameters": {}, "limits": {"floor": 0.8}},
     "vectors": [{"name": "just-below", "says": "The lower bound misses the floor by less than one percent.",
                  "facts": {}, "evidence": {"made_from": ["manifest", "model", "data.test"],
                  "estimates": [{"statistic": "performance", "value": 0.85, "lower": 0.796, "n": 400}]},
                  "expect": {"outcome": "not demonstrated", "reason": "inconclusive",
                             "decided_by": ["at_least performance"]}}]}

`asked` pins method, role and every parameter, so that a check that asks something else is noticed.
`open_values` stands for the basis: it sets what the check leaves open, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from certify.evidence import WHOLE, Bounds, Estimate, Kind, Reason, Statement
from certify.standard import Expectation, Version
from certify.value import Line, Name, Number, Prose, Value

Group = Literal["manifest", "model", "documents", "reference", "data.train", "data.validation", "data.test"]
Given = int | Decimal | str | tuple[str, ...] | tuple[Expectation, ...]

VECTOR_FOLDER = "vectors"
"""Where a check keeps what proves it, beside its `check.yaml`."""

CORRECTED = Decimal("0.99999")
"""The confidence of a refuting bound unless a vector says another: enough for 2,500 comparisons."""


def _reason(value: object) -> object:
    return Reason(value) if isinstance(value, str) else value


ReasonText = Annotated[Reason, BeforeValidator(_reason)]


class Question(Value):
    """What the method was asked: a check that asks anything else does not get this evidence."""

    method: Line
    version: Version
    role: Literal["train", "validation", "test", "reference", "none"]
    confidence: Number = Field(gt=0, lt=1)
    parameters: Mapping[Name, Given] = Field(default_factory=dict)


class OpenValues(Value):
    """Values that the check leaves to the basis."""

    parameters: Mapping[Name, Given] = Field(default_factory=dict)
    limits: Mapping[Name, Given] = Field(default_factory=dict)


class Refuting(Value):
    """Bounds at the corrected confidence, which alone can refute."""

    lower: Number | None = None
    upper: Number | None = None
    confidence: Number = Field(default=CORRECTED, gt=0, lt=1)


class GivenEstimate(Value):
    """An estimate in a vector. Its confidence is the one that was asked for, unless it says another."""

    statistic: Name
    stratum: Line = WHOLE
    value: Number
    lower: Number | None = None
    upper: Number | None = None
    n: int = Field(ge=0)
    kind: Kind = "statistical"
    confidence: Number | None = None
    refuting: Refuting = Refuting()

    def as_estimate(self, asked: Decimal) -> Estimate:
        """The fact that a method would have returned; raises `ValueError` for one that none could."""
        confidence = self.confidence or asked
        return Estimate(
            statistic=self.statistic,
            stratum=self.stratum,
            value=self.value,
            unit="1",
            n=self.n,
            interval="given in a vector",
            kind=self.kind,
            demonstrating=Bounds(lower=self.lower, upper=self.upper, confidence=confidence),
            refuting=Bounds(**dict(self.refuting)),
        )


class GivenStatement(Value):
    """A statement in a vector."""

    name: Name
    subject: Line
    holds: bool
    kind: Kind = "document"

    def as_statement(self) -> Statement:
        """The fact that a method would have returned."""
        return Statement(**dict(self), explanation="given in a vector")


class Evidence(Value):
    """What came out of the method, from which files; or why nothing did."""

    made_from: tuple[Group, ...] = ()
    changed: tuple[Group, ...] = ()
    """Groups of files whose bytes are not those that the protocol committed."""
    estimates: tuple[GivenEstimate, ...] = ()
    statements: tuple[GivenStatement, ...] = ()
    circumstances: Mapping[Name, Line] = Field(default_factory=dict)
    not_measured: ReasonText | None = None


class Expected(Value):
    """What must come out, and which clauses decide it: exactly these and no others."""

    outcome: Literal["demonstrated", "refuted", "not demonstrated", "excused"]
    reason: ReasonText | None = None
    decided_by: tuple[Line, ...] = ()


class Vector(Value):
    """One case."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=120)]
    says: Prose
    facts: Mapping[Line, Line] = Field(default_factory=dict)
    evidence: Evidence = Evidence()
    expect: Expected


def vector_source(check: str, file: str = "") -> str:
    """How messages name the vectors of a check, or one file of them: as the folder of standards holds it."""
    namespace, _, slug = check.partition("/")
    return "/".join(filter(None, ("packs", namespace, "checks", slug, VECTOR_FOLDER, file)))


class VectorSet(Value):
    """One file of vectors."""

    shown_by: ClassVar[str] = "`certify standards propose` writes whole vectors."

    format: Literal["certify/vectors/1"]
    asked: Question
    open_values: OpenValues = OpenValues()
    vectors: tuple[Vector, ...] = Field(min_length=1)
