import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Measured
from checks.representativeness.drift import drift
from checks.statistics.distances import shortfall
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
CODED = {"x1": [0, 1, 2]}


def people(seed: int, rows: int, shift: float = 0.0, second: float = 0.3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "x0": rng.normal(shift, 1, rows).clip(-9, 9),
            "x1": rng.choice(3, rows, p=[0.7 - second, second, 0.3]),
            "x2": rng.binomial(20, 0.5, rows) / 2 - 5,
            "x3": rng.uniform(-1, 1, rows),
            "label": rng.choice(["no", "yes"], rows),
            "sex": rng.integers(0, 2, rows),
        }
    )


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(test: object, train: object, other_role: str = "train", **more: object) -> Measured:
        given = {"coded": CODED, "step": {"x2": 0.5}, "dtype": "float64", **more}
        subject = make_subject(test, sets={"train": train}, **given)
        return drift(subject, subject.relation("test"), CONFIDENCE, other_role=other_role)

    return run


def found(measured: Measured, feature: str) -> Estimate:
    return next(e for e in measured.estimates if e.stratum == f"feature={feature}")


def upper(estimate: Estimate) -> float:
    return float(estimate.demonstrating.upper or 0)


def largest(measured: Measured) -> Estimate:
    return next(e for e in measured.estimates if e.statistic == "largest_distribution_distance")


def test_the_distances_are_those_of_scipy_and_pandas(measure: Callable[..., Measured]) -> None:
    test, train = people(1, 700), people(2, 900, shift=0.4, second=0.5)
    measured = measure(test, train, attributes={"sex": {"female": [0], "male": [1]}})
    for name in ("x0", "x2"):
        true = stats.ks_2samp(test[name], train[name]).statistic
        assert float(found(measured, name).value) == pytest.approx(true, abs=0.006 if name == "x0" else 1e-9)
    for name in ("x1", "label", "sex"):
        shares = [table[name].value_counts(normalize=True) for table in (test, train)]
        true = shares[0].sub(shares[1], fill_value=0).abs().sum() / 2
        assert float(found(measured, name).value) == pytest.approx(true)
    assert len(measured.estimates) == 7


def test_the_upper_bound_lies_above_the_distance_of_the_samples_and_what_they_may_fall_short(
    measure: Callable[..., Measured],
) -> None:
    test, train = people(3, 4000), people(4, 5000)
    measured, short = measure(test, train), shortfall(4000, 5000, 0.975)
    true = stats.ks_2samp(test.x0, train.x0).statistic + short
    assert true <= upper(found(measured, "x0")) < true + 0.02
    true = stats.ks_2samp(test.x2, train.x2).statistic + short
    assert upper(found(measured, "x2")) == pytest.approx(true)


def test_the_largest_has_the_largest_bounds(measure: Callable[..., Measured]) -> None:
    measured = measure(people(5, 600), people(6, 600, shift=0.8))
    each = [e for e in measured.estimates if e.statistic == "distribution_distance"]
    assert largest(measured).value == max(e.value for e in each) == found(measured, "x0").value
    assert upper(largest(measured)) == max(map(upper, each))
    assert largest(measured).refuting.lower == found(measured, "x0").refuting.lower


def test_alike_samples_are_shown_to_be_alike_and_a_shift_is_shown(measure: Callable[..., Measured]) -> None:
    alike = measure(people(7, 20_000), people(8, 20_000))
    assert upper(largest(alike)) < 0.05
    shifted = measure(people(7, 20_000), people(8, 20_000, shift=0.5))
    assert float(found(shifted, "x0").refuting.lower or 0) > 0.15
    assert upper(found(shifted, "x2")) < 0.05


def test_one_value_that_most_rows_have_hides_nothing_and_is_no_distance(
    measure: Callable[..., Measured],
) -> None:
    """As capital gains: nine in ten are zero, and the others far away."""
    rng = np.random.default_rng(9)
    tables = [people(seed, 6000) for seed in (10, 11)]
    spiked = [t.assign(x0=np.where(rng.random(6000) < 0.9, 0, t.x0.abs() / 100)) for t in tables]
    assert upper(found(measure(*spiked), "x0")) < 0.05
    moved = [spiked[0], spiked[1].assign(x0=np.where(spiked[1].x0 == 0, 1e-9, spiked[1].x0))]
    assert float(found(measure(*moved), "x0").value) > 0.85


def test_missing_values_and_undeclared_codes_are_values(measure: Callable[..., Measured]) -> None:
    test, train = people(12, 3000), people(13, 3000)
    gaps = measure(test, train.assign(x0=train.x0.where(train.index % 3 > 0), x1=train.x1.replace(2, 7)))
    assert 0.3 < float(found(gaps, "x0").value) < 0.4
    assert float(found(gaps, "x1").value) == pytest.approx(0.3, abs=0.03)
    astray = [table.assign(x1=table.x1.replace(2, 7)) for table in (test, train)]
    assert float(found(measure(*astray), "x1").value) > 0.28  # nobody knows that they are the same


def test_a_step_that_is_declared_too_wide_hides_nothing(measure: Callable[..., Measured]) -> None:
    test, train = people(24, 2000), people(25, 2000)
    between = measure(test.assign(x3=test.x3 / 2), train.assign(x3=train.x3 / 2 + 0.4), step={"x3": 5})
    assert float(found(between, "x3").value) > 0.3


def test_values_beyond_the_range_are_not_lost(measure: Callable[..., Measured]) -> None:
    test, train = people(14, 3000), people(15, 3000)
    beyond = measure(test, train.assign(x2=train.x2 + 30, x0=train.x0.where(train.index % 2 > 0, np.inf)))
    assert float(found(beyond, "x2").value) == 1
    assert float(found(beyond, "x0").value) == pytest.approx(0.5, abs=0.03)


def test_the_target_of_a_regression_is_a_number(make_subject: Callable[..., Subject]) -> None:
    rng = np.random.default_rng(16)
    tables = [pd.DataFrame({"x": rng.normal(0, 1, 900), "label": rng.normal(m, 1, 900)}) for m in (0, 1)]
    subject = make_subject(tables[0], task="regression", sets={"train": tables[1]})
    measured = drift(subject, subject.relation("test"), CONFIDENCE, other_role="train")
    true = stats.ks_2samp(tables[0].label, tables[1].label).statistic
    assert float(found(measured, "label").value) == pytest.approx(true, abs=0.01)


def test_the_pictures_hold_both_sides_in_the_same_bars(measure: Callable[..., Measured]) -> None:
    measured = measure(people(17, 500), people(18, 800))
    picture = json.loads(measured.exhibits[0].data)
    assert picture["roles"] == ["test", "train"]
    for feature in picture["features"]:
        first, second = feature["counts"]
        assert len(first) == len(second) <= 64
        assert (sum(first), sum(second)) == (500, 800), feature


def test_whole_numbers_are_pictured_as_even_as_they_are(make_subject: Callable[..., Subject]) -> None:
    ages, other = np.tile(np.arange(17.0, 101), 10), np.linspace(17, 100, 840)
    table = pd.DataFrame({"age": ages, "other": other, "label": ["no", "yes"] * 420})
    subject = make_subject(
        table, sets={"train": table}, columns=["age", "other"], quantity={"range": ["17", "100"]}
    )
    measured = drift(subject, subject.relation("test"), CONFIDENCE, other_role="train")
    age = json.loads(measured.exhibits[0].data)["features"][0]
    assert [len(set(counts)) for counts in age["counts"]] == [1, 1]
    assert len(age["counts"][0]) == len(age["ends"]) == 42


def test_counting_again_in_another_order_says_the_same(measure: Callable[..., Measured]) -> None:
    test, train = people(19, 900), people(20, 900)
    shuffled = train.sample(frac=1, random_state=1)
    assert measure(test, shuffled).estimates == measure(test, train).estimates


def test_what_cannot_be_compared_is_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    test, train = people(21, 100), people(22, 100)
    with pytest.raises(CannotMeasure, match="from themselves"):
        measure(test, train, "test")
    with pytest.raises(CannotMeasure, match="no validation data"):
        measure(test, train, "validation")
    with pytest.raises(CannotMeasure, match="no column for sex"):
        measure(test, train.drop(columns="sex"), attributes={"sex": {"female": [0], "male": [1]}})
    with pytest.raises(CannotMeasure, match="2 times or a multiple"):
        measure(test, pd.concat([train, train]))
    images = {"image": np.random.default_rng(23).random((60, 2, 2)), "label": np.array(["no", "yes"] * 30)}
    subject = make_subject(images, tensor="image", sets={"train": images})
    with pytest.raises(CannotMeasure, match="several values a row"):
        drift(subject, subject.relation("test"), CONFIDENCE, other_role="train")


@pytest.fixture(scope="session")
def adult() -> pd.DataFrame:
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    path = Path(os.environ["CERTIFY_DATA"]) / "adult"
    names = ["x0", "x1", "x2", "x3", "x4", "education", "x5", "race", "sex"]
    places = [0, 2, 4, 10, 12, 3, 11, 8, 9]
    read = [
        pd.read_csv(path / file, header=None, skipinitialspace=True, skiprows=skipped)
        for file, skipped in (("adult.data", 0), ("adult.test", 1))
    ]
    tables = [
        table[places].set_axis(names, axis=1).assign(label=table[14].str.rstrip("."), part=part)
        for table, part in zip(read, ("train", "test"), strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def of_adult(make_subject: Callable[..., Subject], test: pd.DataFrame, train: pd.DataFrame) -> Measured:
    subject = make_subject(
        test, sets={"train": train}, classes=("<=50K", ">50K"), dtype="float64",
        quantity={"range": (0, 2_000_000)}, step={"x2": 1},
        attributes={"sex": {"female": ["Female"], "male": ["Male"]}},
    )  # fmt: skip
    return drift(subject, subject.relation("test"), CONFIDENCE, other_role="train")


def test_the_two_parts_of_adult_are_alike_and_a_later_age_is_seen(
    make_subject: Callable[..., Subject], adult: pd.DataFrame
) -> None:
    """Of 48,842 people two thirds were put into one file, at random as it seems."""
    test, train = adult[adult.part == "test"], adult[adult.part == "train"]
    alike = of_adult(make_subject, test, train)
    for name in ("x0", "x1", "x2", "x3", "x4", "x5"):
        true = stats.ks_2samp(test[name], train[name]).statistic
        assert float(found(alike, name).value) == pytest.approx(true, abs=0.004)
    assert 0.01 < upper(largest(alike)) < 0.03
    older = of_adult(make_subject, test.assign(x0=test.x0 + 5), train)
    assert float(found(older, "x0").refuting.lower or 0) > 0.05
    print({e.stratum: (round(float(e.value), 4), round(upper(e), 4)) for e in alike.estimates})


@pytest.mark.qualify
def test_how_often_a_shift_is_found_and_how_often_one_is_made_up(measure: Callable[..., Measured]) -> None:
    """Margin 0.1: a shift of 0.4 standard deviations is a distance of 0.158, one of 0.251 is the margin."""
    for rows, shift in ((1000, 0.0), (1000, 0.4), (1000, 0.251), (5000, 0.0), (5000, 0.4), (5000, 0.251)):
        drawn = [largest(measure(people(2 * i, rows), people(2 * i + 1, rows, shift))) for i in range(100)]
        near = np.mean([upper(e) < 0.1 for e in drawn])
        far = np.mean([float(e.refuting.lower or 0) > 0.1 for e in drawn])
        print(f"{rows} rows each, shift {shift}: demonstrated {near:.2f}, refuted {far:.2f}")
        assert near <= (1 if shift == 0 else 0.1)
        assert far <= (0 if shift == 0 else 1)
