"""The share of rows that break each rule, with its bound; for rules about a whole column, whether it is met.

A value that a rule cannot judge because it is missing counts against it, although Great Expectations leaves
missing values out: else whoever blanks the offending values would meet every rule. Whether values may be
missing at all is a rule of its own (`expect_column_values_to_not_be_null`).
"""

from __future__ import annotations

from certify.evidence import Estimate, Statement
from certify.standard import Expectation
from checks.data_quality.inquiry import CHUNK_ROWS, WHOLE_BYTES, ask
from checks.data_quality.validation import Answer, RowsAnswer
from checks.data_quality.vocabulary import COMPARING_ROWS
from checks.measured import CannotMeasure, Confidence, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject


def expectations(
    subject: Subject, data: Relation | None, confidence: Confidence, *, expectations: tuple[Expectation, ...]
) -> Measured:
    """Estimates `unexpected_share`, stratum `str(rule)`, for every rule that judges rows one by one.

    The other rules (about a whole column or table, or comparing rows) give the statement `expectation_met`,
    subject `str(rule)`: it speaks of these rows, and infers nothing about a population.
    Bounds: Clopper-Pearson over all rows, hence independent and unweighted rows.
    Raises `CannotMeasure` as soon as one rule gets no answer.
    """
    if data is None or not expectations:
        raise CannotMeasure("expectations need a data set, and at least one rule")
    counted = subject.independent_rows(data.dataset.role)
    rules = _named(expectations)
    answers = ask(rules, data, counted.missing, chunk_rows=CHUNK_ROWS, whole_bytes=WHOLE_BYTES)
    shares = {n: a for n, a in answers.items() if isinstance(a, RowsAnswer) and _row_by_row(rules[n])}
    family = confidence.over(max(1, len(shares)))
    return Measured(
        estimates=tuple(_share(name, answer, family) for name, answer in shares.items()),
        statements=tuple(_met(name, answer) for name, answer in answers.items() if name not in shares),
    )


def _named(expectations: tuple[Expectation, ...]) -> dict[str, Expectation]:
    """Each rule by the name under which it is reported; raises `CannotMeasure` where that is no name."""
    rules = {str(rule): rule for rule in expectations}
    if len(rules) != len(expectations):
        raise CannotMeasure("two of the rules are spelt alike, and could not be told apart")
    return rules


def _row_by_row(rule: Expectation) -> bool:
    return rule.expectation not in COMPARING_ROWS


def _share(name: str, answer: RowsAnswer, confidence: Confidence) -> Estimate:
    share = proportion(answer.events, answer.rows, confidence)
    return share.estimate(statistic="unexpected_share", stratum=name, confidence=confidence)


def _met(name: str, answer: Answer) -> Statement:
    if isinstance(answer, RowsAnswer):
        holds = answer.events == 0
        found = f"{answer.unexpected} of {answer.rows} rows break it, {answer.missing} could not be judged"
    else:
        holds = answer.met and answer.missing == 0
        found = f"{answer.observed or 'nothing shown'}; {answer.missing} missing values were left out"
    return Statement(name="expectation_met", subject=name, holds=holds, kind="statistical", explanation=found)
