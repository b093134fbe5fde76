"""`certify verify`: does a dossier hold together, and what does it say?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json, visible

if TYPE_CHECKING:
    from certify.verification import Verification


def verify(
    dossier: Annotated[Path, typer.Argument(help="The dossier, a .zip file.")],
    key: Annotated[Path, typer.Option("--key", help="The public key of the laboratory.")],
    as_json: AsJson = False,
) -> None:
    """Hash every byte and derive every outcome again, offline. Exit code 0 only if it conforms."""
    from certify.signing import load_public_key
    from certify.verification import verify as verify_dossier

    verification = verify_dossier(dossier, load_public_key(key))
    if as_json:
        print_json(summary(verification))
    else:
        _print(verification)
    raise typer.Exit(exit_code(verification))


def exit_code(verification: Verification) -> Exit:
    """The code that says what was decided."""
    conforms = verification.dossier.verdict.decision == "conforming"
    return Exit.CONFORMING if conforms else Exit.NON_CONFORMING


def summary(verification: Verification) -> dict[str, Any]:
    """A verified dossier in JSON."""
    dossier = verification.dossier
    return {
        "decision": dossier.verdict.decision,
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
            for judgement in dossier.verdict.judgements
        ],
        "excused": [excusal.to_json() for excusal in dossier.basis.excused],
        "checked": list(verification.checked),
        "not_checked": list(verification.not_checked),
    }


def _print(verification: Verification) -> None:
    dossier, signer = verification.dossier, verification.signer
    typer.echo(
        f"{dossier.verdict.decision.upper().replace('_', '-')}: {visible(dossier.manifest.system.name)}"
    )
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
