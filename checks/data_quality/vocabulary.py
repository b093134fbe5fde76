"""Which expectation of Great Expectations is put to the data in which way. Each name stands in one list.

An expectation in no list is refused: whether a new one may be answered in chunks is for a person to decide. A
test holds the lists against the classes and the metrics of the library that is installed.
"""

from __future__ import annotations

from certify.standard import Expectation

IN_CHUNKS = frozenset(
    {
        "expect_column_pair_values_a_to_be_greater_than_b",
        "expect_column_pair_values_to_be_equal",
        "expect_column_pair_values_to_be_in_set",
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_json_parseable",
        "expect_column_values_to_be_null",
        "expect_column_values_to_match_json_schema",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_match_strftime_format",
        "expect_column_values_to_not_be_in_set",
        "expect_column_values_to_not_be_null",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
        "expect_multicolumn_sum_to_equal",
        "expect_multicolumn_values_to_be_equal",
        "expect_select_column_values_to_be_unique_within_record",
    }
)
"""They judge a row by nothing but this row, so that the counts of parts add up to the counts of the whole."""

SPELLING_VALUES = frozenset(
    {
        "expect_column_value_lengths_to_be_between",
        "expect_column_value_lengths_to_equal",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_match_regex_list",
        "expect_column_values_to_not_match_regex",
        "expect_column_values_to_not_match_regex_list",
    }
)
"""Of these, the rules that read a value as text. A time is spelt without its hour if all beside it are
midnights, so that a rule on the spelling of times needs their column whole."""

COMPARING_ROWS = frozenset(
    {
        "expect_column_value_z_scores_to_be_less_than",
        "expect_column_values_to_be_decreasing",
        "expect_column_values_to_be_increasing",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_outliers",
        "expect_compound_columns_to_be_unique",
    }
)
"""Rules that compare rows with each other. Their events are not independent trials (the share of duplicates
grows with the table), so that no binomial bound is valid: they are met by every row, or they are not met.
They need their columns whole."""

ON_WHOLE_COLUMNS = frozenset(
    {
        "expect_column_distinct_values_to_be_in_set",
        "expect_column_distinct_values_to_contain_set",
        "expect_column_distinct_values_to_equal_set",
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_max_to_be_between",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_min_to_be_between",
        "expect_column_most_common_value_to_be_in_set",
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_column_proportion_of_unique_values_to_be_between",
        "expect_column_quantile_values_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_type_to_be",
        "expect_column_unique_value_count_to_be_between",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
    }
)
"""They speak of a column as a whole: of a figure of all its values, or of the type that fits all of them."""

ABOUT_TYPES = frozenset(
    {
        "expect_column_type_to_be",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
    }
)
"""Of these, the rules that look at no value, unless the column holds Python objects of any kind."""

ON_NAMES = frozenset(
    {
        "expect_column_to_exist",
        "expect_table_column_count_to_be_between",
        "expect_table_column_count_to_equal",
        "expect_table_columns_to_match_ordered_list",
        "expect_table_columns_to_match_set",
    }
)
"""They look at the names of the columns and at no value: a table without rows answers them."""

ON_THE_ROW_COUNT = frozenset(
    {"expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"},
)
"""They count rows and look at no value: a table with as many rows and no column answers them."""

ONLY_IN_A_DATABASE = frozenset(
    {
        "expect_column_values_to_match_like_pattern",
        "expect_column_values_to_match_like_pattern_list",
        "expect_column_values_to_not_match_like_pattern",
        "expect_column_values_to_not_match_like_pattern_list",
        "expect_query_results_to_match_comparison",
        "expect_table_row_count_to_equal_other_table",
        "unexpected_rows_expectation",
    }
)
"""The library answers them where the rows stand in a database, or for two tables. They get no answer here."""

ABOUT_MORE_THAN_VALUES = frozenset(
    {
        "expect_column_proportion_of_non_null_values_to_be_between",
        "expect_column_to_exist",
        "expect_column_type_to_be",
        "expect_column_values_to_be_in_type_list",
        "expect_column_values_to_be_of_type",
    }
)
"""Rules about a column that speak of its presence, its type or its missing values: none is left out."""

FOREIGN_TO_RULES = frozenset(
    {
        "batch_id", "catch_exceptions", "condition_parser", "description", "id", "meta", "mostly", "notes",
        "rendered_content", "result_format", "row_condition", "severity", "windows",
    }
)  # fmt: skip
"""Arguments that do not state a rule: `mostly` is a limit, which belongs to the criterion, `row_condition`
hides rows, and the others steer the library."""

_ONE_COLUMN = ("column", "column_A", "column_B")
_SEVERAL_COLUMNS = "column_list"


def columns_of(expectation: Expectation) -> tuple[str, ...]:
    """The columns whose values a rule looks at, each once and in alphabetical order."""
    if expectation.expectation in ON_NAMES | ON_THE_ROW_COUNT:
        return ()
    several = expectation.arguments.get(_SEVERAL_COLUMNS)
    named = [expectation.arguments.get(key) for key in _ONE_COLUMN]
    named += several if isinstance(several, tuple) else [several]
    return tuple(sorted({str(name) for name in named if name is not None}))
