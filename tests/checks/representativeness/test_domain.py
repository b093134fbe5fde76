import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.measured import CannotMeasure, Confidence, Measured
from checks.representativeness.domain import domain
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def people(rows: int) -> pd.DataFrame:
    labels = (["yes", "no"] * rows)[:rows]
    return pd.DataFrame({"x0": np.arange(rows) / rows, "x1": np.arange(rows) % 2, "label": labels})


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(*arguments: object, **more: object) -> Measured:
        subject = make_subject(*arguments, **more)
        return domain(subject, subject.relation("test"), CONFIDENCE)

    return run


def test_rows_within_the_contract_have_a_share_of_zero_and_a_bound_above_it(
    measure: Callable[..., Measured],
) -> None:
    (share,) = measure(people(400)).estimates
    assert (share.statistic, share.stratum, share.kind, share.value, share.n) == (
        "outside_share", "all", "statistical", 0, 400,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 400), abs=1e-11)


def test_a_contract_that_is_too_narrow_leaves_out_the_rows_beyond_it(
    measure: Callable[..., Measured],
) -> None:
    """Of 0/200, 1/200 ... 199/200 the last 79 lie above 0.6, and x1 within 0 and 1 always."""
    quantity = {"range": (0, "0.6")}
    (share,) = measure(people(200), coded={"x1": [0, 1]}, quantity=quantity).estimates
    exact = binomtest(79, 200).proportion_ci(0.95, method="exact")
    assert float(share.value) == pytest.approx(79 / 200)
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)


def test_a_contract_in_which_nobody_lives_leaves_out_everybody(measure: Callable[..., Measured]) -> None:
    (share,) = measure(people(50), coded={"x1": [8, 9]}).estimates
    assert (share.value, share.demonstrating.upper) == (1, 1)


@pytest.mark.parametrize("value", [None, np.inf, -np.inf, 10.5, "much"])
def test_what_is_missing_or_infinite_or_beyond_the_range_lies_outside(
    measure: Callable[..., Measured], value: float | str | None
) -> None:
    rows = people(20).astype({"x0": object})
    rows.loc[7, "x0"] = value
    assert float(measure(rows).estimates[0].value) == 0.05


def test_a_row_counts_once_and_each_column_for_itself(measure: Callable[..., Measured]) -> None:
    rows = people(20).astype({"x1": float})
    rows.loc[:3, "x0"] = 99
    rows.loc[2:6, "x1"] = 0.5  # no code
    measured = measure(rows, coded={"x1": [0, 1]})
    (exhibit,) = measured.exhibits
    assert float(measured.estimates[0].value) == 0.35
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data) == {
        "rows": 20,
        "outside": 7,
        "of_each_source": [
            {"input": "input", "source": "x0", "outside": 4},
            {"input": "input", "source": "x1", "outside": 5},
        ],
    }


def test_one_element_beyond_its_range_leaves_an_array_outside(measure: Callable[..., Measured]) -> None:
    images = np.zeros((10, 3, 3), np.float32)
    images[:, 0, 0] = np.arange(10) / 2
    images[4, 1, 1] = images[6, 0, 1] = images[6, 2, 2] = 11
    data = {"image": images, "label": np.array(["a", "b"] * 5)}
    measured = measure(data, task="multiclass", tensor="image")
    assert float(measured.estimates[0].value) == 0.2
    assert json.loads(measured.exhibits[0].data)["of_each_source"] == [
        {"input": "input", "source": "image", "outside": 2}
    ]


def test_no_data_no_row_and_rows_that_are_no_independent_trials_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure, match="none was given"):
        domain(make_subject(), None, CONFIDENCE)
    with pytest.raises(CannotMeasure, match="no rows"):
        measure(files={"test": {"a.csv": b"x,label\n"}})
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(people(20).assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(people(20).assign(person=0), unit_column="person")
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(pd.concat([people(50)] * 2))
