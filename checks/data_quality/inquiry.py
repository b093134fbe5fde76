"""Rules put to Great Expectations about rows that need not fit into memory.

Decides which frame each rule is shown, by the lists of `vocabulary`: chunk after chunk of the columns that it
names, and the counts added up; whole columns, alone, where a figure of all values is asked for; the bare
names, or the bare number of rows. What the library finds there is its own affair; see `validation`.

No chunk may change an answer: see `columns` for the types in which values are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from certify.standard import Expectation
from checks.data_quality.columns import Columns
from checks.data_quality.validation import Answer, RowsAnswer, Rule, Validation
from checks.data_quality.vocabulary import (
    ABOUT_TYPES,
    COMPARING_ROWS,
    IN_CHUNKS,
    ON_NAMES,
    ON_THE_ROW_COUNT,
    ON_WHOLE_COLUMNS,
    ONLY_IN_A_DATABASE,
    SPELLING_VALUES,
)
from checks.relation import Relation

CHUNK_ROWS = 500_000
"""So many rows are shown at once. Fewer cost more: each rule takes the library some milliseconds to read."""

WHOLE_BYTES = 400_000_000
"""So many bytes may the columns of a rule take that needs them whole. The library copies them a few times."""

_KNOWN = IN_CHUNKS | COMPARING_ROWS | ON_WHOLE_COLUMNS | ON_NAMES | ON_THE_ROW_COUNT

Names = tuple[str, ...]
Rules = Mapping[str, Rule]
"""Rules by the names under which they are answered."""


def ask(
    expectations: Mapping[str, Expectation],
    data: Relation,
    missing: Mapping[str, int],
    *,
    chunk_rows: int,
    whole_bytes: int,
) -> dict[str, Answer]:
    """The answer to each rule by its name; raises `CannotMeasure`, naming the rule, where there is none.

    `missing` says how many values each column lacks. `chunk_rows` are shown at once; the columns of a rule
    that needs them whole may take `whole_bytes`.
    """
    validation = Validation()
    rules = {name: validation.rule(expectation) for name, expectation in expectations.items()}
    for rule in rules.values():
        _require_an_answer(rule, data)
    columns = Columns(data, missing, chunk_rows)
    typed = _about_types(validation, _listed(rules, ABOUT_TYPES), columns)
    whole = {n: rule for n, rule in rules.items() if n not in typed and _needs_whole_columns(rule, columns)}
    chunked = {n: rule for n, rule in rules.items() if rule.name in IN_CHUNKS and n not in whole}
    answers = {
        **_about_the_table(validation, rules, data),
        **typed,
        **_in_chunks(validation, _by_columns(chunked), columns),
        **_on_whole_columns(validation, _by_columns(whole), columns, whole_bytes),
    }
    return {name: answers[name] for name in rules}


def _require_an_answer(rule: Rule, data: Relation) -> None:
    if rule.name in ONLY_IN_A_DATABASE:
        raise rule.no_answer("the library answers it in databases only")
    if rule.name not in _KNOWN:
        raise rule.no_answer("whether chunks change its answer is not known")
    absent = [column for column in rule.columns if column not in data.names]
    if absent:
        raise rule.no_answer(f"there is no column {', '.join(absent)}")


def _needs_whole_columns(rule: Rule, columns: Columns) -> bool:
    if rule.name in SPELLING_VALUES:
        return any(columns.holds_times(column) for column in rule.columns)
    return rule.name in ON_WHOLE_COLUMNS | COMPARING_ROWS


def _about_the_table(validation: Validation, rules: Rules, data: Relation) -> dict[str, Answer]:
    import pandas as pd

    names = pd.DataFrame(columns=list(data.names))
    count = pd.DataFrame(index=pd.RangeIndex(data.rows))
    return {
        **validation.answers(_listed(rules, ON_NAMES), names),
        **validation.answers(_listed(rules, ON_THE_ROW_COUNT), count),
    }


def _about_types(validation: Validation, rules: Rules, columns: Columns) -> dict[str, Answer]:
    """Answers from the type alone; a column of objects has none, and its values are asked for theirs."""
    answers: dict[str, Answer] = {}
    for group, alike in _by_columns(rules).items():
        frame = columns.typed(group)
        if frame is not None:
            answers |= validation.answers(alike, frame)
    return answers


def _in_chunks(validation: Validation, asked: Mapping[Names, Rules], columns: Columns) -> dict[str, Answer]:
    found: dict[str, RowsAnswer] = {}
    for chunk in columns.frames(sorted({column for group in asked for column in group})):
        for group, rules in asked.items():
            for name, answer in validation.answers(rules, chunk[list(group)]).items():
                assert isinstance(answer, RowsAnswer)
                found[name] = found[name] + answer if name in found else answer
    return dict(found)


def _on_whole_columns(
    validation: Validation, asked: Mapping[Names, Rules], columns: Columns, whole_bytes: int
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for group, rules in asked.items():
        frame = columns.whole(group, whole_bytes)
        if frame is None:
            raise next(iter(rules.values())).no_answer(
                f"it needs {', '.join(group)} whole, which takes more than {whole_bytes} bytes of memory"
            )
        answers |= validation.answers(rules, frame)
    return answers


def _listed(rules: Rules, listed: frozenset[str]) -> Rules:
    return {name: rule for name, rule in rules.items() if rule.name in listed}


def _by_columns(rules: Rules) -> dict[Names, dict[str, Rule]]:
    """Rules by the columns that they look at, for a rule is shown no other.

    The library leaves out rows with a missing value by copying all columns that it is shown, for each rule.
    """
    groups: dict[Names, dict[str, Rule]] = {}
    for name, rule in rules.items():
        groups.setdefault(rule.columns, {})[name] = rule
    return groups
