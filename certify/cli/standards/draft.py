"""Proposed vectors of a check, and what they would prove if nobody corrected them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certify.pack import Pack
    from certify.standard import Check


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The proposed vector files of one check, and what they would prove."""

    check: Check
    folder: Path
    files: Mapping[str, str]
    wrong: tuple[str, ...]
    survivors: tuple[str, ...]
    mutants: int
    vectors: int

    @property
    def listed(self) -> list[str]:
        """What `vectors:` must list: the files that it lists already, and the new ones."""
        kept = [name for name in self.check.vectors if name not in self.to_delete]
        return list(dict.fromkeys([*kept, *self.files]))

    @property
    def to_delete(self) -> tuple[str, ...]:
        """The files that `certify standards new` wrote to fail, if nobody has written in them since."""
        return tuple(name for name in self.check.vectors if _fails_on_purpose(self.folder / name))


def _fails_on_purpose(path: Path) -> bool:
    from certify.cli.standards.placeholder import REPLACE

    return path.is_file() and f'"says": "{REPLACE}:' in path.read_text(encoding="utf-8", errors="replace")


def drafts_of(pack: Pack, checks: list[Check], given: list[str]) -> list[Draft]:
    """The drafts of checks; `given` are settings `name=value` for what they leave open."""
    from certify.cli.standards.stand_in import Settings, open_values

    settings = Settings.read(given)
    settings.refuse_unknown(checks)
    drafts = []
    for check in checks:
        folder = pack.check_folder(check.id)
        drafts.append(_draft(check, folder, open_values(check, settings, folder)))
    return drafts


def _draft(check: Check, folder: Path, values: dict[str, dict[str, Any]]) -> Draft:
    """The files, and what becomes of the vectors and of the mutants of the check."""
    from certify.cli.standards.vector_file import vector_files
    from certify.mutation import fates
    from certify.proof import failures
    from certify.strict_yaml import read
    from certify.vector import VECTOR_FOLDER, VectorSet
    from checks.catalogue import signatures

    files = vector_files(check, values)
    sets = {name: read(text.encode(), source=name).validate(VectorSet) for name, text in files.items()}
    fate = list(fates(check, sets, signatures()))
    return Draft(
        check=check,
        folder=folder / VECTOR_FOLDER,
        files=files,
        wrong=tuple(map(str, failures(check, sets))),
        survivors=tuple(f.mutant for f in fate if f.killed_by is None),
        mutants=len(fate),
        vectors=sum(len(vectors.vectors) for vectors in sets.values()),
    )
