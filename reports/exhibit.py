"""What methods left to be drawn, read as strictly as if an enemy had written it.

The worker that wrote it ran a vendor's model, and may not be itself any more. So: only bytes that the dossier
names by digest and that everybody may see, only so many of them, only the forms below, only finite numbers in
their ranges, never more lines than a page can hold. What does not fit is not drawn, and the report says so.
Whether what fits is also true is asked of the signed estimates, where they say the same (`agrees`).
Unknown keys are left unread: a method may tell more than a picture shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from certify.digest import Digest, read_canonical
from certify.errors import Tampered
from certify.evidence import WHOLE, EvidenceItem, Measurement, exact
from certify.value import Value

MOST_BYTES = 2_000_000
"""Larger exhibits are not read at all."""

MOST_LINES = 2_000
"""More lines than that nobody reads in a table on a page."""

MOST_PARTS = 512
"""Of one column: as many as a tabulation has at most."""

_NEAR = Decimal("1e-9")


def _decimal(value: object) -> object:
    """A JSON number by its shortest spelling; canonical JSON knows no NaN and no infinity."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact(value)
    return value


Count = Annotated[int, Field(ge=0, le=10**12)]
Share = Annotated[Decimal, BeforeValidator(_decimal), Field(ge=0, le=1)]
Label = Annotated[str, Field(max_length=300)]


class Form(Value):
    """Root of the forms: strict like every value, but deaf to keys that it does not know."""

    model_config = ConfigDict(extra="ignore")


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


def read(item: EvidenceItem, data: bytes, form: type[Form]) -> Form | None:
    """An exhibit in its form; None for bytes that the dossier does not name, and for any other form."""
    if len(data) > MOST_BYTES or Digest.of(data) != item.digest:
        return None
    try:
        return form.from_json(read_canonical(data, source=item.name))
    except (Tampered, ValidationError, RecursionError):
        return None


def agrees(result: Measurement, statistic: str, said: Mapping[str, Decimal]) -> bool:
    """Whether an exhibit says of each stratum what the signed estimates say, which are what was judged."""
    found = {e.stratum: e.value for e in result.estimates if e.statistic == statistic}
    return all(stratum in found and abs(found[stratum] - value) <= _NEAR for stratum, value in said.items())


def agrees_on_all(result: Measurement, statistic: str, value: Decimal) -> bool:
    """The same for all cases."""
    return agrees(result, statistic, {WHOLE: value})
