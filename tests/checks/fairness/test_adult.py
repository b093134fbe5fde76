"""UCI Adult, with a network that others trained on it, against numbers published with both."""

import csv
import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate

from checks.fairness.gaps import true_positive_rate_gap
from checks.fairness.ratios import selection_rate_ratio
from checks.measured import Confidence
from checks.objectives.performance import performance

LEVEL = Confidence(0.975)
SEXES = {"sex": {"women": [0], "men": [1]}}
BOTH = ("sex=women", "sex=men")
COLUMNS = [
    "age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation",
    "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country",
    "income",
]  # fmt: skip


@pytest.fixture
def shared():
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    return Path(os.environ["CERTIFY_DATA"])


@cache
def adult(folder):
    """All rows as published; `adult.test` has a junk first line and labels that end in a point."""
    options = {"header": None, "names": COLUMNS, "skipinitialspace": True, "na_values": "?"}
    test = pd.read_csv(folder / "adult" / "adult.test", skiprows=1, **options)
    rows = pd.concat([test, pd.read_csv(folder / "adult" / "adult.data", **options)], ignore_index=True)
    return rows.assign(income=rows.income.str.rstrip("."))


@cache
def as_the_network_takes_it(folder):
    """Complete rows, words as their alphabetical rank, capital in twenty bins of equal width."""
    rows = adult(folder).dropna().reset_index(drop=True)
    inputs = rows.drop(columns=["fnlwgt", "income"])
    for name in inputs:
        if not pd.api.types.is_numeric_dtype(inputs[name]):
            inputs[name] = np.unique(inputs[name], return_inverse=True)[1]
    for name in ("capital-gain", "capital-loss"):
        edges = np.linspace(inputs[name].min(), inputs[name].max(), 21)
        inputs[name] = np.digitize(inputs[name], edges[1:-1])
    return inputs.assign(label=np.where(rows.income == ">50K", "yes", "no"))


def network(make_subject, shared, frame):
    return make_subject(
        frame,
        columns=[name for name in frame if name != "label"],
        graph=(shared / "fairify" / "AC-1.onnx").read_bytes(),
        quantity={"range": (0, 100)},
        attributes=SEXES,
        change={
            "model": {
                "outputs": [{"name": "output", "content": "probability"}], "decision": {"output": "output"},
            }
        },
    )  # fmt: skip


def published(shared):
    with (shared / "fairify" / "measured_adult.csv").open() as stream:
        return next(row for row in csv.DictReader(stream) if row["model"] == "AC-1")


def test_a_model_that_repeats_the_labels_has_the_published_base_rates(make_subject, shared):
    """Of all 48,842 rows, 10.93 % of the women and 30.38 % of the men earn more."""
    rows = adult(shared)
    high = rows.income == ">50K"
    frame = pd.DataFrame({"x": np.where(high, 1, -1), "label": np.where(high, "yes", "no"), "sex": rows.sex})
    subject = make_subject(frame, attributes={"sex": {"women": ["Female"], "men": ["Male"]}})
    result = selection_rate_ratio(subject, subject.table("test"), LEVEL, groups=BOTH, favourable="yes")
    rates = [round(float(estimate.value), 4) for estimate in result.estimates[:2]]
    assert rates == [0.1093, 0.3038]


def test_the_network_has_the_published_rates(make_subject, shared):
    subject = network(make_subject, shared, as_the_network_takes_it(shared))
    women, men, _ = selection_rate_ratio(
        subject, subject.table("test"), LEVEL, groups=BOTH, favourable="yes"
    ).estimates
    known = published(shared)
    assert float(men.value - women.value) == pytest.approx(
        float(known["male_minus_female_positive_rate"]), abs=5e-4
    )
    everyone = float(women.value) * women.n + float(men.value) * men.n
    assert everyone / int(known["n_all"]) == pytest.approx(float(known["positive_rate_all"]), abs=5e-5)


def test_the_network_has_the_published_accuracy(make_subject, shared):
    from sklearn.model_selection import train_test_split

    _, held_out = train_test_split(as_the_network_takes_it(shared), test_size=0.15, random_state=42)
    subject = network(make_subject, shared, held_out)
    result = performance(subject, subject.table("test"), LEVEL, metric="accuracy", groups=("all",))
    known = published(shared)
    assert result.estimates[0].n == int(known["n_test"])
    assert round(float(result.estimates[0].value), 4) == float(known["accuracy_test15pct_seed42"])


def test_rates_gap_and_ratio_equal_those_of_fairlearn(make_subject, shared):
    frame = as_the_network_takes_it(shared)
    subject = network(make_subject, shared, frame)
    data = subject.table("test")
    oracle = MetricFrame(
        metrics={"tpr": true_positive_rate, "selected": selection_rate},
        y_true=(frame.label == "yes").astype(int),
        y_pred=subject.predictor.decide(data.inputs),
        sensitive_features=frame.sex,
    )
    gaps = true_positive_rate_gap(subject, data, LEVEL, groups=BOTH).estimates
    ratios = selection_rate_ratio(subject, data, LEVEL, groups=BOTH, favourable="yes").estimates
    assert [float(e.value) for e in gaps[:2]] == oracle.by_group.tpr.to_list()
    assert float(gaps[2].value) == oracle.difference().tpr
    assert [float(e.value) for e in ratios[:2]] == oracle.by_group.selected.to_list()
    assert float(ratios[2].value) == oracle.ratio().selected


def test_the_four_fifths_rule_is_refuted_for_women(make_subject, shared):
    subject = network(make_subject, shared, as_the_network_takes_it(shared))
    ratio = selection_rate_ratio(
        subject, subject.table("test"), LEVEL, groups=BOTH, favourable="yes"
    ).estimates[2]
    assert ratio.refuting.upper < 0.8
