"""Reading the vectors of a check: every file that it lists, and none beside."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from certify.errors import Problem, UnusableInput
from certify.pack.file import read_file
from certify.standard import Check
from certify.strict_yaml import MAX_BYTES, YamlDocument, read
from certify.strict_yaml import Path as KeyPath
from certify.strict_yaml.explanation import shortened
from certify.value import as_number
from certify.vector.specimen import SPECIMEN_FILE
from certify.vector.text import VECTOR_FOLDER, Question, VectorSet, vector_source
from certify.vector.trial import Bench, filled


def read_vectors(folder: Path, check: Check) -> dict[str, VectorSet]:
    """The vector files of a check by name.

    Raises `UnusableInput` with every file that is listed and absent, there and not listed, or not readable,
    and where there is none. JSON is read by the strict profile of YAML, of which it is a part.
    """
    problems: list[Problem] = list(_list_problems(folder, check))
    sets: dict[str, VectorSet] = {}
    for name in check.vectors:
        path = folder / VECTOR_FOLDER / name
        if not path.exists():
            continue  # told above
        try:
            sets[name] = _read(path, vector_source(check.id, name), check)
        except UnusableInput as error:
            problems += error.problems
    if problems:
        raise UnusableInput(*problems)
    return sets


def _read(path: Path, source: str, check: Check) -> VectorSet:
    document = read(read_file(path, source=source, most=MAX_BYTES), source=source)
    vectors = document.validate(VectorSet)
    problems = list(_content_problems(document, vectors, check))
    if problems:
        raise UnusableInput(*problems)
    return vectors


def _list_problems(folder: Path, check: Check) -> Iterator[Problem]:
    source = vector_source(check.id)
    there = {path.name for path in (folder / VECTOR_FOLDER).glob("*")} - {SPECIMEN_FILE}
    if not check.vectors:
        yield _none_listed(source, sorted(there))
        return
    for name in sorted(set(check.vectors) - there):
        found = "no such file"
        remedy = (
            "Correct its name in check.yaml under `vectors:`, or let `certify standards propose` write one."
        )
        yield _problem(f"{source}/{name}", "the file that check.yaml lists", found, remedy, "no-vector")
    for name in sorted(there - set(check.vectors)):
        remedy = "List it in check.yaml under `vectors:`, or delete it."
        expected = f"only files that check.yaml lists: {', '.join(check.vectors)}"
        yield _problem(f"{source}/{name}", expected, "one more", remedy, "unlisted-vector")


def _none_listed(source: str, there: list[str]) -> Problem:
    if there:
        found, remedy = ", ".join(there[:10]), f"Write into check.yaml: `vectors: [{', '.join(there[:10])}]`."
    else:
        found, remedy = "no file", "Let `certify standards propose` write a first draft."
    expected = "vectors that prove what the check refuses, listed in check.yaml under `vectors:`"
    return _problem(source, expected, f"none listed; there is {found}", remedy, "no-vector")


def _problem(source: str, expected: str, found: str, remedy: str, code: str) -> Problem:
    return Problem(source=source, expected=expected, found=found, remedy=remedy, code=code)


def _content_problems(document: YamlDocument, vectors: VectorSet, check: Check) -> Iterator[Problem]:
    """What the form alone does not tell: values that the check leaves open, bounds that none could give."""
    try:
        bench = Bench(filled(check, vectors.open_values), vectors.asked)
    except ValueError as error:
        remedy = "Set exactly what check.yaml leaves without a value."
        yield document.problem(
            ("open_values",), expected="values that fit the check", found=str(error), remedy=remedy
        )
        return
    missing = filled(check, vectors.open_values).open_values
    if missing:
        yield document.problem(
            ("open_values",),
            expected=f"a value for {', '.join(missing)}",
            found="none",
            remedy="Set it, as a basis would.",
            code="open-value",
        )
        return
    asked_otherwise = list(_asked_otherwise(document, vectors.asked, filled(check, vectors.open_values)))
    if asked_otherwise:
        yield from asked_otherwise  # every vector would be unbound, and say so once more
        return
    names = [vector.name for vector in vectors.vectors]
    for index, vector in enumerate(vectors.vectors):
        path = ("vectors", index)
        if names.index(vector.name) != index:
            yield document.problem(
                (*path, "name"), expected="each name once", found=vector.name, remedy="Rename it."
            )
        try:
            bench.result(vector)
        except ValueError as error:
            yield document.problem(
                (*path, "evidence"),
                expected="evidence that a method could return",
                found=_first_line(error),
                remedy="An estimate lies between its bounds, and each is there once.",
            )


def _asked_otherwise(document: YamlDocument, asked: Question, check: Check) -> Iterator[Problem]:
    """Where the question of the vectors is not the one that the check asks now."""
    pairs: list[tuple[KeyPath, object, object]] = [
        (("method",), check.method.name, asked.method),
        (("version",), check.method.version, asked.version),
        (("role",), check.evidence.role, asked.role),
        (("confidence",), check.confidence, asked.confidence),
    ]
    for name in dict.fromkeys((*check.method.parameters, *asked.parameters)):
        parameter, given = check.method.parameters.get(name), asked.parameters.get(name)
        number = parameter is not None and isinstance(parameter.value, Decimal)
        pairs.append(
            (("parameters", name), parameter and parameter.value, as_number(given) if number else given)
        )
    for path, now, then in pairs:
        if now != then:
            yield document.problem(
                ("asked", *path),
                expected=f"what check.yaml asks: {_spelled(now)}",
                found=_spelled(then),
                remedy="Correct check.yaml if the vectors are right; else let `certify standards propose "
                "--replace` write them again, and read them again.",
                code="asked-otherwise",
            )


def _spelled(value: object) -> str:
    if isinstance(value, tuple):
        return shortened(", ".join(map(str, value)))
    return "nothing" if value is None else shortened(str(value))


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line.startswith("Value error")), lines[0])[:200]
