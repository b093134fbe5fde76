"""`certify plan`: how probable it is, before the test data are opened, that each check is demonstrated."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, print_json, visible
from certify.cli.workplace import (
    DEFAULT_WORK,
    BasisName,
    StandardsFolder,
    SubmissionFolder,
    WorkFolder,
    workplace,
)
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from rich.console import Console

    from checks.planning.case import Assumption
    from checks.planning.plan import Plan, Planned
    from flows.planning import Outlook


CLAIM = "claim"
"""What a plan says of a performance that is assumed as claimed; see `checks.planning.case`."""


def plan(
    submission: SubmissionFolder,
    basis: BasisName,
    rows: Annotated[
        int | None,
        typer.Option("--rows", min=1, help="Plan for so many rows of test data. Default: those at hand."),
    ] = None,
    assume: Annotated[
        str, typer.Option("--assume", help="Where both are there, plan at: claims or validation.")
    ] = "claims",
    attempts: Annotated[int, typer.Option("--attempts", min=1, help="How many attempts share alpha.")] = 1,
    work: WorkFolder = DEFAULT_WORK,
    standards: StandardsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say beforehand what will be demonstrated and how many cases that takes. The test data stay closed."""
    from flows.planning import look_ahead

    place = workplace(work, standards)
    with _working(quiet=as_json):
        outlook = look_ahead(
            submission, basis, place, rows=rows, assume=_assumption(assume), attempts=attempts
        )
    if as_json:
        print_json(_as_json(outlook))
    else:
        _print(outlook)


def _working(*, quiet: bool) -> AbstractContextManager[object]:
    """A sign of life on a terminal, which a plan of large groups needs."""
    from rich.console import Console

    return nullcontext() if quiet else Console(stderr=True).status("Measuring what may be looked at")


def _assumption(text: str) -> Assumption:
    if text == "claims":
        return "claims"
    if text == "validation":
        return "validation"
    problem = Problem(
        source="--assume", expected="claims or validation", found=visible(text[:40]), remedy="Correct it."
    )
    raise UnusableInput(problem)


def _as_json(outlook: Outlook) -> dict[str, Any]:
    plan, likeliest = outlook.plan, outlook.plan.likeliest
    return {
        "system": outlook.system,
        "basis": {"id": outlook.basis.id, "version": outlook.basis.version},
        "rows": plan.rows,
        "attempts": outlook.basis.attempts,
        "validation_rows": outlook.standing_in,
        "certain_to_refuse": [{"check": s.check.id, "why": s.why} for s in plan.refusing],
        "demonstrated_without_test_data": [s.check.id for s in plan.settled if not s.refuses],
        "planned": [
            {
                **_planned_as_json(p),
                "as_measured": [_planned_as_json(o) for o in _otherwise(p, outlook.as_measured)],
            }
            for p in plan.planned
        ],
        "cannot_be_planned": [{"check": u.check.id, "why": u.reason} for u in plan.unplanned],
        "joint": _joint_as_json(plan),
        "joint_as_measured": None if outlook.as_measured is None else _joint_as_json(outlook.as_measured),
        "most_likely_to_refuse": None if likeliest is None else likeliest.check.id,
        "expected_seconds": {"seconds": f"{outlook.pacing.seconds:.0f}", "model": outlook.pacing.model},
    }


def _joint_as_json(plan: Plan) -> dict[str, Any]:
    return {
        "if_independent": _number(plan.joint.value),
        "standard_error": _number(plan.joint.error),
        "at_least": _number(plan.joint_at_least),
        "checks": len(plan.planned),
        "rows_for_power": {"power": "0.9", "rows": plan.enough},
    }


def _planned_as_json(planned: Planned) -> dict[str, Any]:
    return {
        "check": planned.check.id,
        "power": _number(planned.chance.value),
        "standard_error": _number(planned.chance.error),
        "rows_for_power": {"power": "0.9", "rows": planned.enough},
        "performance_from": planned.basis,
        "model": planned.model,
        "out_of_reach": planned.hopeless,
    }


def _number(value: float) -> str:
    return f"{value:.4f}"


def _print(outlook: Outlook) -> None:
    from rich.console import Console
    from rich.markup import escape

    plan, console = outlook.plan, Console(highlight=False)
    console.print(f"[bold]Plan: {escape(visible(outlook.system))}[/]")
    console.print(f"Basis {outlook.basis.id} {outlook.basis.version}, {plan.rows:,} rows of test data.")
    if outlook.basis.attempts > 1:
        console.print(f"For one of {outlook.basis.attempts} attempts, which share alpha.")
    console.print("The test data were not opened: only their rows were counted.")
    _print_list(console, "Certain to refuse", [(s.check.title.en, s.why) for s in plan.refusing])
    certain = sum(not s.refuses for s in plan.settled)
    console.print(f"\n[bold]Demonstrated without test data: {certain}[/]")
    _print_planned(console, plan, outlook.as_measured)
    _print_list(console, "Cannot be planned", [(u.check.title.en, u.reason) for u in plan.unplanned])
    _print_joint(console, plan, outlook.as_measured)
    _print_grounds(console, outlook)


def _print_list(console: Console, heading: str, lines: list[tuple[str, str]]) -> None:
    from rich.markup import escape
    from rich.padding import Padding

    if not lines:
        return
    console.print(f"\n[bold]{heading}: {len(lines)}[/]")
    for title, why in lines:
        console.print(Padding(escape(visible(title)), (0, 0, 0, 2)))
        console.print(Padding(f"[dim]{escape(visible(why))}[/]", (0, 0, 0, 4)))


def _print_planned(console: Console, plan: Plan, measured: Plan | None) -> None:
    from rich.markup import escape
    from rich.table import Column, Table

    console.print(f"\n[bold]Depend on the test data: {len(plan.planned)}[/]")
    table = Table(
        Column("Check", overflow="fold"),
        Column("Power", justify="right", no_wrap=True),
        Column("Rows for 90 %", justify="right", max_width=10),
        box=None,
    )
    for planned in sorted(plan.planned, key=lambda p: p.chance.value):
        title = escape(visible(planned.check.title.en))
        title += f"\n[dim]{escape(visible(planned.hopeless))}[/]" if planned.hopeless else ""
        table.add_row(title, _percent(planned.chance.value), _rows(planned))
        for other in _otherwise(planned, measured):
            table.add_row(
                "  as on the validation data", _percent(other.chance.value), _rows(other), style="dim"
            )
    console.print(table)


def _otherwise(planned: Planned, measured: Plan | None) -> list[Planned]:
    """The same check at what the validation data show, where it was planned at a claim."""
    others = measured.planned if measured is not None and planned.basis == CLAIM else ()
    return [other for other in others if other.check.id == planned.check.id]


def _percent(chance: float) -> str:
    """Never rounded to certainty."""
    if 0 < chance < 0.001:
        return "< 0.1 %"
    if 0.999 < chance < 1:
        return "> 99.9 %"
    return f"{100 * chance:.1f} %"


def _rows(planned: Planned) -> str:
    if planned.enough is None:
        return "none" if planned.hopeless else "over 10 M"
    return f"{planned.enough:,}"


def _print_joint(console: Console, plan: Plan, measured: Plan | None) -> None:
    from rich.markup import escape

    if not plan.planned or plan.likeliest is None:
        console.print("\nNo check can be planned.")
        return
    console.print(f"\n[bold]All {len(plan.planned)} together on {plan.rows:,} rows[/]")
    _print_chances(console, plan, "performance as assumed above")
    if measured is not None:
        _print_chances(console, measured, "all of it as on the validation data")
    console.print(
        f"Will most probably refuse: {escape(visible(plan.likeliest.check.title.en))} "
        f"({_percent(plan.likeliest.chance.value)})."
    )
    if plan.refusing:
        console.print(f"It cannot conform before {len(plan.refusing)} certain refusals are cured.")


def _print_chances(console: Console, plan: Plan, assumed: str) -> None:
    enough = "no number of rows is enough" if plan.enough is None else f"about {plan.enough:,} rows"
    console.print(f"With {assumed}:")
    console.print(f"  {_percent(plan.joint.value)} if they are independent (product)")
    console.print(f"  {_percent(plan.joint_at_least)} at least, however they depend (Bonferroni)")
    console.print(f"  for 90 %, if independent: {enough}")


def _print_grounds(console: Console, outlook: Outlook) -> None:
    claimed = sum(p.basis == CLAIM for p in outlook.plan.planned)
    seconds = (
        f"about {outlook.pacing.seconds:.0f} s ({outlook.pacing.model}; starting and sealing not counted)"
    )
    console.print(f"Measuring will take {seconds}.")
    rows = "no rows" if outlook.standing_in is None else f"{outlook.standing_in:,} rows"
    console.print(
        f"\n[dim]Performance assumed: as claimed for {claimed} checks, else as measured on {rows} of "
        "validation data, which leave it uncertain themselves. Groups keep their present shares.[/]"
    )
