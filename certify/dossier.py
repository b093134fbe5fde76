"""The dossier: everything on which a verdict rests, as one value and as one file.

The value is canonical JSON; the file is a zip archive without compression, dates or choices, so that the
same dossier is the same bytes. Outcomes are not stored in it: whoever reads it derives them again.

    dossier.json         the value below, canonical (RFC 8785)
    evidence/<sha256>    what the methods produced, by content
    report.html          a rendering, for people
    seal.dsse.json       the signed statement over all of the above (`certify.signing`)
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Literal

from pydantic import Field

from certify.basis import Basis
from certify.certifiability import Standing
from certify.digest import Digest
from certify.environment import Environment
from certify.errors import Tampered
from certify.evidence import EvidenceItem, Measurement
from certify.ledger import Entry, openings, tellings
from certify.protocol import Protocol
from certify.qualification import Qualification
from certify.standard import Identity
from certify.submission import Artifact, Manifest
from certify.value import DigestText, Instant, Line, Number, Value
from certify.verdict import Finding, Verdict, decide

DOSSIER, REPORT, SEAL = "dossier.json", "report.html", "seal.dsse.json"
EVIDENCE_FOLDER = "evidence/"
SELF_ASSESSED = "self-assessed: the error guarantee does not hold"

MAX_MEMBERS = 10_000
_EPOCH = (1980, 1, 1, 0, 0, 0)

KeyKind = Literal["development", "production", "none"]


class Run(Value):
    """One attempt at measuring: who ran it, when, and how long each task took in seconds."""

    attempt: int = Field(ge=1)
    laboratory: Line
    started: Instant
    finished: Instant
    qualification: Qualification
    seconds: Mapping[str, Number]


class Advice(Value):
    """About how many cases in all a refused comparison would need at the present estimate."""

    check: Identity
    stratum: Line
    cases: int | None = Field(default=None, ge=1)
    note: Line


class Dossier(Value):
    """Facts only: what was submitted, required, locked, measured, where and when."""

    format: Literal["certify/dossier/1"] = "certify/dossier/1"
    program: Line
    submission: DigestText
    artifacts: tuple[Artifact, ...]
    manifest: Manifest
    basis: Basis
    protocol: Protocol
    findings: tuple[Finding, ...]
    environment: Environment
    openings: tuple[Entry, ...]
    """The lines of the ledger that speak of this protocol or of these data."""
    run: Run
    advice: tuple[Advice, ...]

    @property
    def verdict(self) -> Verdict:
        """Derived from the findings each time that it is asked for."""
        return decide(self.findings, basis=self.basis, protocol=self.protocol)

    @property
    def evidence(self) -> tuple[EvidenceItem, ...]:
        """Every item of evidence once, by digest."""
        measured = [f.result for f in self.findings if isinstance(f.result, Measurement)]
        items = {item.digest: item for result in measured for item in result.evidence}
        return tuple(items[digest] for digest in sorted(items))

    @property
    def reproducible(self) -> tuple[Finding, ...]:
        """Findings that a second laboratory recomputes exactly in the same environment."""
        return tuple(f for f in self.findings if not f.result.observed)

    @property
    def observed(self) -> tuple[Finding, ...]:
        """Findings that depend on clocks, meters or float kernels: compared within a noise floor."""
        return tuple(f for f in self.findings if f.result.observed)

    @property
    def comparison_digest(self) -> Digest:
        """Equal for two runs that reproduce one another, whatever the clocks said."""
        findings = [
            [finding.check.id, str(finding.check.value_digest), finding.result.to_json()]
            for finding in sorted(self.reproducible, key=lambda finding: finding.check.id)
        ]
        return Digest.of_value([str(self.submission), str(self.protocol.substance), findings])

    def standing(self, key_kind: KeyKind) -> Standing:
        """What certifiability depends on. No countersignature has a place here yet."""
        return Standing(
            isolation=self.environment.isolation,
            network_denied=self.environment.network_denied,
            key_kind=key_kind,
            protocol_countersigned=False,
            locked_before_opening=self._locked_first,
            openings_within_allowance=len(self._test_openings) <= self.protocol.allowance,
            test_data_retired=bool(self._tellings),
            sealed_data_run_by_authority=False,
            excusals_countersigned=not self.basis.excused,
            unsigned_packs=self.basis.unsigned,
            development_packs=tuple(p.id for p in self.basis.packs if p.key_kind == "development"),
            qualified=self.run.qualification.specimens > 0,
            unproved_checks=self.run.qualification.unproved,
            deviations=0,
        )

    @property
    def _test_openings(self) -> tuple[Entry, ...]:
        return openings(self.openings, data=self.protocol.committed("data.test").values())

    @property
    def _tellings(self) -> tuple[Entry, ...]:
        return tellings(self.openings, data=self.protocol.committed("data.test").values())

    @property
    def attempt(self) -> int:
        """Which attempt on these test data this is, counted by the bytes that were opened."""
        return len(self._test_openings)

    @property
    def _locked_first(self) -> bool:
        """The order of the ledger's lines decides, which nobody can choose; not what a clock said.

        Everything was opened under this protocol, after its lock; or in an earlier attempt of the same
        series, after that series was first locked.
        """
        known = all(map(self._is_known, self._test_openings))
        return known and all(map(self._opened_after_lock, (self._is_ours, self._is_known)))

    def _opened_after_lock(self, among: Callable[[Entry], bool]) -> bool:
        locked = [e.sequence for e in self.openings if e.event == "locked" and among(e)]
        opened = [e.sequence for e in self._test_openings if among(e)]
        return bool(locked and opened) and min(opened) > min(locked)

    def _is_ours(self, entry: Entry) -> bool:
        return entry.protocol == self.protocol.value_digest

    def _is_known(self, entry: Entry) -> bool:
        """Ours, or of our series. A single attempt has none: another submission has had its only one."""
        in_series = self.protocol.allowance > 1 and entry.series == self.protocol.series
        return in_series or self._is_ours(entry)

    @property
    def members(self) -> tuple[str, ...]:
        """The names that the archive must hold besides report and seal."""
        return (DOSSIER, *(EVIDENCE_FOLDER + item.digest.hex for item in self.evidence))


def _ends_as_written(data: bytes) -> bool:
    """The last 22 bytes: no comment, and a directory of a size that is worth reading (APPNOTE 4.3.16)."""
    end = data[-22:]
    if len(end) < 22 or end[:4] != b"PK\x05\x06":
        return False
    members, size = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    return members <= MAX_MEMBERS and size <= MAX_MEMBERS * 256


def _is_plainly_stored(entry: zipfile.ZipInfo) -> bool:
    """Asked before anything is unpacked: a compressed member may hold a thousand times what it weighs."""
    return entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size


_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, OSError, RuntimeError,
)  # fmt: skip
"""Everything that the standard library is known to raise over a broken archive."""


def archive(members: Mapping[str, bytes]) -> bytes:
    """The one zip file that holds these members: `unpack(archive(m)) == m`, byte for byte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive_file:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive_file.writestr(entry, members[name])
    return buffer.getvalue()


def unpack(data: bytes, *, source: str) -> dict[str, bytes]:
    """The members of an archive; raises `Tampered` unless it is exactly what `archive` would write.

    Writing it again and comparing is what leaves no byte unlooked at: comments, gaps, dates, extra fields,
    a second directory and appended bytes all differ.
    """
    if not _ends_as_written(data):
        raise Tampered(f"{source}: expected a dossier, found no archive that ends as one")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive_file:
            entries = archive_file.infolist()
            if len(entries) > MAX_MEMBERS or not all(map(_is_plainly_stored, entries)):
                raise Tampered(f"{source}: expected a dossier, found an archive of another kind")
            members = {entry.filename: archive_file.read(entry) for entry in entries}
    except _UNREADABLE as error:
        raise Tampered(f"{source}: expected a dossier, found no readable archive ({error})") from error
    if archive(members) != data:
        raise Tampered(f"{source}: the archive is not in the one form in which a dossier is written")
    return members
