"""The data sets: what each is for, which column is the answer, and whom each row speaks of."""

from __future__ import annotations

from collections import Counter
from typing import Literal, Self

from pydantic import Field, model_validator

from certify.submission.group import Group, require_apart
from certify.submission.population import ReferencePopulation
from certify.value import Code, Day, Line, Name, Number, Prose, Value

DataRole = Literal["train", "validation", "test", "reference"]
IdentifierKind = Literal[
    "person_name", "email", "phone", "birth_date", "national_number", "bank_account", "payment_card"
]
"""What tells one person from all others by itself, or nearly so."""

Recorded = Literal["time", "place", "unit", "key"]
"""What may be known of a row beside its values: when and where it arose, of whom it speaks, which it is."""


class Attribute(Value):
    """A property by which rows are told apart: a stratum is written `attribute=group`."""

    name: Name
    source: Line
    """The column or array that holds it; the target is named by its own column."""
    protected: bool
    groups: tuple[Group, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _groups_exclude_each_other(self) -> Self:
        require_apart(self.groups)
        return self

    def strata(self) -> tuple[str, ...]:
        """The names of all strata of this attribute."""
        return tuple(f"{self.name}={group.name}" for group in self.groups)


class CollectionPeriod(Value):
    """From the first to the last day of collection."""

    first: Day
    last: Day


class Labelling(Value):
    """Who labelled, how, and under which conditions they worked."""

    method: Prose
    annotators: Prose
    working_conditions: Prose


class Dataset(Value):
    """One data set in one role. All its files have the same columns or arrays.

    `most_weight` and `most_rows_per_unit` bound what one draw can weigh, in the population and not only in
    these rows: without them nothing bounds the mean of weighted or clustered rows.
    """

    name: Name
    role: Literal["train", "validation", "test"]
    files: tuple[Line, ...] = Field(min_length=1)
    target: Line
    weights: Line | None = None
    most_weight: Number | None = Field(default=None, gt=0)
    statistical_unit: Line
    unit_column: Line | None = None
    most_rows_per_unit: int | None = Field(default=None, ge=1)
    decisions: Line | None = None
    """The column with what the system decided where these rows were collected, by its declared rule."""
    time_column: Line | None = None
    """When each row was collected, and which came first: ISO 8601 days or moments, or whole numbers that only
    tell the order."""
    place_column: Line | None = None
    places: tuple[Code, ...] | None = Field(default=None, min_length=1)
    """The codes of the places from which rows may come. A place may be fed to the model as well."""
    key_columns: tuple[Line, ...] | None = Field(default=None, min_length=1)
    """The columns that together tell each row from every other."""
    may_be_missing: tuple[Line, ...] | None = None
    """The columns in which a row may lack its value; every other one is declared to have one in each row."""
    origin: Prose
    collected: CollectionPeriod
    setting: Prose
    licence: Line
    labelling: Labelling

    @model_validator(mode="after")
    def _columns_have_one_purpose(self) -> Self:
        if len(set(self._named)) != len(self._named):
            raise ValueError(
                "different columns as target, weights, unit_column, decisions, time_column and place_column"
            )
        return self

    @model_validator(mode="after")
    def _places_have_a_column(self) -> Self:
        if (self.place_column is None) != (self.places is None):
            raise ValueError("place_column together with the places that may stand in it, or neither")
        if self.places is not None and len(set(self.places)) != len(self.places):
            raise ValueError("each place once")
        return self

    @model_validator(mode="after")
    def _a_key_says_nothing_of_the_answer(self) -> Self:
        keys = self.key_columns or ()
        if len(set(keys)) != len(keys) or {self.target, self.weights, self.decisions} & set(keys):
            raise ValueError(
                "each key column once, and none that is the target, the weights or the decisions"
            )
        return self

    @model_validator(mode="after")
    def _what_tells_rows_apart_is_never_missing(self) -> Self:
        lacking = self.may_be_missing or ()
        needed = {*self._named, *(self.key_columns or ())}
        if len(set(lacking)) != len(lacking) or needed & set(lacking):
            raise ValueError(
                "under may_be_missing each column once, and none that is named as target, weights, unit, "
                "decisions, time, place or key: those are needed of each row"
            )
        return self

    @property
    def _named(self) -> tuple[str, ...]:
        """The columns with a purpose of their own; a key may be made of some of them."""
        named = (
            self.target, self.weights, self.unit_column, self.decisions, self.time_column, self.place_column,
        )  # fmt: skip
        return tuple(name for name in named if name is not None)

    @property
    def beside_inputs(self) -> tuple[str, ...]:
        """The columns that say something about a row and are never fed to the model, each once.

        A model that is fed the moment or the key of a row may know it by heart. A place says no more of a row
        than any other code does: unless it is part of the key, it may be fed.
        """
        keys = self.key_columns or ()
        named = [name for name in self._named if name != self.place_column]
        return tuple(dict.fromkeys((*named, *keys)))

    @property
    def records(self) -> frozenset[Recorded]:
        """What a column says of each row."""
        columns: dict[Recorded, object] = {
            "time": self.time_column, "place": self.place_column, "unit": self.unit_column,
            "key": self.key_columns,
        }  # fmt: skip
        return frozenset(what for what, column in columns.items() if column is not None)


class DeclaredIdentifier(Value):
    """A column that holds direct identifiers of persons, of which kind, and why it has to."""

    column: Line
    kind: IdentifierKind
    reason: Prose


class Data(Value):
    """All data of a submission. `personal`: whether any of them speak of persons who can be identified.

    `not_recorded`: what nobody wrote down of single rows. Left out, nothing is said.
    """

    personal: bool | None = None
    not_recorded: tuple[Recorded, ...] | None = None
    identifiers: tuple[DeclaredIdentifier, ...] = ()
    attributes: tuple[Attribute, ...]
    sets: tuple[Dataset, ...] = Field(min_length=1)
    reference: ReferencePopulation

    @model_validator(mode="after")
    def _each_role_once(self) -> Self:
        counts = Counter(dataset.role for dataset in self.sets)
        names = Counter(dataset.name for dataset in self.sets)
        if any(n > 1 for n in (*counts.values(), *names.values())):
            raise ValueError("one data set per role, each with its own name")
        return self

    @model_validator(mode="after")
    def _each_attribute_once(self) -> Self:
        names = [attribute.name for attribute in self.attributes]
        if len(set(names)) != len(names):
            raise ValueError("each attribute with a name of its own")
        return self

    @model_validator(mode="after")
    def _the_population_tells_declared_attributes(self) -> Self:
        told = (
            {column.attribute for column in self.reference.table.columns} if self.reference.table else set()
        )
        unknown = sorted(filter(None, told - {attribute.name for attribute in self.attributes}))
        if unknown:
            raise ValueError(f"attributes under reference.table that are declared, not {', '.join(unknown)}")
        return self

    @model_validator(mode="after")
    def _what_was_not_recorded_has_no_column(self) -> Self:
        absent = self.not_recorded or ()
        stands = [what for what in absent if any(what in dataset.records for dataset in self.sets)]
        if stands or len(set(absent)) != len(absent):
            raise ValueError(
                "under not_recorded each word once, and none of which a data set names the column"
                + (f", as it does of {', '.join(stands)}" if stands else "")
            )
        return self

    def recorded(self, what: Recorded) -> bool | None:
        """Whether something was recorded of rows; None where nothing is said."""
        if any(what in dataset.records for dataset in self.sets):
            return True
        return None if self.not_recorded is None else what not in self.not_recorded

    @model_validator(mode="after")
    def _each_identifier_once(self) -> Self:
        declared = [(identifier.column, identifier.kind) for identifier in self.identifiers]
        if len(set(declared)) != len(declared):
            raise ValueError("each kind of identifier once for a column")
        return self

    def in_role(self, role: str) -> Dataset | None:
        """The data set in a role, if the vendor supplied one."""
        return next((dataset for dataset in self.sets if dataset.role == role), None)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of every data file, the reference population among them."""
        return (*(path for dataset in self.sets for path in dataset.files), self.reference.file)
