"""The command line. Each command parses, calls one thing, prints, and returns a code.

Exit codes: 0 conforming (or done), 1 non-conforming, 2 unusable input, 3 our failure.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of the console script."""
    from certify.cli.program import run_program  # typer is imported when there is something to run

    run_program()
