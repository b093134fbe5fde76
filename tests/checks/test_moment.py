"""Moments as columns spell them: Python's own `datetime.fromisoformat` is the oracle."""

from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure
from checks.moment import day, instant, moments, place_in_order

READ = """
2026-03-31 | 1969-12-31 | 0001-01-01 | 9999-12-31 | 2024-02-29 | 2026-03-31T14:05 | 2026-03-31 14:05:00
2026-03-31T14:05:00.25 | 2026-03-31T14:05:00Z | 2026-03-31T14:05:00+02:00 | 2026-03-31T00:05:00-02:30
2026-03-31 23:59:59.999999+0200 | 2026-03-31T14:05:00+00
"""
NOT_READ = """
2026-02-30 | 2026-13-01 | 2026-3-1 | 31.03.2026 | 03/31/2026 | 2026-03-31T24:00:00 | 2026-03-31T14 | today
2026-03-31T14:05:61 | 2026-03-31+02:00 | 2026-03-31T14:05:00+25:00 | 2026-W05-1 | infinity | epoch | 1.5
1e3 | +5 | 1234567890123456
"""


def listed(text):
    return [value.strip() for line in text.strip().splitlines() for value in line.split("|")]


def asked(expression, value):
    with duckdb.connect(":memory:") as connection:
        return connection.execute(f"SELECT {expression} FROM (SELECT ?::VARCHAR AS v)", [value]).fetchone()[0]


@pytest.mark.parametrize("value", listed(READ))
def test_days_and_moments_mean_what_python_says(value):
    told = datetime.fromisoformat(value)
    in_utc = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    since = in_utc - datetime(1970, 1, 1, tzinfo=UTC)
    assert asked(instant("v"), value) == (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
    assert asked(day("v"), value) == date.fromisoformat(value[:10])
    assert asked(place_in_order("v"), value) is None


@pytest.mark.parametrize("value", [*listed(NOT_READ), "", " 2026-03-31"])
def test_nothing_else_is_a_moment(value):
    assert [asked(of("v"), value) for of in (day, instant, place_in_order)] == [None] * 3


@pytest.mark.parametrize(("value", "number"), [("0", 0), ("-7", -7), ("20260331", 20260331)])
def test_a_whole_number_is_a_place_in_an_order_and_no_day(value, number):
    assert asked(place_in_order("v"), value) == number
    assert asked(day("v"), value) is None


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(["2026-03-31T14:05:00+02:00", "2026-03-31T13:00:00Z", "2026-04-01"]),
        pd.Series(pd.to_datetime(["2026-03-31 00:00", "2026-03-31 12:00", "2026-04-01 00:00"])),
        pd.Series(pd.to_datetime(["2026-03-31", "2026-04-01", "2026-04-02"])),
        pd.Series(pd.to_datetime(["2026-03-31", "2026-04-01", "2026-04-02"]).tz_localize("Europe/Paris")),
        pd.Series([date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2)]),
        pd.Series([-3, 0, 12]),
        pd.Series([1.0, 2.0, 2.0**40]),
        pd.Series(["7", "8", "11"]),
    ],
)
def test_a_column_of_any_type_is_put_in_order(column):
    assert (np.diff(moments(column)) > 0).all()


@pytest.mark.parametrize(
    "column", [["2026-03-31", None], ["2026-03-31", "5"], ["5", "six"], [1.0, np.nan], [1.0, 1.5], ["", "x"]]
)
def test_a_row_without_a_moment_is_counted(column):
    with pytest.raises(CannotMeasure, match="rows say no moment in the column when"):
        moments(pd.Series(column, name="when"))
