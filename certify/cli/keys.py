"""`certify keys`: development keys for sealing dossiers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.key import SigningKey

program = typer.Typer(help="Make keys.", no_args_is_help=True)

PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="A file whose first line is the passphrase.")
]


@program.callback()
def keys() -> None:
    """Keys with which dossiers are sealed."""


@program.command("new")
def new(
    path: Annotated[Path, typer.Argument(help="The file of the private key; PATH.pub is the public key.")],
    passphrase_file: PassphraseFile = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Store the key in the clear.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a development key (Ed25519). What it signs says that it is one."""
    from certify.key import new_key

    key = new_key(path, passphrase=None if no_passphrase else passphrase(passphrase_file, confirm=True))
    fingerprint = str(key.public.fingerprint)
    if as_json:
        print_json({"private": str(path), "public": f"{path}.pub", "fingerprint": fingerprint})
    else:
        typer.echo(f"Private key: {path} (keep it)\nPublic key:  {path}.pub (give it away)\n{fingerprint}")


def private_key(path: Path, passphrase_file: Path | None) -> SigningKey:
    """A private key, asking for its passphrase only if it has one."""
    from certify.key import load_key

    encrypted = path.exists() and b"ENCRYPTED" in path.read_bytes()[:64]
    return load_key(path, passphrase=passphrase(passphrase_file) if encrypted else None)


def passphrase(file: Path | None, *, confirm: bool = False) -> bytes:
    """The passphrase from a file, else asked for on the terminal."""
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise _no_passphrase(str(file), str(error)) from error
        text = lines[0] if lines else ""
    else:
        text = _asked(confirm=confirm)
    if not text:
        raise _no_passphrase(str(file or "passphrase"), "nothing")
    return text.encode()


def _asked(*, confirm: bool) -> str:
    try:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
    except typer.Abort as error:
        raise _no_passphrase("passphrase", "nobody who would answer") from error


def _no_passphrase(source: str, found: str) -> UnusableInput:
    remedy = "Give --passphrase-file FILE, with the passphrase in its first line."
    return UnusableInput(Problem(source=source, expected="a passphrase", found=found, remedy=remedy))
