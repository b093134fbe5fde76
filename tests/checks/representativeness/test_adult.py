"""UCI Adult, drawn in 1994, against the population of the United States: 10,771 of 32,561 rows are women's.

The population is the file of the Census Bureau, each month of the second half of 2020, by age and sex.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from certify.evidence import Estimate
from checks.measured import Confidence, Measured
from checks.representativeness.distance import distance
from checks.representativeness.shares import shares
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
RESIDENTS = 329_877_505
"""Of July 2020, as the Bureau published it (vintage 2019), and as its row of all ages says."""

BANDS = {"17_to_29": (17, 30), "30_to_44": (30, 45), "45_to_59": (45, 60), "60_to_90": (60, 91)}
YEARS = {f"year_{age}": (age, age + 1) for age in range(17, 91)}
SEX = {"women": ["Female"], "men": ["Male"]}


@pytest.fixture
def folder() -> Path:
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    return Path(os.environ["CERTIFY_DATA"])


def census(folder: Path) -> pd.DataFrame:
    """By age and sex, one line for each, without the row of all ages."""
    wide = pd.read_csv(folder / "population" / "us_census_2019.csv").query("MONTH == 7 and AGE != 999")
    names = {"TOT_FEMALE": "F", "TOT_MALE": "M"}
    long = wide.melt(["MONTH", "YEAR", "AGE"], [*names], "SEX", "POP")
    return long.assign(SEX=long["SEX"].map(names))


def adult(folder: Path) -> pd.DataFrame:
    rows = pd.read_csv(folder / "adult" / "adult.data", header=None, skipinitialspace=True)
    return pd.DataFrame({"x": rows[0], "age": rows[0], "sex": rows[9], "label": rows[14]})


def subject_of(
    make_subject: Callable[..., Subject], folder: Path, bands: dict[str, tuple[int, int]], rows: pd.DataFrame
) -> Subject:
    sexes = [{"name": "women", "codes": ["F"]}, {"name": "men", "codes": ["M"]}]
    table = {
        "count": "POP", "total": RESIDENTS,
        "selected": [{"column": "MONTH", "value": 7}, {"column": "YEAR", "value": 2020}],
        "columns": [
            {"column": "SEX", "attribute": "sex", "holds": "codes", "groups": sexes},
            {"column": "AGE", "attribute": "age", "holds": "ages", "from": 17, "below": 91},
        ],
    }  # fmt: skip
    return make_subject(
        rows,
        step=1,
        classes=["<=50K", ">50K"],
        attributes={"sex": SEX, "age": bands},
        reference=census(folder).to_csv(index=False).encode(),
        change={"data": {"reference": {"table": table, "as_of": "2020-07-01"}}},
    )


def estimate(measured: Measured, statistic: str, stratum: str = "all") -> Estimate:
    assert measured.statements[0].holds, measured.statements[0].explanation
    return next(e for e in measured.estimates if (e.statistic, e.stratum) == (statistic, stratum))


def test_women_are_two_thirds_of_what_they_are_in_the_population(
    folder: Path, make_subject: Callable[..., Subject]
) -> None:
    strata = ("sex=women", "sex=men", "age=60_to_90 & sex=women")
    subject = subject_of(make_subject, folder, BANDS, adult(folder))
    measured = shares(subject, subject.relation("test"), CONFIDENCE, groups=strata)
    people = census(folder).query("17 <= AGE <= 90")
    women = people.query("SEX == 'F'")["POP"].sum() / people["POP"].sum()
    assert float(estimate(measured, "share", "sex=women").value) == 10_771 / 32_561
    assert round(10_771 / 32_561, 4) == 0.3308
    ratio = estimate(measured, "share_ratio", "sex=women")
    assert float(ratio.value) == pytest.approx(10_771 / 32_561 / women)
    assert float(ratio.refuting.upper or 1) < 0.67
    assert float(estimate(measured, "share_ratio", "sex=men").refuting.lower or 0) > 1.33
    rows = adult(folder).query("sex == 'Female' and age >= 60")
    assert estimate(measured, "cases", "age=60_to_90 & sex=women").n == len(rows)
    assert float(estimate(measured, "share_ratio", "age=60_to_90 & sex=women").refuting.upper or 1) < 0.25


@pytest.mark.parametrize("bands", [BANDS, YEARS], ids=["8 cells", "148 cells"])
def test_adult_is_refuted_as_a_picture_of_the_population(
    folder: Path, make_subject: Callable[..., Subject], bands: dict[str, Any]
) -> None:
    """pandas counts the same distance; even a margin of a fifth is refuted."""
    rows = adult(folder)
    subject = subject_of(make_subject, folder, bands, rows)
    measured = distance(subject, subject.relation("test"), CONFIDENCE, attributes=("age", "sex"))
    found = estimate(measured, "distance")
    edges = [low for low, _ in bands.values()] + [91]
    people = census(folder).query("17 <= AGE <= 90")
    ours = pd.crosstab(pd.cut(rows["age"], edges, right=False), rows["sex"], normalize=True, dropna=False)
    theirs = people.groupby([pd.cut(people["AGE"], edges, right=False), "SEX"], observed=False)["POP"].sum()
    gap = ours.to_numpy() - (theirs / people["POP"].sum()).unstack().to_numpy()
    apart = np.abs(gap).sum() / 2
    assert float(found.value) == pytest.approx(apart, abs=0.002)
    assert float(found.refuting.lower or 0) > 0.2
    assert float(found.demonstrating.upper or 1) < apart + 0.01
    assert len(json.loads(measured.exhibits[0].data)["cells"]) == 2 * len(bands)


@pytest.mark.parametrize("bands", [BANDS, YEARS], ids=["8 cells", "148 cells"])
def test_a_sample_of_the_population_is_demonstrated_to_resemble_it(
    folder: Path, make_subject: Callable[..., Subject], bands: dict[str, Any]
) -> None:
    people = census(folder).query("17 <= AGE <= 90")
    drawn = people.sample(32_561, replace=True, weights="POP", random_state=1)
    rows = pd.DataFrame({"age": drawn["AGE"], "sex": drawn["SEX"].map({"F": "Female", "M": "Male"})})
    rows = rows.assign(x=np.random.default_rng(1).normal(size=len(rows)).round(6), label="<=50K")
    subject = subject_of(make_subject, folder, bands, rows)
    found = estimate(
        distance(subject, subject.relation("test"), CONFIDENCE, attributes=("age", "sex")), "distance"
    )
    assert float(found.demonstrating.upper or 1) < 0.035
    assert float(found.refuting.lower or 0) == 0
