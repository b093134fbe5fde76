"""Reading the vectors of a check: every file that it lists, and none beside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from certify.errors import Problem, UnusableInput
from certify.pack.file import read_file
from certify.standard import Check
from certify.strict_yaml import MAX_BYTES, YamlDocument, read
from certify.vector.specimen import SPECIMEN_FILE
from certify.vector.text import VECTOR_FOLDER, VectorSet
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
            sets[name] = _read(path, f"{check.id}/{VECTOR_FOLDER}/{name}", check)
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
    source = f"{check.id}/{VECTOR_FOLDER}"
    there = {path.name for path in (folder / VECTOR_FOLDER).glob("*")} - {SPECIMEN_FILE}
    if not check.vectors:
        yield _problem(source, "vectors that prove what the check refuses", "none listed", "no-vector")
    for name in sorted(set(check.vectors) - there):
        yield _problem(f"{source}/{name}", "the file that check.yaml lists", "no such file", "no-vector")
    for name in sorted(there - set(check.vectors)):
        yield _problem(f"{source}/{name}", "only files that check.yaml lists", "one more", "unlisted-vector")


def _problem(source: str, expected: str, found: str, code: str) -> Problem:
    remedy = "List every file under `vectors:`; `certify standards propose` writes a first draft."
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


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines()]
    return next((line for line in lines if line.startswith("Value error")), lines[0])[:200]
