"""The folder of a submission: the manifest in it, and whether the two agree.

Decides which paths may be named and that every file is declared. It opens nothing but the manifest: what
the other files contain is a matter of intake and of the worker.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.strict_yaml import MAX_BYTES, YamlDocument, read
from certify.strict_yaml import Path as KeyPath
from certify.submission.manifest import MANIFEST, Manifest

Places = Mapping[str, KeyPath]
"""Where the manifest names each file."""

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
    places = _places(document)
    problems = [
        *_suffix_problems(document, manifest, places),
        *_folder_problems(document, manifest, places, folder),
    ]
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


def _suffix_problems(document: YamlDocument, manifest: Manifest, places: Places) -> Iterator[Problem]:
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
                    places.get(path, ()),
                    expected=f"a file that ends in {' or '.join(suffixes)}",
                    found=path,
                    remedy=remedy,
                )


def _folder_problems(
    document: YamlDocument, manifest: Manifest, places: Places, folder: Path
) -> Iterator[Problem]:
    present = set(_files_under(folder))
    for path in manifest.files:
        if not _stays_inside(path):
            yield document.problem(
                places.get(path, ()),
                expected="a path inside the folder, with forward slashes",
                found=path,
                remedy="Move the file into the folder and name it from there.",
            )
        elif path not in present:
            yield document.problem(
                places.get(path, ()),
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


def _places(document: YamlDocument) -> Places:
    """For every file that the manifest names, the key at which it does; found in one walk."""
    places: dict[str, KeyPath] = {}
    for path, value in _texts(document.value, ()):
        if path[-1] in ("file", "preprocessing") or "files" in path:
            places.setdefault(value, path)
    return places


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Every text below a value, with its key path."""
    if isinstance(value, str):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, tuple) else ()
    for key, inner in items:
        yield from _texts(inner, (*path, key))
