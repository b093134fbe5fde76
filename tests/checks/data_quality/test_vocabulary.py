"""The lists beside the installed library: its classes, its metrics, and what these can do with pandas."""

import pytest

from certify.standard import Expectation
from checks.data_quality.validation import Validation
from checks.data_quality.vocabulary import (
    ABOUT_MORE_THAN_VALUES,
    ABOUT_TYPES,
    COMPARING_ROWS,
    IN_CHUNKS,
    ON_NAMES,
    ON_THE_ROW_COUNT,
    ON_WHOLE_COLUMNS,
    ONLY_IN_A_DATABASE,
    columns_of,
)

WAYS = (IN_CHUNKS, COMPARING_ROWS, ON_WHOLE_COLUMNS, ON_NAMES, ON_THE_ROW_COUNT, ONLY_IN_A_DATABASE)


@pytest.fixture(scope="module")
def core() -> dict[str, type]:
    """Every expectation that the library knows by name."""
    Validation()
    from great_expectations.expectations.registry import _registered_expectations

    return dict(_registered_expectations)


def of_rows(native: type) -> bool:
    from great_expectations.expectations import expectation

    kinds = (
        expectation.ColumnMapExpectation,
        expectation.ColumnPairMapExpectation,
        expectation.MulticolumnMapExpectation,
    )
    return issubclass(native, kinds)


def judged_by_pandas(native: type) -> bool:
    """Whether the library has an implementation for frames of the metric by which rows are judged."""
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.registry import _registered_metrics

    providers = _registered_metrics[f"{native.map_metric}.condition"]["providers"]
    return PandasExecutionEngine.__name__ in providers


def test_every_expectation_that_the_library_knows_stands_in_exactly_one_list(core: dict[str, type]) -> None:
    listed = [name for way in WAYS for name in way]
    assert sorted(listed) == sorted(core)


def test_only_rules_that_the_library_maps_over_rows_are_answered_in_chunks(core: dict[str, type]) -> None:
    mapped = {name for name, native in core.items() if of_rows(native)}
    assert {name for name in mapped if judged_by_pandas(core[name])} == IN_CHUNKS | COMPARING_ROWS | (
        ABOUT_TYPES & mapped
    )
    assert mapped & ONLY_IN_A_DATABASE == {name for name in mapped if not judged_by_pandas(core[name])}


def test_rules_about_names_and_counts_depend_on_no_other_metric(core: dict[str, type]) -> None:
    needs = {
        name: set(getattr(core[name], "metric_dependencies", ())) for name in ON_NAMES | ON_THE_ROW_COUNT
    }
    assert {name for name, metrics in needs.items() if metrics == {"table.row_count"}} == ON_THE_ROW_COUNT
    rest = {metric for name in ON_NAMES for metric in needs[name]}
    assert rest == {"table.columns", "table.column_count"}


def test_rules_that_leave_no_value_out_are_about_columns(core: dict[str, type]) -> None:
    assert ABOUT_TYPES < ON_WHOLE_COLUMNS
    assert ABOUT_MORE_THAN_VALUES <= ON_WHOLE_COLUMNS | ON_NAMES


def test_the_columns_of_a_rule_are_found_under_every_name_that_the_library_has_for_them(
    core: dict[str, type],
) -> None:
    fields = {field for name in core for field in core[name].__fields__ if field.startswith("column")}
    assert fields == {"column", "column_A", "column_B", "column_list", "column_index", "column_set"}
    several = {name for name, native in core.items() if "column_list" in native.__fields__}
    assert {name for name in several if not of_rows(core[name])} <= ON_NAMES
    for name, native in core.items():
        if name in IN_CHUNKS | COMPARING_ROWS | ON_WHOLE_COLUMNS:
            own = sorted(fields & set(native.__fields__))
            given = {key: ("x", "y") if key == "column_list" else "x" for key in own}
            assert columns_of(Expectation(expectation=name, arguments=given)), name
