"""Whether a system that answers with a number errs by as much in every group.

The counterpart of equal error rates where there is no decision. A mean has bounds only within a declared
range, which is that of the vendor's claim about its mean absolute error.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from certify.standard import pair_of
from certify.submission.model import IdentityRule
from checks.domain import Mask
from checks.fairness.groups import members_of
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.answers import Answers
from checks.objectives.distances import range_of_one_error
from checks.statistics.mean_differences import absolute_difference_of_means
from checks.statistics.means import bounded_mean
from checks.subject import Subject
from checks.table import Table


def mean_error_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...]
) -> Measured:
    """Estimates `mean_error` (absolute, in the unit of the answer) per group, and `mean_error_gap` per pair.

    Raises `CannotMeasure` for a model that decides, without a declared range of one error, and where a row of
    a group has no error: no answer, no known truth, or outside the contract.
    """
    if not isinstance(subject.manifest.model.decision, IdentityRule):
        raise CannotMeasure("mean errors are compared for answers that are numbers, and this model decides")
    data, members = members_of(data, groups)
    answers = Answers(subject, data)
    errors = {name: _errors(answers, name, rows) for name, rows in members.items()}
    lowest, highest = range_of_one_error(answers)
    pairs = list(combinations(errors, 2))
    family = confidence.over(len(errors) + len(pairs))
    means = [
        bounded_mean(values, lowest, highest, family).estimate(
            statistic="mean_error", stratum=name, confidence=family, unit=answers.unit
        )
        for name, values in errors.items()
    ]
    gaps = [
        absolute_difference_of_means(errors[a], errors[b], lowest, highest, family).estimate(
            statistic="mean_error_gap", stratum=pair_of(a, b), confidence=family, unit=answers.unit
        )
        for a, b in pairs
    ]
    return Measured(estimates=(*means, *gaps))


def _errors(answers: Answers, name: str, rows: Mask) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    if not rows.any():
        raise CannotMeasure(f"no case in {name}: its mean error is not measured")
    errors = np.abs(answers.errors[rows])
    missing = int((~np.isfinite(errors)).sum())
    if missing:
        raise CannotMeasure(
            f"{missing} rows of {name} have no error: no answer, no known truth, or outside the contract"
        )
    return errors
