"""One examination, as plain functions: prepare, measure each task, conclude, seal.

Prefect wraps these functions (`flows.certification`) and adds nothing to what they decide, so that every
law can be tested without its server. Each step leaves a record under an attempt; an attempt that was killed
is taken up again from its records, and a step that is already on record is not done twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from certify import __version__
from certify.basis import Basis, resolve
from certify.digest import Digest
from certify.dossier import DOSSIER, EVIDENCE_FOLDER, REPORT, SEAL, Dossier, Run, archive
from certify.envelope import open_seal, seal
from certify.environment import capture
from certify.intake import Intake, take_in
from certify.key import SigningKey
from certify.ledger import Entry, Event
from certify.pack import Standards
from certify.protocol import Protocol
from certify.qualification import Qualification
from certify.sandbox import ISOLATION, NETWORK_DENIED
from certify.signing import statement
from certify.standard import Check
from certify.store import write_durably
from certify.submission import load
from certify.task import Task, task_of
from certify.verdict import Finding
from checks.planning.advice import advise
from flows.attempt import DELIVERED, WITHHELD, Attempt, Kept, Receipt
from flows.locking import lock_protocol
from flows.measuring import Answer
from flows.self_test import SelfTest
from flows.wiring import Workplace, now, program_digest, qualification_records

Measure = Callable[[Task], Answer]


@dataclass(frozen=True, kw_only=True)
class Examination:
    """Everything that is fixed before anything is measured."""

    intake: Intake
    basis: Basis
    protocol: Protocol
    attempt: Attempt
    workplace: Workplace

    @cached_property
    def questions(self) -> tuple[tuple[Check, Digest], ...]:
        """Every check with the task that serves it, digested once: progress looks at them all the time."""
        root = self.intake.root
        return tuple((check, task_of(check, root).value_digest) for check in self.basis.required)

    @cached_property
    def tasks(self) -> Mapping[Digest, Task]:
        """Every task once, also where two checks ask the same."""
        return {digest: task_of(check, self.intake.root) for check, digest in self.questions}

    def checks_of(self, task: Digest) -> tuple[str, ...]:
        """The checks that a task serves."""
        return tuple(check.id for check, digest in self.questions if digest == task)

    @property
    def finished(self) -> int:
        """How many tasks are on record."""
        return sum(self.attempt.has(task) for task in self.tasks)


def read_submission(folder: Path, workplace: Workplace) -> Intake:
    """Parse a submission and take its bytes in."""
    return take_in(load(folder), workplace.blobs)


def agree_basis(name: str, intake: Intake, standards: Standards) -> Basis:
    """Resolve a basis for a submission; nothing has run if this refuses."""
    return resolve(
        name,
        bases=standards.bases,
        checks=standards.checks,
        packs=standards.references,
        facts=intake.manifest.facts,
    )


Qualify = Callable[[SelfTest, Basis], Qualification]


def prepare(
    folder: Path,
    basis_name: str,
    workplace: Workplace,
    *,
    laboratory: str = "the vendor's own",
    qualify: Qualify = SelfTest.vectors,
) -> Examination:
    """Fix everything, and open the attempt: a new one, or the one that was interrupted.

    The program proves itself on the checks of the basis before any data are opened: `qualify` is the whole
    self-test in a certification, and its vectors alone where somebody only tries.
    """
    intake = read_submission(folder, workplace)
    standards = workplace.load_standards()
    basis = agree_basis(basis_name, intake, standards)
    environment = capture(program=program_digest(), isolation=ISOLATION, network_denied=NETWORK_DENIED)
    self_test = SelfTest(standards=standards, environment=environment, records=qualification_records())
    qualification = qualify(self_test, basis)
    protocol = lock_protocol(intake, basis, workplace, by=laboratory)
    attempt = Attempt.open(
        workplace.runs(protocol.value_digest),
        laboratory=laboratory,
        environment=environment,
        qualification=qualification,
    )
    examination = Examination(
        intake=intake,
        basis=basis.among(protocol.allowance),
        protocol=protocol,
        attempt=attempt,
        workplace=workplace,
    )
    _note_openings(examination)
    return examination


def _note_openings(examination: Examination) -> None:
    """Write every opening into the ledger, once an attempt: a resumed one finds its lines."""
    protocol, purpose = examination.protocol, examination.attempt.purpose
    entries = examination.workplace.ledger.entries()
    noted = {e.role for e in entries if (e.protocol, e.purpose) == (protocol.value_digest, purpose)}
    for role in sorted({task.role for task in examination.tasks.values()} - {"none"} - noted):
        note_opening(
            examination.workplace,
            submission=protocol.submission,
            role=role,
            data=tuple(protocol.committed(f"data.{role}").values()),
            protocol=protocol,
            purpose=purpose,
        )


def note_opening(
    workplace: Workplace,
    *,
    submission: Digest,
    role: str,
    data: tuple[Digest, ...],
    purpose: str,
    protocol: Protocol | None = None,
    event: Event = "opened",
) -> Entry:
    """Write into the ledger that data of a role are opened, and under which protocol, if under any."""
    return workplace.ledger.append(
        event=event,
        role=role,
        submission=submission,
        data=data,
        protocol=None if protocol is None else protocol.value_digest,
        purpose=purpose,
        at=now(),
        series=None if protocol is None else protocol.series,
    )


def examine(examination: Examination, task: Digest, measure: Measure) -> Kept:
    """Measure one task, or find it on record. Doing it twice is doing it once."""
    known = examination.attempt.kept(task)
    if known is not None:
        return known
    answer = measure(examination.tasks[task])
    kept = Kept(result=answer.result, seconds=Decimal(f"{answer.seconds:.3f}"))
    return examination.attempt.keep(task, kept)


def conclude(examination: Examination) -> Dossier:
    """The dossier over everything on record. A task without a record has no finding, and refuses."""
    attempt = examination.attempt
    ledger = examination.workplace.ledger.entries()
    concluded = attempt.conclude(ledger=len(ledger), opened=_last_opening(examination, ledger))
    kept = {task: record for task in examination.tasks if (record := attempt.kept(task))}
    findings = _findings(examination, kept)
    dossier = Dossier(
        program=f"certify {__version__}",
        submission=examination.intake.root,
        artifacts=examination.intake.artifacts,
        manifest=examination.intake.manifest,
        basis=examination.basis,
        protocol=examination.protocol,
        findings=findings,
        environment=attempt.started.environment,
        openings=_relevant(ledger[: concluded.ledger], examination.protocol),
        run=Run(
            attempt=attempt.number,
            laboratory=attempt.started.laboratory,
            started=attempt.started.at,
            finished=concluded.at,
            qualification=attempt.started.qualification,
            seconds={str(task): record.seconds for task, record in kept.items()},
        ),
        advice=tuple(a for finding in findings for a in advise(finding, examination.protocol)),
    )
    return Dossier.from_bytes(attempt.derive(DOSSIER, dossier.to_bytes()), source=DOSSIER)


def _last_opening(examination: Examination, ledger: tuple[Entry, ...]) -> int:
    """How long the ledger was at least when the data had been opened for this attempt."""
    ours = (examination.protocol.value_digest, examination.attempt.purpose)
    return max((e.sequence + 1 for e in ledger if (e.protocol, e.purpose) == ours), default=0)


def _findings(examination: Examination, kept: Mapping[Digest, Kept]) -> tuple[Finding, ...]:
    asked = examination.questions
    return tuple(Finding(check=check, result=kept[task].result) for check, task in asked if task in kept)


def _relevant(entries: tuple[Entry, ...], protocol: Protocol) -> tuple[Entry, ...]:
    """The lines of the ledger that speak of this protocol or its series, or of these data."""
    data = {c.digest for c in protocol.commitments if c.group.startswith("data.")}
    ours, series = protocol.value_digest, protocol.series
    return tuple(
        e
        for e in entries
        if e.protocol == ours
        or (protocol.allowance > 1 and e.series == series)
        or (e.event != "locked" and not data.isdisjoint(e.data))
    )


def close(
    examination: Examination,
    dossier: Dossier,
    *,
    key: SigningKey,
    signer: str,
    render: Callable[[Dossier, Mapping[Digest, bytes]], bytes],
) -> bytes:
    """The sealed archive: recorded what will be signed, then signed, then recorded the signature.

    The report follows from what else is in the archive, dossier and evidence: anybody can render it again.
    """
    attempt, blobs = examination.attempt, examination.workplace.blobs
    evidence = {item.digest: blobs.get(item.digest) for item in dossier.evidence}
    members = {DOSSIER: dossier.to_bytes(), REPORT: attempt.derive(REPORT, render(dossier, evidence))}
    members |= {EVIDENCE_FOLDER + digest.hex: data for digest, data in evidence.items()}
    payload = statement(dossier, members, attempt.signer(signer, "development"))
    attempt.derive("statement.json", payload)
    members[SEAL] = attempt.lease.record(SEAL, seal(payload, key))
    open_seal(members[SEAL], key.public, source=SEAL)  # a resumed attempt may hold another key's seal
    return archive(members)


def tells_details(dossier: Dossier) -> bool:
    """Whether an attempt ends with its dossier: the only one does, and one of several if it conforms.

    Any other answers with one bit. What else was found would let the next attempt fit the test data.
    """
    return dossier.protocol.allowance == 1 or dossier.verdict.decision == "conforming"


def withhold(examination: Examination, sealed: bytes) -> None:
    """End an attempt without handing its dossier out: it stays among the records of whoever ran it."""
    examination.attempt.lease.record(WITHHELD, sealed)
    examination.attempt.lease.record(DELIVERED, Receipt(archive=Digest.of(sealed)).to_bytes())


def deliver(examination: Examination, sealed: bytes, destination: Path) -> None:
    """Put the archive where the user wants it; only then is the attempt over.

    Where several attempts share the test data, the ledger says before that they are retired by it.
    """
    if examination.protocol.allowance > 1:
        _note_telling(examination)
    write_durably(destination, sealed, replace=True)
    receipt = Receipt(archive=Digest.of(sealed))
    examination.attempt.lease.record(DELIVERED, receipt.to_bytes())


def _note_telling(examination: Examination) -> None:
    """Once an attempt: a resumed one finds its line."""
    protocol, purpose = examination.protocol, f"details of {examination.attempt.purpose}"
    entries = examination.workplace.ledger.entries()
    if any((e.event, e.protocol, e.purpose) == ("told", protocol.value_digest, purpose) for e in entries):
        return
    note_opening(
        examination.workplace,
        submission=protocol.submission,
        role="test",
        data=tuple(protocol.committed("data.test").values()),
        protocol=protocol,
        purpose=purpose,
        event="told",
    )
