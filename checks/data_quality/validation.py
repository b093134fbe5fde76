"""Great Expectations, run for real on one table: in memory, offline, silent.

Decides how the library is asked and what counts as an answer; `expectations` decides what an answer says.
Whatever is not an answer (an unknown rule, a wrong argument, a missing column, an exception inside the
library) is `CannotMeasure`: the library itself calls a rule without a single judged row a success.

Importing it takes seconds, and its package root imports everything; so it happens only here, when needed.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.standard import Expectation
from checks.measured import CannotMeasure

if TYPE_CHECKING:
    import pandas as pd

FOREIGN_TO_RULES = frozenset(
    {
        "batch_id", "catch_exceptions", "condition_parser", "description", "id", "meta", "mostly", "notes",
        "rendered_content", "result_format", "row_condition", "severity", "windows",
    }
)  # fmt: skip
"""Arguments that do not state a rule: `mostly` is a limit, which belongs to the criterion, `row_condition`
hides rows, and the others steer the library."""

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

_ONE_COLUMN = ("column", "column_A", "column_B")


@dataclass(frozen=True, kw_only=True, slots=True)
class RowsAnswer:
    """What a rule about rows found: of `rows`, how many break it, and how many it could not judge."""

    rows: int
    unexpected: int
    missing: int

    @property
    def events(self) -> int:
        """Rows that break the rule or could not be judged: the latter count as the worst."""
        return self.unexpected + self.missing


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnAnswer:
    """What a rule about a whole column or table found, and how many values it left out as missing."""

    met: bool
    observed: str
    missing: int


Answer = RowsAnswer | ColumnAnswer


class Validation:
    """One table that rules can be put to.

    `ValidationDefinition.run` is avoided: with numpy 2.4 it raises TypeError for the quantile expectation.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        asset = _context().data_sources.add_pandas("table").add_dataframe_asset("rows")
        definition = asset.add_batch_definition_whole_dataframe("whole")
        self._batch = definition.get_batch({"dataframe": frame})
        self._frame = frame

    def ask(self, expectation: Expectation) -> Answer:
        """The answer to one rule; raises `CannotMeasure`, naming the rule, where there is none."""
        rule = _rule(expectation)
        try:
            result = self._batch.validate(rule, result_format="BASIC")
        except Exception as error:  # the library's errors, pandas' and whatever a rule meets inside
            raise _no_answer(expectation, _one_line(error)) from error
        complaint = _complaint(result.exception_info or {})
        if complaint is not None:
            raise _no_answer(expectation, complaint)
        if _judges_rows(rule) and "element_count" in result.result:
            return _rows_answer(expectation, result.result)
        return ColumnAnswer(
            met=bool(result.success),
            observed=_observed(result.result),
            missing=self._missing(expectation),
        )

    def _missing(self, expectation: Expectation) -> int:
        """Values that the library left out of a rule about a whole column."""
        if expectation.expectation in ABOUT_MORE_THAN_VALUES:
            return 0
        named = [expectation.arguments.get(key) for key in _ONE_COLUMN]
        return int(sum(self._frame[name].isna().sum() for name in named if name in self._frame))


def _context() -> Any:
    """An ephemeral context: no file, no usage statistics, no progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it imports sre_constants, which Python gave up
        import great_expectations
    from great_expectations.data_context.types import base

    config = base.DataContextConfig(
        store_backend_defaults=base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
        analytics_enabled=False,
    )
    return great_expectations.get_context(project_config=config, mode="ephemeral")


def _rule(expectation: Expectation) -> Any:
    from great_expectations.expectations.registry import get_expectation_impl

    foreign = FOREIGN_TO_RULES & set(expectation.arguments)
    if foreign:
        raise _no_answer(expectation, f"it may not steer the library by {', '.join(sorted(foreign))}")
    if "p_value" in expectation.expectation:
        raise _no_answer(expectation, "a test that does not reject demonstrates nothing")
    arguments: dict[str, Any] = {name: _native(value) for name, value in expectation.arguments.items()}
    try:
        return get_expectation_impl(expectation.expectation)(**arguments)
    except Exception as error:  # unknown names and pydantic's complaints have no common root
        raise _no_answer(expectation, _one_line(error)) from error


def _native(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _judges_rows(rule: Any) -> bool:
    from great_expectations.expectations.expectation import (
        ColumnMapExpectation,
        ColumnPairMapExpectation,
        MulticolumnMapExpectation,
    )

    return isinstance(rule, ColumnMapExpectation | ColumnPairMapExpectation | MulticolumnMapExpectation)


def _rows_answer(expectation: Expectation, result: Mapping[str, Any]) -> RowsAnswer:
    """The counts of a rule about rows. A rule about missing values itself reports none as missing."""
    rows, unexpected = result["element_count"], result["unexpected_count"]
    if not rows or unexpected is None:
        raise _no_answer(expectation, "the library judged no row")
    missing = int(result.get("missing_count") or 0)
    return RowsAnswer(rows=int(rows), unexpected=int(unexpected), missing=missing)


def _observed(result: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in result.items() if name.startswith("observed") or "_count" in name}
    return ", ".join(f"{name} {value}" for name, value in shown.items() if value is not None)[:500]


def _complaint(information: Mapping[str, Any]) -> str | None:
    """The first exception that the library caught: it keeps either one record or one for each metric."""
    records = [information, *(record for record in information.values() if isinstance(record, Mapping))]
    raised = [record for record in records if record.get("raised_exception")]
    return str(raised[0].get("exception_message")) if raised else None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _no_answer(expectation: Expectation, why: str) -> CannotMeasure:
    return CannotMeasure(f"{str(expectation)[:300]} is not answered: {why[:500]}")
