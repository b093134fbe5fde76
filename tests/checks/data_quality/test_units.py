"""Columns are simulated, and every n-th value is really written in another unit; honest columns are not."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from certify.evidence import Estimate
from checks.data_quality.units import units
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]
Write = Callable[[NDArray[np.float64]], NDArray[np.float64]]

MIXED: Mapping[str, tuple[str, tuple[float, float], Draw, Write]] = {
    "height in m": ("cm", (50, 250), lambda r, n: r.normal(170, 10, n).round(), lambda x: x / 100),
    "height in m, wide range": (
        "cm",
        (0, 1000),
        lambda r, n: r.normal(170, 10, n).round(),
        lambda x: x / 100,
    ),
    "height in inches": ("cm", (0, 1000), lambda r, n: r.normal(170, 10, n).round(), lambda x: x / 2.54),
    "weight in g": ("kg", (20, 250), lambda r, n: r.lognormal(4.3, 0.2, n).round(1), lambda x: x * 1000),
    "newborns in g": ("kg", (0.3, 7), lambda r, n: r.normal(3.4, 0.5, n).round(2), lambda x: x * 1000),
    "body in °F": ("°C", (30, 45), lambda r, n: r.normal(37, 0.7, n).round(1), lambda x: x * 1.8 + 32),
    "air in K": ("°C", (-50, 60), lambda r, n: r.normal(12, 8, n).round(1), lambda x: x + 273.15),
    "pressure in kPa": ("mmHg", (40, 250), lambda r, n: r.normal(125, 18, n).round(), lambda x: x * 0.133322),
    "glucose in g/l": (
        "mg/dl",
        (20, 600),
        lambda r, n: r.lognormal(4.65, 0.25, n).round(),
        lambda x: x / 100,
    ),
}
"""Unit, range, how values are drawn, and how some are written."""

HONEST: Mapping[str, tuple[str, tuple[float, float], Draw]] = {
    "log-normal, 0.5": ("kg", (0.01, 100_000), lambda r, n: r.lognormal(3, 0.5, n)),
    "log-normal, 1": ("mg/l", (0.001, 1_000_000), lambda r, n: r.lognormal(3, 1, n)),
    "log-normal, 2": ("mg/l", (0.001, 1_000_000_000), lambda r, n: r.lognormal(3, 2, n)),
    "Pareto": ("m", (0.01, 1_000_000_000), lambda r, n: r.pareto(1, n) + 1),
    "Cauchy of logarithms": (
        "kg", (0, 1_000_000_000), lambda r, n: np.exp(np.clip(r.standard_cauchy(n), -40, 40)),
    ),
    "t3": ("cm", (-1000, 1000), lambda r, n: 170 + 10 * r.standard_t(3, n)),
    "Cauchy": ("°C", (-1000, 1000), lambda r, n: 37 + r.standard_cauchy(n)),
    "exponential": ("h", (0, 10_000), lambda r, n: r.exponential(5, n)),
    "mostly zero": ("min", (0, 10_000), lambda r, n: np.where(r.random(n) < 0.8, 0, r.exponential(30, n))),
    "ages": ("years", (0, 120), lambda r, n: r.integers(17, 90, n).astype(float)),
    "hours of work": ("h", (0, 168), lambda r, n: np.where(r.random(n) < 0.5, 40, r.integers(1, 99, n))),
    "loans": ("months", (1, 120), lambda r, n: r.choice([6.0, 9, 12, 18, 24, 36, 48, 60], n)),
    "999 for unknown": (
        "years", (0, 120), lambda r, n: np.where(r.random(n) < 0.02, 999, r.integers(17, 90, n)),
    ),
    "children and adults": (
        "kg", (1, 300), lambda r, n: np.where(r.random(n) < 0.3, r.normal(15, 3, n), r.normal(75, 12, n)),
    ),
}  # fmt: skip


def frame_of(values: NDArray[np.float64], seed: int = 0) -> pd.DataFrame:
    """`x1` keeps rows apart that share a value."""
    random = np.random.default_rng([99, seed])
    size = len(values)
    return pd.DataFrame(
        {"x0": values, "x1": random.normal(size=size), "label": random.choice(["yes", "no"], size)}
    )


def spoilt(name: str, rate: float, rows: int, seed: int) -> pd.DataFrame:
    _, _, draw, write = MIXED[name]
    random = np.random.default_rng(seed)
    values = draw(random, rows)
    values[: round(rate * rows)] = write(values[: round(rate * rows)])
    return frame_of(values, seed)


Measure = Callable[..., Measured]


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Measure:
    def run(frame: pd.DataFrame, unit: str, ends: tuple[float, float], **more: object) -> Measured:
        subject = make_subject(frame, quantity={"unit": unit, "range": ends}, **more)
        return units(subject, subject.relation("test"), CONFIDENCE)

    return run


def of_column(measured: Measured, column: str = "x0") -> Estimate:
    (found,) = [estimate for estimate in measured.estimates if estimate.stratum == f"feature={column}"]
    return found


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_a_mixture_at_a_known_rate_is_found_within_the_bounds(
    measure: Measure, name: str, rate: float
) -> None:
    unit, ends, *_ = MIXED[name]
    found = of_column(measure(spoilt(name, rate, 4000, 1), unit, ends))
    assert (found.demonstrating.lower or 0) <= rate <= (found.demonstrating.upper or 0)
    assert 0.8 * rate <= float(found.value) <= 1.2 * rate


@pytest.mark.parametrize("name", HONEST)
def test_honest_columns_however_heavy_their_tails_raise_no_alarm(measure: Measure, name: str) -> None:
    unit, ends, draw = HONEST[name]
    found = of_column(measure(frame_of(draw(np.random.default_rng(2), 4000)), unit, ends))
    assert float(found.value) <= 0.001


def test_bounds_are_those_of_scipy_and_the_whole_is_the_greatest(measure: Measure) -> None:
    unit, ends, *_ = MIXED["newborns in g"]
    measured = measure(spoilt("newborns in g", 0.05, 1000, 3), unit, ends)
    exact = binomtest(50, 1000).proportion_ci(0.95, method="exact")
    whole = next(e for e in measured.estimates if e.stratum == "all")
    for found in (of_column(measured), whole):
        assert float(found.value) == 0.05
        assert float(found.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)
    assert float(of_column(measured, "x1").value) <= 0.001


def test_units_without_a_valley_between_are_said_not_to_be_told_apart(measure: Measure) -> None:
    """Pounds among kilograms of adults: a heavy one in kilograms is a light one in pounds."""
    values = np.random.default_rng(4).lognormal(4.3, 0.2, 4000)
    measured = measure(frame_of(values), "kg", (20, 250))
    assert b'"cannot_be_told_from":["pound"]' in measured.exhibits[0].data.replace(b" ", b"")


def test_an_unknown_unit_is_named_and_not_measured(measure: Measure) -> None:
    values = np.random.default_rng(5).normal(50, 5, 200)
    with pytest.raises(CannotMeasure, match="no measured column has a unit"):
        measure(frame_of(values), "euros", (0, 100))
    said = {s.subject: s for s in measure(frame_of(values), "cm", (0, 100)).statements}
    assert said["x0"].holds
    assert "inch" in said["x0"].explanation


@pytest.mark.parametrize("value", [np.nan, 0.0, -5.0])
def test_a_column_without_a_value_to_read_is_not_measured(measure: Measure, value: float) -> None:
    with pytest.raises(CannotMeasure, match="x0 has no value in which a unit could be seen"):
        measure(frame_of(np.full(4000, value)), "cm", (-10, 100))


def test_the_lower_bound_of_the_greatest_share_is_corrected_for_the_number_of_columns(
    measure: Measure,
) -> None:
    unit, ends, *_ = MIXED["newborns in g"]
    measured = measure(spoilt("newborns in g", 0.05, 1000, 3), unit, ends)
    whole = next(e for e in measured.estimates if e.stratum == "all")
    exact = binomtest(50, 1000).proportion_ci(1 - 2 * 0.025 / 2, method="exact")
    assert float(whole.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert whole.refuting.lower == whole.demonstrating.lower


def test_weighted_clustered_and_absent_rows_are_not_measured(
    measure: Measure, make_subject: Callable[..., Subject]
) -> None:
    frame = frame_of(np.random.default_rng(6).normal(50, 5, 20))
    with pytest.raises(CannotMeasure, match="weights"):
        measure(frame.assign(w=1.0), "cm", (0, 100), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(frame.assign(who=[0, 0, *range(18)]), "cm", (0, 100), unit_column="who")
    with pytest.raises(CannotMeasure, match="none was given"):
        units(make_subject(), None, CONFIDENCE)


@pytest.mark.parametrize(
    ("file", "column", "unit", "ends", "how"),
    [
        ("adult/adult.data", 0, "years", (0, 120), {"skipinitialspace": True}),
        ("adult/adult.data", 12, "h", (0, 168), {"skipinitialspace": True}),
        ("german_credit/german.data", 1, "months", (1, 120), {"sep": " "}),
        ("german_credit/german.data", 12, "years", (0, 120), {"sep": " "}),
        ("diabetes_tree/pima-indians-diabetes.csv", 1, "mg/dl", (0, 400), {}),
        ("diabetes_tree/pima-indians-diabetes.csv", 2, "mmHg", (0, 200), {}),
        ("diabetes_tree/pima-indians-diabetes.csv", 3, "mm", (0, 100), {}),
        ("diabetes_tree/pima-indians-diabetes.csv", 7, "years", (0, 120), {}),
    ],
)  # fmt: skip
def test_adult_german_and_diabetes_raise_no_alarm(
    measure: Measure, certify_data: Path, file: str, column: int, unit: str, ends: tuple[float, float],
    how: dict[str, object],
) -> None:  # fmt: skip
    values = pd.read_csv(certify_data / file, header=None, **how)[column]  # type: ignore[call-overload]
    assert float(of_column(measure(frame_of(values.to_numpy(dtype=float)), unit, ends)).value) <= 0.001


@pytest.mark.qualify
def test_rates_of_detection_and_false_alarm(measure: Measure) -> None:
    """Detected: the estimate is at least half the seeded rate. Held: the upper bound is not below it."""
    for rate in (0.005, 0.01, 0.05, 0.2, 0.5):
        found = [
            of_column(measure(spoilt(n, rate, 4000, s), *MIXED[n][:2])) for n in MIXED for s in range(10)
        ]
        detected = sum(float(e.value) >= rate / 2 for e in found)
        held = sum(float(e.demonstrating.upper or 0) >= rate for e in found)
        print(f"{rate:.1%} of rows: detected {detected}, held by the bound {held} of {len(found)}")
        assert detected >= 0.9 * len(found)
        assert held >= 0.9 * len(found)
    alarms = [
        float(of_column(measure(frame_of(draw(np.random.default_rng(s), 4000), s), unit, ends)).value) > 0.002
        for unit, ends, draw in HONEST.values()
        for s in range(20)
    ]
    print(f"false alarms: {sum(alarms)} of {len(alarms)} honest columns")
    assert sum(alarms) <= 2
