"""pandas counts how often each value occurs, scipy bounds the share of the most frequent."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from certify.evidence import Estimate
from checks.data_quality.constants import constants
from checks.data_quality.constants import varied as varied_rows
from checks.measured import CannotMeasure, Confidence
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.tabulation.contract import sources

CONFIDENCE = Confidence(0.975)
Shares = Callable[..., dict[str, Estimate]]


def varied(rows: int, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {"x0": random.normal(size=rows).round(6), "label": random.choice(["yes", "no"], rows)}
    )


@pytest.fixture
def shares(make_subject: Callable[..., Subject]) -> Shares:
    def run(*arguments: object, **more: object) -> dict[str, Estimate]:
        subject = make_subject(*arguments, **more)
        measured = constants(subject, subject.relation("test"), CONFIDENCE)
        assert {e.statistic for e in measured.estimates} == {"varied_share"}
        return {estimate.stratum: estimate for estimate in measured.estimates}

    return run


@pytest.mark.parametrize("share", [0.2, 0.95, 1])
@pytest.mark.parametrize("constant", [0.0, 0.1])
def test_the_most_frequent_value_is_counted_with_scipys_exact_bounds(
    shares: Shares, share: float, constant: float
) -> None:
    frame = varied(1000)
    frame["x1"] = np.where(np.arange(1000) < 1000 * share, constant, frame["x0"])
    expected = 1000 - int(frame["x1"].value_counts().max())
    found = shares(frame)["feature=x1"]
    exact = binomtest(expected, 1000).proportion_ci(0.95, method="exact")
    assert round(float(found.value) * 1000) == expected
    assert float(found.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(found.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)


def test_the_whole_is_the_least_of_the_columns_and_refutes_for_their_number(shares: Shares) -> None:
    found = shares(varied(500).assign(x1=3.0, x2=[0, 1] * 250))
    alone = binomtest(0, 500).proportion_ci(1 - 2 * 0.025 / 3, method="exact")
    assert (float(found["feature=x1"].value), float(found["feature=x2"].value)) == (0, 0.5)
    assert float(found["all"].value) == 0
    assert float(found["all"].refuting.upper or 0) == pytest.approx(alone.high, abs=1e-11)
    assert found["all"].demonstrating.upper == found["all"].refuting.upper


def test_missing_values_are_no_other_value(shares: Shares) -> None:
    frame = varied(400).assign(
        x1=np.nan, x2=np.where(np.arange(400) % 2, 5.0, np.nan), x3=[None, 1, 2, 3] * 100
    )
    found = shares(frame)
    assert [float(found[f"feature=x{n}"].value) for n in (1, 2, 3)] == [0, 0, 0.5]


def test_a_share_above_nine_tenths_is_told_as_nine_tenths(shares: Shares) -> None:
    assert float(shares(varied(1000))["feature=x0"].value) == 0.9


def test_values_are_equal_as_the_model_is_fed_them(shares: Shares) -> None:
    frame = varied(100).assign(x1=1 + np.arange(100) * 1e-12)
    assert float(shares(frame)["feature=x1"].value) == 0
    assert float(shares(frame, dtype="float64")["feature=x1"].value) == 0.9


def test_whole_images_are_compared_and_not_their_corners(
    shares: Shares, make_subject: Callable[..., Subject]
) -> None:
    random = np.random.default_rng(2)
    images = random.integers(0, 256, (200, 5, 5)).astype(np.float32)
    images[:, 0, 0] = 0
    data = {"image": images, "label": np.array(["a", "b"] * 100)}
    more: dict[str, object] = {"task": "multiclass", "tensor": "image", "quantity": {"range": (0, 255)}}
    assert float(shares(data, **more)["feature=image"].value) == 0.9
    images[:60] = 7
    relation = make_subject(data, **more).relation("test")
    assert varied_rows(relation, sources(relation), 1) == {"image": 140}


def test_candidates_are_found_although_few_rows_are_drawn(make_subject: Callable[..., Subject]) -> None:
    random = np.random.default_rng(8)
    frame = varied(60_000).assign(
        x1=np.where(random.random(60_000) < 0.3, 5.5, random.normal(size=60_000)),
        x2=np.where(np.arange(60_000) < 59_940, 1, 0),
    )
    relation = make_subject(frame).relation("test")
    expected = {name: 60_000 - int(frame[name].value_counts().max()) for name in ("x1", "x2")}
    assert varied_rows(relation, sources(relation), 4) == {"x0": 54_000, **expected}


@pytest.mark.parametrize(("shares", "ever"), [([0.28, 0.27, 0.25, 0.2], False), ([0.6, 0.2, 0.1, 0.1], True)])
def test_the_lower_bound_keeps_its_confidence_although_the_value_is_chosen_afterwards(
    shares: list[float], ever: bool
) -> None:
    random = np.random.default_rng(3)
    rows, missed, tables = 60, 0, 4000
    lower = [proportion(varied, rows, CONFIDENCE).demonstrating[0] for varied in range(rows + 1)]
    for _ in range(tables):
        count = np.bincount(random.choice(4, rows, p=shares)).max()
        missed += lower[rows - int(count)] > 1 - shares[0]
    assert missed / tables <= 0.025
    assert (missed > 0) == ever


def test_weighted_clustered_and_absent_rows_are_not_measured(
    shares: Shares, make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure, match="weights"):
        shares(varied(10).assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        shares(varied(10).assign(who=[1, 1, *range(2, 10)]), unit_column="who")
    with pytest.raises(CannotMeasure, match="none was given"):
        constants(make_subject(), None, CONFIDENCE)


def test_adult_has_no_constant_column_and_its_most_frequent_values_are_those_of_pandas(
    shares: Shares, certify_data: Path
) -> None:
    frame = pd.read_csv(
        certify_data / "adult" / "adult.data", header=None, skipinitialspace=True, usecols=[0, 2, 10, 11, 12]
    )
    frame.columns = [f"x{place}" for place in range(5)]
    frame["x5"] = np.arange(len(frame))
    found = shares(frame.assign(label="yes"), dtype="float64")
    for name in ("x2", "x3", "x4"):
        others = len(frame) - int(frame[name].value_counts().max())
        assert round(float(found[f"feature={name}"].value) * len(frame)) == others
    assert 0.02 < float(found["all"].value) < 0.1


@pytest.mark.qualify
def test_rates_over_tables_seeded_at_known_rates(make_subject: Callable[..., Subject]) -> None:
    """How often the lower bound shows a share of at least 0.002, in 20 tables of 4,000 rows."""
    shown = {}
    for differing in (0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05):
        cleared = 0
        for seed in range(20):
            random = np.random.default_rng(seed)
            frame = varied(4000, seed).assign(x1=(random.random(4000) < differing).astype(int))
            subject = make_subject(frame)
            found = constants(subject, subject.relation("test"), CONFIDENCE).estimates[-1]
            cleared += float(found.demonstrating.lower or 0) >= 0.002
        shown[differing] = cleared
    print({f"{rate:.2%} differ": f"{20 - cleared} of 20 refused" for rate, cleared in shown.items()})
    assert shown[0] == shown[0.0005] == 0
    assert shown[0.01] == shown[0.05] == 20
