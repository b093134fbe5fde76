"""The options that say where things are, shared by the commands that need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from flows.wiring import Workplace

SubmissionFolder = Annotated[Path, typer.Argument(help="The folder that holds submission.yaml.")]
BasisName = Annotated[str, typer.Option("--basis", help="The certification basis, as namespace/slug.")]
WorkFolder = Annotated[
    Path, typer.Option("--work", help="Where runs, protocols and the ledger are kept.", envvar="CERTIFY_WORK")
]
StandardsFolder = Annotated[
    Path | None, typer.Option("--standards", help="A folder of packs and bases. Default: those that ship.")
]
DEFAULT_WORK = Path(".certify")


def as_folder(path: Path) -> Path:
    """A path at which a folder is, or can be made; raises `UnusableInput` where something else stands."""
    there = next((p for p in (path, *path.absolute().parents) if p.exists() or p.is_symlink()), path)
    if there.is_dir():
        return path
    raise UnusableInput(
        Problem(
            source=str(path),
            expected="a folder, or a place for one",
            found=f"a file at {there}",
            remedy="Choose another place.",
        )
    )


def workplace(work: Path, standards: Path | None) -> Workplace:
    """The workplace that the options describe."""
    from flows.wiring import BUNDLED_STANDARDS, Workplace  # imports the catalogue

    return Workplace(root=as_folder(work).resolve(), standards=(standards or BUNDLED_STANDARDS).resolve())
