"""UCI Adult, whose missing values have been counted by everybody who ever cleaned it."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from certify.standard import Expectation
from checks.data_quality.expectations import expectations
from checks.measured import Confidence
from checks.subject import Subject

COLUMNS = {0: "age", 1: "workclass", 6: "occupation", 13: "native_country", 14: "income"}
MISSING = {"age": 0, "workclass": 1836, "occupation": 1843, "native_country": 583}


@pytest.fixture
def adult() -> pd.DataFrame:
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    path = Path(os.environ["CERTIFY_DATA"]) / "adult" / "adult.data"
    rows = pd.read_csv(path, header=None, skipinitialspace=True, na_values="?", usecols=list(COLUMNS))
    return rows.rename(columns=COLUMNS)


def test_missing_values_are_as_many_as_published(
    adult: pd.DataFrame, make_subject: Callable[..., Subject]
) -> None:
    rules = tuple(
        Expectation(expectation="expect_column_values_to_not_be_null", arguments={"column": column})
        for column in MISSING
    )
    subject = make_subject(adult, columns=["age"], step=1, target="income", classes=["<=50K", ">50K"])
    measured = expectations(subject, subject.relation("test"), Confidence(0.975), expectations=rules)
    assert [round(float(e.value) * e.n) for e in measured.estimates] == list(MISSING.values())
    assert {e.n for e in measured.estimates} == {32_561}
