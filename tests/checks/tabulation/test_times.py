"""What a tabulation says of time and place: pandas is the oracle, in every type that a file can have."""

import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from checks.tabulation import Times, tabulate

DECLARED = {"time_column": "at", "place_column": "town", "places": ["north", "7"]}
MOMENTS = pd.date_range("2024-12-30 23:30", "2025-02-01", freq="7h")
INSIDE = int((MOMENTS >= "2025-01-01").sum())
"""`make_subject` declares the whole year 2025."""


def frame(at, town="north"):
    x = np.random.default_rng(1).normal(0, 2, len(at)).round(4)
    return pd.DataFrame({"x": x, "label": np.where(x > 0, "yes", "no"), "at": at, "town": town})


def parquet(rows):
    stream = io.BytesIO()
    rows.to_parquet(stream, index=False)
    return {"test": {"test.parquet": stream.getvalue()}}


@pytest.fixture
def counted(make_subject):
    def run(rows=None, files=None, declared=DECLARED):
        files = {"files": files} if files else {}
        return tabulate(make_subject(rows, most=declared, columns=["x"], **files).relation("test"))

    return run


@pytest.mark.parametrize(
    "at",
    [
        MOMENTS, MOMENTS.strftime("%Y-%m-%dT%H:%M:%S"), MOMENTS.strftime("%Y-%m-%d %H:%M"),
        MOMENTS.as_unit("s"), MOMENTS.tz_localize("UTC"), MOMENTS.strftime("%Y-%m-%dT%H:%MZ"),
    ],
    ids=["ns", "text", "blank", "s", "zone", "Z"],
)  # fmt: skip
def test_moments_mean_the_same_in_every_type(counted, at):
    rows = frame(at)
    for found in (counted(rows), counted(files=parquet(rows))):
        assert found.times == Times(
            dated=True, rows=len(MOMENTS), inside_period=INSIDE,
            first=MOMENTS[0].value // 1000, last=MOMENTS[-1].value // 1000,
            first_day=date(2024, 12, 30), last_day=MOMENTS[-1].date(),
        )  # fmt: skip


def test_days_as_a_type_of_the_file_are_days(counted):
    found = counted(files=parquet(frame([moment.date() for moment in MOMENTS]))).times
    assert (found.rows, found.inside_period, found.last_day) == (len(MOMENTS), INSIDE, MOMENTS[-1].date())


def test_whole_numbers_are_an_order_and_lie_in_no_period(counted):
    found = counted(frame(np.arange(5, 65))).times
    assert (found.dated, found.rows, found.first, found.last) == (False, 60, 5, 64)
    assert (found.first_day, found.inside_period) == (None, 0)


def test_what_says_no_moment_is_left_out(counted):
    found = counted(frame(["2025-01-02", "2025-01-01T24:00", None, "5", "2026-01-01"])).times
    assert (found.dated, found.rows, found.inside_period) == (True, 2, 1)
    nothing = counted(frame(["soon"] * 4)).times
    assert (nothing.dated, nothing.rows, nothing.first) == (False, 0, None)


@pytest.mark.parametrize("town", [["north", 7, "7.0", None], ["north", "7", "", "South"]])
def test_rows_from_declared_places_are_counted(counted, town):
    assert counted(frame(["2025-01-01"] * 4, town)).inside_places == 2


def test_without_a_column_nothing_is_said(counted):
    rows = frame(["2025-01-01"] * 4)
    for found in (counted(rows, declared={}), counted(rows.drop(columns=["at", "town"]))):
        assert (found.times, found.inside_places) == (None, None)


def test_a_tabulation_comes_back_from_its_bytes(counted):
    found = counted(frame(["0001-01-01", "9999-12-31"]))
    assert type(found).from_bytes(found.to_bytes(), source="counts") == found
