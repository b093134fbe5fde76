"""How these commands print: lines and tables that fold, and never cut off, on a narrow terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from certify.cli.console import visible
from certify.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

Advance = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

GOOD, BAD, DOUBTFUL, QUIET = "green", "bold red", "yellow", "dim"


def counted(number: int, noun: str) -> str:
    """`counted(1, "check")` is "1 check"; of any other number there are checks."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Page:
    """Standard output, folded to the width of the terminal. All text is shown and never obeyed."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console: Console = Console(highlight=False)

    def say(self, text: str = "", *, indent: int = 0, style: str = "") -> None:
        """One paragraph."""
        from rich.text import Text

        width = max(self._console.width - indent, 1)
        for line in Text(visible(text), style=style).wrap(self._console, width, overflow="fold"):
            line.rstrip()
            line.pad_left(indent)
            self._console.print(line, overflow="fold")

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        numbers: bool = False,
        lines: bool = False,
    ) -> None:
        """A table; rows that begin with ✗ stand out, and `numbers` aligns all cells but the first."""
        from rich.table import Column, Table
        from rich.text import Text

        columns = [
            Column(head, overflow="fold", justify="right" if numbers and place else "left")
            for place, head in enumerate(heads)
        ]
        table = Table(*columns, show_lines=lines)
        for row in rows:
            style = BAD if row[0].startswith("✗") else ""
            table.add_row(*(Text(visible(cell), style=style) for cell in row))
        self._console.print(table)

    def problem(self, problem: Problem) -> None:
        """A defect with its place, what was expected and found, and what to do."""
        self.say(f"✗ {problem.place}{f': {problem.key}' if problem.key else ''}", style=BAD)
        self.say(f"expected {problem.expected}", indent=4)
        self.say(f"found    {problem.found}", indent=4)
        self.say(problem.remedy, indent=4)


@contextmanager
def bar(*, quiet: bool) -> Iterator[Advance]:
    """A bar on standard error, gone when the work is done."""
    if quiet:
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        row = progress.add_task("", total=None)
        yield lambda what, done, total: progress.update(row, description=what, completed=done, total=total)
