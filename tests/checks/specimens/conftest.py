"""Specimens, written once for all tests, and put to methods in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from certify.digest import Digest
from certify.submission import Artifact, load, root_digest
from checks.files import Files
from checks.specimens import write
from checks.subject import Subject


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str | None], Path]:
    """`written(specimen, mutation)`: the folder of it."""
    root, made = tmp_path_factory.mktemp("specimens"), dict[tuple[str, str | None], Path]()

    def find(specimen: str, mutation: str | None = None) -> Path:
        if (specimen, mutation) not in made:
            folder = root / f"{specimen}-{mutation}"
            write(folder, specimen, mutation)
            made[specimen, mutation] = folder
        return made[specimen, mutation]

    return find


@pytest.fixture(scope="session")
def subject(written: Callable[[str, str | None], Path]) -> Callable[[str, str | None], Subject]:
    """`subject(specimen, mutation)`: the same as a method sees it."""
    made = dict[Path, Subject]()

    def find(specimen: str, mutation: str | None = None) -> Subject:
        folder = written(specimen, mutation)
        if folder not in made:
            made[folder] = _subject(folder)
        return made[folder]

    return find


def _subject(folder: Path) -> Subject:
    manifest = load(folder).manifest
    data = {path: (folder / path).read_bytes() for path in manifest.files}
    artifacts = tuple(Artifact(path=path, digest=Digest.of(d), size=len(d)) for path, d in data.items())
    files = Files(artifacts, {artifact.path: folder / artifact.path for artifact in artifacts})
    return Subject(manifest, files, root_digest(artifacts))
