"""The terms of a loss: a closed vocabulary, each word with exactly the parameters that define its number.

Whoever reads a term can evaluate it: there is no word whose meaning depends on a library's defaults. What
is outside the vocabulary can be said with `other_declared`, and is then said and not declared.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from certify.value import Line, Number, Prose, Value

Reading = Literal["probability", "log_odds", "value"]
"""As what a loss reads the output that decides: 0 to 1, before sigmoid or softmax, or as it is."""

Reduction = Literal["mean", "sum", "weighted_mean"]
"""How the losses of the rows become one number.

`mean` divides by the number of rows, `weighted_mean` by the sum of the weights of the rows and of their
classes (as torch's CrossEntropyLoss and scikit-learn's log_loss do), `sum` by nothing.
"""

ClassWeights = tuple[Annotated[Number, Field(ge=0)], ...]
Smoothing = Annotated[Number, Field(ge=0, lt=1)]


class Term(Value):
    """What every term has: its weight in the sum, and what else is to be said of it."""

    weight: Number = Field(ge=0)
    note: Prose | None = None

    readings: ClassVar[tuple[Reading, ...]] = ()
    """From which readings of the answer it can be evaluated; none: it does not look at answers."""
    rules: ClassVar[tuple[str, ...]] = ()
    """For which decision rules it is defined."""

    @model_validator(mode="before")
    @classmethod
    def _without_empty_class_weights(cls, said: Any) -> Any:
        """Older manifests write `class_weights: null` under every term, which says nothing of most."""
        if isinstance(said, dict) and said.get("class_weights", 0) is None:
            return {key: value for key, value in said.items() if key != "class_weights"}
        return said

    @property
    def weights_by_class(self) -> ClassWeights | None:
        """One weight for each class, in the order of the classes; None: they count the same."""
        return None


class _OfClasses(Term):
    class_weights: ClassWeights | None = None

    readings: ClassVar[tuple[Reading, ...]] = ("probability", "log_odds")
    rules: ClassVar[tuple[str, ...]] = ("threshold", "argmax")

    @property
    def weights_by_class(self) -> ClassWeights | None:
        return self.class_weights


class _OfNumbers(Term):
    readings: ClassVar[tuple[Reading, ...]] = ("value", "probability")
    rules: ClassVar[tuple[str, ...]] = ("identity", "threshold")


class CrossEntropy(_OfClasses):
    """-sum over k of w_k q_k log p_k, where q_k = (1 - s) [k is true] + s / classes is the smoothed label."""

    term: Literal["cross_entropy"]
    label_smoothing: Smoothing | None = None


class BinaryCrossEntropy(_OfClasses):
    """The same between two classes; `positive_weight` is the weight of the positive class beside 1."""

    term: Literal["binary_cross_entropy"]
    label_smoothing: Smoothing | None = None
    positive_weight: Number | None = Field(default=None, gt=0)

    rules: ClassVar[tuple[str, ...]] = ("threshold",)

    @model_validator(mode="after")
    def _weighted_once(self) -> Self:
        if self.class_weights is not None and self.positive_weight is not None:
            raise ValueError("either class_weights, or positive_weight")
        return self

    @property
    def weights_by_class(self) -> ClassWeights | None:
        """The same; the positive class is the second."""
        if self.positive_weight is not None:
            return (Decimal(1), self.positive_weight)
        return self.class_weights


class Focal(_OfClasses):
    """-w (1 - p)^gamma log p, p being the probability of the true class (Lin et al., ICCV 2017, eq. 4)."""

    term: Literal["focal"]
    gamma: Number = Field(ge=0)


class Hinge(Term):
    """max(0, 1 - ys) with y = ±1; for several classes max(0, 1 + highest wrong score - true score).

    The second is that of Crammer and Singer (JMLR 2, 2001, 265-292).
    """

    term: Literal["hinge"]

    readings: ClassVar[tuple[Reading, ...]] = ("value", "log_odds")
    rules: ClassVar[tuple[str, ...]] = ("threshold", "argmax")


class MeanSquaredError(_OfNumbers):
    """The squared difference; of a binary decision that from 0 or 1."""

    term: Literal["mean_squared_error"]


class MeanAbsoluteError(_OfNumbers):
    """The absolute difference; of a binary decision that from 0 or 1."""

    term: Literal["mean_absolute_error"]


class Huber(_OfNumbers):
    """d² / 2 up to |d| = delta, and delta (|d| - delta / 2) beyond (Huber 1964)."""

    term: Literal["huber"]
    delta: Number = Field(gt=0)


class Quantile(_OfNumbers):
    """level d for a truth that lies d above the answer, (1 - level) d for one d below it."""

    term: Literal["quantile"]
    level: Number = Field(gt=0, lt=1)


class _OfWeights(Term):
    tensors: tuple[Line, ...] | None = None
    """The names of the penalised tensors in the graph; None: all that multiply, and so no offsets."""


class L1Weights(_OfWeights):
    """The sum of the absolute weights."""

    term: Literal["l1_weights"]


class L2Weights(_OfWeights):
    """The sum of the squared weights, without a half and without a root."""

    term: Literal["l2_weights"]


class OtherDeclared(Term):
    """A term outside the vocabulary, in words. It can be said, and nothing can be evaluated with it."""

    term: Literal["other_declared"]


LossTerm = Annotated[
    CrossEntropy | BinaryCrossEntropy | Focal | Hinge | MeanSquaredError | MeanAbsoluteError | Huber
    | Quantile | L1Weights | L2Weights | OtherDeclared,
    Field(discriminator="term"),
]  # fmt: skip


class Recipe(Value):
    """How the loss was minimised, as far as it bears on whether the delivered weights lie at its minimum."""

    optimiser: Line
    learning_rate: Number | None = Field(default=None, gt=0)
    epochs: int | None = Field(default=None, ge=1)
    batch: int | None = Field(default=None, ge=1)
    early_stopping: Prose | None = None
    converged: bool
    """Whether it was minimised until nothing more was to be gained."""
    sample_weights: Line | None = None
    """The column of the training data by which the loss of each row was multiplied."""
