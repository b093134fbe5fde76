"""`certify review`: the judgement of a person on what no program can judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certify.cli.console import AsJson, print_json, visible
from certify.cli.keys import PassphraseFile, private_key
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.dossier import Dossier
    from certify.standard import Check

program = typer.Typer(help="Judge what only a person can judge, and sign it.", no_args_is_help=True)

DossierFile = Annotated[Path, typer.Argument(help="The sealed dossier, a .zip file.")]
LaboratoryKey = Annotated[Path, typer.Option("--lab-key", help="The public key of the laboratory.")]


@program.callback()
def review() -> None:
    """Reviews are files beside a dossier: it stays as the laboratory sealed it."""


@program.command("list")
def list_checks(dossier: DossierFile, lab_key: LaboratoryKey, as_json: AsJson = False) -> None:
    """Say which checks wait for a person, what is asked, and what the reviewer must know."""
    from certify.review import questions

    checks = _human_checks(opened(dossier, lab_key))
    if as_json:
        print_json(
            [{"check": c.id, "competence": _competence(c), "questions": list(questions(c))} for c in checks]
        )
        return
    for check in checks:
        typer.echo(f"{check.id}: {visible(check.title.en)}")
        typer.echo(f"  The reviewer must know: {visible(_competence(check))}")
        for question in questions(check):
            typer.echo(f"  ? {visible(question)}")
    typer.echo(f"{len(checks)} checks wait for a person.")


@program.command("draft")
def draft(
    dossier: DossierFile,
    lab_key: LaboratoryKey,
    check: Annotated[str, typer.Option("--check", help="The check to be judged.")],
    out: Annotated[Path, typer.Option("--out", help="Where the questions are written, to be answered.")],
) -> None:
    """Write the questions of a check into a file; answer `holds` and `reasons`, then sign."""
    from certify.review import questions

    asked = {c.id: c for c in _human_checks(opened(dossier, lab_key))}
    if check not in asked:
        raise UnusableInput(_no_such_check(check, asked))
    write_new(out, _form(asked[check], questions(asked[check])).encode())
    typer.echo(f"Answer the questions in {out}, then: certify review sign {dossier} --answers {out} ...")


@program.command("sign")
def sign(
    dossier: DossierFile,
    lab_key: LaboratoryKey,
    answers: Annotated[
        Path, typer.Option("--answers", help="The answered questions (`certify review draft`).")
    ],
    key: Annotated[Path, typer.Option("--key", help="The reviewer's own private key.")],
    out: Annotated[Path, typer.Option("--out", help="Where the signed review is written.")],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign the answers. The check is demonstrated only if every question is answered with true."""
    from certify.cli.verify import read_paper
    from certify.review import Answers
    from certify.review import sign as sign_review
    from certify.strict_yaml import read
    from flows.wiring import now

    document = read(read_paper(answers), source=answers.name)
    given = document.validate(Answers)
    signing = private_key(key, passphrase_file)
    try:
        signed = sign_review(opened(dossier, lab_key), given, signing, at=now())
    except ValueError as error:
        raise UnusableInput(
            document.problem(
                (),
                expected="answers to a human check of this dossier",
                found=str(error),
                remedy="Start again from `certify review draft`.",
                code="review",
            )
        ) from error
    write_new(out, signed)
    holds = all(opinion.holds for opinion in given.opinions)
    if as_json:
        print_json({"review": str(out), "check": given.check, "holds": holds})
    else:
        typer.echo(
            f"Signed {out}: {given.reviewer.name} says that {given.check} {'holds' if holds else 'fails'}."
        )
        typer.echo(
            f"Use it: certify verify {dossier} --key {lab_key} --review {out} --reviewer-key {key}.pub"
        )


def opened(dossier: Path, lab_key: Path) -> Dossier:
    """A dossier that holds together."""
    from certify.key import load_public_key
    from certify.verification import verify

    return verify(dossier, load_public_key(lab_key)).dossier


def write_new(path: Path, data: bytes) -> None:
    """Write a paper; raises `UnusableInput` where one is: what is printed would be said of another."""
    from certify.store import write_durably

    if not write_durably(path, data):
        found = "a file of that name"
        raise UnusableInput(
            Problem(source=str(path), expected="a new name", found=found, remedy="Choose another --out.")
        )


def _human_checks(dossier: Dossier) -> list[Check]:
    return [check for check in dossier.basis.required if check.mode == "human"]


def _competence(check: Check) -> str:
    asked = check.method.parameters.get("competence")
    return str(asked.value) if asked is not None else "nothing in particular"


def _form(check: Check, questions: tuple[str, ...]) -> str:
    """The answers still to be given, as YAML that is refused until they are."""
    said = [
        f"  - question: {json.dumps(question, ensure_ascii=False)}\n"
        "    # true or false; anything but true refuses\n    holds:\n"
        "    # what you read, and why you judge so\n    reasons:\n"
        for question in questions
    ]
    competence = "\n".join(f"  # {line}" for line in _competence(check).splitlines())
    return (
        f"# {check.title.en}\n# {' '.join(check.statement.en.split())}\ncheck: {check.id}\nreviewer:\n"
        "  # your printed name\n  name:\n"
        f"  # what makes you competent. The check asks for:\n{competence}\n  competence:\n"
        "  # what ties you to the applicant or the laboratory, or that nothing does\n  independence:\n"
        f"opinions:\n{''.join(said)}"
    )


def _no_such_check(check: str, asked: dict[str, Check]) -> Problem:
    return Problem(
        source="--check",
        expected=f"one of {', '.join(asked) or 'none: no check of this dossier waits for a person'}",
        found=check,
        remedy="`certify review list` shows them.",
    )
