"""Of a linear answer the farthest move in a box is the 1-norm of its weights times the size of the box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.robustness.steadiness import steadiness
from checks.subject import Subject

LEVEL = Confidence(0.975)
BUDGET: dict[str, Any] = {"norm": "linf", "steps": 10, "queries": 50, "rows": 100_000, "seed": 1}
Subjects = Callable[..., Subject]


def share(subject: Subject, strength: float, tolerance: float, **more: Any) -> float:
    found = steadiness(
        subject, subject.table("test"), LEVEL, strengths=(f"strength={strength}",), tolerance=tolerance,
        **(BUDGET | more),
    )  # fmt: skip
    (estimate,) = found.estimates
    assert (estimate.statistic, estimate.stratum) == ("steady_under_attack", f"strength={strength}")
    return float(estimate.value)


def gauge(make_subject: Subjects, *x: float) -> Subject:
    frame = pd.DataFrame({"x0": x, "x1": 0.0, "label": 0.0})
    return make_subject(frame, task="regression", weights=[3, -1])


def test_an_answer_moves_as_far_as_its_weights_carry_it(make_subject: Subjects) -> None:
    """0.02 of a range of 20 is 0.4; times 4 that is 1.6, or 0.08 of the range of answers."""
    subject = gauge(make_subject, 0.0, 1.0, 2.0)
    assert share(subject, 0.02, 0.079) == 0
    assert share(subject, 0.02, 0.081) == 1


def test_together_numbers_move_by_the_2_norm(make_subject: Subjects) -> None:
    """0.4 times the root of 10 is 1.265, or 0.0632 of the range of answers."""
    subject = gauge(make_subject, 0.0, 1.0, 2.0)
    assert share(subject, 0.02, 0.0625, norm="l2") == 0
    assert share(subject, 0.02, 0.064, norm="l2") == 1


def test_what_has_no_answer_or_lies_outside_counts_as_moved(make_subject: Subjects) -> None:
    assert share(gauge(make_subject, 0.0, 1.0, np.nan, 11.0), 0.001, 0.4) == 0.5


def test_what_cannot_be_moved_is_not_measured(make_subject: Subjects) -> None:
    deaf = make_subject(pd.DataFrame({"x": [1.0], "label": 0.0}), task="regression", weights=[0])
    binary = make_subject(pd.DataFrame({"x": [1.0], "label": "yes"}))
    for subject, tolerance, match in (
        (deaf, 0.1, "it is blind"),
        (binary, 0.1, "a class has no tolerance"),
        (gauge(make_subject, 1.0), 0.0, "a tolerance above 0"),
        (gauge(make_subject, 11.0), 0.1, "nothing to attack"),
    ):
        with pytest.raises(CannotMeasure, match=match):
            share(subject, 0.1, tolerance)
    with pytest.raises(CannotMeasure, match="none were given"):
        steadiness(deaf, None, LEVEL, strengths=("strength=0.1",), tolerance=0.1, **BUDGET)
