"""One attempt under a protocol: the folder of its records, and which attempt it is.

An attempt that was killed is taken up again, but only by the same program on the same machine: numbers of
another program must not pass for those of this one. What follows from the records is derived again and
compared with what is on record, so that no file left in the folder is signed unread. The records of the tasks
themselves are as trustworthy as the folder: whoever may write there may write results (isolation I0).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from certify.digest import Digest
from certify.environment import Environment
from certify.errors import Tampered
from certify.evidence import Result
from certify.qualification import Qualification
from certify.signing import LABORATORY_MEANING, Signer
from certify.store import Lease
from certify.value import DigestText, Instant, Line, Number, Value
from flows.wiring import now

STARTED, CONCLUDED, DELIVERED = "started.json", "concluded.json", "delivered.json"
WITHHELD = "withheld.dossier.zip"


class Started(Value):
    """The first record: when, by whom, with which program on which machine."""

    at: Instant
    laboratory: Line
    environment: Environment
    qualification: Qualification


class Kept(Value):
    """The record of one task."""

    result: Result
    seconds: Number


class Concluded(Value):
    """Fixed when everything was measured: the moment, and how many lines the ledger had."""

    at: Instant
    ledger: int = Field(ge=0)


class Receipt(Value):
    """The last record: the archive that was delivered."""

    archive: DigestText


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """The records of one attempt, and the right to add to them."""

    number: int
    lease: Lease
    started: Started

    @classmethod
    def open(
        cls, runs: Path, *, laboratory: str, environment: Environment, qualification: Qualification
    ) -> Self:
        """The last attempt, if it was never delivered and began as we would begin now; else a new one."""
        last = max(_numbers(runs), default=0)
        ours = (laboratory, environment, qualification)
        resumable = last > 0 and _resumable(runs / _name(last), ours)
        number = last if resumable else last + 1
        lease = Lease.take(runs / _name(number))
        wanted = Started(
            at=now(), laboratory=laboratory, environment=environment, qualification=qualification
        )
        started = Started.from_bytes(lease.record(STARTED, wanted.to_bytes()), source=STARTED)
        return cls(number=number, lease=lease, started=started)

    @property
    def purpose(self) -> str:
        """What the ledger says about this attempt; another beginning is another purpose."""
        return f"attempt {self.number}, begun as {self.started.value_digest.short}"

    def has(self, task: Digest) -> bool:
        """Whether a task is on record."""
        return (self.lease.folder / _record(task)).exists()

    def kept(self, task: Digest) -> Kept | None:
        """What is on record for a task."""
        path = self.lease.folder / _record(task)
        return Kept.from_bytes(path.read_bytes(), source=path.name) if path.exists() else None

    def keep(self, task: Digest, kept: Kept) -> Kept:
        """Put a task on record; what is there already stays, and is returned."""
        return Kept.from_bytes(self.lease.record(_record(task), kept.to_bytes()), source=_record(task))

    def conclude(self, *, ledger: int, opened: int) -> Concluded:
        """The moment of concluding: now, or when it was concluded before.

        `ledger` is the number of its lines now, `opened` the number when the data had been opened.
        """
        data = self.lease.record(CONCLUDED, Concluded(at=now(), ledger=ledger).to_bytes())
        concluded = Concluded.from_bytes(data, source=CONCLUDED)
        if not opened <= concluded.ledger <= ledger or not self.started.at <= concluded.at <= now():
            raise Tampered(f"{CONCLUDED} of attempt {self.number} does not fit the ledger and the clock")
        return concluded

    def signer(self, name: str, key_kind: Literal["development"]) -> Signer:
        """Who signs and when, put on record before signing. Another name than on record is refused."""
        wanted = Signer(
            name=name, role="laboratory", key_kind=key_kind, meaning=LABORATORY_MEANING, signed_at=now()
        )
        recorded = Signer.from_bytes(
            self.lease.record("signer.json", wanted.to_bytes()), source="signer.json"
        )
        if recorded.model_copy(update={"signed_at": wanted.signed_at}) != wanted:
            raise Tampered(
                f"attempt {self.number} is on record as to be signed by {recorded.name}, not {name}"
            )
        if not self.started.at <= recorded.signed_at <= wanted.signed_at:
            raise Tampered(f"attempt {self.number} is on record as signed at a time that cannot be")
        return recorded

    def derive(self, name: str, data: bytes) -> bytes:
        """Put on record what follows from the other records; raises `Tampered` if something else is there."""
        if self.lease.record(name, data) != data:
            raise Tampered(
                f"{name} on record in attempt {self.number} does not follow from the other records"
            )
        return data


def _numbers(runs: Path) -> list[int]:
    names = [path.name for path in runs.glob("attempt-*")] if runs.exists() else []
    return [int(match.group(1)) for name in names if (match := re.fullmatch(r"attempt-(\d+)", name))]


def _name(number: int) -> str:
    return f"attempt-{number}"


def _record(task: Digest) -> str:
    return f"tasks/{task.hex}.json"


def _resumable(folder: Path, ours: tuple[str, Environment, Qualification]) -> bool:
    if (folder / DELIVERED).exists():
        return False
    if not (folder / STARTED).exists():
        return True  # killed before it had begun
    started = Started.from_bytes((folder / STARTED).read_bytes(), source=STARTED)
    return (started.laboratory, started.environment, started.qualification) == ours
