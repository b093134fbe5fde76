"""The places in law and standards that a check speaks to, and how it relates to each."""

from __future__ import annotations

from dataclasses import dataclass

from certify.standard import Check
from reports.language import Words


@dataclass(frozen=True, kw_only=True, slots=True)
class ClauseView:
    """One clause of a check."""

    instrument: str
    """The law or standard."""
    locator: str
    """Article, section or page in it."""
    relation: str
    """Satisfies, contributes to, or informs, in the reader's language."""
    as_of: str
    """The day whose text is meant."""
    note: str
    """What else the check's author says of the relation; empty if nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstrumentView:
    """The clauses of one instrument, for where there is little room."""

    instrument: str
    """The law or standard."""
    clauses: tuple[ClauseView, ...]
    """Its clauses, in the order of the check."""


def clauses_of(check: Check, words: Words) -> tuple[ClauseView, ...]:
    """The clauses in the order of the check."""
    return tuple(
        ClauseView(
            instrument=clause.instrument,
            locator=clause.locator,
            relation=words.term(clause.relation),
            as_of=clause.as_of.isoformat(),
            note=clause.note or "",
        )
        for clause in check.clauses
    )


def instruments_of(check: Check, words: Words) -> tuple[InstrumentView, ...]:
    """The same clauses under their instruments, in the order in which these are first named."""
    clauses = clauses_of(check, words)
    return tuple(
        InstrumentView(instrument=name, clauses=tuple(c for c in clauses if c.instrument == name))
        for name in dict.fromkeys(clause.instrument for clause in clauses)
    )
