"""A metric by its name, computed on the rows of a stratum, with bounds.

Sensitivity, specificity and precision speak of the positive class of a threshold rule. Their bounds are
conditional on the denominator, which is reported as `n`. Rows that cannot be scored count as the worst:
an undecided positive is a miss, an undecided negative a false alarm, an undecided case of any kind a false
positive for precision; a row of unknown label stands in every denominator and in no numerator. Metrics of
probabilities and of distances have rules of their own, in `probabilities` and `distances`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

from certify.evidence import WHOLE
from certify.submission.metric import MetricName
from certify.submission.model import ThresholdRule
from checks.design import Share
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Interval
from checks.objectives.answers import Answers, Decisions
from checks.objectives.distances import DISTANCES
from checks.objectives.probabilities import PROBABILISTIC

_LOWER_IS_BETTER: Final = (
    "log_loss", "brier_score", "calibration_error", "mean_absolute_error", "root_mean_squared_error",
    "quantile_loss",
)  # fmt: skip
_IN_UNITS_OF_THE_ANSWER: Final = ("mean_absolute_error", "root_mean_squared_error", "quantile_loss")
_NEGATIVE, _POSITIVE = 0, 1

_RATES: Final[Mapping[str, Callable[[Decisions], tuple[Share, ...]]]] = {
    "accuracy": lambda d: (d.correct(),),
    "balanced_accuracy": lambda d: tuple(d.found(index) for index in range(len(d.classes))),
    "sensitivity": lambda d: (d.found(_POSITIVE),),
    "specificity": lambda d: (d.found(_NEGATIVE),),
    "precision": lambda d: (d.confirmed(_POSITIVE),),
}
_OF_THE_POSITIVE_CLASS: Final = ("sensitivity", "specificity", "precision")


def better(metric: str) -> Literal["higher", "lower"]:
    """Which way a metric improves."""
    return "lower" if metric in _LOWER_IS_BETTER else "higher"


def unit_of(metric: str, answers: Answers) -> str:
    """The unit in which a metric of this model is expressed."""
    return answers.unit if metric in _IN_UNITS_OF_THE_ANSWER else "1"


def measure(metric: str, answers: Answers, confidence: Confidence, *, stratum: str = WHOLE) -> Interval:
    """A metric of the model on a stratum of the data.

    Raises `CannotMeasure` for an unknown metric, one that does not fit the decision rule, an empty
    denominator, or a mean loss of which one is missing or the range is not declared.
    """
    rows = answers.data.members(stratum)
    if not rows.any():
        raise CannotMeasure(f"no row belongs to {stratum}")
    try:
        return measure_rows(metric, answers, rows, confidence)
    except CannotMeasure as refusal:
        raise CannotMeasure(f"{metric} of {stratum}: {refusal.explanation}", refusal.reason) from refusal


def measure_rows(metric: str, answers: Answers, rows: Mask, confidence: Confidence) -> Interval:
    """The same on rows that no attribute tells apart; at least one is given."""
    other = {**PROBABILISTIC, **DISTANCES}.get(metric)
    if other is not None:
        return other(answers, rows, confidence)
    shares, design = _shares(metric, answers, rows), answers.design.among(rows)
    return design.average(shares, confidence) if len(shares) > 1 else design.share(shares[0], confidence)


def _shares(metric: str, answers: Answers, rows: Mask) -> tuple[Share, ...]:
    if metric not in _RATES:
        raise CannotMeasure(f"no such metric; known are {', '.join(get_args(MetricName))}")
    if metric in _OF_THE_POSITIVE_CLASS and not isinstance(answers.model.decision, ThresholdRule):
        raise CannotMeasure("only a threshold rule has a positive class")
    return _RATES[metric](answers.decisions.among(rows))
