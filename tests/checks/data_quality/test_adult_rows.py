"""UCI Adult row by row: its documentation says how many rows are complete, and pandas which are equal."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from checks.data_quality.completeness import completeness
from checks.data_quality.duplicates import duplicates
from checks.data_quality.overlap import overlap
from checks.measured import Confidence
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
ROWS = {"train": 32_561, "test": 16_281}
COMPLETE = {"train": 30_162, "test": 15_060}
"""As `adult.names` gives them: instances left when those with unknown values are removed."""


@pytest.fixture
def rows(certify_data: Path) -> dict[str, pd.DataFrame]:
    """Both sets with 14 numeric columns: a text is the number of its place in the alphabet."""
    files = {"train": ("adult.data", 0), "test": ("adult.test", 1)}
    read = {
        role: pd.read_csv(
            certify_data / "adult" / name, header=None, skiprows=skip, skipinitialspace=True, na_values="?"
        )
        for role, (name, skip) in files.items()
    }
    both = pd.concat(read.values(), keys=read.keys())
    both[14] = both[14].str.rstrip(".")
    for column in both.columns[:14]:
        if not pd.api.types.is_numeric_dtype(both[column]):
            codes = both[column].astype("category").cat.codes
            both[column] = codes.where(codes >= 0)
    both.columns = [*(f"x{place}" for place in range(14)), "label"]
    return {role: both.loc[role].reset_index(drop=True) for role in files}


@pytest.fixture
def subject(rows: dict[str, pd.DataFrame], make_subject: Callable[..., Subject]) -> Subject:
    return make_subject(rows["test"], sets={"train": rows["train"]}, step=1, classes=["<=50K", ">50K"])


@pytest.mark.parametrize("role", ["train", "test"])
def test_as_many_rows_are_complete_as_published(subject: Subject, role: str) -> None:
    (share,) = completeness(subject, subject.relation(role), CONFIDENCE).estimates
    assert round(float(share.value) * share.n) == ROWS[role] - COMPLETE[role]


@pytest.mark.parametrize("role", ["train", "test"])
def test_as_many_rows_repeat_as_pandas_finds(
    subject: Subject, rows: dict[str, pd.DataFrame], role: str
) -> None:
    (share,) = duplicates(subject, subject.relation(role), CONFIDENCE).estimates
    assert round(float(share.value) * share.n) == int(rows[role].duplicated().sum()) > 0


def test_as_many_test_rows_stand_in_the_training_set_as_pandas_finds(
    subject: Subject, rows: dict[str, pd.DataFrame]
) -> None:
    (share,) = overlap(subject, subject.relation("test"), CONFIDENCE, other_role="train").estimates
    inputs = {role: frame.drop(columns="label") for role, frame in rows.items()}
    found = inputs["test"].merge(inputs["train"].drop_duplicates(), how="inner")
    assert round(float(share.value) * share.n) == len(found) > 0
