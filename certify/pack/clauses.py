"""The clauses that a pack speaks of: what a law or standard requires, in our own words, place by place.

The ledger is what coverage is counted against: a clause that no check of a basis shows is uncovered, and is
said to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from certify.pack.file import read_file
from certify.standard import Mode
from certify.strict_yaml import MAX_BYTES, read
from certify.value import Bilingual, Day, Line, Name, Prose, Value

CLAUSES_FILE = "clauses.yaml"


class ClauseEntry(Value):
    """One place in an instrument, and how what it requires can be shown at all."""

    locator: Line
    requires: Bilingual
    modes: tuple[Mode, ...] = Field(min_length=1)
    area: Name
    module: Literal["M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7"]
    kind: Literal["gate", "disclose", "context", "voluntary"]
    read: Literal["official", "secondary", "memory", "ours"]
    """Where the text was read; `ours` marks a rule of this programme, which is no law."""


class Ledger(Value):
    """The clauses of one instrument."""

    instrument: Line
    as_of: Day
    source: Prose
    clauses: tuple[ClauseEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_place_once(self) -> Self:
        locators = [clause.locator for clause in self.clauses]
        twice = sorted({locator for locator in locators if locators.count(locator) > 1})
        if twice:
            raise ValueError(f"each locator once, not {', '.join(twice[:5])} again")
        return self


class ClauseFile(Value):
    """`clauses.yaml` as written."""

    shown_by: ClassVar[str] = "standards/README.md says what stands in clauses.yaml."

    ledgers: tuple[Ledger, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_instrument_once(self) -> Self:
        names = [ledger.instrument for ledger in self.ledgers]
        if len(set(names)) != len(names):
            raise ValueError("each instrument once")
        return self


def read_ledgers(folders: Iterable[Path]) -> tuple[Ledger, ...]:
    """The ledgers of packs, in their order; a pack without the file has none.

    Raises `UnusableInput` with every defect of the first file that has any.
    """
    paths = [folder / CLAUSES_FILE for folder in folders]
    return tuple(ledger for path in paths if path.exists() for ledger in _ledgers(path))


def _ledgers(path: Path) -> tuple[Ledger, ...]:
    source = f"packs/{path.parent.name}/{path.name}"
    data = read_file(path, source=source, most=MAX_BYTES)
    return read(data, source=source).validate(ClauseFile).ledgers
