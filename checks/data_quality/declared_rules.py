"""The rules that follow from what a vendor declares of a data set, in the vocabulary of Great Expectations.

Decides which rules a declaration stands for; `schema` decides what breaking them amounts to. Every column
that is declared for any purpose exists. What is fed to the model is a number inside its range, or one of its
codes; the target is one of the classes, or a number of the range; the source of an attribute is one of the
codes of its groups, or lies between their ends. Nothing is missing but what may be, and keys tell rows apart.

A rule is written for the column as it is: codes are compared as numbers where the column holds numbers, and
as texts where it holds texts, for the library takes 1 and "1" for two values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, InvalidOperation

from certify.standard import Expectation
from certify.submission.data import Attribute, Dataset
from certify.submission.manifest import Manifest
from certify.submission.model import Column, IdentityRule, MeasuredColumn, TableInput, extremes_of

NUMBERS = (
    "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
)  # fmt: skip
"""The types of a column of numbers, as the library calls them."""

Kind = Callable[[str], str | None]
"""What a column holds: `number`, `truth` or `other`; None if it is not there."""


def declared_rules(manifest: Manifest, dataset: Dataset, kind: Kind) -> tuple[Expectation, ...]:
    """All rules for one data set, each once, in the order of the declaration."""
    rules = [
        *(_exists(name) for name in _columns(manifest, dataset)),
        *(
            _not_missing(name)
            for name in _columns(manifest, dataset)
            if name not in (dataset.may_be_missing or ())
        ),
        *_inputs(manifest),
        *_target(manifest, dataset, kind),
        *(rule for attribute in manifest.data.attributes for rule in _groups(attribute, kind)),
        *_beside(dataset, kind),
        *_keys(dataset),
    ]
    return tuple({str(rule): rule for rule in rules}.values())


def _columns(manifest: Manifest, dataset: Dataset) -> Iterator[str]:
    """Every declared column once; an array by the two columns that describe it."""
    names: list[str] = []
    for entry in manifest.model.inputs:
        names += (
            [c.name for c in entry.columns] if isinstance(entry, TableInput) else extremes_of(entry.array)
        )
    names += [*dataset.beside_inputs, *(attribute.source for attribute in manifest.data.attributes)]
    names += [dataset.place_column] if dataset.place_column else []
    yield from dict.fromkeys(names)


def _inputs(manifest: Manifest) -> Iterator[Expectation]:
    for entry in manifest.model.inputs:
        if isinstance(entry, TableInput):
            for column in entry.columns:
                yield from _fed(column)
            continue
        for name in extremes_of(entry.array):
            yield from _number(name, entry.elements.range)


def _fed(column: Column) -> Iterator[Expectation]:
    if isinstance(column, MeasuredColumn):
        yield from _number(column.name, column.range)
        return
    yield _is_number(column.name)
    yield _rule("column_values_to_be_in_set", column=column.name, value_set=tuple(map(_plain, column.codes)))


def _target(manifest: Manifest, dataset: Dataset, kind: Kind) -> Iterator[Expectation]:
    decision = manifest.model.decision
    if isinstance(decision, IdentityRule):
        yield from _number(dataset.target, decision.range)
        return
    yield _in_set(dataset.target, decision.classes, kind)


def _groups(attribute: Attribute, kind: Kind) -> Iterator[Expectation]:
    codes = [code for group in attribute.groups for code in group.codes or ()]
    ends = [(g.from_, g.below) for g in attribute.groups if g.from_ is not None and g.below is not None]
    if codes and not ends:
        yield _in_set(attribute.source, codes, kind)
    if ends and not codes:  # no rule of the library says "one of these, or between those"
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        yield _is_number(attribute.source)
        yield _between(attribute.source, low, high, strict_max=True)


def _beside(dataset: Dataset, kind: Kind) -> Iterator[Expectation]:
    if dataset.place_column is not None and dataset.places is not None:
        yield _in_set(dataset.place_column, dataset.places, kind)


def _keys(dataset: Dataset) -> Iterator[Expectation]:
    keys = dataset.key_columns or ()
    if len(keys) > 1:
        yield _rule("compound_columns_to_be_unique", column_list=keys)
    if len(keys) == 1:
        yield _rule("column_values_to_be_unique", column=keys[0])
    if dataset.unit_column is not None and dataset.most_rows_per_unit in (None, 1):
        yield _rule("column_values_to_be_unique", column=dataset.unit_column)


def _number(name: str, ends: tuple[Decimal, Decimal]) -> Iterator[Expectation]:
    yield _is_number(name)
    yield _between(name, *ends)


def _exists(name: str) -> Expectation:
    return _rule("column_to_exist", column=name)


def _not_missing(name: str) -> Expectation:
    return _rule("column_values_to_not_be_null", column=name)


def _is_number(name: str) -> Expectation:
    return _rule("column_values_to_be_in_type_list", column=name, type_list=NUMBERS)


def _between(name: str, low: Decimal, high: Decimal, **more: bool) -> Expectation:
    arguments = {"min_value": _plain(low), "max_value": _plain(high), **more}
    return _rule("column_values_to_be_between", column=name, **arguments)


def _in_set(name: str, codes: Iterable[str], kind: Kind) -> Expectation:
    return _rule("column_values_to_be_in_set", column=name, value_set=_values(tuple(codes), kind(name)))


def _values(codes: tuple[str, ...], kind: str | None) -> tuple[int | float | str, ...]:
    """What the library finds in a column where others read these codes; the codes themselves if nothing."""
    if kind == "truth":
        return tuple(value for value in (1, 0) if str(bool(value)) in codes) or codes
    if kind == "number":
        numbers = [(_number_in(code), code) for code in codes]
        return tuple(n for n, code in numbers if n is not None and str(n) == code) or codes
    return codes


def _number_in(code: str) -> int | float | None:
    try:
        number = Decimal(code)
    except InvalidOperation:
        return None
    return _plain(number) if number.is_finite() else None


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _rule(name: str, **arguments: object) -> Expectation:
    """Without the limit on its length, for no basis writes it out."""
    return Expectation.model_construct(expectation=f"expect_{name}", arguments=arguments)  # type: ignore[arg-type]
