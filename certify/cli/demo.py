"""`certify demo`: two real submissions through the same family of bases, one conforming, one not."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.cli.progress import Progress
from certify.cli.run import print_findings, write_report
from certify.cli.verify import summary
from certify.cli.workplace import as_folder

if TYPE_CHECKING:
    from certify.verification import Verification


def demo(
    out: Annotated[Path, typer.Option("--out", help="Where everything is written.")] = Path("demo-output"),
    as_json: AsJson = False,
) -> None:
    """Train two small models on real data, certify both, and show why one of them is refused."""
    from certify.demo import DEMONSTRATIONS
    from flows.session import start_prefect

    start_prefect()  # it has time to while the first model is trained
    key_path = _key(as_folder(out))
    started = time.monotonic()
    results = {}
    for name, (build, basis) in DEMONSTRATIONS.items():
        if not as_json:
            typer.echo(f"\nPreparing {name}: training a model on real data ...", err=True)
        results[name] = _certify(name, build, basis, out, key_path, quiet=as_json)
        if not as_json:
            print_findings(results[name])
    if as_json:
        print_json({name: summary(verification) for name, verification in results.items()})
        return
    _say_where(results, out, key_path, time.monotonic() - started)


def _key(out: Path) -> Path:
    from certify.key import new_key

    path = out / "demo.key"
    if not path.exists():
        out.mkdir(parents=True, exist_ok=True)
        new_key(path, passphrase=None)
    return path


def _certify(name: str, build, basis: str, out: Path, key_path: Path, *, quiet: bool) -> Verification:  # type: ignore[no-untyped-def]
    from certify.key import load_key
    from flows.session import Order, carry_out
    from flows.wiring import Workplace

    folder = out / name
    if not (folder / "submission.yaml").exists():
        build(folder)
    order = Order(
        submission=folder,
        basis=basis,
        workplace=Workplace(root=(out / "work").resolve()),
        key=load_key(key_path, passphrase=None),
        signer="Demonstration",
        laboratory="the demonstration's own",
        destination=out / f"{name}.dossier.zip",
    )
    with Progress(quiet=quiet) as progress:
        return carry_out(order, progress.watch, proving=progress.proving)


def _say_where(results: dict[str, Verification], out: Path, key: Path, seconds: float) -> None:
    typer.echo(f"\nBoth dossiers were sealed and verified ({seconds:.0f} s in all):")
    for name, verification in results.items():
        archive = out / f"{name}.dossier.zip"
        report = write_report(archive)
        decision = verification.dossier.verdict.decision.replace("_", "-")
        typer.echo(f"  {name}: {decision}\n    dossier {archive}\n    report  {report}")
    typer.echo(f"Verify one yourself: {sys.argv[0]} verify {archive} --key {key}.pub")
