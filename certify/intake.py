"""Taking in a vendor's bytes: copied once, hashed as copied, and never read from the vendor's folder again.

Copying is what defeats links and races: onnxruntime reads through a hard link in the model's folder, and
namespaces do not help. Each file is reached step by step without following a link, must be a regular file
with one name, and stays under the caps. Nothing is parsed here but the first bytes of a file.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.store import Store
from certify.submission import MANIFEST, Artifact, Manifest, Submission, root_digest

MAX_FILE_BYTES = 1 << 30
MAX_TOTAL_BYTES = 4 << 30

_FORBIDDEN_MAGIC = (
    (b"PK\x03\x04", "a zip archive (.pt, .pt2, .keras and .npz are such)"),
    (b"\x80", "a pickle"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """A submission whose bytes are ours: the manifest, every artifact, and the root that names them all."""

    manifest: Manifest
    artifacts: tuple[Artifact, ...]
    root: Digest


def take_in(submission: Submission, store: Store) -> Intake:
    """Copy every declared file into the store; raises `UnusableInput` with every refusal.

    Sizes are looked at before anything is copied, so that a submission that is too large leaves no trace.
    """
    problems = _size_problems(submission)
    if problems:
        raise UnusableInput(*problems)
    artifacts: list[Artifact] = []
    for path in submission.manifest.files:
        try:
            artifacts.append(_copy(submission, path, store))
        except _Refused as refusal:
            problems.append(refusal.problem)
    problems += _twin_problems(submission.manifest, artifacts)
    if problems:
        raise UnusableInput(*problems)
    return Intake(manifest=submission.manifest, artifacts=tuple(artifacts), root=root_digest(artifacts))


def _size_problems(submission: Submission) -> list[Problem]:
    sizes = {path: _size(submission.folder / path) for path in submission.manifest.files}
    problems = [
        Problem(
            source=path,
            expected=f"at most {MAX_FILE_BYTES} bytes",
            found=f"{size} bytes",
            remedy="Split the file, or submit a smaller sample.",
        )
        for path, size in sizes.items()
        if size > MAX_FILE_BYTES
    ]
    total = sum(sizes.values())
    if total > MAX_TOTAL_BYTES:
        expected, found = f"at most {MAX_TOTAL_BYTES} bytes in all", f"{total} bytes"
        remedy = "Submit smaller samples of the data."
        problems.append(Problem(source=MANIFEST, expected=expected, found=found, remedy=remedy))
    return problems


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0  # whatever is wrong with it is told when it is opened


def _twin_problems(manifest: Manifest, artifacts: list[Artifact]) -> Iterator[Problem]:
    """The same bytes under two names would count the same cases twice, or test on what was trained on."""
    data = {path for dataset in manifest.data.sets for path in dataset.files}
    first: dict[Digest, str] = {}
    for artifact in artifacts:
        if artifact.path not in data:
            continue
        twin = first.setdefault(artifact.digest, artifact.path)
        if twin != artifact.path:
            yield Problem(
                source=artifact.path,
                expected="data files that differ from one another",
                found=f"the very bytes of {twin}",
                remedy="Name each file once, in one data set.",
            )


class _Refused(Exception):
    def __init__(self, path: str, expected: str, found: str, remedy: str) -> None:
        self.problem = Problem(source=path, expected=expected, found=found, remedy=remedy)


def _copy(submission: Submission, path: str, store: Store) -> Artifact:
    data = _read(submission.folder, path)
    _refuse_magic(path, data, submission.manifest)
    if path == MANIFEST and Digest.of(data) != submission.manifest_digest:
        raise _Refused(path, "the manifest that was parsed", "other bytes", "Do not edit while submitting.")
    return Artifact(path=path, digest=store.put(data), size=len(data))


def _read(folder: Path, path: str) -> bytes:
    descriptor = _open(folder, path)
    with os.fdopen(descriptor, "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise _Refused(path, "a regular file", "something else", "Replace it with the file itself.")
        if facts.st_nlink != 1:
            found = f"a file with {facts.st_nlink} names (hard links)"
            raise _Refused(path, "a file with one name", found, "Copy the file instead of linking it.")
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _Refused(path, f"at most {MAX_FILE_BYTES} bytes", "more", "Split the file.")
    if not data:
        raise _Refused(path, "a file with content", "an empty file", "Fill it, or do not declare it.")
    return data


def _open(folder: Path, path: str) -> int:
    """Walk to the file without following a symbolic link at any step."""
    *directories, name = path.split("/")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    current = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for directory in directories:
            deeper = os.open(directory, flags | os.O_DIRECTORY, dir_fd=current)
            os.close(current)
            current = deeper
        return os.open(name, flags, dir_fd=current)
    except OSError as error:
        link = error.errno in (errno.ELOOP, errno.ENOTDIR)
        found = "a symbolic link" if link else (error.strerror or "an error").lower()
        raise _Refused(path, "a file inside the folder", found, "Replace links with the files.") from error
    finally:
        os.close(current)


def _refuse_magic(path: str, data: bytes, manifest: Manifest) -> None:
    if path not in manifest.model.files:
        return
    for magic, name in _FORBIDDEN_MAGIC:
        if data.startswith(magic):
            remedy = "Export the model to ONNX; formats that can run code are refused."
            raise _Refused(path, "an ONNX graph", name, remedy)
