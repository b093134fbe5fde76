"""The folder of a submission: the manifest in it, and whether the two agree.

Decides which paths may be named and that every file is declared. It opens nothing but the manifest: what
the other files contain is a matter of intake and of the worker.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.strict_yaml import MAX_BYTES, YamlDocument, read
from certify.submission.manifest import MANIFEST, Manifest

MODEL_SUFFIXES = (".onnx",)
DATA_SUFFIXES = (".parquet", ".csv", ".npz")
DOCUMENT_SUFFIXES = (".md", ".pdf")
REFERENCE_SUFFIXES = (".csv",)
MAX_ENTRIES = 10_000

_EXPORT_ADVICE = (
    "Export the model to ONNX (torch.onnx.export, skl2onnx, tf2onnx); formats that can run code are refused."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A parsed manifest, the folder that it was read from, and the digest of the bytes that were parsed."""

    folder: Path
    manifest: Manifest
    manifest_digest: Digest


def load(folder: Path) -> Submission:
    """Parse and compare; raises `UnusableInput` with every defect of manifest and folder."""
    data = _manifest_bytes(folder)
    document = read(data, source=MANIFEST)
    manifest = document.validate(Manifest)
    problems = [*_suffix_problems(document, manifest), *_folder_problems(document, manifest, folder)]
    if problems:
        raise UnusableInput(*problems)
    return Submission(folder=folder, manifest=manifest, manifest_digest=Digest.of(data))


def _manifest_bytes(folder: Path) -> bytes:
    path = folder / MANIFEST
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise UnusableInput(
            Problem(
                source=str(path),
                expected="a readable manifest",
                found=found.lower(),
                remedy=f"Run `certify init {folder}` to write one.",
            )
        ) from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise UnusableInput(
                Problem(
                    source=str(path),
                    expected="a regular file",
                    found="something else",
                    remedy="Replace it with the file itself.",
                )
            )
        return stream.read(MAX_BYTES + 1)


def _suffix_problems(document: YamlDocument, manifest: Manifest) -> Iterator[Problem]:
    wanted = [
        (manifest.model.files, MODEL_SUFFIXES, _EXPORT_ADVICE),
        (tuple(p for d in manifest.data.sets for p in d.files), DATA_SUFFIXES, "Convert the data."),
        ((manifest.data.reference.file,), REFERENCE_SUFFIXES, "Write it as CSV: stratum,share."),
        (tuple(d.file for d in manifest.documents), DOCUMENT_SUFFIXES, "Convert the document."),
    ]
    for paths, suffixes, remedy in wanted:
        for path in paths:
            if PurePosixPath(path).suffix not in suffixes:
                yield document.problem(
                    _where(document, path),
                    expected=f"a file that ends in {' or '.join(suffixes)}",
                    found=path,
                    remedy=remedy,
                )


def _folder_problems(document: YamlDocument, manifest: Manifest, folder: Path) -> Iterator[Problem]:
    present = set(_files_under(folder))
    for path in manifest.files:
        if not _stays_inside(path):
            yield document.problem(
                _where(document, path),
                expected="a path inside the folder, with forward slashes",
                found=path,
                remedy="Move the file into the folder and name it from there.",
            )
        elif path not in present:
            yield document.problem(
                _where(document, path),
                expected=f"the file {path} in the folder",
                found="no such file",
                remedy="Add the file, or correct its name.",
            )
    for path in sorted(present - set(manifest.files)):
        yield Problem(
            source=path,
            expected=f"only files that {MANIFEST} names",
            found="a file that nobody declared",
            remedy="Declare it, or remove it from the folder.",
        )


def _stays_inside(path: str) -> bool:
    parts = path.split("/")
    odd = any(part in ("", ".", "..") for part in parts)
    return not (odd or "\\" in path or "\0" in path or PurePosixPath(path).is_absolute())


def _files_under(folder: Path) -> Iterator[str]:
    """Relative paths of everything in the folder that is no directory; symbolic links are not followed."""
    count = 0
    for root, directories, names in os.walk(folder, followlinks=False):
        links = [name for name in directories if os.path.islink(os.path.join(root, name))]
        for name in [*names, *links]:
            count += 1
            if count > MAX_ENTRIES:
                raise UnusableInput(
                    Problem(
                        source=str(folder),
                        expected=f"at most {MAX_ENTRIES} files",
                        found="more",
                        remedy="Pack the data into fewer files.",
                    )
                )
            yield os.path.relpath(os.path.join(root, name), folder)


def _where(document: YamlDocument, wanted: str) -> tuple[str | int, ...]:
    """The key at which the manifest names a file."""
    for path in document.places:
        value = document.value
        for part in path:
            value = value[part]
        if value == wanted and path and (path[-1] == "file" or "files" in path or "preprocessing" in path):
            return path
    return ()
