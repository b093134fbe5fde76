"""Reading `standards/`: packs and bases from YAML into values.

The core does not know the methods: it is given their signatures. Packs are read only if their steward's
signature holds (`certify.pack.lock`), bases are read here and resolved in `certify.basis`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from certify.errors import Problem, UnusableInput
from certify.pack.binding import binding_problems
from certify.pack.file import read_file
from certify.pack.lock import PackReference, verified
from certify.pack.manifest import MANIFEST_FILE, PackManifest
from certify.pack.steward import read_stewards
from certify.standard import Check, MethodSignature
from certify.strict_yaml import MAX_BYTES, YamlDocument, read

CHECK_FILE = "check.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pack:
    """One pack: what its steward declares, and its checks by identity with their files."""

    folder: Path
    manifest: PackManifest
    checks: Mapping[str, Check]
    documents: Mapping[str, YamlDocument]

    def check_folder(self, check: str) -> Path:
        """Where a check of this pack and its vectors are kept."""
        return self.folder / "checks" / check.partition("/")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Standards:
    """Everything found under one `standards/` folder, by identity."""

    packs: Mapping[str, Pack]
    references: Mapping[str, PackReference]
    bases: Mapping[str, YamlDocument]

    @property
    def checks(self) -> Mapping[str, Check]:
        """Every check of every pack."""
        return {name: check for pack in self.packs.values() for name, check in pack.checks.items()}


def load(folder: Path, methods: Mapping[str, MethodSignature]) -> Standards:
    """Read all packs and bases; raises `UnusableInput` with every defect of every file.

    Of a pack that was changed since it was signed, the changes are told and nothing in it is parsed.
    """
    problems: list[Problem] = []
    stewards = read_stewards(folder)
    packs: dict[str, Pack] = {}
    references: dict[str, PackReference] = {}
    for path in sorted(folder.glob("packs/*/")):
        try:
            references[path.name] = verified(path, read_manifest(path), stewards)
            packs[path.name] = load_pack(path, methods)
        except UnusableInput as error:
            problems += error.problems
    bases = dict(_bases(folder, problems))
    if not packs and not problems:
        problems.append(_nothing(folder))
    if problems:
        raise UnusableInput(*problems)
    return Standards(packs=packs, references=references, bases=bases)


def load_pack(folder: Path, methods: Mapping[str, MethodSignature]) -> Pack:
    """Read one pack, whoever signed it; raises `UnusableInput` with every defect of every file."""
    problems: list[Problem] = []
    manifest = written = None
    try:
        manifest, written = _manifest(folder)
    except UnusableInput as error:
        problems += error.problems
    checks: dict[str, Check] = {}
    documents: dict[str, YamlDocument] = {}
    problems += _without_check(folder)
    for path in sorted(folder.glob(f"checks/*/{CHECK_FILE}")):
        try:
            check, document = _check(path, folder, methods)
        except UnusableInput as error:
            problems += error.problems
        else:
            checks[check.id], documents[check.id] = check, document
    if manifest is not None and written is not None and not problems:
        problems += _method_list_problems(written, manifest, checks)
    if not checks and not problems:
        problems.append(_nothing(folder))
    if problems or manifest is None:
        raise UnusableInput(*problems)
    return Pack(folder=folder, manifest=manifest, checks=checks, documents=documents)


def read_manifest(folder: Path) -> PackManifest:
    """What a pack says of itself; raises `UnusableInput`, also for one that is named unlike its folder."""
    return _manifest(folder)[0]


def _manifest(folder: Path) -> tuple[PackManifest, YamlDocument]:
    source = f"packs/{folder.name}/{MANIFEST_FILE}"
    if not (folder / MANIFEST_FILE).exists():
        raise UnusableInput(_no_manifest(folder))
    document = _read(folder / MANIFEST_FILE, source)
    manifest = document.validate(PackManifest)
    if manifest.id != folder.name:
        raise UnusableInput(_misnamed(document, folder.name, manifest.id))
    return manifest, document


def _check(path: Path, folder: Path, methods: Mapping[str, MethodSignature]) -> tuple[Check, YamlDocument]:
    document = _read(path, f"packs/{path.relative_to(folder.parent)}")
    check = document.validate(Check)
    problems = list(binding_problems(document, check, methods))
    expected = f"{folder.name}/{path.parent.name}"
    if check.id != expected:
        problems.append(_misnamed(document, expected, check.id))
    if problems:
        raise UnusableInput(*problems)
    return check, document


def _without_check(folder: Path) -> Iterator[Problem]:
    """Folders of checks that hold none: a misnamed file would drop the check without a word."""
    for path in sorted(folder.glob("checks/*")):
        if not (path / CHECK_FILE).exists():
            there = sorted(item.name for item in path.iterdir()) if path.is_dir() else []
            yield Problem(
                source=f"packs/{path.relative_to(folder.parent)}",
                expected=f"a folder with the check in {CHECK_FILE}",
                found=", ".join(there[:5]) or ("nothing in it" if path.is_dir() else "a file"),
                remedy=f"Name the file {CHECK_FILE}, or remove what is not a check.",
                code="no-check",
            )


def _method_list_problems(
    document: YamlDocument, manifest: PackManifest, checks: Mapping[str, Check]
) -> Iterator[Problem]:
    """The list of methods in `pack.yaml` is that of the checks, so that a reader need not look further.

    Asked once all checks could be read: the method of one that could not would seem to be too many.
    """
    used = {check.method.name: check.method.version for check in checks.values()}
    for name in sorted({*used, *manifest.methods}) if checks else ():
        if used.get(name) != manifest.methods.get(name):
            yield document.problem(
                ("methods", name),
                expected=f'the line `{name}: "{used[name]}"`'
                if name in used
                else "methods that a check uses",
                found=f'`{name}: "{manifest.methods[name]}"`' if name in manifest.methods else "nothing",
                remedy="Write it under `methods:`."
                if name in used
                else "Remove it: no check of the pack uses it.",
                code="method-list",
            )


def _read(path: Path, source: str) -> YamlDocument:
    return read(read_file(path, source=source, most=MAX_BYTES), source=source)


def _bases(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, YamlDocument]]:
    for path in sorted(folder.glob("bases/*/*.yaml")):
        source = str(path.relative_to(folder))
        try:
            yield f"{path.parent.name}/{path.stem}", _read(path, source)
        except UnusableInput as error:
            problems += error.problems


def _nothing(folder: Path) -> Problem:
    return Problem(
        source=str(folder),
        expected=f"packs/<namespace>/checks/<slug>/{CHECK_FILE}",
        found="no check at all",
        remedy="Name the folder that holds packs and bases.",
        code="no-check",
    )


def _no_manifest(folder: Path) -> Problem:
    return Problem(
        source=f"packs/{folder.name}/{MANIFEST_FILE}",
        expected="a manifest that says whose pack it is",
        found="no such file",
        remedy="Write one; `standards/README.md` shows it.",
        code="no-manifest",
    )


def _misnamed(document: YamlDocument, expected: str, found: str) -> Problem:
    return document.problem(
        ("id",),
        expected=f"{expected}, as the folders say",
        found=found,
        remedy="Rename the folder, or correct the id.",
        code="misnamed",
    )
