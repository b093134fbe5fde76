"""Whether a column holds direct identifiers of persons: names, addresses, telephone or national numbers.

Every column of the files is looked at, whether or not the model is fed with it. What is found is told by its
kind, its number and its form, never by a value, which would put personal data into the evidence. A kind that
the submission declares for a column, with a reason, is reported as declared.

A search that finds nothing proves nothing. What is not looked for: pictures and sounds, ages, addresses of
houses, numbers of states without a format in `checks.identifiers.numbers`, names of a few rows among other
words, and identifiers that somebody took care to disguise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from certify.evidence import Statement
from certify.submission.data import DeclaredIdentifier
from checks.documents.writing import says_something
from checks.identifiers.births import births
from checks.identifiers.contacts import (
    EMAIL_SIEVE,
    PHONE_SIEVE,
    emails,
    phones,
    phones_as_numbers,
    phones_by_header,
)
from checks.identifiers.names import names
from checks.identifiers.numbers import HIDDEN_SIEVE, hidden, numbers
from checks.identifiers.sighting import Sighting
from checks.measured import CannotMeasure, Confidence, Measured
from checks.opening import text
from checks.relation import Relation
from checks.row_sample import numbered_rows, one_in, some_rows
from checks.subject import Subject

VALUES = 500
"""So many distinct values of a column are looked at, or all if there are fewer."""

_ROWS = 20_000
"""Distinct values are drawn from so many rows, up to twice as many."""

_SIEVES = {"emails": EMAIL_SIEVE, "phones": PHONE_SIEVE, "hidden": HIDDEN_SIEVE}
_ANY = "values"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Column:
    """What was read of one column: some distinct values, and some that fell through each sieve, of all
    rows."""

    name: str
    is_number: bool
    drawn: Mapping[str, tuple[str, ...]]

    @property
    def values(self) -> tuple[str, ...]:
        """Distinct values of any kind; of a column of numbers the whole ones."""
        values = self.drawn[_ANY]
        return tuple(value for value in values if value.isdigit()) if self.is_number else values


def identifiers(subject: Subject, data: Relation | None, confidence: Confidence, *, seed: int) -> Measured:
    """States `free_of_identifiers` of every column, `no_identifier_found` and `every_column_searched` of all.

    E-mail addresses, telephone numbers with their separators, and numbers that can be told in the middle of a
    text are searched in all rows of all texts; of what falls through a sieve, 500 values are confirmed. Kinds
    that show in a column as a whole are told by 500 distinct values among 20,000 rows, drawn by a hash that
    the vendor cannot foresee. Three scans, whatever the number of columns, which hold what is drawn and no
    more. Columns of lists, structures or bytes are not read, and `every_column_searched` does not hold then.
    """
    if data is None:
        raise CannotMeasure("identifiers are searched in a data set, and none was given")
    read, unread = _read(subject, data, seed)
    declared = subject.manifest.data.identifiers
    each = tuple(_statement(column, _found(column, data), declared) for column in read)
    return Measured(statements=(*each, _none_found(each), _all_searched(len(data.names), unread)))


def _read(subject: Subject, data: Relation, seed: int) -> tuple[list[_Column], list[str]]:
    """What was drawn of each column, and the columns that cannot be read as texts or numbers."""
    types = {name: str(type_) for name, type_, *_ in data.query("DESCRIBE data")}
    unread = [name for name in data.names if _is_nested(types[name])]
    names = [name for name in data.names if name not in unread and data.kind(name) != "truth"]
    random = subject.generator(seed, "values looked at")
    salt = int(random.integers(2**62))
    values = data.aggregate(
        {name: f"list(DISTINCT {data.code(name)})" for name in names}, over=some_rows(data, _ROWS, salt)
    )
    sieved = _sieved(data, [name for name in names if data.kind(name) == "other"], salt)
    return [
        _Column(
            name=name,
            is_number=data.kind(name) == "number",
            drawn={
                _ANY: _some(values[name], random),
                **{sieve: _some(sieved.get((name, sieve)), random) for sieve in _SIEVES},
            },
        )
        for name in names
    ], unread


def _is_nested(type_: str) -> bool:
    """Whether a column holds lists, structures or bytes, and no single texts or numbers."""
    return type_ == "BLOB" or type_.startswith(("STRUCT", "MAP", "UNION")) or type_.endswith("]")


def _sieved(data: Relation, names: Sequence[str], salt: int) -> dict[tuple[str, str], list[str]]:
    """Some values that fall through a sieve, of each text: a scan to count them, and one to draw."""
    falls = {
        (name, sieve): f"regexp_matches({data.code(name)}, {text(pattern)})"
        for name in names
        for sieve, pattern in _SIEVES.items()
    }
    counted = data.aggregate({f"{key}": f"count_if({sql})" for key, sql in falls.items()})
    rows = {key: int(counted[f"{key}"]) for key in falls}
    drawn = data.aggregate(
        {
            f"{key}": f"list({data.code(key[0])}) FILTER "
            f"({sql} AND {one_in(max(1, rows[key] // VALUES), salt)})"
            for key, sql in falls.items()
            if rows[key]
        },
        over=numbered_rows(data),
    )
    return {key: drawn[f"{key}"] for key in falls if rows[key]}


def _some(values: Sequence[str | None] | None, random: np.random.Generator) -> tuple[str, ...]:
    """Different ones among them, `VALUES` at most."""
    different = sorted({value for value in values or () if value is not None})
    return tuple(different[place] for place in random.permutation(len(different))[:VALUES])


def _found(column: _Column, data: Relation) -> list[Sighting]:
    """All that is seen in one column."""
    header, values = column.name, column.values
    seen = [births(header, values, data.dataset.collected.last), phones_by_header(header, values)]
    if column.is_number:
        seen.append(phones_as_numbers(values))
    else:
        seen += [
            names(header, values), emails(column.drawn["emails"]), phones(column.drawn["phones"], values),
            *hidden(column.drawn["hidden"]),
        ]  # fmt: skip
    return [found for found in (*seen, *numbers(header, values)[:1]) if found is not None]


def _statement(
    column: _Column, found: Sequence[Sighting], declared: Sequence[DeclaredIdentifier]
) -> Statement:
    reasons: dict[str, str] = {
        d.kind: d.reason for d in declared if d.column == column.name and says_something(d.reason)
    }
    undeclared = [sighting for sighting in found if sighting.kind not in reasons]
    said = [f"{sighting} ({_why(sighting, reasons)})" for sighting in found]
    return Statement(
        name="free_of_identifiers",
        subject=column.name,
        holds=not undeclared,
        kind="search",
        explanation="; ".join(said) or f"nothing found in {len(column.drawn[_ANY])} distinct values",
    )


def _why(sighting: Sighting, reasons: Mapping[str, str]) -> str:
    reason = reasons.get(sighting.kind)
    return f"{sighting.kind}, not declared" if reason is None else f"{sighting.kind}, declared: {reason}"


def _none_found(each: Sequence[Statement]) -> Statement:
    found = [f"{one.subject}: {one.explanation}" for one in each if not one.holds]
    return Statement(
        name="no_identifier_found",
        subject="all",
        holds=not found,
        kind="search",
        explanation=". ".join(found) or f"none in {len(each)} columns that is not declared",
    )


def _all_searched(columns: int, unread: Sequence[str]) -> Statement:
    return Statement(
        name="every_column_searched",
        subject="all",
        holds=not unread,
        kind="statistical",
        explanation=f"not readable as texts or numbers: {', '.join(unread)}"
        if unread
        else f"{columns} columns, read in all their rows",
    )
