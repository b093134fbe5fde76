"""Rows from outside the declared period and places: known rates, pandas and scipy."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.data_quality.collection import collection_period, collection_places
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)
DECLARED = {"time_column": "at", "place_column": "town", "places": ["north", "7"]}
INSIDE = pd.date_range("2025-01-01", "2025-12-31").strftime("%Y-%m-%d")
"""Every day of the period that `make_subject` declares."""


def rows(n, at=None, town="north", seed=0):
    x = np.random.default_rng(seed).normal(0, 3, n).round(5)
    at = np.resize(INSIDE, n) if at is None else at
    return pd.DataFrame({"x": x, "label": np.where(x > 0, "yes", "no"), "at": at, "town": town})


@pytest.fixture
def measure(make_subject):
    def run(method, frame, **more):
        subject = make_subject(frame, **{"most": DECLARED, **more})
        return method(subject, subject.relation("test"), LEVEL)

    return run


def only(measured):
    (estimate,) = measured.estimates
    return estimate


def test_clean_rows_have_a_share_of_zero_and_the_bound_of_scipy(measure):
    for method, name in ((collection_period, "outside_period"), (collection_places, "outside_places")):
        found = only(measure(method, rows(365)))
        assert (found.statistic, found.value, found.n) == (f"{name}_share", 0, 365)
        exact = binomtest(0, 365).proportion_ci(0.95).high
        assert float(found.demonstrating.upper) == pytest.approx(exact, abs=1e-11)


@pytest.mark.parametrize(
    "outside", ["2024-12-31", "2026-01-01", None, "31.12.2025", "2025-02-30", "20250601"]
)
def test_other_dates_and_none_count_as_outside(measure, outside):
    at = [*INSIDE[:-30], *[outside] * 30]
    measured = measure(collection_period, rows(365, at))
    exact = binomtest(30, 365).proportion_ci(0.95)
    assert float(only(measured).value) == pytest.approx(30 / 365)
    assert float(only(measured).demonstrating.lower) == pytest.approx(exact.low, abs=1e-11)
    assert json.loads(measured.exhibits[0].data)["outside"] == 30


@pytest.mark.parametrize(
    "moment", ["2025-12-31T23:30:00-05:00", "2025-01-01 00:00:00+14:00", "2025-12-31T23:59"]
)
def test_the_day_is_the_one_that_is_written(measure, moment):
    assert only(measure(collection_period, rows(10, moment))).value == 0


@pytest.mark.parametrize(
    ("town", "share"), [("south", 1), (7, 0), (7.0, 0), (None, 1), ("North", 1), ("north", 0)]
)
def test_a_place_is_a_declared_code_or_outside(measure, town, share):
    assert only(measure(collection_places, rows(20, town=town))).value == share


def test_undeclared_places_are_named_the_most_frequent_first(measure):
    measured = measure(collection_places, rows(20, town=["north"] * 10 + ["x"] * 3 + ["y"] * 5 + [None] * 2))
    counts = json.loads(measured.exhibits[0].data)
    assert float(only(measured).value) == 0.5
    assert counts["undeclared_places"] == 3
    assert counts["most_frequent"][0] == {"place": "y", "rows": 5}
    assert {"place": None, "rows": 2} in counts["most_frequent"]


def test_a_place_with_quotes_is_a_place_and_no_sql(measure):
    hostile = "x') OR ('1'='1"
    found = measure(collection_places, rows(20), most={**DECLARED, "places": [hostile]})
    assert only(found).value == 1
    assert (
        only(measure(collection_places, rows(20, town=hostile), most={**DECLARED, "places": [hostile]})).value
        == 0
    )


def test_of_several_rows_of_a_person_the_persons_are_what_is_drawn(measure):
    frame = rows(400).assign(person=np.arange(400) // 4, town=["south"] * 8 + ["north"] * 392)
    keywords = {"unit_column": "person", "most": {**DECLARED, "most_rows_per_unit": 4}}
    found = only(measure(collection_places, frame, **keywords))
    assert (found.n, float(found.value)) == (100, 0.02)
    assert float(found.demonstrating.upper) > binomtest(8, 400).proportion_ci(0.95).high
    assert only(measure(collection_period, frame, **keywords)).value == 0
    with pytest.raises(CannotMeasure, match="declare most_rows_per_unit"):
        measure(collection_places, frame, unit_column="person")
    weighted = frame.assign(w=1.0)
    with pytest.raises(CannotMeasure, match="weighted rows of several to a unit"):
        measure(collection_places, weighted, row_weights="w", **keywords)
    copied = pd.concat([frame, frame.assign(person=frame["person"] + 100)])
    with pytest.raises(CannotMeasure, match="repeated rows are not independent"):
        measure(collection_places, copied, **keywords)


def test_what_was_never_declared_is_not_measured(measure, make_subject):
    with pytest.raises(CannotMeasure, match="declares no time_column"):
        measure(collection_period, rows(20), most={})
    with pytest.raises(CannotMeasure, match="declares no place_column"):
        measure(collection_places, rows(20), most={})
    with pytest.raises(CannotMeasure, match="give an order and no calendar day"):
        measure(collection_period, rows(20, at=range(20)))
    with pytest.raises(CannotMeasure, match="weighted rows"):
        measure(collection_places, rows(20).assign(w=1.0), row_weights="w")
    for method in (collection_period, collection_places):
        with pytest.raises(CannotMeasure, match="none was given"):
            method(make_subject(), None, LEVEL)


def test_in_adult_those_from_the_united_states_are_as_many_as_pandas_counts(measure, certify_data):
    """29,170 of 32,561 rows, as every description of the data set says; 583 say no country."""
    adult = pd.read_csv(certify_data / "adult/adult.data", header=None, skipinitialspace=True, na_values="?")
    frame = pd.DataFrame(
        {
            "x": np.arange(len(adult)) / 1e4,
            "label": np.where(adult[14] == ">50K", "yes", "no"),
            "town": adult[13],
        }
    )
    measured = measure(
        collection_places, frame, most={**DECLARED, "time_column": None, "places": ["United-States"]}
    )
    assert (
        round(float(only(measured).value) * 32_561)
        == (frame["town"] != "United-States").sum()
        == 32_561 - 29_170
    )
    assert {"place": None, "rows": 583} in json.loads(measured.exhibits[0].data)["most_frequent"]
    with pytest.raises(CannotMeasure, match="declares no time_column"):
        measure(collection_period, frame, most={})


def seeded(rng, n, rate):
    """Rows of which each is spoilt with a probability of `rate`, in one of the ways of a real table."""
    spoilt = rng.random(n) < rate
    ways = np.array(["2024-06-30", "2026-03-01", "", "n.d."])
    at = np.where(spoilt, rng.choice(ways, n), rng.choice(np.asarray(INSIDE, dtype=str), n))
    return rows(n, at, np.where(spoilt, rng.choice(["south", "", "8"], n), "north"), seed=rng.integers(2**31))


def campaign(measure, rate, n, times, seed=1):
    """How often more than 1 % is shown, how often at most 1 % is, and how often the true rate is missed."""
    rng, seen = np.random.default_rng(seed), np.zeros(3)
    for _ in range(times):
        for method in (collection_period, collection_places):
            bounds = only(measure(method, seeded(rng, n, rate))).demonstrating
            low, high = float(bounds.lower), float(bounds.upper)
            seen += (low > 0.01, high <= 0.01, not low <= rate <= high)
    return seen / (2 * times)


def test_a_defect_of_five_percent_is_detected_and_clean_rows_raise_none(measure):
    detected, cleared, _ = campaign(measure, 0.05, 1500, 8)
    assert (detected, cleared) == (1, 0)
    detected, cleared, missed = campaign(measure, 0.0, 1500, 4)
    assert (detected, cleared, missed) == (0, 1, 0)


@pytest.mark.qualify
@pytest.mark.parametrize("rate", [0.0, 0.002, 0.01, 0.02, 0.05])
def test_seeded_defects_are_detected_within_the_bound(measure, rate):
    detected, cleared, missed = campaign(measure, rate, 2000, 150)
    print(f"rate {rate}: refuted {detected:.3f}, demonstrated {cleared:.3f}, bounds missed {missed:.3f}")
    assert missed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
    assert cleared <= 0.025 + 3 * np.sqrt(0.025 / 300) if rate >= 0.01 else detected <= 0.025
