"""`certify lock`: fix the protocol before the test data are opened."""

from __future__ import annotations

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
    work: WorkFolder = DEFAULT_WORK,
    standards: StandardsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fix and hash basis, limits, seeds, required groups and data, before test data are opened."""
    from certify.ledger import openings
    from flows.examination import agree_basis, lock_protocol, read_submission

    place = workplace(work, standards)
    intake = read_submission(submission, place)
    protocol = lock_protocol(
        intake, agree_basis(basis, intake, place.load_standards()), place, by="the vendor's own"
    )
    if as_json:
        print_json({"digest": str(protocol.value_digest), "protocol": protocol.to_json()})
        return
    typer.echo(f"Locked {protocol.value_digest}")
    typer.echo(f"{len(protocol.checks)} checks, {len(protocol.commitments)} files committed,")
    typer.echo(f"at {protocol.locked_at:%Y-%m-%d %H:%M:%S} UTC. The test data may be opened once.")
    before = openings(place.ledger.entries(), data=protocol.committed("data.test").values())
    if before:
        typer.echo(f"They were already opened {len(before)} times: no certificate can rest on them.")
