"""The list of commands, and the one place that turns errors into exit codes."""

from __future__ import annotations

import io
import sys
import traceback
from typing import NoReturn

import typer

from certify.cli import demo, deviation, init, keys, lock, measure, plan, prove, review, run, verify
from certify.cli.console import Exit, print_json, print_problems, wants_json
from certify.cli.standards import program as standards
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
program.command("plan")(plan.plan)
program.command("lock")(lock.lock)
program.command("run")(run.run)
program.command("measure")(measure.measure)
program.command("prove")(prove.prove)
program.command("verify")(verify.verify)
program.command("demo")(demo.demo)
program.add_typer(review.program, name="review")
program.add_typer(deviation.program, name="deviation")
program.add_typer(standards.program, name="standards")
program.add_typer(keys.program, name="keys")


def run_program() -> None:
    """Run the command that was asked for and leave with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal speaks Unicode
    try:
        program()
    except CertifyError as error:
        print_problems(error.problems if isinstance(error, UnusableInput) else (), error)
        sys.exit(error.exit_code)
    except SystemExit as leaving:
        _leave(leaving.code)
    except KeyboardInterrupt:
        _leave(_INTERRUPTED)
    except Exception as error:
        traceback.print_exc()
        print("This is a failure of certify, not of the submission.", file=sys.stderr)
        _say(type(error).__name__, str(error))
        sys.exit(Exit.OUR_FAILURE)


_INTERRUPTED = 130
"""128 and the number of the signal, as shells count it: no code of ours, for nothing was decided."""


def _leave(code: str | int | None) -> NoReturn:
    """Leave with the code of typer, which says the rest on standard error."""
    if code == Exit.UNUSABLE_INPUT:
        _say("UsageError", "The command line cannot be read; `--help` says what it takes.")
    if code == _INTERRUPTED:
        text = "Interrupted. What was measured is on record; the same command goes on from there."
        print(text, file=sys.stderr)
        _say("Interrupted", text)
    sys.exit(code)


def _say(error: str, text: str) -> None:
    """What went wrong, for whoever asked for JSON."""
    if wants_json():
        print_json({"error": error, "problems": [], "text": text})
