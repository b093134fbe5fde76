"""UCI Adult against the population of the United States: 10,771 of its 32,561 rows are women's."""

import csv
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from checks.measured import Confidence
from checks.representativeness.shares import shares
from checks.subject import Subject

TOTAL = "999"
"""The age that stands for all ages in the census file."""


@pytest.fixture
def folder() -> Path:
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    return Path(os.environ["CERTIFY_DATA"])


def share_of_women(folder: Path) -> Decimal:
    with (folder / "population" / "us_census_2019.csv").open() as stream:
        total = next(row for row in csv.DictReader(stream) if row["AGE"] == TOTAL)
    return round(Decimal(total["TOT_FEMALE"]) / Decimal(total["TOT_POP"]), 6)


def test_women_are_two_thirds_of_what_they_are_in_the_population(
    folder: Path, make_subject: Callable[..., Subject]
) -> None:
    rows = pd.read_csv(folder / "adult" / "adult.data", header=None, skipinitialspace=True)
    frame = pd.DataFrame({"x": rows[0], "sex": rows[9], "label": rows[14]})
    women = share_of_women(folder)
    subject = make_subject(
        frame,
        step=1,
        classes=["<=50K", ">50K"],
        attributes={"sex": {"women": ["Female"], "men": ["Male"]}},
        reference={"sex=women": women, "sex=men": 1 - women},
    )
    measured = shares(subject, subject.relation("test"), Confidence(0.975), groups=("sex=women", "sex=men"))
    share, ratio, _, _, too_many, *_ = measured.estimates
    assert share.value == Decimal(repr(10_771 / 32_561))
    assert ratio.refuting.upper is not None
    assert ratio.refuting.upper < Decimal("0.67")
    assert too_many.refuting.lower is not None
    assert too_many.refuting.lower > Decimal("1.33")
