import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from certify.evidence import Estimate, Statement
from certify.standard import Expectation
from checks.data_quality.expectations import expectations
from checks.data_quality.validation import Validation
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def rule(name: str, **arguments: object) -> Expectation:
    return Expectation.model_validate({"expectation": f"expect_{name}", "arguments": arguments})


BETWEEN = rule("column_values_to_be_between", column="age", min_value=0, max_value=120)
NOT_NULL = rule("column_values_to_not_be_null", column="age")
IN_SET = rule("column_values_to_be_in_set", column="city", value_set=("Paris", "Lyon"))


def people(ages: list[float | None], city: list[str | None] | None = None) -> pd.DataFrame:
    places = city or (["Paris", "Lyon"] * len(ages))[: len(ages)]
    return pd.DataFrame({"x": 0.0, "age": ages, "city": places, "label": "yes"})


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(frame: pd.DataFrame, *rules: Expectation, **more: object) -> Measured:
        subject = make_subject(frame, **more)
        return expectations(subject, subject.relation("test"), CONFIDENCE, expectations=rules)

    return run


def only_estimate(measured: Measured) -> Estimate:
    assert (len(measured.estimates), len(measured.statements)) == (1, 0)
    return measured.estimates[0]


def only_statement(measured: Measured) -> Statement:
    assert (len(measured.estimates), len(measured.statements)) == (0, 1)
    return measured.statements[0]


def test_clean_rows_have_a_share_of_zero_and_a_bound_above_it(measure: Callable[..., Measured]) -> None:
    share = only_estimate(measure(people([30.0] * 400), BETWEEN))
    assert (share.statistic, share.stratum, share.value, share.n) == (
        "unexpected_share", str(BETWEEN), 0, 400,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 400))


def test_dirty_rows_have_the_share_that_pandas_counts(measure: Callable[..., Measured]) -> None:
    ages = np.random.default_rng(3).normal(60, 50, 500).round()
    share = only_estimate(measure(people(list(ages)), BETWEEN))
    broken = int((~pd.Series(ages).between(0, 120)).sum())
    exact = binomtest(broken, 500).proportion_ci(0.95, method="exact")
    assert broken > 50
    assert float(share.value) == pytest.approx(broken / 500)
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)


@pytest.mark.parametrize(
    ("asked", "broken"),
    [
        (BETWEEN, 2),  # 130, and the missing one
        (NOT_NULL, 1),
        (rule("column_values_to_be_null", column="age"), 4),
        (IN_SET, 2),  # Oslo, and the missing one
        (rule("column_values_to_not_be_in_set", column="city", value_set=("Oslo",)), 2),
        (rule("column_values_to_match_regex", column="city", regex="^[LP]"), 2),
        (rule("column_value_lengths_to_be_between", column="city", max_value=4), 3),
        (rule("column_pair_values_a_to_be_greater_than_b", column_A="age", column_B="x"), 1),
        (rule("multicolumn_sum_to_equal", column_list=("age", "x"), sum_total=10), 4),
        (rule("select_column_values_to_be_unique_within_record", column_list=("age", "x")), 0),
    ],
)
def test_a_row_that_a_rule_cannot_judge_counts_as_breaking_it(
    measure: Callable[..., Measured], asked: Expectation, broken: int
) -> None:
    frame = people([10, 20, 130, 40, None], ["Paris", "Lyon", "Paris", "Oslo", None])
    share = only_estimate(measure(frame, asked))
    assert (share.value, share.n) == (Decimal(broken) / 5, 5)


def test_blanking_the_offending_values_gains_nothing(measure: Callable[..., Measured]) -> None:
    offending = only_estimate(measure(people([30.0] * 90 + [999.0] * 10), BETWEEN))
    blanked = only_estimate(measure(people([30.0] * 90 + [None] * 10), BETWEEN))
    assert blanked.demonstrating == offending.demonstrating


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (rule("column_mean_to_be_between", column="age", min_value=20, max_value=30), True),
        (rule("column_mean_to_be_between", column="age", min_value=26, max_value=30), False),
        (rule("column_max_to_be_between", column="age", max_value=40), True),
        (rule("column_distinct_values_to_be_in_set", column="city", value_set=("Lyon", "Paris")), True),
        (rule("column_distinct_values_to_be_in_set", column="city", value_set=("Lyon",)), False),
        (rule("column_unique_value_count_to_be_between", column="age", min_value=5), False),
        (rule("table_row_count_to_be_between", min_value=4), True),
        (rule("table_row_count_to_be_between", min_value=5), False),
        (rule("column_to_exist", column="age"), True),
        (rule("column_to_exist", column="income"), False),
        (rule("column_values_to_be_of_type", column="age", type_="float64"), True),
        (rule("column_values_to_be_of_type", column="age", type_="str"), False),
    ],
)
def test_a_rule_about_a_column_or_table_is_met_or_not(
    measure: Callable[..., Measured], asked: Expectation, holds: bool
) -> None:
    statement = only_statement(measure(people([10.0, 20.0, 30.0, 40.0]), asked))
    assert (statement.name, statement.subject, statement.holds) == ("expectation_met", str(asked), holds)


@pytest.mark.parametrize(
    "asked",
    [
        rule("column_sum_to_be_between", column="age", min_value=0, max_value=1),
        rule("column_distinct_values_to_be_in_set", column="age", value_set=(1,)),
        rule("column_unique_value_count_to_be_between", column="age", max_value=3),
        rule("column_max_to_be_between", column="age", max_value=1),
    ],
)
def test_a_rule_about_a_column_is_not_met_by_values_that_are_missing(
    measure: Callable[..., Measured], asked: Expectation
) -> None:
    """Great Expectations calls the first three a success over a column without a single value."""
    assert not only_statement(measure(people([None] * 4), asked)).holds
    assert not only_statement(measure(people([1.0, None]), asked)).holds


@pytest.mark.parametrize(("ages", "holds"), [([1.0, 2.0], True), ([2.0, 2.0], False), ([1.0, None], False)])
def test_a_rule_that_compares_rows_has_no_share_because_they_are_no_independent_trials(
    measure: Callable[..., Measured], ages: list[float | None], holds: bool
) -> None:
    unique = rule("column_values_to_be_unique", column="age")
    assert only_statement(measure(people(ages), unique)).holds is holds


@pytest.mark.parametrize(
    "asked",
    [
        rule("column_values_to_be_splendid", column="age"),
        rule("column_values_to_be_between", column="income", min_value=0),
        rule("column_mean_to_be_between", column="income", min_value=0),
        rule("column_values_to_be_between", column="age"),
        rule("column_values_to_be_between", column="age", min_value=0, at_most=3),
        rule("column_values_to_be_between", column="age", min_value="x"),
        rule("column_values_to_be_between", column="city", min_value=0),
        rule("column_mean_to_be_between", column="city", min_value=0),
        rule("column_values_to_match_regex", column="city", regex="("),
        rule("column_values_to_be_between", column="age", min_value=0, mostly=Decimal("0.1")),
        rule("column_values_to_be_between", column="age", min_value=0, row_condition="age > 0"),
        rule("column_chisquare_test_p_value_to_be_greater_than", column="city"),
    ],
)
def test_a_rule_without_an_answer_is_not_measured_and_is_named(
    measure: Callable[..., Measured], asked: Expectation
) -> None:
    with pytest.raises(CannotMeasure, match=asked.expectation):
        measure(people([10.0, 20.0]), NOT_NULL, asked)


def test_two_rules_that_are_spelt_alike_are_not_confused(measure: Callable[..., Measured]) -> None:
    text = rule("column_values_to_be_in_set", column="city", value_set=("1",))
    number = rule("column_values_to_be_in_set", column="city", value_set=(1,))
    with pytest.raises(CannotMeasure, match="spelt alike"):
        measure(people([10.0]), text, number)


def test_refuting_is_corrected_for_the_rules_that_give_a_share(measure: Callable[..., Measured]) -> None:
    exists = rule("column_to_exist", column="age")
    measured = measure(people([30.0] * 10), BETWEEN, NOT_NULL, IN_SET, exists)
    assert [e.stratum for e in measured.estimates] == [str(BETWEEN), str(NOT_NULL), str(IN_SET)]
    assert [s.subject for s in measured.statements] == [str(exists)]
    confidences = [float(e.refuting.confidence) for e in measured.estimates]
    assert confidences == pytest.approx([1 - 0.025 / 3] * 3)


def test_no_data_no_rule_and_clustered_rows_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure):
        expectations(make_subject(), None, CONFIDENCE, expectations=(NOT_NULL,))
    with pytest.raises(CannotMeasure):
        measure(people([1.0]))
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(people([1.0, 2.0]).assign(person=0), NOT_NULL, unit_column="person")


def test_the_library_itself_agrees_with_a_count_by_hand_of_every_row() -> None:
    frame = pd.DataFrame({"age": [1.0, 200.0, np.nan, np.inf, -np.inf, 3.0]})
    library = Validation()
    answer = library.answers({"it": library.rule(BETWEEN)}, frame)["it"]
    assert answer.events == 4  # type: ignore[union-attr]


def test_the_library_runs_silently_in_an_empty_environment_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    script = """
import pandas as pd
from certify.standard import Expectation
from checks.data_quality.validation import Validation
rule = Expectation(expectation="expect_column_max_to_be_between", arguments={"column": "a", "max_value": 2})
library = Validation()
assert library.answers({"it": library.rule(rule)}, pd.DataFrame({"a": [1.0, 2.0]}))["it"].met
"""
    environment = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []
