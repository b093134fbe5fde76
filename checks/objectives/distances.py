"""Metrics of a model that answers with a number, by how far its answers lie from the truth.

A mean of errors that may be of any size has no bound, so that the vendor declares how large one error can be;
a quantile loss also needs the quantile that is answered. A missing error has no worst value but the one that
its vendor would choose, so that a mean with one is not measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Interval
from checks.objectives.answers import Answers
from checks.statistics.savings import SQUARE, Loss, saved

Values = NDArray[np.float64]


def range_of_one_error(answers: Answers) -> tuple[float, float]:
    """How small and how large one absolute error can be, as the vendor's claims declare it.

    Raises `CannotMeasure` if they do not, or if an answer at one end of the declared answers and a truth at
    the other would be a larger error.
    """
    claims = answers.claims
    ranges = {claim.range for claim in claims if claim.metric in DISTANCES and claim.range}
    if len(ranges) != 1:
        raise CannotMeasure(
            "the claims declare no single range of one error: its mean has no bound. Declare in the claim, "
            "as range, the smallest and the largest error that one case can have"
        )
    lowest, highest = ranges.pop()
    rule = answers.model.decision
    width = rule.range[1] - rule.range[0] if isinstance(rule, IdentityRule) else highest
    if lowest > 0 or highest < width:
        raise CannotMeasure(
            f"an error may be as large as the range of answers, 0 to {width}, "
            f"and the claim declares {lowest} to {highest}"
        )
    return float(lowest), float(highest)


def mean_absolute_error(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The mean distance between answer and truth."""
    errors, (lowest, highest) = known_errors(answers, rows), range_of_one_error(answers)
    return answers.design.among(rows).mean(np.abs(errors), lowest, highest, confidence)


def root_mean_squared_error(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The square root of the mean squared error, with the square roots of its bounds."""
    errors, (lowest, highest) = known_errors(answers, rows), range_of_one_error(answers)
    mean = answers.design.among(rows).mean(errors**2, lowest**2, highest**2, confidence)
    return Interval(
        name=f"{mean.name}, square root",
        value=math.sqrt(mean.value),
        n=mean.n,
        demonstrating=_roots(mean.demonstrating),
        refuting=_roots(mean.refuting),
    )


def _roots(bounds: tuple[float, float]) -> tuple[float, float]:
    return math.sqrt(max(0.0, bounds[0])), math.sqrt(bounds[1])


def r_squared(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """One minus the mean squared error over the variance of the truths."""
    return saved_by(answers, rows, SQUARE, confidence)


def saved_by(answers: Answers, rows: Mask, loss: Loss, confidence: Confidence) -> Interval:
    """How much of the loss of the best constant number the model saves."""
    answers.design.require_independent("a share of what is saved", "root_mean_squared_error")
    errors, (_, highest) = known_errors(answers, rows), range_of_one_error(answers)
    rule = answers.model.decision
    assert isinstance(rule, IdentityRule)  # errors are of no other
    ends = float(rule.range[0]), float(rule.range[1])
    truths = answers.data.labels[rows]
    return saved(errors, truths, largest_error=highest, ends=ends, loss=loss, confidence=confidence)


def quantile_loss(answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The mean of (truth - answer) times the level, or times the level minus one where that is positive.

    Koenker and Bassett, Econometrica 46 (1978), 33-50.
    """
    errors, (_, highest), level = known_errors(answers, rows), range_of_one_error(answers), _level(answers)
    losses = np.maximum(-level * errors, (1 - level) * errors)
    return answers.design.among(rows).mean(losses, 0.0, max(level, 1 - level) * highest, confidence)


def _level(answers: Answers) -> float:
    levels = {claim.level for claim in answers.claims if claim.metric == "quantile_loss" and claim.level}
    if len(levels) != 1:
        raise CannotMeasure(
            "no claim of a quantile loss says which quantile is answered, or several say different ones: "
            "declare it in the claim, as level"
        )
    return float(levels.pop())


def known_errors(answers: Answers, rows: Mask) -> Values:
    """Answer minus truth of each of the rows; raises `CannotMeasure` where one has none."""
    errors = answers.errors[rows]
    missing = int((~np.isfinite(errors)).sum())
    if missing:
        raise CannotMeasure(
            f"{missing} rows have no error: no answer, no known truth, or outside the contract"
        )
    return errors


DISTANCES: Final[Mapping[str, Callable[[Answers, Mask, Confidence], Interval]]] = {
    "mean_absolute_error": mean_absolute_error,
    "root_mean_squared_error": root_mean_squared_error,
    "r_squared": r_squared,
    "quantile_loss": quantile_loss,
}
"""The metrics of a number, by their names."""
