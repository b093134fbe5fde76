"""`certify standards diff`: which verdicts moved between two versions of a pack, and the bump they demand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import BAD, GOOD, Page, counted
from certify.cli.standards.place import pack_folders, read_pack
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.difference import Bump, CheckDifference, Difference


def diff(
    old: Annotated[
        Path, typer.Argument(metavar="OLD", help="The old pack, or the folder of standards that holds it.")
    ],
    new: Annotated[
        Path, typer.Argument(metavar="NEW", help="The new pack, or the folder of standards that holds it.")
    ],
    pack: Annotated[
        str | None, typer.Option("--pack", help="The namespace, where a folder holds several packs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put the vectors of both versions to both, and compare the bump they demand with the declared one."""
    from certify.difference import compare

    difference = compare(read_pack(_folder(old, pack)), read_pack(_folder(new, pack)))
    if as_json:
        print_json(_as_json(difference))
    else:
        _print(Page(), difference)
    raise typer.Exit(Exit.CONFORMING if difference.enough else Exit.NON_CONFORMING)


def _folder(path: Path, name: str | None) -> Path:
    """The folder of the pack: the path itself, or the one of that name in a folder of standards."""
    from certify.pack import MANIFEST_FILE

    if (path / MANIFEST_FILE).is_file():
        return path
    found = [folder for folder in pack_folders(path) if name in (None, folder.name)]
    if len(found) == 1:
        return found[0]
    raise UnusableInput(
        Problem(
            source=str(path),
            expected=f"the pack {name}" if name else "a pack, or a folder of standards that holds one pack",
            found=", ".join(folder.name for folder in pack_folders(path)) or "no pack",
            remedy="Name the folder of the pack, or the namespace with --pack.",
            code="unknown-pack",
        )
    )


def _as_json(difference: Difference) -> dict[str, Any]:
    return {
        "pack": difference.pack,
        "old": difference.old,
        "new": difference.new,
        "demanded": difference.demanded.label,
        "declared": difference.declared.label,
        "enough": difference.enough,
        "checks": [_check_as_json(check) for check in difference.checks],
    }


def _check_as_json(check: CheckDifference) -> dict[str, Any]:
    return {
        "check": check.check,
        "old": check.old,
        "new": check.new,
        "vectors": check.vectors,
        "demanded": check.demanded.label,
        "declared": check.declared.label if check.declared is not None else None,
        "enough": check.enough,
        "changes": [{"what": change.what, "bump": change.bump.label} for change in check.changes],
    }


def _print(page: Page, difference: Difference) -> None:
    page.say(f"{difference.pack}: {difference.old} before, {difference.new} now", style="bold")
    for check in difference.checks:
        if check.changes or not check.enough:
            _print_check(page, check)
    changed = sum(1 for check in difference.checks if check.changes)
    vectors = sum(check.vectors for check in difference.checks)
    page.say(f"Changed: {changed} of {counted(len(difference.checks), 'check')}, by {vectors} vectors.")
    page.say(_demand("The pack", difference.demanded, difference.declared))
    if difference.enough:
        page.say("Every bump is large enough.", style=GOOD)
    else:
        page.say("A BUMP IS TOO SMALL: raise `version` where more is demanded than declared.", style=BAD)


def _demand(what: str, demanded: Bump, declared: Bump) -> str:
    return f"{what} demands a bump of {demanded.label} and declares {declared.label}."


def _print_check(page: Page, check: CheckDifference) -> None:
    versions = f"{check.old or 'not there'} before, {check.new or 'not there'} now"
    page.say(f"{'✓' if check.enough else '✗'} {check.check}: {versions}", style="" if check.enough else BAD)
    for change in check.changes:
        page.say(f"{change.bump.label}: {change.what}", indent=4)
    if check.declared is not None:
        page.say(_demand("It", check.demanded, check.declared), indent=4)
