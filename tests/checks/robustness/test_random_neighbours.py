from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.submission.model import MeasuredColumn, TableInput
from checks.measured import CannotMeasure, Confidence
from checks.robustness.neighbourhood import neighbourhood, strengths_of, tried_rows
from checks.robustness.random_neighbours import random_neighbours
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
UNIT = {"range": (-10, 10)}


def at(*x, labels=None):
    return pd.DataFrame({"x": x, "label": labels or ["yes"] * len(x)})


def measured(subject, *strengths, rows=100_000, seed=1):
    named = tuple(f"strength={s}" for s in strengths)
    found = random_neighbours(subject, subject.table("test"), LEVEL, strengths=named, rows=rows, seed=seed)
    return {estimate.stratum: estimate for estimate in found.estimates}


def test_the_share_is_that_of_the_uniform_distribution(make_subject):
    """At 0.5 above the threshold, a draw within 1 (0.05 of the range) falls below it in a quarter."""
    found = measured(make_subject(at(*[0.5] * 4000), quantity=UNIT, threshold=0.5), "0.05", "0.1", "0.02")
    assert float(found["strength=0.05"].value) == pytest.approx(0.75, abs=0.03)
    assert float(found["strength=0.1"].value) == pytest.approx(0.625, abs=0.03)
    assert found["strength=0.02"].value == 1
    assert {e.n for e in found.values()} == {4000}


def test_the_bounds_are_exact_and_those_for_refuting_are_shared(make_subject):
    found = measured(make_subject(at(*[0.5] * 200), quantity=UNIT), "0.05", "0.1")
    estimate = found["strength=0.05"]
    events = round(float(estimate.value) * 200)
    both = ((estimate.demonstrating, 0.975), (estimate.refuting, 0.9875))
    for bounds, level in both:
        assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(
            clopper_pearson(events, 200, level)
        )


def test_a_wrong_case_an_undecided_one_one_outside_and_one_of_unknown_label_all_count_as_wrong(make_subject):
    labels = ["yes", "no", "yes", "no", "yes", "perhaps", "perhaps"]
    frame = at(5, -5, np.nan, 5, 11, 5, np.nan, labels=labels)
    found = measured(make_subject(frame, quantity=UNIT), "0.01")["strength=0.01"]
    assert (found.n, float(found.value)) == (7, pytest.approx(2 / 7))


def test_so_many_rows_are_tried_and_the_same_at_every_strength_and_by_every_method(make_subject):
    subject = make_subject(at(*np.linspace(-1, 1, 500)), quantity=UNIT)
    assert {e.n for e in measured(subject, "0.01", "0.02", rows=60).values()} == {60}
    table = subject.table("test")
    first, again = tried_rows(subject, table, 60, 1), tried_rows(subject, table, 80, 1)
    assert (first == again[:60]).all()
    assert len(set(again)) == 80
    assert (first != tried_rows(subject, table, 60, 2)).any()


def test_codes_stay_and_ranges_hold(make_subject):
    frame = pd.DataFrame({"x0": [0, 1], "x1": [9.9, -20.0], "label": ["yes"] * 2})
    subject = make_subject(frame, coded={"x0": [0, 1]}, quantity=UNIT)
    around = neighbourhood(subject.manifest.model.inputs, subject.table("test").inputs, 0.1)
    assert around.lower["input"].tolist() == [[0, pytest.approx(7.9)], [1, -20]]
    assert around.upper["input"].tolist() == [[0, 10], [1, -18]]


@given(st.floats(-10, 10), st.floats(0.001, 1))
def test_a_case_lies_in_its_own_neighbourhood_which_lies_in_the_range(x, strength):
    column = MeasuredColumn(kind="measured", name="x", unit="1", range=(Decimal(-10), Decimal(10)))
    entry = TableInput(kind="table", name="input", dtype="float64", columns=(column,))
    around = neighbourhood((entry,), {"input": np.array([[x]])}, strength)
    low, high = around.lower["input"][0, 0], around.upper["input"][0, 0]
    assert -10 <= low <= x <= high <= 10
    assert high - low <= 2 * strength * 20 + 1e-9


@pytest.mark.parametrize("named", ["0.1", "strength=0", "strength=1.5", "strength=x", "strength=NaN", "s=1"])
def test_what_is_no_strength_is_refused(named):
    with pytest.raises(CannotMeasure, match="expected strengths such as"):
        strengths_of((named,))


def test_without_a_strength_rows_room_or_movement_nothing_is_measured(make_subject):
    subject = make_subject(at(*[0.5] * 50), quantity=UNIT)
    for strengths, rows in (((), 10), (("0.1",), 0)):
        with pytest.raises(CannotMeasure):
            measured(subject, *strengths, rows=rows)
    coded = make_subject(pd.DataFrame({"x": [0, 1], "label": ["yes"] * 2}), coded={"x": [0, 1]})
    with pytest.raises(CannotMeasure, match="0 of 0 measured numbers move"):
        measured(coded, "0.1")
    whole = make_subject(at(*[5] * 50), quantity=UNIT, dtype="int64")
    with pytest.raises(CannotMeasure):
        measured(whole, "0.01")
    with pytest.raises(CannotMeasure, match="none were given"):
        random_neighbours(subject, None, LEVEL, strengths=("strength=0.1",), rows=5, seed=1)
