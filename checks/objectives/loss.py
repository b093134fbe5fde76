"""The declared loss of each row, in float64, from what the model answered and what is true.

Term by term as `certify.submission.loss` defines them. Nothing is averaged here but by `reduced`, and nothing
is compared: which value the vendor declares is not known to this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.loss import Reading, Reduction, Term
from certify.submission.model import ArgmaxRule, IdentityRule, ThresholdRule
from checks.measured import CannotMeasure

Values = NDArray[np.float64]
Rule = ArgmaxRule | ThresholdRule | IdentityRule

_ROUNDING: Final = 1e-6
"""So far beyond 0 and 1 a probability in float32 may lie: numerical slack of ours, no limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What the loss sees of the rows.

    `scores` has the shape [rows, numbers]; `labels` holds the index of the true class of each row, or for a
    regression the true value. `clip` bounds probabilities away from 0 and 1, if it is declared.
    """

    rule: Rule
    reading: Reading
    scores: Values
    labels: NDArray[Any]
    clip: float | None = None

    def __post_init__(self) -> None:
        columns = self.scores.shape[1]
        if isinstance(self.rule, ThresholdRule) and self.rule.column >= columns:
            raise CannotMeasure(f"no column {self.rule.column} among {columns} numbers per case")
        if isinstance(self.rule, ArgmaxRule) and len(self.rule.classes) != columns:
            raise CannotMeasure(f"{columns} numbers per case for {len(self.rule.classes)} classes")

    @property
    def one(self) -> Values:
        """The number that decides, of shape [rows], where one does."""
        column = self.rule.column if isinstance(self.rule, ThresholdRule) else 0
        return np.asarray(self.scores[:, column], dtype=np.float64)

    @property
    def true(self) -> Values:
        """The true value of each row; of a binary decision 0 or 1."""
        return self.labels.astype(np.float64)

    @property
    def logarithms(self) -> Values:
        """The logarithm of the probability of each class, of shape [rows, classes]."""
        found = _from_log_odds(self) if self.reading == "log_odds" else _from_probabilities(self)
        if self.clip is None:
            return found
        return np.asarray(np.log(np.clip(np.exp(found), self.clip, 1 - self.clip)), dtype=np.float64)


def _from_log_odds(answered: Answered) -> Values:
    if isinstance(answered.rule, ArgmaxRule):
        scores = answered.scores
        return np.asarray(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True), dtype=np.float64)
    one = answered.one
    return np.asarray(-np.logaddexp(0, np.stack([one, -one], axis=1)), dtype=np.float64)


def _from_probabilities(answered: Answered) -> Values:
    one = answered.one
    chances = answered.scores if isinstance(answered.rule, ArgmaxRule) else np.stack([1 - one, one], axis=1)
    if not ((chances >= -_ROUNDING) & (chances <= 1 + _ROUNDING)).all():  # false for NaN as well
        raise CannotMeasure("the answers are declared to be probabilities, and not all lie between 0 and 1")
    with np.errstate(divide="ignore"):  # an impossible class has the logarithm -inf, and is dealt with later
        return np.asarray(np.log(np.clip(chances, 0, 1)), dtype=np.float64)


def row_losses(term: Term, answered: Answered) -> Values:
    """The loss of each row by one term, without the weight of the term; infinite where the loss is.

    Raises `CannotMeasure` for a term that looks at no answer, and for answers that it cannot read.
    """
    name = getattr(term, "term", "")
    if name not in _LOSSES:
        raise CannotMeasure(f"{name} is no loss of a row that can be evaluated")
    return np.asarray(_LOSSES[name](term, answered), dtype=np.float64)


def class_weights(term: Term, answered: Answered) -> Values:
    """The weight of the true class of each row by one term."""
    if term.weights_by_class is None:
        return np.ones(len(answered.labels))
    chosen = [float(weight) for weight in term.weights_by_class]
    return np.asarray(np.asarray(chosen)[answered.labels], dtype=np.float64)


def reduced(losses: Values, weights: Values, by_class: Values, reduction: Reduction) -> float:
    """The losses of the rows, each times its weight, as one number.

    Raises `CannotMeasure` where all weights are 0: the loss of nothing is 0 whatever is answered.
    """
    counted = float(np.sum(weights * by_class))
    if counted <= 0:
        raise CannotMeasure("the weights of all rows add up to nothing: no loss of theirs is defined")
    total = float(np.sum(weights * losses))
    if reduction == "sum":
        return total
    return total / (counted if reduction == "weighted_mean" else len(losses))


def _cross_entropy(term: Any, answered: Answered) -> Values:
    logarithms, classes = answered.logarithms, answered.logarithms.shape[1]
    spread = float(term.label_smoothing or 0)
    chances = (1 - spread) * np.eye(classes)[answered.labels] + spread / classes
    weights = [1.0] * classes if term.weights_by_class is None else [float(w) for w in term.weights_by_class]
    parts = np.zeros_like(logarithms)  # a class of no chance counts nothing, even where its logarithm is -inf
    np.multiply(np.asarray(weights) * chances, -logarithms, out=parts, where=chances > 0)
    return np.asarray(parts.sum(axis=1), dtype=np.float64)


def _focal(term: Any, answered: Answered) -> Values:
    logarithm = np.take_along_axis(answered.logarithms, answered.labels[:, np.newaxis], axis=1)[:, 0]
    easy = (-np.expm1(logarithm)) ** float(term.gamma)
    return np.asarray(-class_weights(term, answered) * easy * logarithm, dtype=np.float64)


def _hinge(term: Any, answered: Answered) -> Values:
    if isinstance(answered.rule, ThresholdRule):
        return np.asarray(np.maximum(0.0, 1 - (2 * answered.true - 1) * answered.one), dtype=np.float64)
    rows = np.arange(len(answered.labels))
    wrong = answered.scores.copy()
    wrong[rows, answered.labels] = -np.inf
    ahead = wrong.max(axis=1) - answered.scores[rows, answered.labels]
    return np.asarray(np.maximum(0.0, 1 + ahead), dtype=np.float64)


def _huber(term: Any, answered: Answered) -> Values:
    far, delta = np.abs(_error(answered)), float(term.delta)
    return np.where(far <= delta, far**2 / 2, delta * (far - delta / 2))


def _quantile(term: Any, answered: Answered) -> Values:
    error, level = _error(answered), float(term.level)
    return np.maximum(level * error, (level - 1) * error)


def _error(answered: Answered) -> Values:
    """How far the truth lies above the answer."""
    return np.asarray(answered.true - answered.one, dtype=np.float64)


_LOSSES: Final[Mapping[str, Callable[[Any, Answered], Values]]] = {
    "cross_entropy": _cross_entropy,
    "binary_cross_entropy": _cross_entropy,
    "focal": _focal,
    "hinge": _hinge,
    "mean_squared_error": lambda term, answered: _error(answered) ** 2,
    "mean_absolute_error": lambda term, answered: np.abs(_error(answered)),
    "huber": _huber,
    "quantile": _quantile,
}
"""The visible list of what can be evaluated row by row."""
