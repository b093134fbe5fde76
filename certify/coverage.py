"""Which clauses of the ledgers a basis shows, and by what: measured, documented, judged by a person, or not.

A clause counts as shown if a required check says that it `satisfies` it or `contributes-to` it; `informs`
shows nothing. That a check contributes to a clause does not mean that the clause is fulfilled: the note
beside the citation says which part is shown. Whatever is left is uncovered, and stays in the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from certify.basis import Basis
from certify.citation import SHOWING
from certify.pack import ClauseEntry, Ledger
from certify.standard import Check, Clause, Mode

Shown = Mode | Literal["uncovered"]
STRENGTHS: tuple[Shown, ...] = ("measured", "documented", "human", "uncovered")
"""The ways in which a clause is shown, the strongest first."""

DEMANDS = ("gate", "disclose")
"""The kinds of clauses that demand something; context and voluntary ones are listed, and counted apart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredClause:
    """One place of a ledger, and the required checks that show it or a part of it."""

    instrument: str
    clause: ClauseEntry
    checks: tuple[Check, ...]

    @property
    def shown(self) -> Shown:
        """The strongest way in which anything of it is shown."""
        modes = {check.mode for check in self.checks}
        return next((strength for strength in STRENGTHS if strength in modes), "uncovered")

    @property
    def demands(self) -> bool:
        """Whether the clause asks for anything at all."""
        return self.clause.kind in DEMANDS

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "instrument": self.instrument,
            "locator": self.clause.locator,
            "kind": self.clause.kind,
            "requires": self.clause.requires.to_json(),
            "possible": list(self.clause.modes),
            "read": self.clause.read,
            "shown": self.shown,
            "checks": [
                {"check": check.id, "mode": check.mode, "status": check.status} for check in self.checks
            ],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Every clause of every ledger under one basis."""

    clauses: tuple[CoveredClause, ...]
    unlisted: tuple[tuple[str, str, str], ...]
    """What checks claim to show and no ledger lists: (check, instrument, locator)."""

    @property
    def uncovered(self) -> tuple[CoveredClause, ...]:
        """The clauses that demand something of which nothing is shown."""
        return tuple(c for c in self.clauses if c.demands and c.shown == "uncovered")

    @property
    def instruments(self) -> tuple[str, ...]:
        """The instruments of the ledgers, in their order."""
        return tuple(dict.fromkeys(clause.instrument for clause in self.clauses))

    def of(self, instrument: str) -> Coverage:
        """The part that speaks of one instrument."""
        return Coverage(
            clauses=tuple(clause for clause in self.clauses if clause.instrument == instrument),
            unlisted=tuple(entry for entry in self.unlisted if entry[1] == instrument),
        )

    def totals(self, *, demanding: bool) -> dict[Shown, int]:
        """How many clauses are shown in each way, of those that demand something or of the others."""
        counted = Counter(c.shown for c in self.clauses if c.demands is demanding)
        return {strength: counted[strength] for strength in STRENGTHS}


def coverage(basis: Basis, ledgers: Sequence[Ledger]) -> Coverage:
    """What the required checks of a basis show of ledgers; nothing is excused, since no fact is known."""
    return Coverage(
        clauses=tuple(
            CoveredClause(
                instrument=ledger.instrument,
                clause=clause,
                checks=tuple(_showing(basis.required, ledger.instrument, clause.locator)),
            )
            for ledger in ledgers
            for clause in ledger.clauses
        ),
        unlisted=tuple(_unlisted(basis.required, ledgers)),
    )


def _showing(checks: Iterable[Check], instrument: str, locator: str) -> Iterator[Check]:
    for check in checks:
        if any((c.instrument, c.locator) == (instrument, locator) for c in check.clauses if _shows(c)):
            yield check


def _shows(clause: Clause) -> bool:
    return clause.relation in SHOWING


def _unlisted(checks: Iterable[Check], ledgers: Sequence[Ledger]) -> Iterator[tuple[str, str, str]]:
    listed = {(ledger.instrument, clause.locator) for ledger in ledgers for clause in ledger.clauses}
    for check in checks:
        for clause in check.clauses:
            if _shows(clause) and (clause.instrument, clause.locator) not in listed:
                yield check.id, clause.instrument, clause.locator
