"""Where packs and bases are: beside the person who writes them, or among those that ship."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.pack import Pack, Standards, Stewards
    from certify.strict_yaml import YamlDocument

HERE = Path("standards")
"""Where `new` writes unless it is told otherwise, and where packs are looked for first."""

PackName = Annotated[
    str, typer.Argument(metavar="PACK", help="A namespace such as local.example, or the folder of a pack.")
]
CheckName = Annotated[str, typer.Argument(metavar="NAMESPACE/SLUG", help="The check, by its id.")]
BasisArgument = Annotated[str, typer.Argument(metavar="BASIS", help="The basis, as namespace/slug.")]
PacksFolder = Annotated[
    Path | None,
    typer.Option("--standards", help="Where packs are. Default: ./standards, then those that ship."),
]
WritingFolder = Annotated[Path, typer.Option("--folder", help="The folder of standards that is written to.")]


def bundled() -> Path:
    """The folder of standards that ship."""
    from flows.wiring import BUNDLED_STANDARDS  # imports the catalogue

    return BUNDLED_STANDARDS


def load_standards(folder: Path | None) -> Standards:
    """All packs and bases of a folder, the bundled one by default, their signatures verified."""
    from certify.pack import load
    from checks.catalogue import signatures

    return load((folder or bundled()).resolve(), signatures())


def read_pack(folder: Path) -> Pack:
    """One pack, whoever signed it."""
    from certify.pack import load_pack
    from checks.catalogue import signatures

    return load_pack(folder.resolve(), signatures())


def find_pack(name: str, standards: Path | None) -> Path:
    """The folder of a pack that is named by its namespace or by its folder.

    A namespace is looked for under --standards, or else under ./standards and then among those that ship.
    """
    from certify.pack import MANIFEST_FILE

    for folder in _roots(standards):
        if (folder / "packs" / name / MANIFEST_FILE).is_file():
            return folder / "packs" / name
    if Path(name).is_dir():
        return Path(name)
    for folder in _roots(standards):
        if (folder / "packs" / name).is_dir():
            raise UnusableInput(_no_manifest(name))
    known = sorted({path.name for root in _roots(standards) for path in pack_folders(root)})
    raise UnusableInput(
        Problem(
            source=name,
            expected=f"the folder of a pack, or one of {', '.join(known) or 'no pack at all'}",
            found="neither",
            remedy="Correct the name, or say with --standards where packs are.",
            code="unknown-pack",
        )
    )


def _no_manifest(name: str) -> Problem:
    return Problem(
        source=f"packs/{name}/pack.yaml",
        expected="a manifest that says whose pack it is",
        found="no such file",
        remedy=f"Write one; `certify standards new {name}/another-check` writes it where there is none.",
        code="no-manifest",
    )


def shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    here = Path.cwd()
    return str(path.resolve().relative_to(here) if path.resolve().is_relative_to(here) else path)


def pack_folders(standards: Path) -> list[Path]:
    """Every pack of a folder of standards."""
    return sorted(path for path in standards.glob("packs/*/") if path.is_dir())


def used_folders(pack: Pack) -> Iterator[Path]:
    """The packs whose clauses a pack cites: beside it, or else among those that ship.

    Raises `UnusableInput` for one that is nowhere.
    """
    for index, name in enumerate(pack.manifest.uses):
        places = (pack.folder.parent / name, bundled() / "packs" / name)
        found = next((place for place in places if place.is_dir()), None)
        if found is None:
            raise UnusableInput(_not_there(pack, index, name))
        yield found


def stewards_of(pack: Pack) -> Stewards:
    """Whom the folder of standards in which a pack stands believes, or else the one that ships."""
    from certify.pack import STEWARDS_FILE, read_stewards

    own = pack.folder.parent.parent
    return read_stewards(own if (own / STEWARDS_FILE).is_file() else bundled())


def _roots(standards: Path | None) -> tuple[Path, ...]:
    return (HERE, bundled()) if standards is None else (standards,)


def manifest_document(pack: Pack) -> YamlDocument:
    """`pack.yaml` with the place of every value."""
    from certify.pack import MANIFEST_FILE
    from certify.pack.file import read_file
    from certify.strict_yaml import MAX_BYTES, read

    source = f"packs/{pack.manifest.id}/{MANIFEST_FILE}"
    return read(read_file(pack.folder / MANIFEST_FILE, source=source, most=MAX_BYTES), source=source)


def _not_there(pack: Pack, index: int, name: str) -> Problem:
    return manifest_document(pack).problem(
        ("uses", index),
        expected="a pack beside this one, or one of those that ship",
        found=name,
        remedy="Correct its name, or put the pack there.",
        code="unknown-pack",
    )
