"""Calibration within groups: whether a probability means the same, and what it says, in every group.

Kleinberg, Mullainathan and Raghavan, Inherent Trade-Offs in the Fair Determination of Risk Scores (ITCS
2017), condition (A). A system that is calibrated over all may promise too much to one group and too little to
another; one that is calibrated in each group promises the same to all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import ThresholdRule
from checks.fairness.groups import POSITIVE, members_of
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.predictor import UNDECIDED
from checks.statistics.calibration import calibration, equal_bins
from checks.subject import Subject
from checks.table import Table


def calibration_gap(
    subject: Subject, data: Table | None, confidence: Confidence, *, groups: tuple[str, ...], bins: int
) -> Measured:
    """Estimates `calibration_gap` per group: how far what is said lies from what happens, over `bins` bins.

    Raises `CannotMeasure` unless the model decides between two classes by an output that is declared as a
    probability, and where a row of a group has no probability, no known label or lies outside the contract.
    """
    said = _probabilities(subject, data)
    data, members = members_of(data, groups)
    happened = data.labels == POSITIVE
    stated = (said >= 0) & (said <= 1)  # false for NaN as well
    unscored = ~data.inside | ~stated | (data.labels == UNDECIDED)
    family = confidence.over(len(members))

    def of_group(name: str) -> Interval:
        rows = members[name]
        if not rows.any():
            raise CannotMeasure(f"no case in {name}: its calibration is not measured")
        if count := int((rows & unscored).sum()):
            raise CannotMeasure(
                f"{count} rows of {name} have no probability or no known label, or lie outside the contract"
            )
        return calibration(happened[rows] - said[rows], equal_bins(said[rows], bins), family)

    return Measured(
        estimates=tuple(
            of_group(name).estimate(statistic="calibration_gap", stratum=name, confidence=family)
            for name in members
        )
    )


def _probabilities(subject: Subject, data: Table | None) -> NDArray[np.float64]:
    """Of the positive class, for every row."""
    model = subject.manifest.model
    rule = model.decision
    if not isinstance(rule, ThresholdRule):
        raise CannotMeasure("calibration is measured on a binary decision, which this model does not take")
    content = next(output.content for output in model.outputs if output.name == rule.output)
    if content != "probability":
        raise CannotMeasure(
            f"the output {rule.output} is declared as a {content}, and promises no probability"
        )
    if data is None:
        raise CannotMeasure("calibration is measured on data, and none were given")
    return subject.predictor.scores(data.inputs)[:, rule.column]
