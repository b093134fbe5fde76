"""Great Expectations, run for real on one frame: in memory, offline, silent.

Decides how the library is asked and what counts as an answer; `inquiry` decides which rows it is shown, and
`expectations` what an answer says. Whatever is not an answer (an unknown rule, a wrong argument, a missing
column, an exception inside the library) is `CannotMeasure`: the library itself calls a rule without a single
judged row a success.

Importing it takes seconds, and its package root imports everything; so it happens only here, when needed.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.standard import Expectation
from checks.data_quality.vocabulary import ABOUT_MORE_THAN_VALUES, FOREIGN_TO_RULES, columns_of
from checks.measured import CannotMeasure

if TYPE_CHECKING:
    import pandas as pd


_NAME = "rule"
"""Under which word of its own notes the library keeps the name of a rule, and gives it back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RowsAnswer:
    """What a rule about rows found: of `rows`, how many break it, and how many it could not judge."""

    rows: int
    unexpected: int
    missing: int

    def __add__(self, other: RowsAnswer) -> RowsAnswer:
        """The answer about the rows of both."""
        return RowsAnswer(
            rows=self.rows + other.rows,
            unexpected=self.unexpected + other.unexpected,
            missing=self.missing + other.missing,
        )

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One expectation as the check writes it, and as the library reads it."""

    expectation: Expectation
    native: Any

    @property
    def name(self) -> str:
        """The native name of the expectation."""
        return self.expectation.expectation

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns whose values it looks at."""
        return columns_of(self.expectation)

    def no_answer(self, why: str) -> CannotMeasure:
        """What to raise where there is no answer: the rule, and why."""
        return _no_answer(self.expectation, why)


class Validation:
    """The library, set up once; `answers` puts rules to a frame.

    A frame is handed to its engine directly. A data source would first hash every value in order to name the
    batch, twice for each question, and `ValidationDefinition.run` raises TypeError for the quantile
    expectation with numpy 2.4. Which metrics are computed and what they find is the same on each way.
    """

    def __init__(self) -> None:
        self._context = _context()

    def rule(self, expectation: Expectation) -> Rule:
        """The rule as the library knows it; raises `CannotMeasure` if it knows no such rule or arguments."""
        from great_expectations.expectations.registry import get_expectation_impl

        foreign = FOREIGN_TO_RULES & set(expectation.arguments)
        if foreign:
            raise _no_answer(expectation, f"it may not steer the library by {', '.join(sorted(foreign))}")
        if "p_value" in expectation.expectation:
            raise _no_answer(expectation, "a test that does not reject demonstrates nothing")
        arguments: dict[str, Any] = {name: _native(value) for name, value in expectation.arguments.items()}
        try:
            implementation = get_expectation_impl(expectation.expectation)
            native = implementation(**arguments, meta={_NAME: str(expectation)})
        except Exception as error:  # unknown names and pydantic's complaints have no common root
            raise _no_answer(expectation, _one_line(error)) from error
        return Rule(expectation=expectation, native=native)

    def answers(self, rules: Mapping[str, Rule], frame: pd.DataFrame) -> dict[str, Answer]:
        """The answer to each rule by its key; raises `CannotMeasure`, naming a rule, where there is none."""
        if len(rules) > 1:
            try:
                return self._together(rules, frame)
            except CannotMeasure:
                pass  # one rule can spoil the answers to others, and the library does not always tell which
        return {key: self._together({key: rule}, frame)[key] for key, rule in rules.items()}

    def _together(self, rules: Mapping[str, Rule], frame: pd.DataFrame) -> dict[str, Answer]:
        from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
        from great_expectations.validator.validator import Validator

        engine = PandasExecutionEngine(batch_data_dict={"rows": frame})
        validator = Validator(execution_engine=engine, data_context=self._context)
        try:
            results = validator.graph_validate(
                configurations=[rule.native.configuration for rule in rules.values()],
                runtime_configuration={"result_format": "BASIC"},
            )
        except Exception as error:  # the library's errors, pandas' and whatever a rule meets inside
            raise next(iter(rules.values())).no_answer(_one_line(error)) from error
        configured: list[tuple[Any, Any]] = [(result.expectation_config, result) for result in results]
        named = {configuration.meta[_NAME]: result for configuration, result in configured}
        return {key: _answer(rule, named[str(rule.expectation)], frame) for key, rule in rules.items()}


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


def _native(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _answer(rule: Rule, result: Any, frame: pd.DataFrame) -> Answer:
    complaint = _complaint(result.exception_info or {})
    if complaint is not None:
        raise rule.no_answer(complaint)
    if _judges_rows(rule.native) and "element_count" in result.result:
        return _rows_answer(rule, result.result)
    return ColumnAnswer(
        met=bool(result.success), observed=_observed(result.result), missing=_missing(rule, frame)
    )


def _judges_rows(native: Any) -> bool:
    from great_expectations.expectations.expectation import (
        ColumnMapExpectation,
        ColumnPairMapExpectation,
        MulticolumnMapExpectation,
    )

    return isinstance(native, ColumnMapExpectation | ColumnPairMapExpectation | MulticolumnMapExpectation)


def _rows_answer(rule: Rule, result: Mapping[str, Any]) -> RowsAnswer:
    """The counts of a rule about rows. A rule about missing values itself reports none as missing."""
    rows, unexpected = result["element_count"], result["unexpected_count"]
    if not rows or unexpected is None:
        raise rule.no_answer("the library judged no row")
    return RowsAnswer(
        rows=int(rows), unexpected=int(unexpected), missing=int(result.get("missing_count") or 0)
    )


def _missing(rule: Rule, frame: pd.DataFrame) -> int:
    """Values that the library left out of a rule about a whole column."""
    if rule.name in ABOUT_MORE_THAN_VALUES:
        return 0
    return int(sum(frame[name].isna().sum() for name in rule.columns))


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
