"""What the model was trained to achieve, and what the vendor claims that it achieves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from certify.submission.loss import LossTerm, OtherDeclared, Reading, Recipe, Reduction, Term
from certify.submission.metric import MetricName
from certify.submission.model import Model
from certify.value import Line, Name, Number, Prose, Value

MOST_CLIPPED: Final = Decimal("0.01")
"""Clipping is there for the last digits of a probability, and libraries clip by 1e-15 to 1e-3."""


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
    """The declared objective: formula, meaning, known proxies, who chose it, what was rejected.

    `reached` is the value of the whole loss that the delivered model has on the declared training data.
    """

    loss: tuple[LossTerm, ...] = Field(min_length=1)
    reduction: Reduction | None = None
    answer: Reading | None = None
    """As what the loss reads the answer; None: as the content of the output that decides."""
    clip: Number | None = Field(default=None, gt=0, lt=0.5)
    """Probabilities are moved into [clip, 1 - clip] before a logarithm is taken.

    Beyond `MOST_CLIPPED` the loss no longer tells answers apart, and cannot be evaluated as one.
    """
    reached: Number | None = None
    training: Recipe | None = None
    unused: tuple[Line, ...] = ()
    """Columns and attributes on which no answer is to depend."""
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

    def reading(self, model: Model) -> Reading | None:
        """As what the loss reads the answer of the model; None where nothing is said."""
        if self.answer is not None:
            return self.answer
        content = next(o.content for o in model.outputs if o.name == model.decision.output)
        return content if content in ("probability", "value") else None

    def obstacles(self, model: Model) -> tuple[str, ...]:
        """Why the declared loss cannot be evaluated, each as a clause; empty: it can.

        A term of weight 0 stands in no way, and gives nothing to evaluate either.
        """
        counted = [term for term in self.loss if term.weight]
        found = [] if any(term.rules for term in counted) else ["no term looks at the answers"]
        if self.reduction is None:
            found.append("it is not said whether the losses of the rows are averaged or added up")
        if self.reading(model) is None:
            found.append("it is not said as what the loss reads the score (`answer`)")
        if self.clip is not None and self.clip > MOST_CLIPPED:
            found.append(f"a clip above {MOST_CLIPPED} leaves the loss hardly anything of the answers")
        return (*found, *(why for term in counted for why in _obstacles(term, self.reading(model), model)))


def _obstacles(term: Term, reading: Reading | None, model: Model) -> Iterator[str]:
    name, rule = getattr(term, "term", ""), model.decision
    if isinstance(term, OtherDeclared):
        yield "other_declared is in words only"
    if term.rules and rule.rule not in term.rules:
        yield f"{name} is not defined for the rule {rule.rule}"
    if term.rules and reading is not None and reading not in term.readings:
        yield f"{name} cannot be read from a {reading}"
    weights, classes = term.weights_by_class, getattr(rule, "classes", ())
    if weights is not None and len(weights) != len(classes):
        yield f"{name} has {len(weights)} class weights for {len(classes)} classes"


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
