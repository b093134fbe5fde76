"""What happens when one number of a case is missing, in another unit, or has its decimal point elsewhere.

A value that is missing must be answered as the vendor declares. Where `may_be_missing` names its column, the
model is to decide as it would with the value; where it does not, the model must not decide at all: an answer
without the value is a guess. A value in another unit or with another decimal point is mishandled if the
declared range does not give it away and the case is then decided otherwise.

Each slip in each column is an estimate of its own, and so is the greatest of all columns: a basis cannot name
the columns of a vendor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import Column, TableInput
from checks.domain import Mask, inside
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.predictor import UNDECIDED, Inputs
from checks.robustness.neighbourhood import tried_rows
from checks.robustness.slips import MISSING, SLIPS, written
from checks.statistics.extremes import greatest
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

_NAME: Final = re.compile(r"corruption=([a-z]+)(?: & feature=(.+))?")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cases:
    """The cases that are tried, and how they are decided without any slip."""

    subject: Subject
    inputs: Inputs
    before: NDArray[np.int64]
    may_be_missing: tuple[str, ...]


def faulty_entries(
    subject: Subject, data: Table | None, confidence: Confidence, *, corruptions: tuple[str, ...], rows: int,
    seed: int,
) -> Measured:  # fmt: skip
    """Estimates `mishandled_share`: cases that one slip turns, or that are answered without a value.

    `corruptions` names what is asked for, such as `corruption=missing` (the greatest share over all columns)
    or `corruption=unit & feature=weight`. Of each slip that is named all columns are measured, on the same
    `rows`, drawn at random; where it may be written in several ways, a case is mishandled if one of them
    turns it. Only a case of which the slip changes the number is a trial. One that is undecided before, or
    outside the contract, counts as mishandled. Raises `CannotMeasure` for a model without columns, where
    `may_be_missing` is not declared, and where a slip changes nothing.
    """
    if data is None:
        raise CannotMeasure("slips are tried on data, and none were given")
    data.require_independent_rows()
    names = _named(corruptions)
    cases = _cases(subject, data, tried_rows(subject, data, rows, seed), names)
    events = {
        (name, column.name): found
        for name in names
        for entry, at, column in _columns(subject)
        if (found := _mishandled(cases, name, entry, at, column)) is not None
    }
    _require_a_trial(names, events)
    family = confidence.over(len(events))
    shares = {
        which: proportion(int(np.count_nonzero(event)), len(event), family) for which, event in events.items()
    }
    return Measured(
        estimates=tuple(
            share.estimate(statistic="mishandled_share", stratum=stratum, confidence=family)
            for stratum, share in (*_by_column(shares), *_by_slip(shares))
        ),
        exhibits=(_exhibit(shares),),
    )


def _named(corruptions: tuple[str, ...]) -> tuple[str, ...]:
    read = [_NAME.fullmatch(one) for one in corruptions]
    names = dict.fromkeys(match[1] for match in read if match)
    if not names or not all(read) or not set(names) <= set(SLIPS):
        raise CannotMeasure(
            f"expected strata such as corruption=unit or corruption=unit & feature=weight, with one of "
            f"{', '.join(SLIPS)}; found {', '.join(corruptions) or 'none'}"
        )
    return tuple(names)


def _cases(subject: Subject, data: Table, which: NDArray[np.int64], names: tuple[str, ...]) -> _Cases:
    lacking = data.dataset.may_be_missing
    if MISSING in names and lacking is None:
        raise CannotMeasure(
            "the manifest does not say under may_be_missing which columns may lack a value, nor that none may"
        )
    return _Cases(
        subject=subject,
        inputs={name: values[which] for name, values in data.inputs.items()},
        before=subject.decide(data, which),
        may_be_missing=lacking or (),
    )


def _columns(subject: Subject) -> list[tuple[TableInput, int, Column]]:
    """Every column that the model is fed, with its input and its place there."""
    tables = [entry for entry in subject.manifest.model.inputs if isinstance(entry, TableInput)]
    if not tables:
        raise CannotMeasure("the model is fed no columns, into which a person could have put a wrong value")
    columns = [(entry, at, column) for entry in tables for at, column in enumerate(entry.columns)]
    if len({column.name for *_, column in columns}) < len(columns):
        raise CannotMeasure("a column is fed twice, and a slip in it would have to be made in both places")
    return columns


def _mishandled(cases: _Cases, name: str, entry: TableInput, at: int, column: Column) -> Mask | None:
    """Which of the cases that the slip changes are mishandled; None where it changes none."""
    values = cases.inputs[entry.name][:, at].astype(np.float64)
    turned, tried = np.zeros((2, len(values)), dtype=np.bool_)
    for slip in SLIPS[name](column, values):
        there = written(slip, entry.dtype)
        if there is None:
            continue
        changed = np.isfinite(values) & (there != cases.inputs[entry.name][:, at])
        turned |= changed & _turned(cases, name, entry, at, column, there)
        tried |= changed
    if not tried.any():
        return None
    unscored = cases.before == UNDECIDED
    return np.asarray((turned | unscored)[tried | unscored], dtype=np.bool_)


def _turned(
    cases: _Cases, name: str, entry: TableInput, at: int, column: Column, values: NDArray[Any]
) -> Mask:
    matrix = cases.inputs[entry.name].copy()
    matrix[:, at] = values
    inputs = {**cases.inputs, entry.name: matrix}
    after = cases.subject.predictor.decide(inputs)
    if name == MISSING and column.name not in cases.may_be_missing:
        return np.asarray(after != UNDECIDED, dtype=np.bool_)
    if name == MISSING:
        return np.asarray(after != cases.before, dtype=np.bool_)
    unnoticed = inside(cases.subject.manifest.model.inputs, inputs)
    return np.asarray(unnoticed & (after != cases.before), dtype=np.bool_)


def _require_a_trial(names: tuple[str, ...], events: Mapping[tuple[str, str], Mask]) -> None:
    idle = [name for name in names if name not in {slip for slip, _ in events}]
    if idle:
        raise CannotMeasure(
            f"no column holds a number that the slip {', '.join(idle)} would change: nothing was tried. The "
            "type of the inputs may have no missing value, or their units none that is taken for them"
        )


def _by_column(shares: Mapping[tuple[str, str], Interval]) -> Iterator[tuple[str, Interval]]:
    for (name, column), share in shares.items():
        yield f"corruption={name} & feature={column}", share


def _by_slip(shares: Mapping[tuple[str, str], Interval]) -> Iterator[tuple[str, Interval]]:
    for name in dict.fromkeys(slip for slip, _ in shares):
        yield f"corruption={name}", greatest([share for (slip, _), share in shares.items() if slip == name])


def _exhibit(shares: Mapping[tuple[str, str], Interval]) -> Exhibit:
    rows = [
        {
            "corruption": name, "feature": column, "tried": share.n, "share": str(exact(share.value)),
            "lower": str(exact(share.demonstrating[0])), "upper": str(exact(share.demonstrating[1])),
        }
        for (name, column), share in shares.items()
    ]  # fmt: skip
    return Exhibit(
        name="faulty-entries.json",
        media_type="application/json",
        visibility="vendor",
        data=canonical({"slips": rows}),
    )
