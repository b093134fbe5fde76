"""`certify deviation`: an authority answers, for a time, for one check that one model does not meet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.cli.keys import PassphraseFile, private_key
from certify.cli.review import DossierFile, LaboratoryKey, opened, write_new
from certify.errors import Problem, UnusableInput

program = typer.Typer(help="Grant a deviation, and sign it.", no_args_is_help=True)


@program.callback()
def deviation() -> None:
    """A deviation loosens nothing: the check runs, and its result stays as it is."""


@program.command("sign")
def sign(
    dossier: DossierFile,
    lab_key: LaboratoryKey,
    check: Annotated[str, typer.Option("--check", help="The check that is not met.")],
    reason: Annotated[str, typer.Option("--reason", help="Why going on all the same can be answered for.")],
    condition: Annotated[
        list[str], typer.Option("--condition", help="What must hold meanwhile; at least one.")
    ],
    expires: Annotated[
        str, typer.Option("--expires", help="The last day, such as 2027-05-31; a year at most.")
    ],
    granted_by: Annotated[str, typer.Option("--granted-by", help="The printed name of who grants it.")],
    key: Annotated[Path, typer.Option("--key", help="The authority's private key.")],
    out: Annotated[Path, typer.Option("--out", help="Where the signed deviation is written.")],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign a deviation for one check on one model, with its end."""
    from datetime import date

    from certify.deviation import grant
    from flows.wiring import now

    signing = private_key(key, passphrase_file)
    try:
        signed = grant(
            opened(dossier, lab_key), signing, check=check, reason=reason, conditions=tuple(condition),
            expires=date.fromisoformat(expires), granted_by=granted_by, at=now(),
        )  # fmt: skip
    except ValueError as error:
        raise UnusableInput(_unusable(str(error))) from error
    write_new(out, signed)
    if as_json:
        print_json({"deviation": str(out), "check": check, "expires": expires})
    else:
        typer.echo(f"Signed {out}: {check} is not met, and {granted_by} answers for that until {expires}.")
        typer.echo("The verdict stays as it is, and no plain certificate can rest on it.")


def _unusable(found: str) -> Problem:
    return Problem(
        source="certify deviation sign",
        expected="a deviation for a required check of this dossier, with reason, condition and end",
        found=" ".join(found.split()),
        remedy="Correct the options.",
        code="deviation",
    )
