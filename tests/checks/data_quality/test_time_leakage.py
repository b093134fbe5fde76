"""Data sets that overlap in time: pandas counts, and every row in the wrong place is seen."""

import json

import numpy as np
import pandas as pd
import pytest

from checks.data_quality.time_leakage import time_leakage
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
DATED = {"time_column": "at"}


def rows(at, seed=0):
    x = np.random.default_rng(seed).normal(0, 3, len(at)).round(5)
    return pd.DataFrame({"x": x, "label": np.where(x > 0, "yes", "no"), "at": at})


def days(first, n):
    return pd.date_range(first, periods=n).strftime("%Y-%m-%d")


TRAIN, TEST = days("2024-01-01", 300), days("2025-01-01", 200)


@pytest.fixture
def measure(make_subject):
    def run(test, train, other_role="train", **more):
        subject = make_subject(rows(test), sets={"train": rows(train, seed=1)}, **{"most": DATED, **more})
        return time_leakage(subject, subject.relation("test"), LEVEL, other_role=other_role)

    return run


def shares(measured):
    return {e.statistic: (float(e.value), e.n) for e in measured.estimates}


def test_sets_that_follow_each_other_have_no_row_in_the_wrong_place(measure):
    found = measure(TEST, TRAIN)
    assert shares(found) == {"early_share": (0, 200), "late_share": (0, 300)}
    early, late = found.estimates
    assert float(early.demonstrating.upper) == pytest.approx(1 - 0.025 ** (1 / 200))
    assert float(late.demonstrating.upper) == pytest.approx(1 - 0.025 ** (1 / 300))


def test_overlapping_sets_are_counted_as_pandas_counts_them(measure):
    train, test = days("2024-06-01", 300), days("2025-01-01", 200)
    early = (pd.to_datetime(test) <= pd.to_datetime(train).max()).mean()
    late = (pd.to_datetime(train) >= pd.to_datetime(test).min()).mean()
    assert 0 < early < 1
    found = shares(measure(test, train))
    assert found["early_share"] == pytest.approx((early, 200))
    assert found["late_share"] == pytest.approx((late, 300))


def test_the_same_moment_is_not_later(measure):
    found = shares(measure([TRAIN[-1], *TEST[1:]], TRAIN))
    assert found == {"early_share": (1 / 200, 200), "late_share": (1 / 300, 300)}


def test_one_row_in_the_wrong_place_is_enough(measure):
    assert shares(measure(TEST, [*TRAIN[:-1], "2026-01-01"]))["early_share"][0] == 1
    assert shares(measure(["2020-01-01", *TEST[1:]], TRAIN))["late_share"][0] == 1


def test_a_row_without_a_moment_is_in_the_wrong_place(measure):
    found = measure([*TEST[:-2], None, "soon"], [*TRAIN[:-1], None])
    assert shares(found) == {"early_share": (2 / 200, 200), "late_share": (1 / 300, 300)}
    counts = json.loads(found.exhibits[0].data)
    assert (counts["without_moment"], counts["other_without_moment"]) == (2, 1)


def test_hours_and_offsets_count(measure):
    train = [f"2025-03-01T10:{m:02}:00+02:00" for m in range(60)]  # until 08:59 in UTC
    test = [f"2025-03-01T09:{m:02}:00Z" for m in range(60)]
    assert shares(measure(test, train)) == {"early_share": (0, 60), "late_share": (0, 60)}
    behind = [moment.replace("Z", "+01:00") for moment in test]
    assert shares(measure(behind, train))["early_share"][0] == 1


def test_whole_numbers_give_an_order_too(measure):
    assert shares(measure(range(300, 500), range(300))) == {"early_share": (0, 200), "late_share": (0, 300)}
    assert shares(measure(range(290, 490), range(300)))["early_share"][0] == 10 / 200


def test_of_several_rows_of_a_person_the_persons_are_what_is_drawn(make_subject):
    keywords = {"unit_column": "person", "most": {**DATED, "most_rows_per_unit": 2}}
    test = rows(TEST).assign(person=np.arange(200) // 2)
    subject = make_subject(test, sets={"train": rows(TRAIN, 1).assign(person=np.arange(300))}, **keywords)
    early, late = time_leakage(subject, subject.relation("test"), LEVEL, other_role="train").estimates
    assert (early.n, early.value, late.n) == (100, 0, 300)
    assert early.demonstrating.upper > 1 - 0.025 ** (1 / 200)


def test_what_has_no_order_is_not_measured(measure, make_subject):
    with pytest.raises(CannotMeasure, match="declares no time_column"):
        measure(TEST, TRAIN, most={})
    with pytest.raises(CannotMeasure, match="days and the other whole numbers"):
        measure(range(200), TRAIN)
    with pytest.raises(CannotMeasure, match="no row of train_rows says a moment"):
        measure(TEST, ["soon"] * 300)
    with pytest.raises(CannotMeasure, match="no later than themselves"):
        measure(TEST, TRAIN, other_role="test")
    with pytest.raises(CannotMeasure, match="no validation data"):
        measure(TEST, TRAIN, other_role="validation")
    with pytest.raises(CannotMeasure, match="no column when"):
        measure(TEST, TRAIN, most={"time_column": "when"})
    with pytest.raises(CannotMeasure, match="none was given"):
        time_leakage(make_subject(), None, LEVEL, other_role="train")
