"""The bytes of a submission, named and digested one by one, and all together by one root."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from certify.digest import Digest
from certify.value import DigestText, Line, Value


class Artifact(Value):
    """One file as it was taken in: its path in the submission, its digest, its size in bytes."""

    path: Line
    digest: DigestText
    size: int = Field(ge=0)


def root_digest(artifacts: Iterable[Artifact]) -> Digest:
    """The identity of a submission: any change of any byte, name or number of files changes it."""
    ordered = sorted(artifacts, key=lambda artifact: artifact.path)
    return Digest.of_value([artifact.to_json() for artifact in ordered])
