"""`certify standards schema`: the JSON Schemas that editors use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import BAD, Page
from certify.cli.standards.place import bundled
from certify.cli.workplace import StandardsFolder

FOLDER = "schemas"


def schema(
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a schema is not up to date.")
    ] = False,
    standards: StandardsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the schema of every kind of file, generated from the models, into the folder `schemas`."""
    folder = (standards or bundled()) / FOLDER
    stale = stale_schemas(folder)
    if not only_check:
        write_schemas(folder, replace=True)
    if as_json:
        print_json({"folder": str(folder), "stale": stale, "written": not only_check})
    else:
        _tell(folder, stale, only_check=only_check)
    raise typer.Exit(Exit.NON_CONFORMING if only_check and stale else Exit.CONFORMING)


def stale_schemas(folder: Path) -> list[str]:
    """The names of the schemas in a folder that are absent or not what would be generated now."""
    from certify.schema import schemas

    wanted = {f"{kind}.schema.json": text for kind, text in schemas().items()}
    return [name for name, text in wanted.items() if not _holds(folder / name, text)]


def write_schemas(folder: Path, *, replace: bool) -> list[str]:
    """Write the schemas that are not there, or all of them; the names of those that were written."""
    from certify.schema import schemas
    from certify.store import write_durably

    named = {f"{kind}.schema.json": text for kind, text in schemas().items()}
    return [n for n, text in named.items() if write_durably(folder / n, text.encode(), replace=replace)]


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()


def _tell(folder: Path, stale: list[str], *, only_check: bool) -> None:
    page = Page()
    if only_check:
        page.say(
            f"Stale: {', '.join(stale)}" if stale else "Every schema is up to date.",
            style=BAD if stale else "",
        )
    else:
        page.say(f"Wrote the schemas to {folder}; {len(stale)} of them changed.")
