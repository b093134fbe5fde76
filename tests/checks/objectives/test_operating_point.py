"""Recorded decisions beside those of the declared rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.operating_point import operating_point
from checks.statistics.proportions import clopper_pearson
from checks.subject import Subject

Make = Callable[..., Subject]
SURE = Confidence(0.975)
SIZE = 200


def rows(**columns: Any) -> pd.DataFrame:
    """The system decides "yes" from x = 0 on; the truth is another matter."""
    x = np.random.default_rng(3).uniform(-5, 5, SIZE).round(3)
    decided = np.where(x >= 0, "yes", "no")
    return pd.DataFrame({"x": x, "label": ["yes", "no"] * (SIZE // 2), "decided": decided} | columns)


def measured(make: Make, frame: Any, column: str | None = "decided", **more: Any) -> Measured:
    ours = make(frame, **more)
    dataset = ours.manifest.data.sets[0].to_json() | {"decisions": column}
    declared = ours.manifest.to_json()
    declared["data"]["sets"] = [dataset]
    again = Subject(type(ours.manifest).from_json(declared), ours.files, ours._root)
    return operating_point(again, again.table("test"), SURE)


def shares(result: Measured) -> dict[str, float]:
    return {e.statistic: float(e.value) for e in result.estimates}


def reproduced(result: Measured) -> bool:
    (statement,) = result.statements
    assert (statement.name, statement.subject) == ("decisions_reproduced", "decisions")
    return statement.holds


def test_decisions_of_the_same_rule_are_reproduced_with_an_exact_bound(make_subject: Make) -> None:
    result = measured(make_subject, rows())
    assert shares(result) == {"decisions_differ": 0, "near_ties": 0}
    assert reproduced(result)
    upper = result.estimates[0].demonstrating.upper or 0
    assert float(upper) == pytest.approx(clopper_pearson(0, SIZE, 0.975)[1], rel=1e-10)


def test_another_threshold_differs_in_just_the_rows_between(make_subject: Make) -> None:
    """sigmoid(1) = 0.731: rows with 0 <= x < 1 were decided yes, and are decided no."""
    result = measured(make_subject, rows(), threshold="0.7310585786300049")
    x = rows().x
    assert shares(result)["decisions_differ"] == float(((x >= 0) & (x < 1)).mean()) > 0
    assert not reproduced(result)


def test_one_decision_that_differs_is_one_too_many(make_subject: Make) -> None:
    frame = rows()
    frame.loc[7, "decided"] = "no" if frame.loc[7, "decided"] == "yes" else "yes"
    result = measured(make_subject, frame)
    assert shares(result)["decisions_differ"] == 1 / SIZE
    assert not reproduced(result)


@pytest.mark.parametrize("missing", ["", "perhaps"])
def test_a_row_without_a_recorded_decision_differs(make_subject: Make, missing: str) -> None:
    frame = rows()
    frame.loc[:9, "decided"] = missing
    assert shares(measured(make_subject, frame))["decisions_differ"] == 10 / SIZE


def test_a_row_outside_the_contract_or_without_an_answer_differs(make_subject: Make) -> None:
    frame = rows()
    frame.loc[:4, "x"] = 50.0
    frame.loc[5:9, "x"] = np.nan
    assert shares(measured(make_subject, frame))["decisions_differ"] == 10 / SIZE


def test_within_float_noise_of_the_threshold_either_decision_is_reproduced(make_subject: Make) -> None:
    """At x = 1e-8 the sigmoid is 0.5 in float32; a machine that reckons more exactly decides as it will."""
    frame = rows()
    frame.loc[:3, "x"], frame.loc[:1, "decided"], frame.loc[2:3, "decided"] = 1e-8, "no", "yes"
    result = measured(make_subject, frame)
    assert shares(result) == {"decisions_differ": 0, "near_ties": 4 / SIZE}
    assert reproduced(result)


def test_a_near_tie_is_between_two_neighbours_and_no_third(make_subject: Make) -> None:
    scores = np.random.default_rng(8).uniform(-5, 5, (SIZE, 3)).round(3)
    scores[:3] = [4, 4, -4]
    decided = np.array(["a", "b", "c"])[scores.argmax(axis=1)]
    decided[:3] = ["a", "b", "c"]
    columns = {f"x{i}": scores[:, i] for i in range(3)}
    frame = pd.DataFrame({**columns, "label": decided, "decided": decided})
    result = measured(make_subject, frame, task="multiclass")
    assert shares(result) == {"decisions_differ": 1 / SIZE, "near_ties": 3 / SIZE}


def test_a_model_that_sits_on_its_threshold_is_told_by_its_near_ties(make_subject: Make) -> None:
    result = measured(make_subject, rows(), weights=[0], bias=[0])
    assert shares(result) == {"decisions_differ": 0, "near_ties": 1}


def test_without_a_column_it_is_said_what_to_do(make_subject: Make) -> None:
    with pytest.raises(CannotMeasure, match="run your own system on these rows"):
        measured(make_subject, rows(), None)
    with pytest.raises(CannotMeasure, match="no column gone with the decisions"):
        measured(make_subject, rows(), "gone")


def test_a_regression_decides_nothing(make_subject: Make) -> None:
    frame = pd.DataFrame({"x": np.arange(40.0) / 5, "label": np.arange(40.0), "decided": np.arange(40.0)})
    with pytest.raises(CannotMeasure, match="decides nothing"):
        measured(make_subject, frame, task="regression")
