"""The record: where, when, by whom and on which bytes, and how anybody can verify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from certify.dossier import Dossier
from certify.environment import Environment
from certify.ledger import Entry
from certify.pack import PackReference
from certify.protocol import Protocol
from certify.qualification import Qualification
from certify.task import task_of
from certify.verification import NOT_CHECKED
from reports.language import Phrase, Words
from reports.number import Figure, figure

VERIFY = "certify verify FILE --key PUB"


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A moment in UTC."""

    shown: str
    """For people, to the second."""
    exact: str
    """ISO 8601, as the dossier holds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryView:
    """A library in use."""

    name: str
    """Its name."""
    version: str
    """Its version, or that it is absent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentView:
    """Where it was measured."""

    python: str
    """The interpreter."""
    system: str
    """The operating system."""
    processor: str
    """The processor."""
    program: str
    """The digest of the source that measured and judged."""
    cores: int
    """How many cores the machine has."""
    threads: int
    """How many threads a worker may use."""
    isolation: str
    """How far the worker was isolated: I0 to I3."""
    network: str
    """Whether the workers were denied the network."""
    variables: tuple[str, ...]
    """Environment variables that reach the arithmetic."""
    libraries: tuple[LibraryView, ...]
    """Libraries and versions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskTime:
    """How long one task took."""

    task: str
    """The digest of the task."""
    checks: tuple[str, ...]
    """The checks that it serves."""
    seconds: Figure
    """How long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunView:
    """One attempt at measuring."""

    program: str
    """Program and version."""
    attempt: int
    """Its number, from 1."""
    laboratory: str
    """Who ran it."""
    started: Moment
    """When it began."""
    finished: Moment
    """When it was concluded."""
    times: tuple[TaskTime, ...]
    """How long each task took."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackView:
    """A pack from which checks were taken."""

    id: str
    """Its namespace."""
    version: str
    """Its version."""
    steward: str
    """Who signed it, and with which kind of key; that nobody did, where nobody did."""
    lock: str
    """The digest of the signed list of its files; empty if it was not signed."""
    stewards: str
    """The digest of the list by which its steward's key was believed; empty if it was not signed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProtocolView:
    """What was fixed before the test data were opened."""

    basis: str
    """The basis that it locks."""
    locked_at: Moment
    """When it was locked."""
    locked_by: str
    """By whom."""
    allowance: str
    """How often the test data were opened and may be opened, in words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryView:
    """One line of the ledger."""

    sequence: int
    """Its number."""
    at: Moment
    """When."""
    event: str
    """Locked or opened."""
    role: str
    """Which data."""
    protocol: str
    """Under which protocol; empty for none."""
    purpose: str
    """For what."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArtifactView:
    """One file of the submission."""

    path: str
    """Its path."""
    digest: str
    """Its digest."""
    size: int
    """Its size in bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Everything behind the findings."""

    environment: EnvironmentView
    """Where."""
    run: RunView
    """When, and how long."""
    packs: tuple[PackView, ...]
    """Whose checks they are."""
    proved: str
    """What was proved of the program before it measured."""
    protocol: ProtocolView
    """What was locked."""
    ledger: tuple[EntryView, ...]
    """Who opened which data."""
    artifacts: tuple[ArtifactView, ...]
    """Every file of the submission."""
    verify: str
    """The command that verifies the dossier."""
    not_checked: tuple[Phrase, ...]
    """What that command does not check."""


def record(dossier: Dossier, words: Words) -> Record:
    """The record of a dossier."""
    return Record(
        environment=_environment(dossier.environment, words),
        run=_run(dossier),
        packs=tuple(_pack(pack, words) for pack in dossier.basis.packs),
        proved=_proved(dossier.run.qualification, words),
        protocol=_protocol(dossier.protocol, dossier.openings, words),
        ledger=tuple(_entry(entry, words) for entry in dossier.openings),
        artifacts=tuple(
            ArtifactView(path=artifact.path, digest=str(artifact.digest), size=artifact.size)
            for artifact in dossier.artifacts
        ),
        verify=VERIFY,
        not_checked=tuple(map(words.sentence, NOT_CHECKED)),
    )


def moment(at: datetime) -> Moment:
    """A moment for people; the dossier keeps all of them in UTC."""
    return Moment(shown=f"{at:%Y-%m-%d %H:%M:%S} UTC", exact=at.isoformat())


def _environment(environment: Environment, words: Words) -> EnvironmentView:
    return EnvironmentView(
        python=environment.python,
        system=environment.system,
        processor=environment.processor,
        program=str(environment.program),
        cores=environment.cores,
        threads=environment.threads_per_worker,
        isolation=environment.isolation,
        network=words.say("network_denied" if environment.network_denied else "network_open"),
        variables=environment.variables,
        libraries=tuple(LibraryView(name=lib.name, version=lib.version) for lib in environment.libraries),
    )


def _run(dossier: Dossier) -> RunView:
    run, serves = dossier.run, _serves(dossier)
    return RunView(
        program=dossier.program,
        attempt=run.attempt,
        laboratory=run.laboratory,
        started=moment(run.started),
        finished=moment(run.finished),
        times=tuple(
            TaskTime(task=task, checks=serves.get(task, ()), seconds=figure(run.seconds[task]))
            for task in sorted(run.seconds)
        ),
    )


def _pack(pack: PackReference, words: Words) -> PackView:
    by = words.say("signed_by", steward=pack.steward or "", kind=words.term(pack.key_kind or "none"))
    return PackView(
        id=pack.id,
        version=pack.version,
        steward=by if pack.signed else words.say("signed_by_nobody"),
        lock=str(pack.lock) if pack.lock is not None else "",
        stewards=str(pack.stewards) if pack.stewards is not None else "",
    )


def _proved(proof: Qualification, words: Words) -> str:
    return words.say("proved_counts", vectors=proof.vectors, specimens=proof.specimens)


def _serves(dossier: Dossier) -> Mapping[str, tuple[str, ...]]:
    """Digest of a task to the checks that ask it."""
    asked = [(str(task_of(c, dossier.submission).value_digest), c.id) for c in dossier.basis.required]
    return {task: tuple(check for other, check in asked if other == task) for task, _ in asked}


def _protocol(protocol: Protocol, entries: tuple[Entry, ...], words: Words) -> ProtocolView:
    opened = sum(entry.event == "opened" and entry.role == "test" for entry in entries)
    return ProtocolView(
        basis=protocol.basis_id,
        locked_at=moment(protocol.locked_at),
        locked_by=protocol.locked_by,
        allowance=words.say("allowance_of", opened=opened, allowed=protocol.allowance),
    )


def _entry(entry: Entry, words: Words) -> EntryView:
    return EntryView(
        sequence=entry.sequence,
        at=moment(entry.at),
        event=words.term(entry.event),
        role=words.term(entry.role),
        protocol="" if entry.protocol is None else str(entry.protocol),
        purpose=entry.purpose,
    )
