"""One examination, as plain functions: prepare, measure each task, conclude, seal.

Prefect wraps these functions (`flows.certification`) and adds nothing to what they decide, so that every
law can be tested without its server. Each step leaves a record under an attempt; an attempt that was killed
is taken up again from its records, and a step that is already on record is not done twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from certify import __version__
from certify.basis import Basis, resolve
from certify.digest import Digest, canonical
from certify.dossier import DOSSIER, REPORT, SEAL, Advice, Dossier, Run, archive
from certify.environment import capture
from certify.errors import Problem, UnusableInput
from certify.evidence import Result
from certify.intake import Intake, take_in
from certify.protocol import Protocol, lock
from certify.sandbox import ISOLATION, NETWORK_DENIED
from certify.signing import LABORATORY_MEANING, Signer, SigningKey, open_seal, seal, statement
from certify.store import Lease, write_durably
from certify.submission import load
from certify.task import Task, task_of
from certify.value import Instant, Line, Number, Value
from certify.verdict import Finding
from checks.planning import advise
from flows.measuring import Answer
from flows.wiring import Workplace, now

Measure = Callable[[Task], Answer]

DELIVERED = "delivered.json"


class Started(Value):
    """The first record of an attempt."""

    at: Instant
    laboratory: Line


class Kept(Value):
    """The record of one task."""

    result: Result
    seconds: Number


class Sealed(Value):
    """The last record of an attempt: who signs, and when, fixed before signing."""

    signer: Signer


@dataclass(frozen=True, kw_only=True, slots=True)
class Examination:
    """Everything that is fixed before anything is measured."""

    intake: Intake
    basis: Basis
    protocol: Protocol
    attempt: int
    lease: Lease
    workplace: Workplace

    @property
    def tasks(self) -> Mapping[Digest, Task]:
        """Every question of the basis once, also where two checks ask the same."""
        tasks = [task_of(check, self.intake.root) for check in self.basis.required]
        return {task.value_digest: task for task in tasks}

    def checks_of(self, task: Digest) -> tuple[str, ...]:
        """The checks that a task serves."""
        checks = self.basis.required
        return tuple(c.id for c in checks if task_of(c, self.intake.root).value_digest == task)

    def kept(self, task: Digest) -> Kept | None:
        """What is on record for a task."""
        path = self.lease.folder / _record(task)
        if not path.exists():
            return None
        return Kept.from_bytes(path.read_bytes(), source=path.name)

    @property
    def finished(self) -> int:
        """How many tasks are on record."""
        return sum((self.lease.folder / _record(task)).exists() for task in self.tasks)


def _record(task: Digest) -> str:
    return f"tasks/{task.hex}.json"


def read_submission(folder: Path, workplace: Workplace) -> Intake:
    """Parse a submission and take its bytes in."""
    return take_in(load(folder), workplace.blobs)


def agree_basis(name: str, intake: Intake, workplace: Workplace) -> Basis:
    """Load, bind and resolve a basis for a submission; nothing has run if this refuses."""
    standards = workplace.load_standards()
    return resolve(name, bases=standards.bases, checks=standards.checks, facts=intake.manifest.facts)


def lock_protocol(intake: Intake, basis: Basis, workplace: Workplace, *, by: str) -> Protocol:
    """The protocol of a submission under a basis: the one on file, else fixed now and written down.

    Raises `UnusableInput` if nothing is required: over nothing there is nothing to lock.
    """
    if not basis.required:
        raise UnusableInput(
            Problem(
                source=basis.id,
                expected="at least one required check",
                found="none: the declared facts excuse all of them",
                remedy="Choose a basis that applies to this system.",
            )
        )
    path = workplace.protocol(intake.root, basis.value_digest)
    fresh = lock(
        root=intake.root, manifest=intake.manifest, artifacts=intake.artifacts, basis=basis, at=now(), by=by
    )
    write_durably(path, fresh.to_bytes())
    protocol = Protocol.from_bytes(path.read_bytes(), source=path.name)
    purpose = f"protocol {protocol.value_digest.short} under {basis.id}"
    _note(workplace, "locked", "none", protocol, purpose)
    return protocol


def prepare(
    folder: Path, basis_name: str, workplace: Workplace, *, laboratory: str = "the vendor's own"
) -> Examination:
    """Fix everything, and open the attempt: a new one, or the one that was interrupted."""
    intake = read_submission(folder, workplace)
    basis = agree_basis(basis_name, intake, workplace)
    protocol = lock_protocol(intake, basis, workplace, by=laboratory)
    attempt, lease = _attempt(workplace.runs(protocol.value_digest))
    lease.record("started.json", Started(at=now(), laboratory=laboratory).to_bytes())
    examination = Examination(
        intake=intake, basis=basis, protocol=protocol, attempt=attempt, lease=lease, workplace=workplace
    )
    for role in sorted({task.role for task in examination.tasks.values()} - {"none"}):
        _note(workplace, "opened", role, protocol, f"attempt {attempt} under {basis.id}")
    return examination


def _attempt(runs: Path) -> tuple[int, Lease]:
    """The last attempt if it was never delivered, else the next."""
    names = [path.name for path in runs.glob("attempt-*")] if runs.exists() else []
    numbers = sorted(int(m.group(1)) for name in names if (m := re.fullmatch(r"attempt-(\d+)", name)))
    last = numbers[-1] if numbers else 0
    resumable = last > 0 and not (runs / f"attempt-{last}" / DELIVERED).exists()
    attempt = last if resumable else last + 1
    return attempt, Lease.take(runs / f"attempt-{attempt}")


def _note(workplace: Workplace, event: Any, role: str, protocol: Protocol, purpose: str) -> None:
    """Write to the ledger once: a resumed attempt finds its line."""
    wanted = (event, role, protocol.submission, purpose)
    for entry in workplace.ledger.entries():
        if (entry.event, entry.role, entry.submission, entry.purpose) == wanted:
            return
    workplace.ledger.append(
        event=event,
        role=role,
        submission=protocol.submission,
        protocol=protocol.value_digest,
        purpose=purpose,
        at=now(),
    )


def note_opening(workplace: Workplace, submission: Digest, role: str, purpose: str) -> None:
    """Write into the ledger that data of a role are opened outside any protocol."""
    if role != "none":
        workplace.ledger.append(
            event="opened", role=role, submission=submission, protocol=None, purpose=purpose, at=now()
        )


def examine(examination: Examination, task: Digest, measure: Measure) -> Kept:
    """Measure one task, or find it on record. Doing it twice is doing it once."""
    known = examination.kept(task)
    if known is not None:
        return known
    answer = measure(examination.tasks[task])
    kept = Kept(result=answer.result, seconds=Decimal(f"{answer.seconds:.3f}"))
    data = examination.lease.record(_record(task), kept.to_bytes())
    return Kept.from_bytes(data, source=_record(task))


def conclude(examination: Examination) -> Dossier:
    """The dossier over everything on record. A task without a record has no finding, and refuses."""
    kept = {task: examination.kept(task) for task in examination.tasks}
    findings = tuple(
        Finding(check=check, result=record.result)
        for check in examination.basis.required
        if (record := kept[task_of(check, examination.intake.root).value_digest]) is not None
    )
    started = _started(examination)
    ledger = examination.workplace.ledger.entries()
    dossier = Dossier(
        program=f"certify {__version__}",
        submission=examination.intake.root,
        artifacts=examination.intake.artifacts,
        manifest=examination.intake.manifest,
        basis=examination.basis,
        protocol=examination.protocol,
        findings=findings,
        environment=capture(isolation=ISOLATION, network_denied=NETWORK_DENIED),
        openings=tuple(entry for entry in ledger if entry.submission == examination.intake.root),
        run=Run(
            attempt=examination.attempt,
            laboratory=started.laboratory,
            started=started.at,
            finished=now(),
            seconds={str(task): record.seconds for task, record in kept.items() if record},
        ),
        advice=tuple(_advice(findings, examination.protocol)),
    )
    data = examination.lease.record(DOSSIER, dossier.to_bytes())
    return Dossier.from_bytes(data, source=DOSSIER)


def _started(examination: Examination) -> Started:
    path = examination.lease.folder / "started.json"
    return Started.from_bytes(path.read_bytes(), source=path.name)


def _advice(findings: tuple[Finding, ...], protocol: Protocol) -> list[Advice]:
    return [advice for finding in findings for advice in advise(finding, protocol)]


def close(
    examination: Examination,
    dossier: Dossier,
    *,
    key: SigningKey,
    signer: str,
    render: Callable[[Dossier], bytes],
) -> bytes:
    """The sealed archive: recorded what will be signed, then signed, then recorded the signature."""
    lease, blobs = examination.lease, examination.workplace.blobs
    members = {DOSSIER: dossier.to_bytes(), REPORT: lease.record(REPORT, render(dossier))}
    members |= {f"evidence/{item.digest.hex}": blobs.get(item.digest) for item in dossier.evidence}
    payload = statement(dossier, members, _signer(examination, signer))
    payload = lease.record("statement.json", payload)
    members[SEAL] = lease.record(SEAL, seal(payload, key))
    open_seal(members[SEAL], key.public, source=SEAL)  # a resumed attempt may hold another key's seal
    return archive(members)


def deliver(examination: Examination, sealed: bytes, destination: Path) -> None:
    """Put the archive where the user wants it; only then is the attempt over."""
    write_durably(destination, sealed, replace=True)
    receipt = {"archive": str(Digest.of(sealed))}
    examination.lease.record(DELIVERED, canonical(receipt))


def _signer(examination: Examination, name: str) -> Signer:
    intended = Sealed(
        signer=Signer(
            name=name,
            role="laboratory",
            key_kind="development",
            meaning=LABORATORY_MEANING,
            signed_at=now(),
        )
    )
    data = examination.lease.record("signer.json", intended.to_bytes())
    return Sealed.from_bytes(data, source="signer.json").signer
