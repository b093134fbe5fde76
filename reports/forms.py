"""The forms of the exhibits that are drawn. What contradicts itself has none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from reports.exhibit import MOST_BARS, MOST_LINES, MOST_PARTS, Bars, Count, Counts, Form, Label, Real, Share

Ends = tuple[tuple[Real, Real], ...]
"""From where to where neighbouring parts of a range go; both ends alike where a part is one value."""


def _ascend(ends: Ends) -> bool:
    flat = [end for pair in ends for end in pair]
    return flat == sorted(flat)


class Completeness(Form):
    """How many rows lack a value, by column: `completeness.json`."""

    rows: Annotated[Count, Field(ge=1)]
    """All rows."""
    incomplete: Count
    """Rows that lack any value."""
    missing: Annotated[Mapping[Label, Count], Field(min_length=1, max_length=MOST_LINES)]
    """Rows that lack a value, by column."""

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        most = max(self.missing.values())
        if not most <= self.incomplete <= min(self.rows, sum(self.missing.values())):
            raise ValueError("incomplete rows that are as many as some column lacks, and no more than all do")
        return self


class Evaded(Form):
    """How often each number was changed to get another answer: `evaded.json`."""

    rows: Annotated[Count, Field(ge=1)]
    """All cases."""
    evaded: Count
    """Cases that are counted as evaded."""
    found: Count
    """Those of them for which the search found another answer."""
    changed: Annotated[Mapping[Label, Count], Field(min_length=1, max_length=MOST_LINES)]
    """Found cases in which a number was changed, by its name."""

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        most = max(self.changed.values())
        if not most <= self.found <= min(self.evaded, sum(self.changed.values())) or self.evaded > self.rows:
            raise ValueError("in every found case a number that was changed, and no more found than evaded")
        return self


class OutsideSource(Form):
    """How many rows lie outside the domain for the sake of one column."""

    source: Label
    """The column or array."""
    outside: Count
    """Rows outside."""


class Domain(Form):
    """How many rows lie outside the declared domain, by column: `domain.json`."""

    rows: Annotated[Count, Field(ge=1)]
    """All rows."""
    outside: Count
    """Rows outside for the sake of any column."""
    of_each_source: Annotated[tuple[OutsideSource, ...], Field(min_length=1, max_length=MOST_LINES)]
    """Column by column."""

    @model_validator(mode="after")
    def _parts_of_the_whole(self) -> Self:
        each = [source.outside for source in self.of_each_source]
        if not max(each) <= self.outside <= min(self.rows, sum(each)):
            raise ValueError("rows outside that are as many as for some column, and no more than for all")
        return self


class Stratum(Form):
    """A group or crossing of groups in the data, beside its share of the reference population."""

    stratum: Label
    """Its name, as the protocol writes it."""
    count: Count
    """Rows that belong to it."""
    n: Annotated[Count, Field(ge=1)]
    """Of how many."""
    share: Share
    """Weighted where rows are; `count` over `n` where the file does not say."""
    reference_share: Share
    """Of the declared population."""

    @model_validator(mode="before")
    @classmethod
    def _with_its_share(cls, value: Any) -> Any:
        if isinstance(value, dict) and "share" not in value:
            count, n = value.get("count"), value.get("n")
            return {**value, "share": count / n} if type(count) is type(n) is int and n else value
        return value


class Strata(Form):
    """Shares of data and population: `shares.json` is a list of them, `distance.json` names them `cells`."""

    cells: Annotated[tuple[Stratum, ...], Field(min_length=1, max_length=MOST_LINES)]
    """Stratum by stratum."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({cell.stratum for cell in self.cells}) != len(self.cells):
            raise ValueError("each stratum once")
        return self

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Both spellings."""
        return super().from_json({"cells": value} if isinstance(value, list) else value)


class Feature(Form):
    """One column of two tables, counted in the same bars."""

    feature: Label
    """The column."""
    distance: Share
    """Between both, as it was estimated."""
    upper: Share
    """Its upper bound."""
    labels: Annotated[tuple[Label, ...], Field(max_length=MOST_LINES)]
    """Codes or classes, as many in each bar; none where bars are parts of a range."""
    ends: Annotated[Ends, Field(max_length=MOST_BARS)]
    """Of each bar, where bars are parts of a range."""
    counts: tuple[Bars, Bars]
    """Rows in each bar, table by table."""
    missing: tuple[Count, Count]
    """Rows without a value."""
    outside: tuple[Count, Count]
    """Rows with a value that stands in no bar."""

    @property
    def rows(self) -> tuple[int, int]:
        """All rows, table by table."""
        one, other = (sum(self.counts[i]) + self.missing[i] + self.outside[i] for i in (0, 1))
        return one, other

    @property
    def labels_in_a_bar(self) -> int:
        """How many neighbouring codes or classes make one bar."""
        return -(-len(self.labels) // len(self.counts[0]))

    @model_validator(mode="after")
    def _alike(self) -> Self:
        bars = len(self.counts[0])
        if len(self.counts[1]) != bars or not all(self.rows) or self.distance > self.upper:
            raise ValueError("two tables with rows in the same bars, at a distance within its bound")
        if self.labels and -(-len(self.labels) // self.labels_in_a_bar) != bars:
            raise ValueError("labels that fill the bars")
        if len(self.ends) != (0 if self.labels else bars) or not _ascend(self.ends):
            raise ValueError("labels, or the ends of each bar")
        return self


class Drift(Form):
    """Histograms of each column in two tables, with their distance: `drift.json`."""

    roles: tuple[Label, Label]
    """The two tables."""
    features: Annotated[tuple[Feature, ...], Field(min_length=1, max_length=MOST_LINES)]
    """Column by column."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({feature.feature for feature in self.features}) != len(self.features):
            raise ValueError("each column once")
        return self


class Parts(Form):
    """One column: how many rows lie in each part of its declared range."""

    source: Label
    """The column."""
    labels: Annotated[tuple[Label, ...], Field(min_length=1, max_length=MOST_PARTS)]
    """The parts, each by its name."""
    ends: Annotated[Ends, Field(max_length=MOST_PARTS)] = ()
    """Of each part, where parts are of a range."""
    rows: Counts
    """Rows in each."""

    @model_validator(mode="after")
    def _as_many(self) -> Self:
        if len(self.labels) != len(self.rows) or len(set(self.labels)) != len(self.labels):
            raise ValueError("a count for each part, and each part once")
        if len(self.ends) not in (0, len(self.rows)) or not _ascend(self.ends):
            raise ValueError("the ends of each part, or of none")
        return self


class Hole(Form):
    """A part of one column, or parts of two at once, with too few rows."""

    cells: Annotated[Mapping[Label, Label], Field(min_length=1, max_length=2)]
    """Which part of which column."""
    rows: Count = 0
    """How many rows there are."""


class Pairs(Form):
    """Of two columns at once, any two."""

    covered: Count
    """How many of their cells hold enough rows."""
    cells: Annotated[Count, Field(ge=1)]
    """Of how many."""

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.covered > self.cells:
            raise ValueError("no more covered cells than there are")
        return self


class Coverage(Form):
    """How the rows cover the declared domain: `coverage.json`."""

    fewest_rows: Annotated[Count, Field(ge=1)] = 1
    """A part with fewer rows is a hole."""
    columns: Annotated[tuple[Parts, ...], Field(min_length=1, max_length=MOST_LINES)]
    """Column by column."""
    pairs: Pairs
    """Any two columns at once."""
    holes: Annotated[tuple[Hole, ...], Field(max_length=MOST_LINES)]
    """Some of the holes, at least."""
    holes_not_shown: Count
    """How many more there are."""

    @model_validator(mode="after")
    def _of_these_columns(self) -> Self:
        known = {column.source: set(column.labels) for column in self.columns}
        if len(known) != len(self.columns) or sum(map(len, known.values())) > MOST_LINES:
            raise ValueError(f"each column once, and no more than {MOST_LINES} parts in all")
        if any(
            part not in known.get(source, ()) for hole in self.holes for source, part in hole.cells.items()
        ):
            raise ValueError("holes in parts of these columns")
        if any(hole.rows >= self.fewest_rows for hole in self.holes):
            raise ValueError("holes with fewer rows than a covered part has")
        return self


class CorruptedShare(Form):
    """The share of cases that are decided rightly, with its bounds."""

    severity: Annotated[int, Field(ge=1, le=5)] = 1
    """How severely they are corrupted."""
    share: Share
    """As it was estimated."""
    lower: Share
    """Its lower bound."""
    upper: Share
    """Its upper bound."""

    @model_validator(mode="after")
    def _between(self) -> Self:
        if not self.lower <= self.share <= self.upper:
            raise ValueError("a share between its bounds")
        return self


class Corrupted(Form):
    """Right decisions under each corruption by severity: `corrupted-accuracy.json`."""

    rows: Annotated[Count, Field(ge=1)]
    """Cases that were tried."""
    clean: CorruptedShare
    """The same cases as they are."""
    corruptions: Annotated[Mapping[Label, tuple[CorruptedShare, ...]], Field(min_length=1, max_length=64)]
    """Corruption by corruption."""

    @model_validator(mode="after")
    def _severities_ascend(self) -> Self:
        for points in self.corruptions.values():
            severities = [point.severity for point in points]
            if not severities or severities != sorted(set(severities)):
                raise ValueError("severities that ascend, and one at least")
        return self
