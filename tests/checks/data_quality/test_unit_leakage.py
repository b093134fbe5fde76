"""Units that stand in two data sets: pandas counts them, scipy bounds them, a simulation knows the share."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.data_quality.unit_leakage import unit_leakage
from checks.measured import CannotMeasure, Confidence

LEVEL = Confidence(0.975)


def rows(persons, seed=0):
    persons = np.asarray(persons)
    x = np.random.default_rng(seed).normal(0, 3, len(persons)).round(5)
    return pd.DataFrame({"x": x, "label": np.where(x > 0, "yes", "no"), "person": persons})


@pytest.fixture
def measure(make_subject):
    def run(test, train, other_role="train", **more):
        subject = make_subject(test, sets={"train": train}, **{"unit_column": "person", **more})
        return unit_leakage(subject, subject.relation("test"), LEVEL, other_role=other_role)

    return run


@pytest.mark.parametrize("shared", [0, 1, 60, 300])
def test_units_of_one_row_have_the_exact_bounds_of_scipy(measure, shared):
    (found,) = measure(rows(range(300)), rows(range(300 - shared, 900), seed=1)).estimates
    exact = binomtest(shared, 300).proportion_ci(0.95, method="exact")
    assert (found.statistic, found.stratum, found.n) == ("known_unit_share", "all", 300)
    assert float(found.value) == pytest.approx(shared / 300)
    assert float(found.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(found.demonstrating.upper) == pytest.approx(exact.high, abs=1e-11)


def test_of_units_with_several_rows_the_rows_are_counted_and_the_units_bound(measure):
    test, train = rows([0] * 5 + [*range(1, 196)]), rows([0, *range(500, 800)], seed=1)
    measured = measure(test, train, most={"most_rows_per_unit": 5})
    (found,) = measured.estimates
    by_pandas = test["person"].isin(train["person"]).mean()
    assert float(found.value) == pytest.approx(by_pandas) == pytest.approx(5 / 200)
    assert (found.n, found.interval.startswith("betting bound for a ratio")) == (196, True)
    assert found.demonstrating.upper > binomtest(5, 200).proportion_ci(0.95).high
    counts = json.loads(measured.exhibits[0].data)
    assert (counts["units"], counts["shared_units"], counts["rows_of_shared_units"]) == (196, 1, 5)


def test_one_code_is_one_unit_however_it_is_written(measure):
    test, train = rows(range(100)), rows([f"{n}" for n in range(50)] + ["a"] * 2, seed=1)
    assert float(measure(test, train).estimates[0].value) == 0.5
    assert float(measure(test.assign(person=test["person"] * 1.0), train).estimates[0].value) == 0.5


def test_equal_rows_of_other_units_are_no_shared_unit(measure):
    assert measure(rows(range(100)), rows(range(100, 200))).estimates[0].value == 0


def test_units_that_nobody_can_tell_are_not_measured(measure, make_subject):
    test, train = rows(range(60)), rows(range(60, 200), seed=1)
    with pytest.raises(CannotMeasure, match="declares no unit_column"):
        measure(test, train, unit_column=None)
    with pytest.raises(CannotMeasure, match="2 rows of train_rows say not of which person"):
        measure(test, train.assign(person=train["person"].where(train.index > 1)))
    with pytest.raises(CannotMeasure, match="1 rows of test_rows say not"):
        measure(test.assign(person=test["person"].where(test.index > 0)), train)
    with pytest.raises(CannotMeasure, match="declare most_rows_per_unit"):
        measure(rows([0, 0, *range(60)]), train)
    with pytest.raises(CannotMeasure, match="one person has 3 rows, and 2 are declared"):
        measure(rows([0, 0, *range(60)]), train, most={"most_rows_per_unit": 2})
    with pytest.raises(CannotMeasure, match="weighted rows"):
        measure(test.assign(w=1.0), train.assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="share all units with themselves"):
        measure(test, train, other_role="test")
    with pytest.raises(CannotMeasure, match="no validation data"):
        measure(test, train, other_role="validation")
    with pytest.raises(CannotMeasure, match="none was given"):
        unit_leakage(make_subject(), None, LEVEL, other_role="train")


def test_copies_under_new_names_do_not_dilute_the_share(measure):
    test = rows(range(60))
    copied = pd.concat([test, test.assign(person=test["person"] + 1000)])
    with pytest.raises(CannotMeasure, match="repeated rows are not independent"):
        measure(copied, rows(range(60, 200), seed=1))


def test_other_kinds_of_unit_do_not_compare(make_subject):
    subject = make_subject(rows(range(60)), sets={"train": rows(range(60))}, unit_column="person")
    sets = [
        d.model_copy(update={"statistical_unit": "image"}) if d.role == "train" else d
        for d in subject.manifest.data.sets
    ]
    data = subject.manifest.data.model_copy(update={"sets": tuple(sets)})
    subject.manifest = subject.manifest.model_copy(update={"data": data})
    with pytest.raises(CannotMeasure, match="units do not compare"):
        unit_leakage(subject, subject.relation("test"), LEVEL, other_role="train")
