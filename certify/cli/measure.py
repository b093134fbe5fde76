"""`certify measure`: run one method and print what it says, without judging it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certify.cli.console import AsJson, Exit, print_json, visible
from certify.cli.workplace import DEFAULT_WORK, WorkFolder, workplace
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from pathlib import Path

    from certify.evidence import Result
    from certify.standard import MethodSignature, Setting

from pathlib import Path


def measure(
    method: Annotated[str, typer.Argument(help="A method of the catalogue, such as objectives.claims.")] = "",
    submission: Annotated[Path | None, typer.Argument(help="The folder that holds submission.yaml.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter, as name=value; lists as a,b or in JSON.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="train, validation, test or none.")] = "validation",
    confidence: Annotated[
        str, typer.Option("--confidence", help="One-sided confidence of bounds.")
    ] = "0.975",
    list_methods: Annotated[bool, typer.Option("--list", help="List the methods and leave.")] = False,
    work: WorkFolder = DEFAULT_WORK,
    as_json: AsJson = False,
) -> None:
    """Explore: measure without judging. Validation data unless told otherwise; test data leave a trace."""
    from checks.catalogue import signatures

    if list_methods or not method:
        _print_methods(signatures(), as_json=as_json)
        return
    known = _known(method, signatures())
    result = _measure(known, _given(submission), settings or [], role, confidence, work)
    if as_json:
        print_json(result.to_json())
    else:
        _print(result)
    raise typer.Exit(Exit.CONFORMING if result.outcome == "measured" else Exit.NON_CONFORMING)


def _known(name: str, known: Any) -> MethodSignature:
    if name not in known:
        raise UnusableInput(
            Problem(
                source="certify measure",
                expected=f"one of the methods {', '.join(sorted(known))}",
                found=name,
                remedy="`certify measure --list` says what each does.",
            )
        )
    signature: MethodSignature = known[name]
    return signature


def _given(submission: Path | None) -> Path:
    if submission is None:
        raise UnusableInput(
            Problem(
                source="certify measure",
                expected="the folder of a submission after the method",
                found="nothing",
                remedy="Name the folder that holds submission.yaml.",
            )
        )
    return submission


def _measure(
    method: MethodSignature, folder: Path, settings: list[str], role: str, confidence: str, work: Path
) -> Result:
    from certify.task import Task
    from flows.examination import note_opening, read_submission
    from flows.measuring import Workers

    place = workplace(work, None)
    parameters = _parameters(method, settings)
    intake = read_submission(folder, place)
    task = Task(
        submission=intake.root,
        method=method.name,
        version=method.version,
        role=_one_of(role, ("train", "validation", "test", "none"), "--role"),
        confidence=_confidence(confidence),
        parameters=parameters,
    )
    dataset = intake.manifest.data.in_role(role)
    if dataset is not None:
        digests = {artifact.path: artifact.digest for artifact in intake.artifacts}
        note_opening(
            place,
            submission=intake.root,
            role=role,
            data=tuple(digests[path] for path in dataset.files),
            purpose=f"measuring {method.name} on the command line",
        )
    with Workers(intake.artifacts, place) as workers:
        return workers.measure(task).result


def _one_of(value: str, allowed: tuple[str, ...], option: str) -> str:
    if value not in allowed:
        expected = f"one of {', '.join(allowed)}"
        raise UnusableInput(Problem(source=option, expected=expected, found=value, remedy="Correct it."))
    return value


def _confidence(text: str) -> Decimal:
    from certify.evidence import Bounds
    from checks.measured import Confidence

    try:
        confidence = Bounds.from_json({"lower": None, "upper": None, "confidence": text}).confidence
        Confidence(float(confidence))
        return confidence
    except ValueError as error:
        problem = Problem(
            source="--confidence", expected="a number between 0.5 and 1", found=text, remedy="Correct it."
        )
        raise UnusableInput(problem) from error


def _parameters(method: MethodSignature, settings: list[str]) -> dict[str, Setting]:
    """Each `--set` as a parameter of the type that the method takes; every mistake at once."""
    given = dict(setting.partition("=")[::2] for setting in settings)
    problems = [*_unreadable(settings)]
    problems += [_missing(method, name) for name in method.parameters if name not in given]
    parameters: dict[str, Setting] = {}
    for name, text in given.items():
        try:
            parameters[name] = _parameter(method, name, text)
        except (KeyError, ValueError, RecursionError) as error:
            problems.append(_wrong(method, name, text, error))
    if problems:
        raise UnusableInput(*problems)
    return parameters


def _unreadable(settings: list[str]) -> Iterator[Problem]:
    """Settings that are no `name=value`, and names that are set twice."""
    names = [setting.partition("=")[0] for setting in settings]
    found = [setting for setting in settings if "=" not in setting]
    found += [f"{name} {names.count(name)} times" for name in dict.fromkeys(names) if names.count(name) > 1]
    for mistake in found:
        expected, remedy = "--set name=value, each name once", "Correct it."
        yield Problem(source="certify measure", expected=expected, found=mistake, remedy=remedy)


def _parameter(method: MethodSignature, name: str, text: str) -> Setting:
    import json

    from certify.standard import Setting

    kind = method.parameters[name]
    value: Any = text
    if kind == "expectations" or (kind == "list" and text.startswith("[")):
        value = json.loads(text)
    elif kind == "list":
        value = [part.strip() for part in text.split(",") if part.strip()]
    return Setting.from_json({"type": kind, "value": value})


def _missing(method: MethodSignature, name: str) -> Problem:
    return Problem(
        source="certify measure",
        key=name,
        expected=f"--set {name}=... ({method.parameters[name]})",
        found="nothing",
        remedy="Give it; methods have no defaults.",
    )


def _wrong(method: MethodSignature, name: str, text: str, error: Exception) -> Problem:
    known = ", ".join(f"{n} ({t})" for n, t in method.parameters.items()) or "none"
    found = f"{name}={text}" if name in method.parameters else f'the unknown parameter "{name}"'
    return Problem(
        source="certify measure",
        key=name,
        expected=f"the parameters {known}",
        found=found,
        remedy=_remedy(error),
    )


def _remedy(error: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(error, KeyError):
        return "Leave it out, or correct its name."
    if isinstance(error, ValidationError):
        return f"{error.errors()[0]['msg'].removeprefix('Value error, ').capitalize()}."
    return str(error)[:200] or "Correct it."


def _print_methods(known: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({n: {"parameters": dict(m.parameters), "summary": m.summary} for n, m in known.items()})
        return
    for name, method in known.items():
        parameters = ", ".join(f"{p} ({kind})" for p, kind in method.parameters.items()) or "no parameters"
        typer.echo(f"{name}\n    {method.summary}\n    {parameters}")


def _print(result: Result) -> None:
    if result.outcome == "not_measured":
        typer.echo(f"Not measured ({result.reason}): {visible(result.explanation)}")
        return
    for e in result.estimates:
        lower, upper = _shown(e.demonstrating.lower), _shown(e.demonstrating.upper)
        typer.echo(f"{e.statistic} ({visible(e.stratum)}): {_shown(e.value)}")
        typer.echo(f"    lower bound {lower}, upper bound {upper}, each at {e.demonstrating.confidence}")
        typer.echo(f"    n = {e.n}, {visible(e.interval)}")
    for s in result.statements:
        holds = "holds" if s.holds else "does not hold"
        typer.echo(f"{s.name} ({visible(s.subject)}): {holds}\n    {visible(s.explanation)}")
    for c in result.circumstances:
        typer.echo(f"{c.name}: {visible(c.value)}")


def _shown(value: Decimal | None) -> str:
    return "none" if value is None else f"{float(value):.6g}"
