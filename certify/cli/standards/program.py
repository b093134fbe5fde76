"""The list of commands about standards."""

from __future__ import annotations

import typer

from certify.cli.standards.check import check
from certify.cli.standards.coverage import coverage
from certify.cli.standards.diff import diff
from certify.cli.standards.new import new
from certify.cli.standards.propose import propose
from certify.cli.standards.schema import schema
from certify.cli.standards.show import show
from certify.cli.standards.sign import sign

program = typer.Typer(
    help="Write, prove, read and sign standards.",
    epilog="Exit codes: 0 it holds or is done; 1 it does not hold, the bump is too small or a schema is "
    "stale; 2 unusable input; 3 our failure.",
    no_args_is_help=True,
)


@program.callback()
def standards() -> None:
    """Packs of checks and the bases that select them, as YAML: no Python is needed."""


program.command("new")(new)
program.command("propose")(propose)
program.command("check")(check)
program.command("sign")(sign)
program.command("show")(show)
program.command("diff")(diff)
program.command("coverage")(coverage)
program.command("schema")(schema)
