"""`certify init`: a commented manifest to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.cli.workplace import as_folder
from certify.errors import Problem, UnusableInput


def init(
    folder: Annotated[Path, typer.Argument(help="The folder of the submission; made if it is not there.")],
    as_json: AsJson = False,
) -> None:
    """Write a commented submission.yaml. An existing one is never overwritten."""
    from certify.store import write_durably
    from certify.submission import MANIFEST
    from certify.submission.starter import starter_manifest

    path = as_folder(folder) / MANIFEST
    if not write_durably(path, starter_manifest().encode()):
        raise UnusableInput(
            Problem(
                source=str(path),
                expected="no manifest yet",
                found="one that is already there",
                remedy="Edit it, or choose another folder.",
            )
        )
    if as_json:
        print_json({"written": str(path)})
    else:
        typer.echo(
            f"Wrote {path}. Fill it in, put the files beside it, then: certify run {folder} --basis ..."
        )
