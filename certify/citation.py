"""Whether the clauses that checks cite stand in a ledger.

A check that claims to show a clause, in whole or in part, cites a place that its own pack lists, or one that
it `uses`. A slip in the name of an instrument or in a locator would otherwise leave the clause uncovered and
the check without ground, and nobody would notice. What only `informs` may be cited from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches

from certify.errors import Problem
from certify.pack import Ledger, Pack
from certify.standard import Clause
from certify.strict_yaml import YamlDocument

SHOWING = ("satisfies", "contributes-to")
"""The relations by which a check claims to show a clause."""

Places = Mapping[str, Sequence[str]]
"""Locators by instrument."""


def citation_problems(pack: Pack, ledgers: Iterable[Ledger]) -> Iterator[Problem]:
    """Every citation that claims to show a clause and that no ledger holds, where it is written."""
    places = {ledger.instrument: [clause.locator for clause in ledger.clauses] for ledger in ledgers}
    for name, check in pack.checks.items():
        for index, clause in enumerate(check.clauses):
            if clause.relation in SHOWING:
                yield from _problem(pack.documents[name], index, clause, places)


def readings_to_come(pack: Pack, *, today: date) -> Iterator[Problem]:
    """Citations whose text is said to have been read on a day that has not come."""
    for name, check in pack.checks.items():
        for index, clause in enumerate(check.clauses):
            if clause.as_of > today:
                yield pack.documents[name].problem(
                    ("clauses", index, "as_of"),
                    expected=f"a day on which somebody read the text, {today} at the latest",
                    found=str(clause.as_of),
                    remedy="Write the day on which it was really read.",
                    code="day-to-come",
                )


def _problem(document: YamlDocument, index: int, clause: Clause, places: Places) -> Iterator[Problem]:
    known = places.get(clause.instrument)
    if known is None:
        yield document.problem(
            ("clauses", index, "instrument"),
            expected=f"an instrument of a ledger: {'; '.join(places) or 'there is none'}",
            found=clause.instrument,
            remedy=_remedy(clause.instrument, list(places)),
            code="unknown-instrument",
        )
    elif clause.locator not in known:
        yield document.problem(
            ("clauses", index, "locator"),
            expected=f"a clause that the ledger of {clause.instrument} lists",
            found=clause.locator,
            remedy=_remedy(clause.locator, known),
            code="unknown-clause",
        )


def _remedy(written: str, known: Sequence[str]) -> str:
    close = get_close_matches(written, known, n=1)
    advice = f'Did you mean "{close[0]}"? ' if close else ""
    return (
        f"{advice}Correct it, list the clause in clauses.yaml, name the pack that lists it under `uses:` "
        "in pack.yaml, or say `informs`."
    )
