"""`certify measure`: a method's answer, without a judgement, and with a trace where test data are opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from certify.strict_yaml import read
from checks.catalogue import METHODS

ACCURACY = ("objectives.performance", "--set", "metric=accuracy", "--set", "groups=all")
FUZZING = "cybersecurity.input_contract"


@pytest.fixture
def measure(certify: Any, place: Any, tmp_path: Path) -> Any:
    """`measure(method, option, ...)`: on the small submission, in a workplace of its own."""

    def run(method: str, *options: object, **keywords: Any) -> Any:
        work = ("--work", tmp_path / "work")
        return certify("measure", method, place.submission, *options, *work, **keywords)

    return run


def right_of(place: Any, role: str) -> tuple[int, int]:
    """How many rows the small model gets right, counted by its rule: from fifty on, old."""
    rows = [line.split(",") for line in (place.submission / f"data/{role}.csv").read_text().splitlines()[1:]]
    return sum((float(age) >= 50) == (label == "old") for age, _, label in rows), len(rows)


# What is measured


@pytest.mark.parametrize("role", [None, "train", "test"])
def test_the_estimate_is_that_of_the_role_and_of_validation_data_by_default(
    role: str | None, measure: Any, place: Any, ledger: Any
) -> None:
    done = measure(*ACCURACY, *(("--role", role) if role else ()), "--json")
    assert (done.code, done.err) == (0, "")
    (estimate,) = done.said["estimates"]
    right, rows = right_of(place, role or "validation")
    assert (float(estimate["value"]), estimate["n"]) == (right / rows, rows)
    exact = binomtest(right, rows).proportion_ci(0.95, "exact")
    assert float(estimate["demonstrating"]["lower"]) == pytest.approx(exact.low, abs=1e-9)
    assert float(estimate["demonstrating"]["upper"]) == pytest.approx(exact.high, abs=1e-9)
    assert ledger() == [("opened", role or "validation")]


def test_people_read_the_same_numbers_and_no_judgement(measure: Any, place: Any, ledger: Any) -> None:
    done = measure(*ACCURACY, "--role", "test", columns=60)
    assert (done.code, done.err) == (0, "")
    right, rows = right_of(place, "test")
    exact = binomtest(right, rows).proportion_ci(0.95, "exact")
    assert all(f"{number:.6g}" in done.out for number in (right / rows, exact.low, exact.high))
    assert f"n = {rows}, Clopper-Pearson" in done.out
    for word in ("conform", "demonstrated", "refuted", "required", "pass", "fail", "…"):
        assert word not in done.out.lower()
    measure(*ACCURACY, "--role", "test")
    assert ledger() == [("opened", "test")] * 2, "each use of the test data leaves a line of its own"


def test_a_method_that_reads_no_data_leaves_no_trace(measure: Any, ledger: Any) -> None:
    done = measure("documents.explanation", "--role", "none")
    assert done.code == 0
    assert "explanation_stated (explanation): holds" in done.out
    assert ledger() == []


def test_a_confidence_that_is_asked_for_is_used(measure: Any, place: Any) -> None:
    done = measure(*ACCURACY, "--confidence", "0.99", "--json")
    exact = binomtest(*right_of(place, "validation")).proportion_ci(0.98, "exact")
    (estimate,) = done.said["estimates"]
    assert float(estimate["demonstrating"]["lower"]) == pytest.approx(exact.low, abs=1e-9)
    assert estimate["demonstrating"]["confidence"] == "0.99"


def test_lists_are_written_with_commas_or_in_json(measure: Any) -> None:
    shares = "representativeness.shares"
    plain = measure(shares, "--set", "groups=sex=female, sex=male", "--json").said
    in_json = measure(shares, "--set", 'groups=["sex=female", "sex=male"]', "--json").said
    shares_of = {e["stratum"] for e in plain["estimates"] if e["statistic"] == "share"}
    assert shares_of == {"sex=female", "sex=male"}
    assert plain == in_json


def test_rules_for_data_are_written_in_json(measure: Any) -> None:
    rule = {
        "expectation": "expect_column_values_to_be_between",
        "arguments": {"column": "age", "min_value": 50},
    }
    done = measure("data_quality.expectations", "--set", f"expectations={json.dumps([rule])}", "--json")
    assert done.code == 0
    (estimate,) = done.said["estimates"]
    assert 0.4 < float(estimate["value"]) < 0.6


# What is refused


def test_every_mistake_in_the_parameters_is_said_at_once(measure: Any, tmp_path: Path) -> None:
    done = measure(FUZZING, "--set", "cases=many", "--set", "tolerance=1e-3", "--set", "sead=1")
    assert (done.code, done.out) == (2, "")
    for words in ("cases=many", "tolerance=1e-3", "--set seed=... (integer)", 'unknown parameter "sead"'):
        assert words in done.err
    assert "4 problems." in done.err
    assert "pydantic" not in done.err
    assert not (tmp_path / "work").exists(), "nothing was taken in or opened"


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ("metric", "metric"),
        ("groups=", "groups="),
        ("groups=a,a", "groups=a,a"),
        ('groups=["all"', 'groups=["all"'),
        ("=all", 'unknown parameter ""'),
    ],
)
def test_a_setting_that_is_no_value_is_refused(setting: str, found: str, measure: Any) -> None:
    done = measure("objectives.performance", "--set", setting, "--json")
    assert done.code == 2
    assert any(found in problem["found"] for problem in done.said["problems"]), done.said


@pytest.mark.parametrize("value", ["1.5", "", "0x10", "1" * 70, "NaN", "9007199254740993"])
def test_a_number_that_is_none_is_refused(value: str, measure: Any) -> None:
    done = measure("robustness.noise_stability", "--set", f"seed={value}", "--json")
    assert done.code == 2
    assert [problem["key"] for problem in done.said["problems"]] == ["seed"]


@pytest.mark.parametrize(
    "options",
    [("--role", "tset"), ("--confidence", "0.3"), ("--confidence", "1"), ("--confidence", "sure")],
    ids=" ".join,
)
def test_an_option_out_of_its_range_is_refused_before_anything_is_opened(
    options: tuple[str, ...], measure: Any, ledger: Any
) -> None:
    done = measure(*ACCURACY, *options, "--json")
    assert done.code == 2
    assert done.said["problems"][0]["source"] == options[0]
    assert ledger() == []


def test_a_rule_that_is_nested_without_end_is_the_users_mistake(measure: Any) -> None:
    done = measure("data_quality.expectations", "--set", f"expectations={'[' * 20_000}", "--json")
    assert done.code == 2


def test_a_method_that_nobody_knows_is_refused_with_those_that_are_known(certify: Any, place: Any) -> None:
    done = certify("measure", "objectives.perfection", place.submission)
    assert done.code == 2
    assert "objectives.performance" in done.err


def test_a_method_without_a_submission_is_refused(certify: Any) -> None:
    done = certify("measure", "objectives.performance")
    assert done.code == 2
    assert "submission.yaml" in done.err


def test_what_cannot_be_measured_says_why_and_is_no_success(measure: Any) -> None:
    done = measure("objectives.performance", "--set", "metric=accuracy", "--set", "groups=sex=third")
    assert done.code == 1
    assert done.out.startswith("Not measured (not measured): ")
    assert "sex=third" in done.out


# The list


def test_the_list_holds_every_method_with_what_it_takes(certify: Any) -> None:
    done = certify("measure", "--list", "--json")
    assert done.code == 0
    assert set(done.said) == set(METHODS)
    for name, method in METHODS.items():
        assert done.said[name]["parameters"] == dict(method.signature.parameters)
        assert done.said[name]["summary"] == method.signature.summary
    out = certify("measure", "--list").out
    assert all(f"{name}\n    {method.signature.summary}\n" in out for name, method in METHODS.items())


def test_a_check_that_ships_can_be_tried_with_the_numbers_written_in_it(measure: Any, place: Any) -> None:
    """The way that the instructions for authors recommend."""
    path = place.standards / "packs/eu.ai-act/checks/robust-input-contract/check.yaml"
    parameters = read(path.read_bytes(), source="check").value["method"]["parameters"]
    settings = [f"{name}={parameter['value']}" for name, parameter in parameters.items()]
    options = [part for setting in settings for part in ("--set", setting)]
    done = measure(FUZZING, "--role", "none", *options, "--json")
    assert done.code == 0
    assert [e["value"] for e in done.said["estimates"]] == ["0.0"]
