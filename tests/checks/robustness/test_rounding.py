import json
import math
from decimal import ROUND_HALF_EVEN, Context

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.measured import CannotMeasure, Confidence
from checks.robustness.rounding import rounding, shortened
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
WIDE = {"range": (-100_000, 100_000)}


def at(*x):
    return pd.DataFrame({"x": x, "label": "yes"})


def measured(subject, digits=2):
    return rounding(subject, subject.table("test"), LEVEL, digits=digits)


def changed(subject, digits=2):
    (estimate,) = measured(subject, digits).estimates
    return estimate


def fed(subject, digits=2):
    return shortened(subject.manifest.model.inputs, subject.table("test").inputs, digits)["input"]


@pytest.mark.parametrize(
    ("digits", "written"),
    [
        (1, [1000, 0.001, -10, 3, 0, 200]),
        (2, [1200, 0.0012, -9.9, 2.7, 0, 200]),
        (3, [1230, 0.00123, -9.88, 2.72, 0, 199]),
        (4, [1235, 0.001234, -9.877, 2.718, 0, 199.0]),
    ],
)
def test_numbers_are_rounded_as_a_person_writes_them(make_subject, digits, written):
    frame = at(1234.567, 0.001234, -9.8765, 2.71828, 0, 199.0)
    subject = make_subject(frame, dtype="float64", quantity=WIDE)
    assert fed(subject, digits)[:, 0].tolist() == written


@given(st.floats(-1e5, 1e5, allow_subnormal=False), st.integers(1, 20))
def test_rounding_agrees_with_decimal_arithmetic(x, digits):
    """The oracle is Python's decimal module on the exact value of the float."""
    oracle = float(Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal_from_float(x))
    assert rounded_alone(x, digits) == oracle


def rounded_alone(x, digits):
    from certify.submission.model import TableInput

    column = {"kind": "measured", "name": "x", "unit": "1", "range": (-1_000_000, 1_000_000)}
    entry = TableInput.from_json({"kind": "table", "name": "input", "dtype": "float64", "columns": [column]})
    return float(shortened((entry,), {"input": np.array([[x]])}, digits)["input"][0, 0])


def test_a_model_far_from_its_threshold_withstands_rounding_and_one_at_it_does_not(make_subject):
    """Decided at 0.1234, where two digits are 0.12: numbers from 0.1234 to 0.125 fall back below."""
    rng = np.random.default_rng(1)
    far = make_subject(at(*rng.uniform(0.5, 2, 400)), bias=[-0.1234])
    near = make_subject(at(*rng.uniform(0.1235, 0.1249, 400)), bias=[-0.1234])
    assert (changed(far).value, changed(far).demonstrating.upper < 0.01) == (0, True)
    assert (changed(near).value, changed(near).refuting.lower > 0.99) == (1, True)


def test_the_share_of_changes_is_the_length_that_rounding_takes_across_the_threshold(make_subject):
    """Of numbers even in [0.115, 0.135], those in [0.12, 0.125) are rounded to 0.12 and lose 0.1234."""
    x = np.random.default_rng(2).uniform(0.115, 0.135, 4000)
    estimate = changed(make_subject(at(*x), bias=[-0.1234]))
    crossing = (0.125 - 0.1234) / 0.02
    assert float(estimate.value) == pytest.approx(crossing, abs=4 * np.sqrt(crossing / 4000))
    assert (estimate.statistic, estimate.stratum) == ("decision_changed", "all")


def test_only_cases_that_rounding_moves_are_tried(make_subject):
    """Of ten cases six are short already; of the other four one is turned."""
    frame = at(*[0.5] * 6, 1.234, 1.234, 1.234, 0.1249)
    result = measured(make_subject(frame, bias=[-0.1234]))
    (estimate,), (exhibit,) = result.estimates, result.exhibits
    assert (float(estimate.value), estimate.n) == (0.25, 4)
    bounds = estimate.demonstrating
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(clopper_pearson(1, 4, 0.975))
    assert exhibit.visibility == "vendor"
    assert json.loads(exhibit.data) == {"digits": 2, "rows": 10, "moved": 4, "tried": 4, "changed": 1}


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_where_nothing_moves_nothing_is_measured(make_subject, dtype):
    whole = at(5, -7, 0, 10) if dtype == "int32" else at(0.5, -0.7, 0.3, 1.2)
    with pytest.raises(CannotMeasure, match="rounding to 2 significant digits moves no number"):
        measured(make_subject(whole, dtype=dtype))


def test_more_digits_than_a_float_has_move_nothing(make_subject):
    frame = at(*np.random.default_rng(3).uniform(-5, 5, 50))
    for digits in (17, 10**12):
        with pytest.raises(CannotMeasure, match="moves no number"):
            measured(make_subject(frame, dtype="float32"), digits)


@pytest.mark.parametrize("digits", [0, -1])
def test_less_than_one_digit_is_no_number(make_subject, digits):
    with pytest.raises(CannotMeasure, match=f"one significant digit or more, found {digits}"):
        measured(make_subject(), digits)


def test_codes_are_never_rounded(make_subject):
    frame = pd.DataFrame({"x0": [1234, 5678], "x1": [1.234, 5.678], "label": "yes"})
    subject = make_subject(frame, coded={"x0": [1234, 5678]})
    assert fed(subject)[:, 0].tolist() == [1234, 5678]
    assert fed(subject)[:, 1].tolist() == [np.float32(1.2), np.float32(5.7)]


def test_exact_quantities_are_rounded_as_those_with_noise(make_subject):
    frame = pd.DataFrame({"x0": [1.234], "x1": [5.678], "label": "yes"})
    assert fed(make_subject(frame, noise={"x1": ("normal", 0.1)})).tolist() == [
        [np.float32(1.2), np.float32(5.7)]
    ]


def test_whole_numbers_are_rounded_too_and_stay_whole(make_subject):
    subject = make_subject(at(1234, -987, 5), dtype="int64", quantity=WIDE)
    assert fed(subject).dtype == np.int64
    assert fed(subject)[:, 0].tolist() == [1200, -990, 5]


def test_rounded_numbers_stay_within_the_declared_range(make_subject):
    subject = make_subject(at(1.96, -1.96, 1.51), quantity={"range": ("-1.97", "1.97")}, dtype="float64")
    assert fed(subject, 1)[:, 0].tolist() == [1.97, -1.97, 1.97]


def test_every_element_of_a_tensor_is_rounded(make_subject):
    arrays = {"image": np.full((2, 2, 2), 1.234), "label": np.array(["a", "b"])}
    subject = make_subject(arrays, task="multiclass", tensor="image", dtype="float64", weights=np.eye(4, 3))
    assert np.unique(fed(subject)).tolist() == [1.2]
    assert fed(subject).shape == (2, 2, 2)
    assert changed(subject).n == 2


def test_a_case_that_is_undecided_or_outside_counts_as_changed_whether_it_moves_or_not(make_subject):
    estimate = changed(make_subject(at(1.234, 1.234, np.nan, 11)))
    assert (float(estimate.value), estimate.n) == (0.5, 4)


def test_cases_outside_alone_move_nothing_that_could_be_tried(make_subject):
    with pytest.raises(CannotMeasure, match="moves no number"):
        measured(make_subject(at(1.2, np.nan, math.inf)))


def test_the_data_themselves_stay_as_they_are(make_subject):
    subject = make_subject(at(1.234, 5.678), dtype="float64")
    before = subject.table("test").inputs["input"].copy()
    measured(subject)
    assert (subject.table("test").inputs["input"] == before).all()


def test_a_regression_decides_nothing(make_subject):
    with pytest.raises(CannotMeasure, match="decides no class"):
        measured(make_subject(pd.DataFrame({"x": [1.234], "label": [1.0]}), task="regression"))


def test_weighted_or_missing_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="weight"):
        measured(make_subject(row_weights="w"))
    with pytest.raises(CannotMeasure, match="none were given"):
        rounding(make_subject(), None, LEVEL, digits=2)
