"""Metrics of the scores and probabilities behind a decision, and not of the decision alone.

Probabilities are what the manifest declares as such: the number that a threshold rule looks at is that of the
positive class, and the numbers of an argmax rule are those of all classes. A row without probabilities
(outside the contract, not finite, negative, or not adding up to one) or without a known label counts as the
worst: the largest Brier score, an error of one in the calibration, and below or above all others in rank.
A row of unknown label has no place among the ranks, and the loss of a missing probability has no largest
value but one that its vendor would choose; both are then not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import IdentityRule, ThresholdRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Interval
from checks.objectives.answers import Answers
from checks.predictor import UNDECIDED
from checks.statistics.calibration import calibration, equal_bins
from checks.statistics.concordance import concordance

Values = NDArray[np.float64]

_BINS: Final = 10
"""How many equal bins of the probability the calibration error is defined by."""

_SUM: Final = 1e-4
"""By how much the probabilities of all classes may miss one, for the sake of their last digits."""


def roc_auc(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The area under the receiver operating characteristic; ties count as a half."""
    answers.design.require_independent("roc_auc", "balanced_accuracy")
    score, labels = answers.score[rows], answers.data.labels[rows]
    unknown = int((labels == UNDECIDED).sum())
    if unknown:
        raise CannotMeasure(f"{unknown} rows have no known label, and so no rank in either class")
    positives, negatives = score[labels == 1], score[labels == 0]
    positives = np.where(np.isnan(positives), -np.inf, positives)
    negatives = np.where(np.isnan(negatives), np.inf, negatives)
    return concordance(positives, negatives, confidence)


def brier_score(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The mean squared distance of the probabilities from what happened (Brier, 1950).

    Of two classes that of the positive one, between 0 and 1; of more, the sum over classes, between 0 and 2.
    """
    stated, labels = probabilities(answers)[rows], answers.data.labels[rows]
    happened = labels[:, np.newaxis] == np.arange(stated.shape[1])
    two = stated.shape[1] == 2
    worst = 1.0 if two else 2.0
    scores = ((stated - happened) ** 2).sum(axis=1) / (2 if two else 1)
    missing = np.isnan(scores) | (labels == UNDECIDED)
    kept = np.clip(np.where(missing, worst, scores), 0, worst)
    return answers.design.among(rows).mean(kept, 0.0, worst, confidence)


def calibration_error(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """How far probabilities lie from frequencies, over ten equal bins of the probability.

    Of two classes the probability is that of the positive one; of more, that of the likeliest class.
    """
    answers.design.require_independent("calibration_error", "brier_score")
    stated, labels = probabilities(answers)[rows], answers.data.labels[rows]
    two = stated.shape[1] == 2
    named = np.ones(len(stated), dtype=np.int64) if two else np.argmax(stated, axis=1)
    probability = stated[np.arange(len(stated)), named]
    missing = np.isnan(probability) | (labels == UNDECIDED)
    kept = np.where(missing, 0.0, probability)
    bins = np.where(missing, _BINS, equal_bins(kept, _BINS))
    return calibration(np.where(missing, 1.0, (labels == named) - kept), bins, confidence)


def log_loss(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The mean of minus the natural logarithm of the probability of what happened."""
    highest = _largest_loss(answers)
    stated, labels = probabilities(answers)[rows], answers.data.labels[rows]
    missing = int((np.isnan(stated).any(axis=1) | (labels == UNDECIDED)).sum())
    if missing:
        raise CannotMeasure(
            f"{missing} rows have no loss: no probability, no known label, or outside the contract"
        )
    with np.errstate(divide="ignore"):  # an infinite loss is beyond every declared range
        losses = -np.log(stated[np.arange(len(stated)), labels])
    return answers.design.among(rows).mean(np.maximum(losses, 0.0), 0.0, highest, confidence)


def _largest_loss(answers: Answers) -> float:
    """As the claim declares it; no smaller than the declared range of the probabilities allows."""
    ranges = {claim.range for claim in answers.claims if claim.metric == "log_loss" and claim.range}
    if len(ranges) != 1:
        raise CannotMeasure(
            "no single range of one loss is claimed, and its mean has no bound: declare in the claim, as "
            "range, from 0 to the largest loss"
        )
    lowest, highest = ranges.pop()
    possible = _possible_loss(answers)
    if lowest > 0 or float(highest) < possible:
        raise CannotMeasure(
            f"the declared range of the probabilities allows a loss of {possible:g}, "
            f"and the claim declares {lowest} to {highest}"
        )
    return float(highest)


def _possible_loss(answers: Answers) -> float:
    declared = answers.output.range
    least = 0.0
    if declared is not None:
        two = isinstance(answers.model.decision, ThresholdRule)
        least = min(float(declared[0]), 1 - float(declared[1])) if two else float(declared[0])
    if least <= 0:
        raise CannotMeasure(
            "the declared range of the output allows that what happened has probability 0, hence an infinite "
            "loss: declare, as the range of the output, ends between which the model keeps its probabilities"
        )
    return -math.log(least)


def probabilities(answers: Answers) -> Values:
    """The probability of each class, of shape [rows, classes]; NaN in all of a row without.

    Raises `CannotMeasure` for a regression, and where the manifest declares no probabilities.
    """
    rule = answers.model.decision
    if isinstance(rule, IdentityRule):
        raise CannotMeasure("a regression has no classes")
    if answers.output.content != "probability":
        raise CannotMeasure(
            f"the output {rule.output} is declared as {answers.output.content}, and not as probability"
        )
    if isinstance(rule, ThresholdRule):
        stated = np.stack([1 - answers.score, answers.score], axis=1)
    else:
        stated = _of_all_classes(answers.scores, len(rule.classes))
    with np.errstate(invalid="ignore"):
        sound = (np.abs(stated.sum(axis=1) - 1) <= _SUM) & (stated >= 0).all(axis=1)
    return np.where(sound[:, np.newaxis], stated, np.nan)


def _of_all_classes(scores: Values, classes: int) -> Values:
    if scores.shape[1] != classes:
        raise CannotMeasure(f"{scores.shape[1]} numbers per case for {classes} classes")
    return scores


PROBABILISTIC: Final[Mapping[str, Callable[[Answers, Mask, Confidence], Interval]]] = {
    "roc_auc": roc_auc,
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": calibration_error,
}
"""The metrics of scores and probabilities, by their names."""
