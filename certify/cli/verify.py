"""`certify verify`: does a dossier hold together, and what does it say?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json, visible

if TYPE_CHECKING:
    from certify.consideration import Paper
    from certify.verification import Verification

MOST_BYTES = 4 << 20
"""More than any signed review or deviation holds."""


def verify(
    dossier: Annotated[Path, typer.Argument(help="The dossier, a .zip file.")],
    key: Annotated[Path, typer.Option("--key", help="The public key of the laboratory.")],
    review: Annotated[
        list[Path] | None, typer.Option("--review", help="A signed review; may be given several times.")
    ] = None,
    reviewer_key: Annotated[
        list[Path] | None,
        typer.Option("--reviewer-key", help="The public key of a reviewer whom you believe."),
    ] = None,
    deviation: Annotated[
        list[Path] | None, typer.Option("--deviation", help="A signed deviation; may be given several times.")
    ] = None,
    authority_key: Annotated[
        list[Path] | None,
        typer.Option("--authority-key", help="The public key of an authority that may grant one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hash every byte and derive every outcome again, offline. Exit code 0 only if it conforms."""
    from certify.consideration import consider
    from certify.key import load_public_key
    from certify.verification import verify as verify_dossier
    from flows.wiring import now

    verification = consider(
        verify_dossier(dossier, load_public_key(key)),
        reviews=_papers(review, reviewer_key),
        deviations=_papers(deviation, authority_key),
        now=now(),
    )
    if as_json:
        print_json(summary(verification))
    else:
        _print(verification)
    raise typer.Exit(exit_code(verification))


def read_paper(path: Path) -> bytes:
    """The bytes of a signed file; raises `UnusableInput` where there is none."""
    from certify.errors import Problem, UnusableInput

    try:
        with open(path, "rb") as stream:
            return stream.read(MOST_BYTES)
    except OSError as error:
        found = (error.strerror or "an error").lower()
        problem = Problem(source=str(path), expected="a signed file", found=found, remedy="Correct the name.")
        raise UnusableInput(problem) from error


def _papers(files: list[Path] | None, keys: list[Path] | None) -> list[Paper]:
    from certify.consideration import Paper
    from certify.key import load_public_key

    believed = tuple(load_public_key(path) for path in keys or ())
    return [Paper(source=path.name, data=read_paper(path), keys=believed) for path in files or ()]


def exit_code(verification: Verification) -> Exit:
    """The code that says what was decided."""
    conforms = verification.verdict.decision == "conforming"
    return Exit.CONFORMING if conforms else Exit.NON_CONFORMING


def summary(verification: Verification) -> dict[str, Any]:
    """A verified dossier in JSON."""
    dossier = verification.dossier
    return {
        "decision": verification.verdict.decision,
        "tolerated": verification.tolerated,
        "certifiable": verification.certifiable,
        "obstacles": list(verification.obstacles),
        "system": f"{dossier.manifest.system.name} {dossier.manifest.system.version}",
        "basis": {"id": dossier.basis.id, "digest": str(dossier.basis.value_digest)},
        "submission": str(dossier.submission),
        "comparison": str(dossier.comparison_digest),
        "signer": verification.signer.to_json(),
        "key": str(verification.key),
        "outcomes": [
            {
                "check": judgement.check,
                "outcome": judgement.outcome.value,
                "reason": judgement.reason.value if judgement.reason else None,
                "explanation": judgement.deciding.explanation,
            }
            for judgement in verification.verdict.judgements
        ],
        "reviews": [review.to_json() for review in verification.reviews],
        "deviations": [deviation.to_json() for deviation in verification.deviations],
        "excused": [excusal.to_json() for excusal in dossier.basis.excused],
        "checked": list(verification.checked),
        "not_checked": list(verification.not_checked),
    }


def _print(verification: Verification) -> None:
    dossier, signer = verification.dossier, verification.signer
    decision = verification.verdict.decision.upper().replace("_", "-")
    typer.echo(f"{decision}: {visible(dossier.manifest.system.name)}")
    if verification.tolerated:
        typer.echo("An authority answers for every refusal, for a time: never the plain certificate.")
    typer.echo(f"under {dossier.basis.id}; signed by {visible(signer.name)} with a {signer.key_kind} key")
    typer.echo("\nChecked:")
    for line in verification.checked:
        typer.echo(f"  + {visible(line)}")
    typer.echo("\nNot checked:")
    for line in verification.not_checked:
        typer.echo(f"  - {line}")
    typer.echo(f"\nCertifiable: {'yes' if verification.certifiable else 'no'}")
    for line in verification.obstacles:
        typer.echo(f"  - {line}")
