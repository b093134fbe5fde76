"""Keys that are unique and complete, or not: `pandas.DataFrame.duplicated` is the oracle."""

import json

import numpy as np
import pandas as pd
import pytest

from checks.data_quality.keys import keys
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
KEY = {"key_columns": ["person", "visit"]}


def rows(n=200):
    numbers = np.arange(n)
    return pd.DataFrame({"x": numbers / n, "label": "yes", "person": numbers // 2, "visit": numbers % 2})


@pytest.fixture
def measure(make_subject):
    def run(frame, most=KEY, **more):
        subject = make_subject(frame, most=most, **more)
        measured = keys(subject, subject.relation("test"), LEVEL)
        return {s.name: s.holds for s in measured.statements}, json.loads(measured.exhibits[0].data)

    return run


def test_columns_that_together_tell_rows_apart_are_a_key(measure):
    assert measure(rows())[0] == {"key_complete": True, "key_unique": True}


def test_one_of_them_alone_is_none(measure):
    said, counts = measure(rows(), most={"key_columns": ["person"]})
    assert said == {"key_complete": True, "key_unique": False}
    assert counts["repeated"] == rows().duplicated("person").sum() == 100


@pytest.mark.parametrize("seed", range(3))
def test_repeated_keys_are_counted_as_pandas_counts_them(measure, seed):
    drawn = np.random.default_rng(seed).integers(0, 15, (200, 2))
    frame = rows().assign(person=drawn[:, 0], visit=drawn[:, 1])
    assert measure(frame)[1]["repeated"] == frame.duplicated(["person", "visit"]).sum() > 0


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_a_row_without_a_part_of_its_key_is_seen(measure, missing):
    visits = rows()["visit"].astype(object)
    visits[7] = missing
    said, counts = measure(rows().assign(visit=visits))
    assert (said["key_complete"], counts["incomplete"]) == (False, 1)


def test_parts_do_not_run_into_each_other(measure):
    frame = rows(2).assign(person=["1", "11"], visit=["11", "1"])
    assert measure(frame)[0]["key_unique"]


def test_the_same_row_twice_has_one_key(measure):
    assert not measure(pd.concat([rows(), rows(2)]))[0]["key_unique"]


def test_without_a_declared_key_or_its_column_nothing_is_said(measure, make_subject):
    with pytest.raises(CannotMeasure, match="declares no key_columns"):
        measure(rows(), most={})
    with pytest.raises(CannotMeasure, match="no column visit"):
        measure(rows().drop(columns="visit"))
    with pytest.raises(CannotMeasure, match="none was given"):
        keys(make_subject(), None, LEVEL)
