"""`certify standards check`: does a pack refuse what it must?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import BAD, DOUBTFUL, GOOD, Page, bar, counted
from certify.cli.standards.place import HERE, PacksFolder, bundled, find_pack, pack_folders
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.cli.standards.fault import Fault
    from certify.cli.standards.inspection import Inspection, Row

NUMBERS = ("vectors", "mutants", "controls", "specimens")


def check(
    packs: Annotated[
        list[str] | None, typer.Argument(metavar="PACK...", help="Namespaces, or folders of packs.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every pack of the folder of standards.")] = False,
    no_specimens: Annotated[
        bool, typer.Option("--no-specimens", help="Leave out the real submissions, which take longest.")
    ] = False,
    standards: PacksFolder = None,
    as_json: AsJson = False,
) -> None:
    """Load packs and prove that they refuse: citations, vectors, mutants, controls, specimens."""
    from certify.cli.standards.inspection import inspect

    folders = _folders(packs or [], standards, every=every)
    with bar(quiet=as_json) as advance:
        inspections = inspect(folders, with_specimens=not no_specimens, advance=advance)
    if as_json:
        print_json(summary(inspections))
    else:
        for inspection in inspections:
            print_inspection(Page(), inspection)
    holds = all(inspection.holds and not inspection.signature.broken for inspection in inspections)
    raise typer.Exit(Exit.CONFORMING if holds else Exit.NON_CONFORMING)


def _folders(names: list[str], standards: Path | None, *, every: bool) -> list[Path]:
    folders = [find_pack(name, standards) for name in names]
    if every:
        folders += pack_folders(standards or bundled())
    if not folders:
        raise UnusableInput(
            Problem(
                source="certify standards check",
                expected="a pack, or --all with a folder of standards that holds any",
                found="none",
                remedy=f"Name a pack: its folder, or its namespace under {HERE}/packs.",
                code="unknown-pack",
            )
        )
    return folders


def summary(inspections: tuple[Inspection, ...]) -> dict[str, Any]:
    """Inspected packs in JSON."""
    return {
        "holds": all(inspection.holds and not inspection.signature.broken for inspection in inspections),
        "packs": [_as_json(inspection) for inspection in inspections],
    }


def _as_json(inspection: Inspection) -> dict[str, Any]:
    manifest = inspection.pack.manifest
    totals = {name: inspection.total(name) for name in NUMBERS}
    return {
        "pack": manifest.id,
        "version": manifest.version,
        "holds": inspection.holds,
        "signature": {"holds": inspection.signature.holds, "says": str(inspection.signature)},
        "specimens_run": all(row.trials is not None for row in inspection.rows),
        **{name: {"as_expected": good, "of": of} for name, (good, of) in totals.items()},
        "problems": [asdict(problem) for problem in inspection.problems],
        "checks": [row.to_json() for row in inspection.rows],
    }


def print_inspection(page: Page, inspection: Inspection) -> None:
    """One table with a row for each check, then everything that is wrong, then the conclusion."""
    manifest = inspection.pack.manifest
    page.say(f"{manifest.id} {manifest.version}", style="bold")
    page.say(str(inspection.signature), style="" if inspection.signature.holds else DOUBTFUL)
    heads = ("Check", *(name.capitalize() for name in NUMBERS))
    page.table(heads, [*map(_cells, inspection.rows), _total(inspection)], numbers=True)
    for problem in inspection.problems:
        page.problem(problem)
    for row in inspection.rows:
        for fault in row.faults:
            _print_fault(page, fault)
    _print_conclusion(page, inspection)


def _cells(row: Row) -> list[str]:
    slug = row.proof.check.partition("/")[2]
    cells = [f"{'✓' if row.holds else '✗'} {slug}"]
    return cells + [_cell(row, name) for name in NUMBERS]


def _cell(row: Row, name: str) -> str:
    good, of = row.numbers[name]
    if name == "specimens" and row.proof.mode == "human":
        return "a person"
    if name == "specimens" and row.trials is None:
        return "not run"
    return f"{good}/{of}"


def _total(inspection: Inspection) -> list[str]:
    run = all(row.trials is not None for row in inspection.rows)
    cells = {name: "{}/{}".format(*inspection.total(name)) for name in NUMBERS}
    return ["in all", *({**cells, "specimens": cells["specimens"] if run else "not run"}.values())]


def _print_fault(page: Page, fault: Fault) -> None:
    named = fault.what.startswith("packs/")
    page.say(f"✗ {fault.what}" if named else f"✗ {fault.check}: {fault.what}", style=BAD)
    page.say(f"expected {fault.expected}", indent=4)
    page.say(f"found    {fault.found}", indent=4)
    page.say(fault.remedy, indent=4)


def _print_conclusion(page: Page, inspection: Inspection) -> None:
    name = inspection.pack.manifest.id
    run = all(row.trials is not None for row in inspection.rows)
    if inspection.holds:
        page.say(f"{name} holds: {_counts(inspection, specimens=run)}.", style=GOOD)
        if inspection.signature.broken:
            page.say("Nothing loads it, however, until its steward has signed it as it stands.", style=BAD)
    else:
        page.say(f"{name} DOES NOT HOLD: {counted(inspection.faults, 'fault')}.", style=BAD)
    if not run:
        page.say("Specimens were not run, as you asked: nothing is known of real models.", style=DOUBTFUL)
    page.say()


def _counts(inspection: Inspection, *, specimens: bool) -> str:
    totals = {name: inspection.total(name)[1] for name in NUMBERS}
    said = (
        f"{counted(len(inspection.rows), 'check')}, {totals['vectors']} vectors, {totals['mutants']} of "
        f"{totals['mutants']} mutants killed, {totals['controls']} controls refused"
    )
    return f"{said}, {totals['specimens']} specimens as expected" if specimens else said
