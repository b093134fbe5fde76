"""The share of rows whose value is written in another unit than the declared one, column by column.

Told by a second bulk where people's other units of the same dimension would bring the first one: see
`checks.data_quality.second_mode` for the rule, and `checks.data_quality.conversions` for the units. Two units
between whose bulks there is no valley cannot be told apart (pounds among kilograms of persons of all sizes
can, months among years of loans cannot), and nothing is said of them but that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from certify.digest import canonical
from certify.evidence import Estimate, Statement
from certify.submission.model import MeasuredColumn
from checks.data_quality.conversions import Conversion, conversions
from checks.data_quality.second_mode import Counts, Span, Values, bulk_of, summit
from checks.measured import CannotMeasure, Confidence, Exhibit, Interval, Measured
from checks.relation import Relation
from checks.statistics.extremes import greatest
from checks.statistics.proportions import proportion
from checks.subject import Subject

_PER_LOGARITHM = 200
"""Bins are half a percent wide on the scale of logarithms."""

_PER_DEGREE = 10
_LARGE = 4
"""Where more than one row in so many lies apart, it may be the bulk that is written in the other unit."""

_SMALLEST, _HOTTEST = 1e-20, 1e3
"""What lies beyond these or the inverse of the first is not looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """One column: its unit, and on which scale its values are binned."""

    column: MeasuredColumn
    others: tuple[Conversion, ...]

    @property
    def by_logarithm(self) -> bool:
        """Whether the conversions are factors; temperatures have other zeros."""
        return not any(other.offset for other in self.others)

    def bin(self, number: str) -> str:
        """SQL for the bin of a value, NULL where it has none: by logarithms only values above 0 have one."""
        place = f"ln({number}) * {_PER_LOGARITHM}" if self.by_logarithm else f"{number} * {_PER_DEGREE}"
        low, high = (_SMALLEST, 1 / _SMALLEST) if self.by_logarithm else (-_HOTTEST, _HOTTEST)
        return f"CASE WHEN {number} BETWEEN {low!r} AND {high!r} THEN round({place})::SMALLINT END"

    def place(self, value: float) -> float:
        """The place of a value on the scale of the bins."""
        if not self.by_logarithm:
            return value * _PER_DEGREE
        return math.log(max(value, _SMALLEST)) * _PER_LOGARITHM

    def written_in(self, other: Conversion, bulk: Span) -> Span:
        """Where the bulk would lie if it were written in another unit."""
        if self.by_logarithm:
            shift = math.log(other.factor) * _PER_LOGARITHM
            return Span(low=bulk.low + shift, high=bulk.high + shift)
        low, high = (end * other.factor + other.offset * _PER_DEGREE for end in (bulk.low, bulk.high))
        return Span(low=low, high=high)

    def written_from(self, other: Conversion, bulk: Span) -> Span:
        """Where the declared unit would lie if the bulk were what is written in another one."""
        if self.by_logarithm:
            shift = math.log(other.factor) * _PER_LOGARITHM
            return Span(low=bulk.low - shift, high=bulk.high - shift)
        low, high = ((end - other.offset * _PER_DEGREE) / other.factor for end in (bulk.low, bulk.high))
        return Span(low=low, high=high)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mixed:
    """What was found in one column: `rows` in another unit, which units, and which cannot be told apart."""

    rows: int
    found: tuple[str, ...]
    alike: tuple[str, ...]


def units(subject: Subject, data: Relation | None, confidence: Confidence) -> Measured:
    """Estimates `mixed_unit_share` for every measured `feature=NAME` with a known unit; `all` is the
    greatest.

    States `unit_known` of every measured column of a table: pint knows its unit, and another that is taken
    for it. Bounds: Clopper-Pearson over the rows, for the rule as it stands, which is fitted to these rows.
    If no second bulk is found, rows are still counted that lie where one would be, beyond the density
    between. One scan, whatever the number of columns; what is kept of each are counts of bins half a percent
    wide. Raises `CannotMeasure` where no column has a unit with which anything can be told, and where one has
    no value that can be read in any unit: all are missing, or 0 and below of what has factors only.
    """
    if data is None:
        raise CannotMeasure("mixed units are looked for in a data set, and none was given")
    read = {
        column.name: _Read(column=column, others=conversions(column.unit)) for column in _measured(subject)
    }
    known = {name: entry for name, entry in read.items() if entry.others}
    if not known:
        raise CannotMeasure("no measured column has a unit that can be taken for another one")
    rows = subject.independent_rows(data.dataset.role).rows
    binned = _binned(data, known)
    _require_values({name: counts for name, (_, counts) in binned.items()})
    found = {name: mixed(known[name], *bins) for name, bins in binned.items()}
    family = confidence.over(len(found))
    shares = {name: proportion(each.rows, rows, family) for name, each in found.items()}
    return Measured(
        estimates=(
            *(_estimate(f"feature={name}", share, family) for name, share in shares.items()),
            _estimate("all", greatest([*shares.values()]), family),
        ),
        statements=tuple(_known(entry) for entry in read.values()),
        exhibits=(_exhibit(rows, found),),
    )


def mixed(read: _Read, places: Values, counts: Counts) -> Mixed:
    """Rows of one column that stand in another unit, from the counts of its bins."""
    low, high = (read.place(float(end)) for end in read.column.range)
    bulk = bulk_of(places, counts, Span(low=low, high=high))
    told, excess, found, alike = np.zeros(len(places), np.bool_), 0, [], []
    for other in read.others:
        seen = summit(places, counts, bulk, read.written_in(other, bulk))
        if not seen.bins.any():
            back = summit(places, counts, bulk, read.written_from(other, bulk))
            seen = back if _LARGE * back.bins.any() * back.rows > counts.sum() else seen
        told |= seen.bins
        if not seen.separable:
            alike.append(other.name)
        elif seen.bins.any():
            found.append(other.name)
        else:
            excess = max(excess, seen.rows)
    return Mixed(rows=max(int(counts[told].sum()), excess), found=tuple(found), alike=tuple(alike))


def _measured(subject: Subject) -> list[MeasuredColumn]:
    inputs = subject.manifest.model.inputs
    columns = [column for entry in inputs if entry.kind == "table" for column in entry.columns]
    return list({c.name: c for c in columns if isinstance(c, MeasuredColumn)}.values())


def _binned(data: Relation, known: Mapping[str, _Read]) -> dict[str, tuple[Values, Counts]]:
    """The bins of each column that hold a row, in order, and how many each holds."""
    found = data.aggregate(
        {name: f"histogram({read.bin(data.number(name))})" for name, read in known.items()}
    )
    ordered = {name: sorted((bins or {}).items()) for name, bins in found.items()}
    return {
        name: (np.asarray([b for b, _ in bins], np.float64), np.asarray([n for _, n in bins], np.int64))
        for name, bins in ordered.items()
    }


def _require_values(counts: Mapping[str, Counts]) -> None:
    empty = [name for name, of_bins in counts.items() if not of_bins.sum()]
    if empty:
        raise CannotMeasure(f"{', '.join(empty)} has no value in which a unit could be seen")


def _known(read: _Read) -> Statement:
    unit, others = read.column.unit, ", ".join(other.name for other in read.others)
    return Statement(
        name="unit_known",
        subject=read.column.name,
        holds=bool(read.others),
        kind="document",
        explanation=f"{unit}, which may be taken for {others}"
        if others
        else f"{unit}: no unit that is known to be taken for another one, and nothing is said of it",
    )


def _estimate(stratum: str, share: Interval, confidence: Confidence) -> Estimate:
    return share.estimate(statistic="mixed_unit_share", stratum=stratum, confidence=confidence)


def _exhibit(rows: int, found: Mapping[str, Mixed]) -> Exhibit:
    columns = {
        name: {"rows": each.rows, "written_in": list(each.found), "cannot_be_told_from": list(each.alike)}
        for name, each in found.items()
    }
    return Exhibit(
        name="units.json",
        media_type="application/json",
        visibility="public",
        data=canonical({"rows": rows, "columns": columns}),
    )
