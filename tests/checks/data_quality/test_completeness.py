import io
import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.data_quality.completeness import completeness
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def people(rows: int) -> pd.DataFrame:
    labels = (["yes", "no"] * rows)[:rows]
    return pd.DataFrame({"x0": np.arange(rows) / rows, "x1": np.arange(rows) % 7, "label": labels})


def parquet(frame: pd.DataFrame) -> dict[str, dict[str, bytes]]:
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return {"test": {"rows.parquet": stream.getvalue()}}


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(*arguments: object, **more: object) -> Measured:
        subject = make_subject(*arguments, **more)
        return completeness(subject, subject.relation("test"), CONFIDENCE)

    return run


def test_whole_rows_have_a_share_of_zero_and_a_bound_above_it(measure: Callable[..., Measured]) -> None:
    (share,) = measure(people(400)).estimates
    assert (share.statistic, share.stratum, share.kind, share.value, share.n) == (
        "incomplete_share", "all", "statistical", 0, 400,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 400), abs=1e-11)


def test_a_row_counts_once_however_many_values_it_lacks(measure: Callable[..., Measured]) -> None:
    rows = people(200)
    rows.loc[:9, "x0"] = None
    rows.loc[5:19, "x1"] = None
    rows.loc[15:29, "label"] = None
    measured = measure(rows)
    (share,) = measured.estimates
    exact = binomtest(30, 200).proportion_ci(0.95, method="exact")
    assert float(share.value) == 0.15
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)
    assert json.loads(measured.exhibits[0].data) == {
        "rows": 200, "incomplete": 30, "missing": {"x0": 10, "x1": 15, "label": 15},
    }  # fmt: skip
    assert measured.exhibits[0].visibility == "public"


@pytest.mark.parametrize("absent", [None, "", "  ", "NA", "unknown", "1,5"])
def test_an_input_of_which_no_number_can_be_read_is_missing(
    measure: Callable[..., Measured], absent: str | None
) -> None:
    rows = people(20).astype({"x0": object})
    rows.loc[4, "x0"] = absent
    for found in (measure(rows), measure(rows, files=parquet(rows.astype({"x0": "string"})))):
        assert float(found.estimates[0].value) == 0.05


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_a_target_that_is_absent_or_blank_is_missing(
    measure: Callable[..., Measured], absent: str | None
) -> None:
    rows = people(20)
    rows.loc[4, "label"] = absent
    for found in (measure(rows), measure(rows, files=parquet(rows))):
        assert float(found.estimates[0].value) == 0.05


def test_a_label_that_is_no_class_is_a_value_all_the_same(measure: Callable[..., Measured]) -> None:
    rows = people(20)
    rows.loc[4, "label"] = "perhaps"
    assert measure(rows).estimates[0].value == 0


def test_infinity_and_a_number_out_of_range_are_values_all_the_same(measure: Callable[..., Measured]) -> None:
    rows = people(20)
    rows.loc[4, "x0"] = np.inf
    rows.loc[5, "x0"] = 999
    assert measure(rows).estimates[0].value == 0


def test_the_target_of_a_regression_is_missing_where_it_is_no_number(
    measure: Callable[..., Measured],
) -> None:
    labels = [*np.arange(17.0), None, "none", np.inf]
    rows = people(20).assign(label=labels)
    assert float(measure(rows, columns=["x0"], task="regression").estimates[0].value) == 0.1


def test_columns_that_nobody_is_fed_may_have_holes(measure: Callable[..., Measured]) -> None:
    assert measure(people(20).assign(note=None)).estimates[0].value == 0


def test_one_missing_element_makes_an_array_incomplete(measure: Callable[..., Measured]) -> None:
    images = np.random.default_rng(0).normal(size=(10, 3, 3)).astype(np.float32)
    images[2, 1, 1] = images[7, 0, 0] = images[7, 2, 2] = np.nan
    data = {"image": images, "label": np.array(["a", "b"] * 5)}
    measured = measure(data, task="multiclass", tensor="image")
    assert float(measured.estimates[0].value) == 0.2
    assert json.loads(measured.exhibits[0].data)["missing"] == {"image": 2, "label": 0}


def test_an_integer_input_that_lacks_a_value_is_not_measured(measure: Callable[..., Measured]) -> None:
    rows = people(20)
    rows.loc[4, "x1"] = None
    assert measure(people(20), columns=["x1"], dtype="int64").estimates[0].value == 0
    with pytest.raises(CannotMeasure, match="no int64"):
        measure(rows, columns=["x1"], dtype="int64")


def test_no_data_no_row_and_rows_that_are_no_independent_trials_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure, match="none was given"):
        completeness(make_subject(), None, CONFIDENCE)
    with pytest.raises(CannotMeasure, match="no rows"):
        measure(files={"test": {"a.csv": b"x,label\n"}})
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(people(20).assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(people(20).assign(person=0), unit_column="person")
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(pd.concat([people(50)] * 2))
