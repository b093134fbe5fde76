"""Verifying a dossier offline, from its bytes and a public key alone.

Every byte is hashed again and every outcome derived again from the stored estimates; nothing that the
dossier says about itself is believed. What cannot be checked from the dossier is said as plainly as what
was: measurements are not run again, and without a trust file nobody knows whose basis and laboratory
these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from certify.basis import shared
from certify.deviation import Deviation, uncovered
from certify.digest import Digest, read_canonical
from certify.dossier import DOSSIER, REPORT, SEAL, Dossier, unpack
from certify.envelope import open_seal
from certify.errors import Problem, Tampered, UnusableInput
from certify.evidence import Measurement
from certify.key import PublicKey
from certify.protocol import lock
from certify.review import Review, reviewed
from certify.sandbox import ISOLATION, NETWORK_DENIED
from certify.signing import Signer, statement, subjects
from certify.standard import LOWEST_CONFIDENCE
from certify.submission import root_digest
from certify.task import task_of
from certify.verdict import Verdict

MAX_BYTES = 1 << 30
MAX_SEAL_BYTES = 4 << 20
CLOCKS_DIFFER = timedelta(minutes=10)

NOT_CHECKED = (
    "basis and laboratory not authenticated: no trust file says whose they are",
    "measurements were not run again",
    "the model, data and documents themselves, which are not in the dossier: only their digests are",
    "that the report says the same as the findings: only that its bytes are the signed ones",
    "revocation and current status: there is no register entry to consult",
    "the time of signing, which is the signer's own word",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """What was found in a dossier that holds together."""

    dossier: Dossier
    signer: Signer
    key: Digest
    obstacles: tuple[str, ...]
    checked: tuple[str, ...]
    not_checked: tuple[str, ...] = NOT_CHECKED
    reviews: tuple[Review, ...] = ()
    deviations: tuple[Deviation, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """That of the dossier, with what reviewers signed as findings."""
        return reviewed(self.dossier, self.reviews)

    @property
    def certifiable(self) -> bool:
        """Whether a plain certificate may follow."""
        return self.verdict.decision == "conforming" and not self.obstacles

    @property
    def tolerated(self) -> bool:
        """Whether it does not conform, and an authority answers for every refusal for a time."""
        refused = self.verdict.decision != "conforming"
        return refused and bool(self.deviations) and not uncovered(self.verdict, self.deviations)


def verify(path: Path, key: PublicKey) -> Verification:
    """Verify a dossier file now. Raises `Tampered` for any change, `UnusableInput` if there is no file."""
    return verify_bytes(_read(path), key, source=path.name, now=datetime.now(UTC))


def verify_bytes(data: bytes, key: PublicKey, *, source: str, now: datetime) -> Verification:
    """Verify the bytes of a dossier: the signature first, before anything that it covers is parsed.

    A dossier that was signed later than `now` is refused, but for a difference between clocks.
    """
    members = unpack(data, source=source)
    sealed = open_seal(_seal(members), key, source=SEAL)  # (1) the signature
    signed = {name: data for name, data in members.items() if name != SEAL}
    if _subjects(sealed) != subjects(signed):  # (2) over exactly these files
        raise Tampered(f"{SEAL}: the files are not those that were signed")
    dossier = Dossier.from_bytes(_member(members, DOSSIER), source=DOSSIER)
    signer = _signer(sealed)
    _same_members(dossier, signed)  # (3) no file that nothing in the dossier names
    defects = tuple(_defects(dossier, signer))  # (4) the parts belong together
    if signer.signed_at > now + CLOCKS_DIFFER:
        defects = (*defects, f"it was signed in the future, at {signer.signed_at}")
    if defects:
        raise Tampered(f"{DOSSIER}: {'; '.join(defects)}")
    if read_canonical(statement(dossier, signed, signer), source=SEAL) != sealed:  # (5) all derived again
        raise Tampered(f"{SEAL}: what was signed does not follow from the dossier")
    claim = sealed["predicate"]
    return Verification(
        dossier=dossier,
        signer=signer,
        key=key.fingerprint,
        obstacles=tuple(claim["obstacles"]),
        checked=(
            f"the signature of {signer.name} over {len(signed)} files",
            "the digest of every file, and that there is no file more or less",
            f"the outcome of {len(dossier.findings)} findings and the verdict, derived again",
            "that every finding answers the locked protocol on the committed bytes",
        ),
    )


def _seal(members: dict[str, bytes]) -> bytes:
    seal = _member(members, SEAL)
    if len(seal) > MAX_SEAL_BYTES:
        raise Tampered(f"{SEAL}: larger than any seal ({len(seal)} bytes)")
    return seal


def _subjects(sealed: Any) -> Any:
    return sealed.get("subject") if isinstance(sealed, dict) else None


def _read(path: Path) -> bytes:
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        found = (error.strerror or "an error").lower()
        problem = Problem(
            source=str(path), expected="a dossier", found=found, remedy="Name the .dossier.zip file."
        )
        raise UnusableInput(problem) from error
    if len(data) > MAX_BYTES:
        raise Tampered(f"{path.name}: larger than any dossier may be ({MAX_BYTES} bytes)")
    return data


def _member(members: dict[str, bytes], name: str) -> bytes:
    if name not in members:
        raise Tampered(f"the dossier holds no {name}")
    return members[name]


def _signer(sealed: Any) -> Signer:
    try:
        return Signer.from_json(sealed["predicate"]["signer"])
    except (KeyError, TypeError, ValidationError) as error:
        raise Tampered(f"{SEAL}: the statement does not say who signed") from error


def _same_members(dossier: Dossier, signed: dict[str, bytes]) -> None:
    expected = {*dossier.members, REPORT}
    if expected != set(signed):
        odd = ", ".join(sorted(expected ^ set(signed)))
        raise Tampered(f"files missing from the dossier or foreign to it: {odd}")
    for item in dossier.evidence:
        data = signed[f"evidence/{item.digest.hex}"]
        if Digest.of(data) != item.digest or len(data) != item.size:
            raise Tampered(f"evidence/{item.digest.hex}: not the bytes that the finding names")


def _defects(dossier: Dossier, signer: Signer) -> Iterator[str]:
    """Every way in which the parts of a dossier may contradict one another."""
    artifacts = {artifact.path: artifact.digest for artifact in dossier.artifacts}
    if len(artifacts) != len(dossier.artifacts) or root_digest(dossier.artifacts) != dossier.submission:
        yield "the artifacts do not add up to the submission's root digest"
    if set(artifacts) != set(dossier.manifest.files):
        yield "the artifacts are not the files of the manifest"
    open_checks = [check.id for check in dossier.basis.required if check.open_values]
    if open_checks:
        yield f"the basis leaves values open: {', '.join(open_checks)}"
        return  # nothing can be asked or judged by such a check
    if not dossier.protocol.locked_at <= dossier.run.started <= dossier.run.finished <= signer.signed_at:
        yield "locked, started, finished and signed are not in this order"
    yield from _protocol_defects(dossier)
    yield from _finding_defects(dossier)
    yield from _ledger_defects(dossier)
    yield from _pack_defects(dossier)
    yield from _excusal_defects(dossier)


def _finding_defects(dossier: Dossier) -> Iterator[str]:
    required = {check.id: check for check in dossier.basis.required}
    if sorted(required) != sorted(finding.check.id for finding in dossier.findings):
        yield "the findings are not exactly the required checks"
    for finding in dossier.findings:
        check, result = finding.check, finding.result
        if required.get(check.id) != check:
            yield f"{check.id} is judged by a check that the basis does not hold"
        if (result.method, result.version) != (check.method.name, check.method.version):
            yield f"{check.id} was answered by another method than the one that it names"
        if result.observed != (check.evidence.noise_floor is not None):
            yield f"{check.id} does not say truly whether it can be reproduced"
        if check.mode == "human" and isinstance(result, Measurement):
            yield f"{check.id} is judged in the dossier, where only a signed review beside it can judge"


def _ledger_defects(dossier: Dossier) -> Iterator[str]:
    protocol, lines = dossier.protocol, dossier.openings
    ours = [line for line in lines if line.protocol == protocol.value_digest]
    data = set(protocol.files.values())
    if any(line not in ours and data.isdisjoint(line.data) for line in lines):
        yield "a line of the ledger speaks of other data"
    if [line.sequence for line in lines] != sorted({line.sequence for line in lines}):
        yield "the lines of the ledger are not in their order"
    for before, after in pairwise(lines):
        if after.sequence == before.sequence + 1 and after.previous != before.value_digest:
            yield "a line of the ledger does not follow from the line before"
    if any(line.series != protocol.series for line in ours):
        yield "a line of the ledger under this protocol belongs to another series of attempts"
    if any(line.submission != dossier.submission or line.at > dossier.run.finished for line in ours):
        yield "a line of the ledger under this protocol names another submission, or a later time"
    if not any(line.event == "locked" and line.at >= protocol.locked_at for line in ours):
        yield "the ledger does not know the protocol"
    opened = {
        line.role
        for line in ours
        if line.event == "opened"
        and sorted(line.data) == sorted(protocol.committed(f"data.{line.role}").values())
    }
    if not {check.evidence.role for check in dossier.basis.required} <= opened | {"none"}:
        yield "data were measured that the ledger does not show as opened"


def _protocol_defects(dossier: Dossier) -> Iterator[str]:
    """The protocol is what locking the same things would give again, but for the moment and the name."""
    try:
        again = lock(
            root=dossier.submission,
            manifest=dossier.manifest,
            artifacts=dossier.artifacts,
            basis=dossier.basis,
            at=dossier.protocol.locked_at,
            by=dossier.protocol.locked_by,
        )
    except (KeyError, ValueError, UnusableInput):
        again = None
    if again != dossier.protocol:
        yield "the protocol is not the one that locks this submission under this basis"
    least = shared(LOWEST_CONFIDENCE, dossier.protocol.allowance)
    bold = [check.id for check in dossier.basis.required if check.confidence < least]
    if bold:
        yield f"alpha is not shared among {dossier.protocol.allowance} attempts by {', '.join(bold)}"
    tasks = {str(task_of(check, dossier.submission).value_digest) for check in dossier.basis.required}
    if set(dossier.run.seconds) != tasks or any(seconds < 0 for seconds in dossier.run.seconds.values()):
        yield "the run times are not those of the tasks"
    if (dossier.environment.isolation, dossier.environment.network_denied) != (ISOLATION, NETWORK_DENIED):
        yield "the isolation is one that this program cannot give"


def _pack_defects(dossier: Dossier) -> Iterator[str]:
    """A pack that is not named would be neither unsigned nor signed with a development key."""
    basis = dossier.basis
    checks = [*(check.id for check in basis.required), *(excusal.check for excusal in basis.excused)]
    if [pack.id for pack in basis.packs] != sorted({check.partition("/")[0] for check in checks}):
        yield "the packs are not those from which the checks were taken"


def _excusal_defects(dossier: Dossier) -> Iterator[str]:
    declared = {f"{name} = {value}" for name, value in dossier.manifest.facts.items()}
    for excusal in dossier.basis.excused:
        if not set(excusal.facts) <= declared:
            yield f"{excusal.check} is excused by a fact that the manifest does not declare"
    for check in dossier.basis.required:
        if check.applies.excusing_facts(dossier.manifest.facts):
            yield f"{check.id} is required although a declared fact excuses it"
