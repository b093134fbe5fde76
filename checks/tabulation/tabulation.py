"""A tabulation as facts: how many rows are of which kind."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from certify.evidence import WHOLE, Opened
from certify.value import Line, Number, Value
from checks.measured import CannotMeasure
from checks.repetition import defect_of
from checks.stratum import parts
from checks.tabulation.times import Times

Count = int


class SourceCount(Value):
    """What is wrong with one column or array that is fed to the model."""

    input: Line
    source: Line
    missing: Count = Field(ge=0)
    outside: Count = Field(ge=0)
    """Rows whose value lies outside the declared contract; a missing value lies outside."""


class Distribution(Value):
    """How many rows hold which value of one column: of a code, a class, or an interval of the range.

    `counts` follow the declared codes or classes, the declared steps, or equal parts of the declared range;
    rows with none of these values are told apart.
    """

    source: Line
    labels: tuple[Line, ...] = ()
    """The codes or classes; () where `counts` are parts of a range."""
    lowest: Number | None = None
    highest: Number | None = None
    stepwise: bool = False
    """Whether each count is of one declared step, from the lowest to the highest, and not of an interval."""
    counts: tuple[Count, ...]
    missing: Count = Field(ge=0)
    below: Count = Field(ge=0)
    above: Count = Field(ge=0)
    other: Count = Field(ge=0)
    """No declared code or class."""

    @property
    def rows(self) -> int:
        """All rows of the table."""
        return sum(self.counts) + self.missing + self.below + self.above + self.other


class Cell(Value):
    """The rows that belong to one group of each attribute; None where they belong to none or to several."""

    groups: tuple[Line | None, ...]
    rows: Count = Field(ge=1)
    weight: Number | None = None
    weight_squares: Number | None = None


class Repetition(Value):
    """How often rows are equal, in what the model is fed and in what is true; see `checks.repetition`."""

    different: Count = Field(ge=1)
    times: int = Field(ge=1)
    """The greatest number of which every row occurs a multiple of times."""
    files_alike: bool
    """Whether two files hold the same rows."""


class Tabulation(Value):
    """The counts of one data set."""

    role: Line
    opened: tuple[Opened, ...]
    """The files that were counted, with the digests of their bytes."""
    rows: Count = Field(ge=1)
    missing: Mapping[str, Count]
    """By column of the files: in how many rows it has no value."""
    sources: tuple[SourceCount, ...]
    incomplete: Count
    """Rows in which any input or the target is missing."""
    target_missing: Count
    outside: Count
    """Rows with any input outside the declared contract."""
    unknown_labels: Count
    """Rows whose label is none of the declared classes, or no finite number."""
    units: Count | None
    """How many statistical units there are, if the manifest names a column of them."""
    weightless: Count | None
    """Rows without a weight above 0, if the manifest names a column of weights."""
    times: Times | None
    """None if the manifest names no column of time, or one that is not there."""
    inside_places: Count | None
    """Rows from a declared place; None as for times."""
    repetition: Repetition
    attributes: tuple[Line, ...]
    cells: tuple[Cell, ...]
    """Every combination of groups that occurs, in the order of `attributes`."""
    distributions: tuple[Distribution, ...]

    @property
    def repeated(self) -> int:
        """Rows equal to an earlier one."""
        return self.rows - self.repetition.different

    @property
    def clustered(self) -> bool:
        """Whether there are several rows of a statistical unit; rows without one are of one."""
        return self.units is not None and self.units < self.rows

    def defect(self, *, fine: bool) -> str | None:
        """How the rows repeat each other as a whole, see `checks.repetition`; None where they do not."""
        return defect_of(
            rows=self.rows,
            different=self.repetition.different,
            times=self.repetition.times,
            files_alike=self.repetition.files_alike,
            fine=fine,
        )

    def distribution(self, source: str) -> Distribution:
        """That of a column; raises `CannotMeasure` where it was not counted."""
        found = next((d for d in self.distributions if d.source == source), None)
        if found is None:
            raise CannotMeasure(f"the values of {source} were not counted: it is no declared column")
        return found

    def count(self, stratum: str) -> int:
        """How many rows belong to a stratum."""
        return sum(cell.rows for cell in self.members(stratum))

    def members(self, stratum: str) -> tuple[Cell, ...]:
        """The cells of which a stratum consists.

        Raises `CannotMeasure` for an attribute that is not there, and for one of which a row belongs to no
        group or to several: whoever may choose the rows that count for nobody chooses the figures.
        """
        if stratum == WHOLE:
            return self.cells
        wanted = {self._place(stratum, name): group for name, group in parts(stratum).items()}
        for place in wanted:
            self._require_one_group_per_row(place)
        return tuple(cell for cell in self.cells if all(cell.groups[p] == g for p, g in wanted.items()))

    def _place(self, stratum: str, attribute: str) -> int:
        if attribute not in self.attributes:
            raise CannotMeasure(f"the submission declares no stratum {stratum}")
        return self.attributes.index(attribute)

    def _require_one_group_per_row(self, place: int) -> None:
        astray = sum(cell.rows for cell in self.cells if cell.groups[place] is None)
        if astray:
            raise CannotMeasure(
                f"{astray} of {self.rows} rows belong to no group of {self.attributes[place]} or to several, "
                "where each must belong to exactly one"
            )
