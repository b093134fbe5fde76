import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.data_quality.labels import labels
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def people(answers: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(len(answers)) / len(answers), "label": answers})


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(*arguments: object, **more: object) -> Measured:
        subject = make_subject(*arguments, **more)
        return labels(subject, subject.relation("test"), CONFIDENCE)

    return run


def test_declared_classes_have_a_share_of_zero_and_a_bound_above_it(measure: Callable[..., Measured]) -> None:
    (share,) = measure(people(["yes", "no"] * 200)).estimates
    assert (share.statistic, share.stratum, share.kind, share.value, share.n) == (
        "unknown_label_share", "all", "statistical", 0, 400,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 400), abs=1e-11)


@pytest.mark.parametrize("unknown", [1, 30, 198])
def test_labels_that_are_no_class_are_counted_with_scipys_exact_bounds(
    measure: Callable[..., Measured], unknown: int
) -> None:
    known = ["yes", *["no"] * (199 - unknown)]
    (share,) = measure(people([*known, *["perhaps"] * unknown])).estimates
    exact = binomtest(unknown, 200).proportion_ci(0.95, method="exact")
    assert float(share.value) == pytest.approx(unknown / 200)
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)


@pytest.mark.parametrize(("label", "events"), [("yes", 0), (None, 1), ("", 1), ("Yes", 1), ("yes ", 1)])
def test_a_label_is_a_class_letter_by_letter(
    measure: Callable[..., Measured], label: str | None, events: int
) -> None:
    (share,) = measure(people([label, *["yes", "no"] * 5])).estimates
    assert float(share.value) == pytest.approx(events / 11)


def test_a_number_is_the_class_that_is_spelt_so(measure: Callable[..., Measured]) -> None:
    rows = people([0.0, 1.0, 2.0, 0.5, None, 1.0])
    (share,) = measure(rows, classes=("0", "1")).estimates
    assert float(share.value) == 0.5


def test_each_of_several_classes_is_known(measure: Callable[..., Measured]) -> None:
    rows = people(["a", "b", "c", "d"]).rename(columns={"x": "x0"}).assign(x1=0.0, x2=0.0)
    assert float(measure(rows, task="multiclass").estimates[0].value) == 0.25


def test_the_label_of_a_regression_is_a_finite_number(measure: Callable[..., Measured]) -> None:
    rows = people([1.5, "2", -1e9, None, "none", np.inf, -np.inf, 3])
    assert float(measure(rows, task="regression").estimates[0].value) == 0.5


def test_classes_spelt_otherwise_than_labels_are_not_measured(measure: Callable[..., Measured]) -> None:
    with pytest.raises(CannotMeasure, match="holds 'Yes' in 5 rows, and never yes"):
        measure(people(["Yes", "no"] * 5))


def test_no_data_no_row_and_rows_that_are_no_independent_trials_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    rows = people(["yes", "no"] * 25)
    with pytest.raises(CannotMeasure, match="none was given"):
        labels(make_subject(), None, CONFIDENCE)
    with pytest.raises(CannotMeasure, match="no rows"):
        measure(files={"test": {"a.csv": b"x,label\n"}})
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(rows.assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(rows.assign(person=0), unit_column="person")
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(pd.concat([rows] * 2))


def test_the_counts_and_nothing_else_are_shown_to_everybody(measure: Callable[..., Measured]) -> None:
    (exhibit,) = measure(people(["yes", "no", "perhaps", None])).exhibits
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data) == {"rows": 4, "unknown": 2}
