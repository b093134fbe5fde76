"""Locking: a protocol is fixed once, known to the ledger, and taken from its file after that."""

from __future__ import annotations

from pathlib import Path

from certify.basis import MOST_ATTEMPTS, Basis
from certify.errors import Problem, Tampered, UnusableInput
from certify.intake import Intake
from certify.protocol import Protocol, lock
from certify.store import write_durably
from flows.wiring import Workplace, now


def lock_protocol(
    intake: Intake, basis: Basis, workplace: Workplace, *, by: str, attempts: int | None = None
) -> Protocol:
    """The protocol of a submission under a basis: the one on file, else fixed now and written down.

    `attempts` says how many share alpha: one if neither it nor a protocol on file says so. The ledger knows
    of a lock before the file is there: a protocol that it does not know, or that fixes something else, raises
    `Tampered`. Raises `UnusableInput` if nothing is required, or another number of attempts is locked.
    """
    if not basis.required:
        raise _nothing_required(basis)
    path = workplace.protocol(intake.root, basis.value_digest)
    allowed = attempts or _allowance_on_file(path)
    fresh = lock(
        root=intake.root, manifest=intake.manifest, artifacts=intake.artifacts, basis=among(basis, allowed),
        at=now(), by=by,
    )  # fmt: skip
    if not path.exists():
        _note_lock(workplace, fresh)
        write_durably(path, fresh.to_bytes())
    protocol = Protocol.from_bytes(path.read_bytes(), source=path.name)
    if protocol.allowance != allowed:
        raise _locked_otherwise(protocol.allowance, allowed)
    known = {entry.protocol for entry in workplace.ledger.entries() if entry.event == "locked"}
    if protocol.substance != fresh.substance or protocol.value_digest not in known:
        raise Tampered(f"{path.name}: not the protocol that was locked for this submission and basis")
    return protocol


def among(basis: Basis, attempts: int) -> Basis:
    """The basis where so many attempts share alpha; raises `UnusableInput` for more than may."""
    if 1 <= attempts <= MOST_ATTEMPTS:
        return basis.among(attempts)
    raise UnusableInput(
        Problem(
            source="--attempts",
            expected=f"from 1 to {MOST_ATTEMPTS}",
            found=str(attempts),
            remedy="With more, hardly anything can be demonstrated by any of them.",
        )
    )


def _allowance_on_file(path: Path) -> int:
    return Protocol.from_bytes(path.read_bytes(), source=path.name).allowance if path.exists() else 1


def _locked_otherwise(locked: int, asked: int) -> UnusableInput:
    return UnusableInput(
        Problem(
            source="--attempts",
            expected=f"{locked}, as this submission is locked under this basis",
            found=str(asked),
            remedy="A lock is not opened again: keep to it, or lock other test data.",
        )
    )


def _nothing_required(basis: Basis) -> UnusableInput:
    return UnusableInput(
        Problem(
            source=basis.id,
            expected="at least one required check",
            found="none: the declared facts excuse all of them",
            remedy="Choose a basis that applies to this system.",
        )
    )


def _note_lock(workplace: Workplace, protocol: Protocol) -> None:
    workplace.ledger.append(
        event="locked",
        role="none",
        submission=protocol.submission,
        data=protocol.files.values(),
        protocol=protocol.value_digest,
        purpose=f"protocol under {protocol.basis_id}",
        at=now(),
        series=protocol.series,
    )
