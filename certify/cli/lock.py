"""`certify lock`: fix the protocol before the test data are opened."""

from __future__ import annotations

from typing import Annotated

import typer

from certify.cli.console import AsJson, print_json
from certify.cli.workplace import (
    DEFAULT_WORK,
    BasisName,
    StandardsFolder,
    SubmissionFolder,
    WorkFolder,
    workplace,
)


def lock(
    submission: SubmissionFolder,
    basis: BasisName,
    attempts: Annotated[
        int | None,
        typer.Option(
            "--attempts",
            min=1,
            help="How many attempts share the test data and alpha. Default: one.",
        ),
    ] = None,
    work: WorkFolder = DEFAULT_WORK,
    standards: StandardsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fix and hash basis, limits, seeds, required groups and data, before test data are opened."""
    from certify.ledger import openings
    from flows.examination import agree_basis, read_submission
    from flows.locking import lock_protocol

    place = workplace(work, standards)
    intake = read_submission(submission, place)
    protocol = lock_protocol(
        intake,
        agree_basis(basis, intake, place.load_standards()),
        place,
        by="the vendor's own",
        attempts=attempts,
    )
    if as_json:
        print_json({"digest": str(protocol.value_digest), "protocol": protocol.to_json()})
        return
    typer.echo(f"Locked {protocol.value_digest}")
    typer.echo(f"{len(protocol.checks)} checks, {len(protocol.commitments)} files committed,")
    typer.echo(f"at {protocol.locked_at:%Y-%m-%d %H:%M:%S} UTC. {_allowed(protocol.allowance)}")
    opened = openings(place.ledger.entries(), data=protocol.committed("data.test").values())
    before = [e for e in opened if protocol.allowance == 1 or e.series != protocol.series]
    if before:
        typer.echo(f"They were already opened {len(before)} times: no certificate can rest on them.")


def _allowed(attempts: int) -> str:
    if attempts == 1:
        return "The test data may be opened once."
    return (
        f"The test data may be opened {attempts} times.\nEach attempt has one part in {attempts} of alpha "
        "and answers with one bit: conforming or not."
    )
