"""What can go wrong, split by who has to act.

Three roots are enough: the input cannot be used (its author acts), the evidence has been changed
(nobody may rely on it), or this program failed (we act). Nothing here means "non-conforming": a
verdict is a result and never an exception.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One defect of one input: where it is, what was expected and found, and what to do.

    `line` and `column` count from 1; both are None where a file as a whole is meant. `code` names the kind
    of defect for machines; it stays the same when the words are improved.
    """

    source: str
    expected: str
    found: str
    remedy: str
    key: str = ""
    line: int | None = None
    column: int | None = None
    code: str = "value"

    @property
    def place(self) -> str:
        """The location as editors understand it: `file:line:column`."""
        parts = [self.source, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)

    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        return f"{self.place}:{key} expected {self.expected}, found {self.found}. {self.remedy}"


class Unfit(ValueError):
    """A part of a value that does not fit, for a validator to raise: the document finds line and column.

    `at` leads from the value that is validated to the part. The message says what was expected.
    """

    def __init__(self, expected: str, *, at: tuple[str | int, ...], remedy: str, found: str = "") -> None:
        super().__init__(expected)
        self.at, self.remedy, self.found = at, remedy, found


class CertifyError(Exception):
    """Root of all errors that this program raises on purpose."""

    exit_code = 3


class UnusableInput(CertifyError):
    """The input cannot be used: every defect that could be found is listed, not only the first."""

    exit_code = 2

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("an UnusableInput names at least one problem")
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Tampered(CertifyError):
    """Bytes are not what was recorded or signed: nothing that rests on them may be relied upon."""

    exit_code = 2


class StaleWriter(CertifyError):
    """A writer came back after its run was taken over: what it wrote is refused."""


class InfrastructureFault(CertifyError):
    """The machine failed, not the model: a worker could not be started. Trying again may help."""


class ToolNotQualified(CertifyError):
    """This program does not judge as its own vectors and specimens say it must: it may certify nothing."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
