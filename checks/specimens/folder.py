"""The folder of a specimen: what it is written from, and how a mutation changes one thing in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certify.submission import MANIFEST
from checks.specimens.rows import Rows, read_rows, write_rows

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """Everything that a folder holds; `rows` by role, `documents` by path."""

    manifest: Json
    model: bytes
    rows: Mapping[str, Rows]
    shares: Mapping[str, str]
    documents: Mapping[str, str]


def fill(folder: Path, contents: Contents) -> None:
    """Write all of it where the manifest says."""
    keep_manifest(folder, contents.manifest)
    _model_path(folder, contents.manifest).parent.mkdir(parents=True, exist_ok=True)
    _model_path(folder, contents.manifest).write_bytes(contents.model)
    for role, rows in contents.rows.items():
        write_rows(rows_path(folder, contents.manifest, role), rows)
    lines = ["stratum,share", *(f"{stratum},{share}" for stratum, share in contents.shares.items())]
    (folder / contents.manifest["data"]["reference"]["file"]).write_text("\n".join(lines) + "\n", "utf-8")
    for path, text in contents.documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def keep_manifest(folder: Path, manifest: Json) -> None:
    """Write the manifest; JSON is YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def manifest_of(folder: Path) -> Json:
    """What the folder declares."""
    declared: Json = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return declared


def rows_path(folder: Path, manifest: Json, role: str) -> Path:
    """Where the rows of a role are: a specimen keeps those of each role in one file."""
    (path,) = next(dataset["files"] for dataset in manifest["data"]["sets"] if dataset["role"] == role)
    return folder / str(path)


def rows_of(folder: Path, role: str) -> Rows:
    """The rows of a role."""
    return read_rows(rows_path(folder, manifest_of(folder), role))


def model_of(folder: Path) -> bytes:
    """The graph."""
    return _model_path(folder, manifest_of(folder)).read_bytes()


def change_manifest(folder: Path, change: Callable[[Json], object]) -> None:
    """Let `change` work on what the folder declares."""
    declared = manifest_of(folder)
    change(declared)
    keep_manifest(folder, declared)


def change_rows(folder: Path, role: str, change: Callable[[Rows], Rows]) -> None:
    """Keep other rows in a role."""
    write_rows(rows_path(folder, manifest_of(folder), role), change(rows_of(folder, role)))


def change_model(folder: Path, change: Callable[[bytes], bytes]) -> None:
    """Keep another graph."""
    _model_path(folder, manifest_of(folder)).write_bytes(change(model_of(folder)))


def change_documents(folder: Path, change: Callable[[str], str]) -> None:
    """Keep another text in every document."""
    for document in manifest_of(folder)["documents"]:
        path = folder / document["file"]
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def _model_path(folder: Path, manifest: Json) -> Path:
    return folder / str(manifest["model"]["file"])
