"""UCI Adult, whose missing values have been counted by everybody who ever cleaned it."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from certify.standard import Expectation
from checks.data_quality.expectations import expectations
from checks.data_quality.schema import schema
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


def test_what_is_missing_breaks_the_declaration_unless_it_is_declared(
    adult: pd.DataFrame, make_subject: Callable[..., Subject]
) -> None:
    """Its two work classes without pay are declared nowhere: 14 and 7 rows, as the published counts say."""
    paid = [
        found
        for found in adult["workclass"].dropna().unique()
        if found not in ("Without-pay", "Never-worked")
    ]
    attributes = {"workclass": {"private": ["Private"], "other": [p for p in paid if p != "Private"]}}
    declared = {
        "columns": ["age"], "step": 1, "quantity": {"range": (17, 90)}, "target": "income",
        "classes": ["<=50K", ">50K"], "attributes": attributes,
    }  # fmt: skip
    broken = []
    for lacking in ((), ("workclass",)):
        subject = make_subject(adult, **declared, most={"may_be_missing": list(lacking)})
        measured = schema(subject, subject.relation("test"), Confidence(0.975))
        assert all(statement.holds for statement in measured.statements)
        broken.append([round(float(e.value) * e.n) for e in measured.estimates if e.value])
    assert broken == [[1836 + 21, 1836, 21], [21, 21]]
