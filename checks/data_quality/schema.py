"""Whether a data set is what its manifest declares: rules that follow from it, put to Great Expectations.

A row that lacks a value breaks the rule that nothing is missing, unless the column is declared to lack values
at times; it breaks no other rule. A rule on values that cannot be asked, because its column is not there or
holds no numbers where numbers are declared, counts every row as breaking it.
"""

from __future__ import annotations

from collections.abc import Mapping

from certify.digest import Digest
from certify.evidence import WHOLE, Estimate, Statement
from certify.standard import Expectation
from checks.data_quality.declared_rules import declared_rules
from checks.data_quality.inquiry import CHUNK_ROWS, WHOLE_BYTES, ask
from checks.data_quality.suite import suite
from checks.data_quality.validation import Answer, ColumnAnswer, RowsAnswer
from checks.data_quality.vocabulary import IN_CHUNKS, ON_NAMES, columns_of
from checks.measured import CannotMeasure, Confidence, Interval, Measured
from checks.relation import Relation
from checks.statistics.proportions import proportion
from checks.subject import Subject

_LONGEST = 300

Rules = Mapping[str, Expectation]
Shares = Mapping[str, RowsAnswer]


def schema(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `unexpected_share` (all): rows that break any declared rule on values; and of each such rule.

    States `columns_as_declared` (all): every declared column is there and of its type, and keys are unique;
    and `expectation_met` of each such rule. Shows the rules as a suite of the library.

    Bounds: Clopper-Pearson, hence independent and unweighted rows. The rows that break any rule are at least
    those that break the one most broken, which bounds their share from below, and at most the sum over the
    rules, which bounds it from above and is the value.
    """
    if data is None:
        raise CannotMeasure("a declaration is compared with a data set, and none was given")
    rules = _rules(subject, data)
    answers = _answers(subject, data, rules)
    shares = {n: a for n, a in answers.items() if isinstance(a, RowsAnswer) and _judges_rows(rules[n])}
    met = tuple(_met(n, a) for n, a in answers.items() if n not in shares)
    each = confidence.over(len(shares) + 1)
    return Measured(
        estimates=(_any(shares, each), *(_share(name, answer, each) for name, answer in shares.items())),
        statements=(_all_met(met), *met),
        exhibits=(suite(data.dataset.name, rules.values()),),
    )


def _rules(subject: Subject, data: Relation) -> dict[str, Expectation]:
    def kind(column: str) -> str | None:
        return data.kind(column) if column in data.names else None

    rules = declared_rules(subject.manifest, data.dataset, kind)
    return {_name(rule): rule for rule in rules}


def _name(rule: Expectation) -> str:
    """As it is spelled out; a long one by its beginning and a digest of all of it."""
    spelt = str(rule)
    return (
        spelt if len(spelt) <= _LONGEST else f"{spelt[: _LONGEST - 18]}… {Digest.of(spelt.encode()).hex[:16]}"
    )


def _answers(subject: Subject, data: Relation, rules: Rules) -> dict[str, Answer]:
    missing = subject.independent_rows(data.dataset.role).missing
    asked = {name: rule for name, rule in rules.items() if _can_be_asked(rule, data)}
    answers = ask(asked, data, missing, chunk_rows=CHUNK_ROWS, whole_bytes=WHOLE_BYTES)
    return {name: answers.get(name) or _worst(rule, data) for name, rule in rules.items()}


def _can_be_asked(rule: Expectation, data: Relation) -> bool:
    if rule.expectation in ON_NAMES:
        return True
    if any(column not in data.names for column in columns_of(rule)):
        return False
    ordered = rule.expectation == "expect_column_values_to_be_between"
    return not ordered or all(data.kind(column) == "number" for column in columns_of(rule))


def _worst(rule: Expectation, data: Relation) -> Answer:
    if _judges_rows(rule):
        return RowsAnswer(rows=data.rows, unexpected=data.rows, missing=0)
    return ColumnAnswer(met=False, observed="there is no such column", missing=0)


def _judges_rows(rule: Expectation) -> bool:
    return rule.expectation in IN_CHUNKS


def _any(shares: Shares, confidence: Confidence) -> Estimate:
    rows = max(answer.rows for answer in shares.values())
    broken = [answer.unexpected for answer in shares.values()]
    least = proportion(max(broken), rows, confidence)
    most = proportion(min(sum(broken), rows), rows, confidence)
    interval = Interval(
        name=f"{most.name}, of rows that break any rule",
        value=most.value,
        n=rows,
        demonstrating=(least.demonstrating[0], most.demonstrating[1]),
        refuting=(least.refuting[0], most.refuting[1]),
    )
    return interval.estimate(statistic="unexpected_share", confidence=confidence)


def _share(name: str, answer: RowsAnswer, confidence: Confidence) -> Estimate:
    share = proportion(answer.unexpected, answer.rows, confidence)
    return share.estimate(statistic="unexpected_share", stratum=name, confidence=confidence)


def _met(name: str, answer: Answer) -> Statement:
    if isinstance(answer, RowsAnswer):
        holds, found = answer.unexpected == 0, f"{answer.unexpected} of {answer.rows} rows break it"
    else:
        holds, found = answer.met, answer.observed or "nothing shown"
    return Statement(name="expectation_met", subject=name, holds=holds, kind="statistical", explanation=found)


def _all_met(each: tuple[Statement, ...]) -> Statement:
    broken = [statement.subject for statement in each if not statement.holds]
    found = f"not met: {'; '.join(broken)}"[:2000] if broken else f"{len(each)} rules on columns are met"
    return Statement(
        name="columns_as_declared", subject=WHOLE, holds=bool(each) and not broken, kind="statistical",
        explanation=found,
    )  # fmt: skip
