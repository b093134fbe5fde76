"""`certify standards coverage`: which clauses of the ledgers a basis shows, and which it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import BAD, DOUBTFUL, Page
from certify.cli.standards.place import BasisArgument, load_standards
from certify.cli.workplace import StandardsFolder

if TYPE_CHECKING:
    from certify.coverage import Coverage, CoveredClause


def coverage(basis: BasisArgument, standards: StandardsFolder = None, as_json: AsJson = False) -> None:
    """Count the clauses of all packs against a basis: measured, documented, human, uncovered."""
    from certify.basis import resolve
    from certify.coverage import coverage as coverage_of
    from certify.pack import read_ledgers

    loaded = load_standards(standards)
    resolved = resolve(basis, bases=loaded.bases, checks=loaded.checks, facts={}, packs=loaded.references)
    covered = coverage_of(resolved, read_ledgers(pack.folder for pack in loaded.packs.values()))
    if as_json:
        print_json({"basis": resolved.id, "version": resolved.version, **_as_json(covered)})
    else:
        _print(Page(), f"{resolved.id} {resolved.version}", covered)
    raise typer.Exit(Exit.CONFORMING)


def _as_json(covered: Coverage) -> dict[str, Any]:
    return {
        "totals": covered.totals(demanding=True),
        "totals_of_context_and_voluntary": covered.totals(demanding=False),
        "ledgers": {name: covered.of(name).totals(demanding=True) for name in covered.instruments},
        "clauses": [clause.to_json() for clause in covered.clauses],
        "in_no_ledger": [
            {"check": check, "instrument": instrument, "locator": locator}
            for check, instrument, locator in covered.unlisted
        ],
    }


def _print(page: Page, basis: str, covered: Coverage) -> None:
    page.say(f"{basis}: what is shown of each clause", style="bold")
    page.say("Shown means that a required check shows it or a part of it; the check's note says which part.")
    for instrument in covered.instruments:
        ledger = covered.of(instrument)
        page.say()
        page.say(f"{instrument}: {_said(ledger, demanding=True)}", style="bold")
        heads = ("Clause", "Kind", "Shown", "By, or what it requires")
        page.table(heads, map(_cells, ledger.clauses), lines=True)
    for check, instrument, locator in covered.unlisted:
        page.say(f"In no ledger: {locator} of {instrument}, which {check} cites.", style=DOUBTFUL)
    _print_totals(page, covered)


def _cells(covered: CoveredClause) -> list[str]:
    uncovered = covered.shown == "uncovered"
    sign = "✗ " if uncovered and covered.demands else ""
    by = covered.clause.requires.en if uncovered else ", ".join(map(_named, covered.checks))
    return [
        f"{sign}{covered.clause.locator}",
        covered.clause.kind,
        "UNCOVERED" if sign else covered.shown,
        by,
    ]


def _named(check: Any) -> str:
    return f"{check.id} (deprecated)" if check.status == "deprecated" else str(check.id)


def _said(covered: Coverage, *, demanding: bool) -> str:
    return ", ".join(f"{count} {shown}" for shown, count in covered.totals(demanding=demanding).items())


def _print_totals(page: Page, covered: Coverage) -> None:
    page.say()
    if not covered.clauses:
        page.say("NO LEDGER: no pack lists clauses, so that nothing can be counted.", style=BAD)
        return
    for demanding, what in ((True, "that demand something"), (False, "of context or voluntary")):
        count = sum(covered.totals(demanding=demanding).values())
        page.say(f"{count} clauses {what}: {_said(covered, demanding=demanding)}.")
    if covered.uncovered:
        number = len(covered.uncovered)
        page.say(
            f"{number} {'CLAUSE IS' if number == 1 else 'CLAUSES ARE'} UNCOVERED: nothing is shown.",
            style=BAD,
        )
