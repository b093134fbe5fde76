"""How what was proved, refuted or left open is told: statements, circumstances, counterexamples as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import WHOLE, Circumstance, Statement
from checks.measured import CannotMeasure, Exhibit
from checks.proof.answer import Answer
from checks.proof.declared import Declared

F64 = NDArray[np.float64]
Row = Mapping[str, str]


def statements(name: str, answers: Mapping[str, Answer], said: Mapping[str, str]) -> tuple[Statement, ...]:
    """One statement for each subject that was settled; `said` tells what its counterexample shows.

    Raises `CannotMeasure` with the reasons where nothing was refuted and something stayed open: of a claim
    about all nothing is known then.
    """
    open_ = {subject: answer for subject, answer in answers.items() if answer.verdict == "unknown"}
    if open_ and not any(answer.verdict == "violated" for answer in answers.values()):
        told = "; ".join(f"{subject}: {answer.reason}" for subject, answer in open_.items())
        raise CannotMeasure(f"neither proved nor refuted, {told}")
    return tuple(
        Statement(
            name=name, subject=subject, holds=answer.verdict == "holds", kind="proof",
            explanation=said[subject] if answer.verdict == "violated" else _proved(answer),
        )
        for subject, answer in answers.items()
        if answer.verdict != "unknown"
    )  # fmt: skip


def of_all(each: Sequence[Statement]) -> Statement:
    """What was found of each as one statement about all: it holds if each does, and tells what refuted it."""
    told = [statement for statement in each if not statement.holds] or list(each)
    return Statement(
        name=each[0].name, subject=WHOLE, holds=all(statement.holds for statement in each), kind="proof",
        explanation=" ".join(f"{s.subject}: {s.explanation}" for s in told)[:20_000],
    )  # fmt: skip


def circumstances(answers: Sequence[Answer]) -> tuple[Circumstance, ...]:
    """For which arithmetic it was proved, with the greatest margin, and in how many parts of regions."""
    arithmetic = max(answers, key=lambda answer: answer.margin).arithmetic
    regions = sum(answer.regions for answer in answers)
    return (
        Circumstance(name="arithmetic", value=arithmetic),
        Circumstance(name="regions", value=str(regions)),
    )


def row_of(domain: Declared, point: F64) -> Row:
    """A point as a row in the vendor's columns and units, each number in the fewest digits that tell it."""
    typed = point.astype(domain.entry.dtype)
    return {
        name: np.format_float_positional(value, unique=True, trim="-")
        for name, value in zip(domain.names, typed, strict=True)
    }


def spelt(row: Row, most: int = 40) -> str:
    """The row in one line, the first columns of it."""
    shown = ", ".join(f"{name} {value}" for name, value in list(row.items())[:most])
    return shown if len(row) <= most else f"{shown}, and {len(row) - most} more"


def counterexamples(found: Mapping[str, object]) -> tuple[Exhibit, ...]:
    """Rows by subject, for the vendor; nothing where nothing was refuted."""
    if not found:
        return ()
    return (
        Exhibit(
            name="counterexamples.json", media_type="application/json", visibility="vendor",
            data=canonical(found),
        ),
    )  # fmt: skip


def _proved(answer: Answer) -> str:
    return (
        f"Proved of every case of the declared domain, in {answer.regions} parts: {answer.reason}. For this "
        f"arithmetic: {answer.arithmetic}"
    )
