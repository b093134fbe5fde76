"""The lock: what will be measured and judged, fixed and hashed before test data are opened.

AI Act Art. 9(8) asks for metrics and probabilistic thresholds fixed beforehand. The protocol names the
basis with every limit, parameter, seed and required group (by digest), commits every file by digest, and
says how often the test data may be opened. Evidence made from other bytes is unbound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from pydantic import Field

from certify.basis import MOST_ATTEMPTS, Basis
from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.standard import Identity
from certify.submission import MANIFEST, Artifact, Manifest
from certify.value import DigestText, Instant, Line, Value


class Commitment(Value):
    """A file that evidence may be bound to, in the group under which a check demands it."""

    group: Line
    path: Line
    digest: DigestText


class Protocol(Value):
    """The locked protocol of one submission under one basis."""

    submission: DigestText
    basis_id: Identity
    basis: DigestText
    checks: tuple[DigestText, ...] = Field(min_length=1)
    commitments: tuple[Commitment, ...] = Field(min_length=1)
    allowance: int = Field(default=1, ge=1, le=MOST_ATTEMPTS)
    """How often the test data may be opened: so many attempts share alpha. Where nothing is said, once."""
    locked_at: Instant
    locked_by: Line

    @property
    def substance(self) -> Digest:
        """What was fixed, without when and by whom: equal for two locks of the same intent."""
        fixed = {k: v for k, v in self.to_json().items() if k not in ("locked_at", "locked_by")}
        return Digest.of_value(fixed)

    @property
    def series(self) -> Digest:
        """What the attempts on one sealed test set have in common, whatever model each of them brings.

        The basis (which says among how many attempts alpha is shared) and the bytes of the test data.
        """
        data = sorted(str(digest) for digest in self.committed("data.test").values())
        return Digest.of_value({"basis": str(self.basis), "attempts": self.allowance, "data": data})

    def committed(self, group: str) -> Mapping[str, Digest]:
        """The files of a group and their digests."""
        return {c.path: c.digest for c in self.commitments if c.group == group}

    @property
    def files(self) -> Mapping[str, Digest]:
        """Every committed file."""
        return {c.path: c.digest for c in self.commitments}


def lock(
    *, root: Digest, manifest: Manifest, artifacts: tuple[Artifact, ...], basis: Basis, at: datetime, by: str
) -> Protocol:
    """Fix the protocol of a submission under a basis, which says how often the test data may be opened.

    Raises `UnusableInput` where data or reference bear a date later than `at`: nobody has collected them yet.
    """
    later = list(_dated_later(manifest, at))
    if later:
        raise UnusableInput(*later)
    digests = {artifact.path: artifact.digest for artifact in artifacts}
    return Protocol(
        submission=root,
        basis_id=basis.id,
        basis=basis.value_digest,
        checks=tuple(check.value_digest for check in basis.required),
        commitments=tuple(
            Commitment(group=group, path=path, digest=digests[path])
            for group, paths in manifest.groups_of_files().items()
            for path in paths
        ),
        allowance=basis.attempts,
        locked_at=at,
        locked_by=by,
    )


def _dated_later(manifest: Manifest, at: datetime) -> Iterator[Problem]:
    data = manifest.data
    dates = [(f"data.sets[{index}].collected.last", s.collected.last) for index, s in enumerate(data.sets)]
    for key, day in (*dates, ("data.reference.as_of", data.reference.as_of)):
        if day > at.astimezone(UTC).date():
            yield Problem(
                source=MANIFEST,
                key=key,
                expected=f"a day up to that of the lock, {at.astimezone(UTC).date()} (UTC)",
                found=str(day),
                remedy="Correct the date, or lock the protocol when the data are collected.",
                code="future-date",
            )
