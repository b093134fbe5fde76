from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
from onnx import numpy_helper
from scipy.special import expit
from scipy.stats import binomtest
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, recall_score

from certify.demo import diabetes
from certify.submission import load
from certify.submission.model import MeasuredColumn, TableInput

ROLES = ("train", "validation", "test")
SCORE = {
    "accuracy": accuracy_score,
    "sensitivity": lambda true, decided: recall_score(true, decided, pos_label=1),
    "specificity": lambda true, decided: recall_score(true, decided, pos_label=0),
}


def rows(folder: Path, role: str) -> pd.DataFrame:
    return pd.read_csv(folder / "data" / f"{role}.csv")


def probabilities(folder: Path, table: pd.DataFrame) -> np.ndarray[Any, Any]:
    session = onnxruntime.InferenceSession(str(folder / "model" / "diabetes.onnx"))
    values = table[list(diabetes.COLUMNS)].to_numpy(np.float32)
    (answer,) = session.run(["probability_fast"], {"patient": values})
    return np.asarray(answer)[:, 0]


def screened(folder: Path, role: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    table = rows(folder, role)
    return (table["progression"] == "fast").to_numpy(int), (probabilities(folder, table) >= 0.5).astype(int)


def test_it_is_a_submission_without_a_defect(diabetes_folder: Path) -> None:
    manifest = load(diabetes_folder).manifest
    assert (manifest.system.kind, manifest.system.affected_persons) == ("tool", "directly")


def test_every_patient_is_in_exactly_one_part(diabetes_folder: Path) -> None:
    positions = pd.concat([rows(diabetes_folder, role)["position"] for role in ROLES])
    assert sorted(positions) == list(range(442))


@pytest.mark.parametrize("role", ROLES)
def test_the_data_are_those_of_the_collection(diabetes_folder: Path, role: str) -> None:
    table, bundled = rows(diabetes_folder, role), load_diabetes(scaled=False)
    assert (table[list(diabetes.COLUMNS)].to_numpy() == bundled.data[table["position"]]).all()
    assert ((table["progression"] == "fast") == (bundled.target[table["position"]] > 140)).all()


def test_the_printed_figures_are_what_others_compute(diabetes_folder: Path) -> None:
    figures = [f for d in load(diabetes_folder).manifest.documents for f in d.figures]
    true, decided = screened(diabetes_folder, "test")
    assert [f.metric for f in figures] == list(SCORE)
    for figure in figures:
        assert abs(Decimal(str(SCORE[figure.metric](true, decided))) - figure.value) <= Decimal("0.00005")
        assert f"| {figure.value} |" in (diabetes_folder / "documents/instructions_for_use.md").read_text()


def test_each_claim_is_below_the_bound_that_the_validation_patients_give(diabetes_folder: Path) -> None:
    true, decided = screened(diabetes_folder, "validation")
    among = {"accuracy": true >= 0, "sensitivity": true == 1, "specificity": true == 0}
    for claim in load(diabetes_folder).manifest.objective.claims:
        right = (true == decided)[among[claim.metric]]
        interval = binomtest(int(right.sum()), len(right), alternative="greater").proportion_ci(0.975)
        assert 0 <= interval.low - float(claim.value) < 0.05


def test_it_is_the_minimum_of_the_declared_formula(diabetes_folder: Path) -> None:
    """scikit-learn minimises C * sum of losses + |w|^2 / 2, hence C = 1 / (2 * n * penalty)."""
    train, test = rows(diabetes_folder, "train"), rows(diabetes_folder, "test")
    penalty = float(load(diabetes_folder).manifest.objective.loss[1].weight)
    columns = list(diabetes.COLUMNS)
    mean, deviation = train[columns].mean(), train[columns].std(ddof=0)
    oracle = LogisticRegression(C=1 / (2 * len(train) * penalty), tol=1e-10, max_iter=10_000)
    oracle.fit((train[columns] - mean) / deviation, train["progression"] == "fast")
    expected = oracle.predict_proba((test[columns] - mean) / deviation)[:, 1]
    np.testing.assert_allclose(probabilities(diabetes_folder, test), expected, atol=1e-5)


def test_the_printed_weights_are_the_model(diabetes_folder: Path) -> None:
    """A reader who computes by hand from the development document gets the same probabilities."""
    lines = (diabetes_folder / "documents/development_process.md").read_text().splitlines()
    intercept = next(float(line.split("=")[1].split()[0]) for line in lines if line.startswith("Log odds"))
    table = [
        line.strip("| ").split(" | ")
        for line in lines
        if line.startswith(("| age ", "| sex ", "| bmi ", "| bp ", "| s"))
    ]
    names, mean, deviation, weight = zip(*table, strict=True)
    test = rows(diabetes_folder, "test")
    standardised = (test[list(names)].to_numpy() - np.array(mean, float)) / np.array(deviation, float)
    by_hand = expit(intercept + standardised @ np.array(weight, float))
    np.testing.assert_allclose(by_hand, probabilities(diabetes_folder, test), atol=0.01)


def test_every_patient_lies_within_the_declared_ranges(diabetes_folder: Path) -> None:
    (entry,) = load(diabetes_folder).manifest.model.inputs
    assert isinstance(entry, TableInput)
    for role in ROLES:
        for column in entry.columns:
            values = rows(diabetes_folder, role)[column.name]
            if isinstance(column, MeasuredColumn):
                assert values.between(float(column.range[0]), float(column.range[1])).all(), column.name
            else:
                assert set(values) <= set(map(int, column.codes))


def test_the_bands_of_age_leave_nobody_out(diabetes_folder: Path) -> None:
    bands = load(diabetes_folder).manifest.data.attributes[1].groups
    ages = np.arange(19, 80)
    within = [(ages >= float(b.from_ or 0)) & (ages < float(b.below or 0)) for b in bands]
    assert (np.sum(within, axis=0) == 1).all()


def test_the_reference_shares_of_each_attribute_sum_to_one(diabetes_folder: Path) -> None:
    reference = pd.read_csv(diabetes_folder / "data/reference.csv", dtype=str)
    shares = reference["share"].map(Decimal).groupby(reference["stratum"].str.partition("=")[0]).sum()
    assert dict(shares) == {"age_band": 1, "sex": 1}


def test_the_reference_is_that_of_the_statistical_office(diabetes_folder: Path, certify_data: Path) -> None:
    table = pd.read_csv(certify_data / "population/insee_fr_1901_2021.csv", sep=";")
    people = table[(table["ANNEE"] == 2021) & table["AGE"].between(19, 79)]
    bands = pd.cut(people["AGE"], [19, 40, 60, 80], right=False)
    expected = (people.groupby(bands, observed=True)["POP"].sum() / people["POP"].sum()).to_numpy()
    reference = pd.read_csv(diabetes_folder / "data/reference.csv").set_index("stratum")["share"]
    given = reference[["age_band=under_40", "age_band=from_40_to_59", "age_band=60_and_over"]].to_numpy()
    np.testing.assert_allclose(given, expected, atol=1e-6)


def test_what_the_data_sheet_says_of_the_units_holds() -> None:
    data = load_diabetes(scaled=False, as_frame=True).data
    friedewald = (data["s1"] - data["s3"] - np.exp(data["s5"]) / 5 - data["s2"]).abs()
    assert ((friedewald < 0.005).sum(), friedewald.max() < 0.5) == (438, True)
    whole = data["s4"] == data["s4"].round()
    near = (data["s1"] / data["s3"] - data["s4"]).abs() <= 0.5
    assert (whole.sum(), (whole & near).sum()) == (380, 371)


def test_half_of_the_collection_is_fast() -> None:
    _, fast = diabetes.collection()
    assert (len(fast), fast.sum()) == (442, 221)


def test_a_missing_measurement_leaves_no_answer(diabetes_folder: Path) -> None:
    table = rows(diabetes_folder, "test")[list(diabetes.COLUMNS)].iloc[:10].astype(float)
    table = table.mask(np.eye(10, dtype=bool))
    assert np.isnan(probabilities(diabetes_folder, table)).all()


def test_two_builds_give_the_same_bytes(diabetes_folder: Path, tmp_path: Path) -> None:
    diabetes.build(tmp_path / "again")
    for path in (p for p in diabetes_folder.rglob("*") if p.is_file()):
        assert (tmp_path / "again" / path.relative_to(diabetes_folder)).read_bytes() == path.read_bytes()


def test_the_declared_value_is_that_of_the_formula(diabetes_folder: Path) -> None:
    """Cross entropy by scikit-learn, and the weights from the printed graph."""
    objective, train = load(diabetes_folder).manifest.objective, rows(diabetes_folder, "train")
    graph = onnx.load(diabetes_folder / "model/diabetes.onnx").graph
    (squares,) = (
        float(np.sum(numpy_helper.to_array(tensor).astype(float) ** 2))
        for tensor in graph.initializer
        if len(tensor.dims) == 2
    )
    found = log_loss(train["progression"] == "fast", probabilities(diabetes_folder, train).astype(float))
    expected = found + float(objective.loss[1].weight) * squares
    assert float(objective.reached or 0) == pytest.approx(expected, rel=1e-6)
