"""`certify standards propose`: a first draft of the vectors of a check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json
from certify.cli.standards.page import BAD, DOUBTFUL, Page
from certify.cli.standards.place import HERE, WritingFolder, find_pack, read_pack, shown
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.cli.standards.draft import Draft
    from certify.pack import Pack
    from certify.standard import Check


def propose(
    name: Annotated[
        str, typer.Argument(metavar="NAMESPACE/SLUG", help="The check; with --all, the namespace alone.")
    ],
    every: Annotated[bool, typer.Option("--all", help="Every check of the pack.")] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A value that the check leaves open, as name=value; lists as a,b."),
    ] = None,
    folder: WritingFolder = HERE,
    replace: Annotated[bool, typer.Option("--replace", help="Replace vector files that are there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write vectors that each clause, demand and fact decides alone. Every one must be read by a person."""
    from certify.cli.standards.draft import drafts_of

    pack = read_pack(find_pack(name.partition("/")[0], folder))
    drafts = drafts_of(pack, _chosen(pack, name, every=every), settings or [])
    written = _write(drafts, replace=replace)
    if as_json:
        print_json({"written": written, "checks": [_as_json(draft) for draft in drafts]})
    else:
        _print(Page(), drafts)
    raise typer.Exit(Exit.CONFORMING)


def _chosen(pack: Pack, name: str, *, every: bool) -> list[Check]:
    if every and name == pack.manifest.id:
        return list(pack.checks.values())
    if not every and name in pack.checks:
        return [pack.checks[name]]
    raise UnusableInput(
        Problem(
            source=name,
            expected=f"a check of the pack: {', '.join(pack.checks)}; or the namespace alone, with --all",
            found=name,
            remedy="Correct the name.",
            code="unknown-check",
        )
    )


def _write(drafts: list[Draft], *, replace: bool) -> list[str]:
    """All files or none: nothing is written if one that is there would be replaced unasked."""
    from certify.store import write_durably

    files = {draft.folder / name: text for draft in drafts for name, text in draft.files.items()}
    taken = [path for path in files if path.exists() and not replace]
    if taken:
        raise UnusableInput(*map(_would_replace, taken))
    for path, text in files.items():
        write_durably(path, text.encode(), replace=replace)
    return list(map(str, files))


def _would_replace(path: Path) -> Problem:
    return Problem(
        source=str(path),
        expected="no such file yet",
        found="one that is already there",
        remedy="Say --replace, if nobody has corrected it by hand.",
    )


def _as_json(draft: Draft) -> dict[str, Any]:
    return {
        "check": draft.check.id,
        "files": [str(draft.folder / name) for name in draft.files],
        "vectors": draft.vectors,
        "mutants": draft.mutants,
        "survivors": list(draft.survivors),
        "come_out_otherwise": list(draft.wrong),
        "list_under_vectors": draft.listed,
        "to_delete": list(draft.to_delete),
    }


def _print(page: Page, drafts: list[Draft]) -> None:
    for draft in drafts:
        page.say(draft.check.id, style="bold")
        page.say(f"wrote {', '.join(draft.files)} in {shown(draft.folder)}", indent=2)
        killed = draft.mutants - len(draft.survivors)
        page.say(f"{draft.vectors} vectors, which kill {killed} of {draft.mutants} mutants.", indent=2)
        for line in draft.wrong:
            page.say(f"comes out otherwise: {line}", indent=2, style=BAD)
        if draft.listed != list(draft.check.vectors):
            page.say("Put this into check.yaml:", indent=2)
            page.say(f"vectors: [{', '.join(draft.listed)}]", indent=4)
        if draft.to_delete:
            page.say(f"and delete {', '.join(draft.to_delete)}, which fails on purpose.", indent=2)
    page.say(
        "This is a draft. Each vector must be read by a person: is this what the check must say? "
        "Correct what is not, and take out what says nothing.",
        style=DOUBTFUL,
    )
