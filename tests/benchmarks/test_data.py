"""What judging a large table takes, beside the library or the database by itself on the same file.

Run with `make qualify`, or `pytest -m benchmark -s tests/benchmarks/test_data.py`; the variable
`CERTIFY_ROWS` names other numbers of rows. Nothing here asserts a time.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from large_table import Run, run, write_table

ROWS = [int(rows) for rows in os.environ.get("CERTIFY_ROWS", "100000,1000000").split(",")]

FIFTEEN = """
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
NOT_NULL = "expect_column_values_to_not_be_null"
RULES = [
    (BETWEEN, {"column": "age", "min_value": 0, "max_value": 120}),
    (NOT_NULL, {"column": "age"}),
    (BETWEEN, {"column": "systolic", "min_value": 50, "max_value": 260}),
    (BETWEEN, {"column": "weight", "min_value": 2, "max_value": 400}),
    (BETWEEN, {"column": "glucose", "min_value": 1, "max_value": 40}),
    (BETWEEN, {"column": "creatinine", "min_value": 10, "max_value": 2000}),
    (IN_SET, {"column": "sex", "value_set": [0, 1]}),
    (IN_SET, {"column": "region", "value_set": list(range(13))}),
    (IN_SET, {"column": "ward", "value_set": list(range(40))}),
    (IN_SET, {"column": "outcome", "value_set": ["home", "stay"]}),
    ("expect_column_values_to_match_regex", {"column": "postcode", "regex": "^[0-9]{5}$"}),
    ("expect_column_value_lengths_to_be_between", {"column": "diagnosis", "min_value": 3, "max_value": 5}),
    (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "discharged", "column_B": "admitted", "or_equal": True},
    ),
    ("expect_column_mean_to_be_between", {"column": "temperature", "min_value": -1000, "max_value": 43}),
    ("expect_column_values_to_be_unique", {"column": "id"}),
]
"""

DECLARED = """
from pathlib import Path
from large_table import subject_of
from checks.data_quality.declared_rules import declared_rules
declared = subject_of(Path(path)).relation("test")
RULES = [
    (rule.expectation, dict(rule.arguments))
    for rule in declared_rules(declared.manifest, declared.dataset, declared.kind)
]
"""

BY_ITSELF = """
import pandas
from checks.data_quality.validation import Validation
context = Validation()._context
import great_expectations
from great_expectations.expectations.registry import get_expectation_impl
suite = great_expectations.ExpectationSuite(name="all", expectations=[
    get_expectation_impl(name)(**{k: list(v) if isinstance(v, tuple) else v for k, v in arguments.items()})
    for name, arguments in RULES
])
asset = context.data_sources.add_pandas("whole").add_dataframe_asset("rows")
"""

LOAD_AND_VALIDATE = """
frame = pandas.read_parquet(path)
batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
results = batch.validate(suite, result_format="BASIC").results
found = sorted(
    [r.expectation_config.type, r.result["unexpected_count"], r.result.get("missing_count") or 0]
    for r in results if "element_count" in r.result
)
assert len(results) == len(RULES)
assert not any(r.exception_info.get("raised_exception", True) for r in results)
"""

OURS = """
from pathlib import Path
from large_table import subject_of
from certify.standard import Expectation
from checks.data_quality.inquiry import CHUNK_ROWS, WHOLE_BYTES, ask
from checks.data_quality.validation import RowsAnswer, Validation
Validation()
subject = subject_of(Path(path))
rules = {str(i): Expectation.model_construct(expectation=name, arguments={
    key: tuple(value) if isinstance(value, list) else value for key, value in arguments.items()})
    for i, (name, arguments) in enumerate(RULES)}
"""

TABULATED = "missing = subject.tabulation('test').missing\n"

ASK = """
answers = ask(rules, subject.relation("test"), missing, chunk_rows=CHUNK_ROWS, whole_bytes=WHOLE_BYTES)
found = sorted(
    [rules[name].expectation, answer.unexpected, answer.missing]
    for name, answer in answers.items() if isinstance(answer, RowsAnswer)
)
assert len(answers) == len(RULES)
"""


@pytest.fixture(scope="module", params=ROWS)
def table(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """A table of so many rows, and where it lies."""
    return request.param, write_table(tmp_path_factory.mktemp("table") / "rows.parquet", request.param)


def taken(one: Run) -> str:
    return f"{one.seconds:.2f} s ({one.processor_seconds:.2f} s of processors), {one.peak_bytes / 1e9:.2f} GB"


def beside(what: str, own: Run, other: Run) -> str:
    return (
        f"{what}: {taken(own)}; by itself {taken(other)}; {own.seconds / other.seconds:.2f} times the time "
        f"({own.processor_seconds / other.processor_seconds:.2f}), "
        f"{own.peak_bytes / other.peak_bytes:.2f} times the memory"
    )


@pytest.mark.benchmark
@pytest.mark.parametrize("rules", [FIFTEEN, DECLARED], ids=["fifteen rules", "the declaration"])
def test_rules_beside_great_expectations_on_a_frame(table: tuple[int, Path], rules: str) -> None:
    """Reading the file and judging it.

    How many values are missing is known from the tabulation, which all checks share; the second line counts
    it in.
    """
    rows, path = table
    if rules == DECLARED and rows > 1_000_000:
        pytest.skip("by itself, the library copies twenty columns for each of these rules")
    other = run(path, prepare=rules + BY_ITSELF, work=LOAD_AND_VALIDATE)
    own = run(path, prepare=rules + OURS + TABULATED, work=ASK)
    alone = run(path, prepare=rules + OURS, work=TABULATED + ASK)
    assert own.found == alone.found == other.found
    print(f"\n{rows} rows, {path.stat().st_size / 1e6:.0f} MB of Parquet, {len(own.found)} rules on rows")
    print(beside("rules in chunks", own, other))
    print(beside("with the tabulation", alone, other))
