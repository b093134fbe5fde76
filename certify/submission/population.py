"""The population that the data must represent: where its numbers come from, how its file is read."""

from __future__ import annotations

from collections import Counter
from typing import Literal, Self

from pydantic import Field, model_validator

from certify.submission.group import Group, require_apart
from certify.value import Code, Day, Line, Name, Prose, Value


class PopulationColumn(Value):
    """A column of a population table that tells its lines apart.

    It tells the groups of an `attribute`, or those of nothing that matters here: then its lines are added up.
    """

    column: Line
    attribute: Name | None = None
    holds: Literal["codes", "ages"]
    """Ages are whole years; codes are whatever the office writes."""
    groups: tuple[Group, ...] | None = None
    """What its values mean; left out where they mean what they mean in the data."""
    from_: int | None = Field(default=None, alias="from", ge=0)
    below: int | None = Field(default=None, ge=1)
    """The ages of the population that is meant, where the office counts others as well."""

    @model_validator(mode="after")
    def _fits_what_it_holds(self) -> Self:
        if self.holds == "codes" and (self.from_, self.below) != (None, None):
            raise ValueError("from and below for ages only")
        if self.attribute is None and self.groups is not None:
            raise ValueError("groups of an attribute, and so its name")
        for group in self.groups or ():
            if (group.codes is None) == (self.holds == "codes"):
                raise ValueError("groups by codes in a column of codes, and from and below among ages")
        require_apart(self.groups or ())
        return self


class Selection(Value):
    """Lines of which a column holds one value: of a table of several years, one year."""

    column: Line
    value: Code


class PopulationTable(Value):
    """A table of counts as a statistical office publishes it: a line for every cell, every column named."""

    separator: Literal[",", ";", "|"] = ","
    columns: tuple[PopulationColumn, ...] = Field(min_length=1, max_length=6)
    count: Line
    """The column with the number of persons, or of whatever is counted."""
    total: int = Field(ge=1)
    """What all selected lines add up to, as published, so that somebody else can look it up."""
    selected: tuple[Selection, ...] = ()
    ignored: tuple[Line, ...] = ()
    """Columns that say nothing about which cell a line is."""

    @model_validator(mode="after")
    def _each_column_has_one_purpose(self) -> Self:
        named = Counter(
            [self.count, *(c.column for c in self.columns), *(s.column for s in self.selected), *self.ignored]
        )
        attributes = [column.attribute for column in self.columns if column.attribute is not None]
        if any(times > 1 for times in named.values()):
            raise ValueError("each column of the table in one place: columns, count, selected or ignored")
        if not attributes or len(set(attributes)) != len(attributes):
            raise ValueError("at least one attribute, and a single column for each")
        return self

    @property
    def named(self) -> frozenset[str]:
        """Every column that has a purpose."""
        told = (*(c.column for c in self.columns), *(s.column for s in self.selected))
        return frozenset((self.count, *told, *self.ignored))


class ReferencePopulation(Value):
    """The population that the data must represent, with its source and date.

    Its file is a CSV of `stratum,share`, or a `table` of counts.
    """

    file: Line
    describes: Prose
    source: Prose
    as_of: Day
    table: PopulationTable | None = None
