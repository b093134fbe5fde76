"""`certify run`: from a submission to a sealed, verified dossier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, print_json, visible
from certify.cli.keys import PassphraseFile, private_key
from certify.cli.progress import Progress
from certify.cli.verify import exit_code, summary
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
    from certify.dossier import Dossier
    from certify.verification import Verification


def run(
    submission: SubmissionFolder,
    basis: BasisName,
    key: Annotated[Path, typer.Option("--key", help="The private key that seals (see `certify keys new`).")],
    out: Annotated[Path, typer.Option("--out", help="Where the dossier is written.")] = Path("dossier.zip"),
    signer: Annotated[
        str, typer.Option("--signer", help="The printed name beside the signature.")
    ] = "unnamed",
    passphrase_file: PassphraseFile = None,
    details: Annotated[
        bool,
        typer.Option("--details", help="Hand out the dossier of one of several attempts: retires the data."),
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a dossier that is there.")] = False,
    work: WorkFolder = DEFAULT_WORK,
    standards: StandardsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Examine a submission under a basis and seal the dossier. A killed run goes on where it stopped."""
    from flows.session import Order, carry_out

    taken = [path for path in (out, _report_beside(out)) if path.exists() and not replace]
    if taken:
        raise UnusableInput(*map(_would_replace, taken))
    order = Order(
        submission=submission,
        basis=basis,
        workplace=workplace(work, standards),
        key=private_key(key, passphrase_file),
        signer=_printed_name(signer),
        laboratory="the vendor's own",
        destination=out,
        details=details,
    )
    with Progress(quiet=as_json) as progress:
        verification = carry_out(order, progress.watch, proving=progress.proving)
    if not order.tells(verification.dossier):
        answer_with_one_bit(verification.dossier, as_json=as_json)
        raise typer.Exit(exit_code(verification))
    report = write_report(out)
    if as_json:
        print_json({**summary(verification), "dossier": str(out), "report": str(report)})
    else:
        print_findings(verification)
        typer.echo(f"\nDossier: {out}\nReport:  {report}\nVerify:  certify verify {out} --key {key}.pub")
    raise typer.Exit(exit_code(verification))


def answer_with_one_bit(dossier: Dossier, *, as_json: bool) -> None:
    """Whether it conforms, which attempt it was, and nothing else."""
    decision, allowed = dossier.verdict.decision, dossier.protocol.allowance
    if as_json:
        print_json({"decision": decision, "attempt": dossier.attempt, "attempts": allowed})
        return
    typer.echo(f"{decision.replace('_', '-').upper()}. Attempt {dossier.attempt} of {allowed}.")
    typer.echo("One bit is all that is told: details would retire the test data (--details).")
    if dossier.attempt > allowed:
        typer.echo("The test data were opened more often than the protocol allows.")


def write_report(archive: Path) -> Path:
    """The report of a dossier as a file beside it, for a browser."""
    from zipfile import ZipFile

    from certify.dossier import REPORT

    report = _report_beside(archive)
    with ZipFile(archive) as members:
        report.write_bytes(members.read(REPORT))
    return report


def _report_beside(archive: Path) -> Path:
    return archive.with_name(archive.name.removesuffix(".zip") + ".html")


def _printed_name(name: str) -> str:
    """The name beside a signature (21 CFR 11.50): something that can be printed and read."""
    if 0 < len(name) <= 300 and name.isprintable() and name.strip():
        return name
    raise UnusableInput(
        Problem(
            source="--signer",
            expected="a name of 1 to 300 printable characters",
            found=visible(name[:40]) or "nothing",
            remedy="Give the name of whoever answers for the run.",
        )
    )


def _would_replace(path: Path) -> Problem:
    return Problem(
        source=str(path),
        expected="a new file for the dossier, and for the report beside it",
        found="one that is already there",
        remedy="Choose another --out, or say --replace.",
    )


_SIGNS = {"demonstrated": "[green]✓ demonstrated[/]", "refuted": "[red]✗ refuted[/]"}


def print_findings(verification: Verification) -> None:
    """The decision, and one row for every check with what decided it."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    dossier = verification.dossier
    advice = {(a.check, a.stratum): a.note for a in dossier.advice}
    titles = {check.id: check.title.en for check in dossier.basis.required}
    names = ("Check", "Outcome", "What decided")
    table = Table(*(Column(name, overflow="fold") for name in names), show_lines=True)
    for judgement in dossier.verdict.judgements:
        outcome = judgement.outcome.value
        sign = _SIGNS.get(outcome, f"[yellow]○ {outcome}[/]: {judgement.reason}")
        said = visible(judgement.deciding.explanation)
        note = advice.get((judgement.check, judgement.deciding.subject))
        said += f" Advice: {visible(note)}." if note else ""
        table.add_row(titles[judgement.check], sign, escape(said))
    for excusal in dossier.basis.excused:
        facts = escape(visible(", ".join(excusal.facts)))
        table.add_row(excusal.title.en, "excused, as claimed", f"{facts}; not countersigned by an authority")
    console = Console()
    console.print(f"[bold]{escape(visible(dossier.manifest.system.name))}[/]")
    console.print(table)
    refused, required = len(dossier.verdict.refusals), len(dossier.verdict.required)
    decision = dossier.verdict.decision.replace("_", "-").upper()
    console.print(f"[bold]{decision}[/]: {required - refused} of {required} required checks demonstrated.")
    if not dossier.standing("development").openings_within_allowance:
        console.print("The test data were opened more often than the protocol allows.")
    console.print(
        "Self-assessed: the error guarantee does not hold, and no certificate can rest on this run."
    )
