"""The list of commands, and the one place that turns errors into exit codes."""

from __future__ import annotations

import sys
import traceback

import typer

from certify.cli import demo, init, keys, lock, measure, run, verify
from certify.cli.console import Exit, print_problems
from certify.errors import CertifyError, UnusableInput

program = typer.Typer(
    name="certify",
    help="A model is presumed non-conforming until every check of its basis is demonstrated.",
    epilog="Exit codes: 0 conforming or done, 1 non-conforming, 2 unusable input, 3 our failure.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
program.command("init")(init.init)
program.command("lock")(lock.lock)
program.command("run")(run.run)
program.command("measure")(measure.measure)
program.command("verify")(verify.verify)
program.command("demo")(demo.demo)
program.add_typer(keys.program, name="keys")


def run_program() -> None:
    """Run the command that was asked for and leave with its code."""
    try:
        program()
    except CertifyError as error:
        print_problems(error.problems if isinstance(error, UnusableInput) else (), error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit("Interrupted. What was measured is on record; the same command goes on from there.")
    except Exception:
        traceback.print_exc()
        print("This is a failure of certify, not of the submission.", file=sys.stderr)
        sys.exit(Exit.OUR_FAILURE)
