"""What the model was trained to achieve, and what the vendor claims that it achieves."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from certify.submission.metric import MetricName
from certify.value import Line, Name, Number, Prose, Value

Term = Literal[
    "cross_entropy", "binary_cross_entropy", "mean_squared_error", "mean_absolute_error",
    "hinge", "focal", "quantile", "l1_weights", "l2_weights", "other_declared",
]  # fmt: skip


class LossTerm(Value):
    """One term of the loss, from a closed vocabulary, with its weight."""

    term: Term
    weight: Number = Field(ge=0)
    class_weights: tuple[Number, ...] | None = None
    note: Prose | None = None


class ImplicitPart(Value):
    """An objective that is not written as a formula, such as human feedback."""

    present: bool
    statement: Prose


class Claim(Value):
    """A performance that the vendor claims: the metric, and the value that it at least (or at most) has."""

    metric: MetricName
    population: Line
    value: Number
    unit: Line = "1"
    range: tuple[Number, Number] | None = None
    """The range of one case's error or loss; a mean without one has no valid bound."""
    level: Number | None = Field(default=None, gt=0, lt=1)
    """Of a quantile loss: which quantile is answered."""


class SelectableObjective(Value):
    """An objective that a person can choose in place of another, as in a recommender."""

    name: Line
    describes: Prose
    uses_profiling: bool


class Objective(Value):
    """The declared objective: formula, meaning, known proxies, who chose it, what was rejected."""

    loss: tuple[LossTerm, ...] = Field(min_length=1)
    stands_for: Prose
    proxies: tuple[Prose, ...]
    chosen_by: Prose
    rejected_alternatives: tuple[Prose, ...]
    implicit: ImplicitPart
    selectable: tuple[SelectableObjective, ...] = ()
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_selectable_once(self) -> Self:
        names = [objective.name for objective in self.selectable]
        if len(set(names)) != len(names):
            raise ValueError("each selectable objective with a name of its own")
        return self


DocumentKind = Literal[
    "general_description", "development_process", "instructions_for_use", "risk_file",
    "post_market_plan", "data_sheet", "other",
]  # fmt: skip


class Figure(Value):
    """A number printed in a document, which must equal what is measured on the test data.

    `value` is written as in the document; it is compared after rounding to its own decimals.
    """

    metric: MetricName
    value: Number


class Section(Value):
    """Where a document speaks of a topic: under the heading with exactly this text, its marks left out.

    Which topics there are is for the standards to say.
    """

    topic: Name
    heading: Annotated[Line, Field(pattern=r"\S")]


class Document(Value):
    """A document of the submission, as Markdown or PDF."""

    name: Name
    kind: DocumentKind
    file: Line
    figures: tuple[Figure, ...] = ()
    sections: tuple[Section, ...] = ()
