"""`certify standards show`: every value of a basis, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import DOUBTFUL, QUIET, Page, counted
from certify.cli.standards.place import BasisArgument, load_standards
from certify.cli.workplace import StandardsFolder

if TYPE_CHECKING:
    from certify.basis import Basis
    from certify.cli.standards.trail import Row, Trail
    from certify.pack import PackReference
    from certify.standard import Check


def show(basis: BasisArgument, standards: StandardsFolder = None, as_json: AsJson = False) -> None:
    """Show every required check with every value, which way is stricter, and the lines that set it."""
    from certify.basis import lineage, resolve
    from certify.cli.standards.trail import Trail

    loaded = load_standards(standards)
    resolved = resolve(basis, bases=loaded.bases, checks=loaded.checks, facts={}, packs=loaded.references)
    trail = Trail(standards=loaded, sources=tuple(lineage(basis, loaded.bases)))
    if as_json:
        print_json(_as_json(resolved, trail))
    else:
        _print(Page(), resolved, trail)
    raise typer.Exit(Exit.CONFORMING)


def _excuses(check: Check) -> list[str]:
    return [f"{member.fact} is known and none of {', '.join(member.among)}" for member in check.applies.all]


def _signature(pack: PackReference) -> str:
    if not pack.signed:
        return f"{pack.id} {pack.version}: unsigned, nobody answers for it"
    by = f"signed by {pack.steward} with a {pack.key_kind} key"
    return f"{pack.id} {pack.version}: {by}, believed by the list {pack.stewards}"


def _as_json(basis: Basis, trail: Trail) -> dict[str, Any]:
    return {
        "basis": basis.id,
        "version": basis.version,
        "extends": [source.text.id for source in trail.sources[:-1]],
        "packs": [{**pack.to_json(), "signed": pack.signed} for pack in basis.packs],
        "checks": [
            {
                "check": check.id, "version": check.version, "status": check.status, "mode": check.mode,
                "title": check.title.to_json(), "could_be_excused_if": _excuses(check),
                "values": [row.to_json() for row in trail.rows(check)],
            }
            for check in basis.required
        ],
    }  # fmt: skip


def _print(page: Page, basis: Basis, trail: Trail) -> None:
    page.say(f"{basis.id} {basis.version}: {basis.title.en}", style="bold")
    for pack in basis.packs:
        page.say(_signature(pack), style="" if pack.signed else DOUBTFUL)
    page.say(f"Required as long as no fact is known: {counted(len(basis.required), 'check')}.")
    for check in basis.required:
        page.say()
        page.say(f"{check.id} {check.version} ({check.status}, {check.mode})", style="bold")
        page.say(check.title.en)
        for excuse in _excuses(check):
            page.say(f"out of scope if {excuse}", indent=2, style=DOUBTFUL)
        for row in trail.rows(check):
            _print_row(page, row)


def _print_row(page: Page, row: Row) -> None:
    unit = "" if row.unit == "1" else f" {row.unit}"
    way = "fixed" if row.stricter == "fixed" else f"{row.stricter} is stricter"
    page.say(f"{row.name} = {row.value}{unit} ({way})", indent=2)
    *before, last = row.steps
    for step in before:
        page.say(f"{step.value} in {step.place}", indent=6, style=QUIET)
    page.say(f"set in {last.place}", indent=6, style=QUIET)
