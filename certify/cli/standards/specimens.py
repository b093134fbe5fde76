"""The specimens of a pack: whether every check names some that exist, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from certify.pack import Pack
    from certify.standard import Check
    from certify.strict_yaml import Path, YamlDocument
    from certify.vector import SpecimenSet
    from flows.qualification import SpecimenTrial

Advance = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """The specimens that the checks of a pack name, and what is wrong with how they name them."""

    sets: Mapping[str, SpecimenSet]
    problems: Mapping[str, tuple[Problem, ...]]
    """By check; a check that is not here names its specimens well."""


def named_specimens(pack: Pack) -> Named:
    """The specimens of every check that needs any: all but those that a person judges."""
    sets: dict[str, SpecimenSet] = {}
    problems: dict[str, tuple[Problem, ...]] = {}
    for name, check in pack.checks.items():
        if check.mode == "human":
            continue
        try:
            sets[name] = _read(pack, name, check)
        except UnusableInput as error:
            problems[name] = error.problems
    return Named(sets=sets, problems=problems)


def put(packs: Sequence[tuple[Pack, Named]], advance: Advance) -> tuple[SpecimenTrial, ...]:
    """Measure and judge the specimens of several packs at once: each question is asked once."""
    from flows.qualification import put_specimens

    sets = {name: specimens for _, named in packs for name, specimens in named.sets.items()}
    if not sets:
        return ()
    checks = {name: check for pack, _ in packs for name, check in pack.checks.items() if name in sets}
    return put_specimens(checks, sets, advance=advance)


def _read(pack: Pack, name: str, check: Check) -> SpecimenSet:
    from certify.cli.standards.placeholder import placeholders
    from certify.pack.file import read_file
    from certify.strict_yaml import MAX_BYTES, read
    from certify.vector import SPECIMEN_FILE, SpecimenSet, vector_source

    path = pack.check_folder(name) / "vectors" / SPECIMEN_FILE
    source = vector_source(name, SPECIMEN_FILE)
    if not path.exists():
        raise UnusableInput(_none_named(source, check))
    document = read(read_file(path, source=source, most=MAX_BYTES), source=source)
    specimens = document.validate(SpecimenSet)
    problems = (
        *placeholders(document),
        *_unknown(document, specimens),
        *_open_values(document, specimens, check),
    )
    if problems:
        raise UnusableInput(*problems)
    return specimens


def _none_named(source: str, check: Check) -> Problem:
    return Problem(
        source=source,
        expected=f"specimens, since the check is {check.mode}: one that is good, one that must be refused",
        found="no such file",
        remedy="Write one; `certify standards new` shows the form, and standards/README.md lists specimens.",
        code="no-specimen",
    )


def _unknown(document: YamlDocument, specimens: SpecimenSet) -> Iterator[Problem]:
    from checks.specimens import MUTATIONS, SPECIMENS

    named: list[tuple[Path, str, Collection[str]]] = []
    named += [(("good", index), name, SPECIMENS) for index, name in enumerate(specimens.good)]
    for index, bad in enumerate(specimens.bad):
        named.append((("bad", index, "specimen"), bad.specimen, SPECIMENS))
        named.append((("bad", index, "mutation"), bad.mutation, MUTATIONS))
    for path, name, known in named:
        if name not in known:
            yield document.problem(
                path,
                expected=f"one of {', '.join(sorted(known))}",
                found=name,
                remedy="Choose one that exists: specimens are written by this program.",
                code="unknown-specimen",
            )


def _open_values(document: YamlDocument, specimens: SpecimenSet, check: Check) -> Iterator[Problem]:
    from certify.vector import filled

    try:
        missing = ", ".join(filled(check, specimens.open_values).open_values)
        found = "none"
    except ValueError as error:
        missing, found = "exactly what check.yaml leaves open", str(error).splitlines()[0]
    if missing:
        yield document.problem(
            ("open_values",),
            expected=f"a value for {missing}",
            found=found,
            remedy="Set it, as a basis would.",
            code="open-value",
        )
