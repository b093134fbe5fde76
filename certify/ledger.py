"""The ledger: who opened which data, when and for what, as lines that only grow.

Each line carries the digest of the line before, so that a line that was changed, removed or put in later
is found, once another line follows: the last one is held only by the dossiers that quote it. An unreadable
ledger is an error, never an empty one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_serializer

from certify.digest import Digest
from certify.errors import Tampered
from certify.value import DigestText, Instant, Line, Value

GENESIS = Digest.of(b"certify ledger")


Event = Literal["locked", "opened", "told"]


class Entry(Value):
    """One event: a protocol was locked, data of a role were opened, or details about them were told.

    `data` are the digests of the files concerned: what counts is which bytes were looked at, whatever the
    submission around them was called at the time, and in whatever role they were declared.
    """

    sequence: int = Field(ge=0)
    previous: DigestText
    at: Instant
    event: Event
    role: Line
    submission: DigestText
    data: tuple[DigestText, ...]
    protocol: DigestText | None
    purpose: Line
    series: DigestText | None = None
    """What several attempts on the same data have in common; see `Protocol.series`."""

    @model_serializer(mode="wrap")
    def _no_series_is_not_mentioned(self, handler: Any) -> Any:
        value = handler(self)
        return {k: v for k, v in value.items() if k != "series" or v is not None}


class Ledger:
    """The ledger in one file, one canonical JSON object a line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(
        self, *, event: Event, role: str, submission: Digest, data: Iterable[Digest],
        protocol: Digest | None, purpose: str, at: datetime, series: Digest | None = None,
    ) -> Entry:  # fmt: skip
        """Add a line and flush it to disk; raises `Tampered` if the lines before do not hold together."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path, "a+b") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            self._drop_torn_line(stream.fileno())
            entries = self.entries()
            entry = Entry(
                sequence=len(entries),
                previous=entries[-1].value_digest if entries else GENESIS,
                at=at,
                event=event,
                role=role,
                submission=submission,
                data=tuple(sorted(data)),
                protocol=protocol,
                purpose=purpose,
                series=series,
            )
            stream.write(entry.to_bytes() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        return entry

    def entries(self) -> tuple[Entry, ...]:
        """All lines; raises `Tampered` where the chain is broken."""
        return tuple(self._read()) if self._path.exists() else ()

    def _read(self) -> Iterator[Entry]:
        previous, sequence = GENESIS, 0
        for line in self._path.read_bytes().splitlines():
            entry = Entry.from_bytes(line, source=f"{self._path.name}: line {sequence + 1}")
            if entry.previous != previous or entry.sequence != sequence:
                raise Tampered(f"{self._path.name}: line {sequence + 1} does not follow from the line before")
            yield entry
            previous, sequence = entry.value_digest, sequence + 1

    def _drop_torn_line(self, descriptor: int) -> None:
        """A kill while writing leaves a line without its end: it was never acknowledged, so it goes."""
        data = self._path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.ftruncate(descriptor, data.rfind(b"\n") + 1)


def openings(entries: Iterable[Entry], *, data: Collection[Digest]) -> tuple[Entry, ...]:
    """Every time that any of these bytes were opened, for whatever purpose."""
    return tuple(e for e in entries if e.event == "opened" and not set(data).isdisjoint(e.data))


def tellings(entries: Iterable[Entry], *, data: Collection[Digest]) -> tuple[Entry, ...]:
    """Every time that more than one bit was told of what any of these bytes show."""
    return tuple(e for e in entries if e.event == "told" and not set(data).isdisjoint(e.data))
