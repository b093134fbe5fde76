"""What changed between two versions of a pack, and the version bump that it demands.

The vectors of both versions are put to both versions of each check, so that a change is judged by what it
does and not by how it reads. A patch moves no verdict. A minor bump only refuses more. Whatever may let pass
what was refused is a major one: so is a check that went, a silence that came, and a question to the method
that changed, for then no earlier vector says anything about the new check. Limits are compared as well: they
can move by less than any vector sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from certify.pack import Pack, lock_of
from certify.standard import Check, Parameter
from certify.value import as_number
from certify.vector import Bench, OpenValues, Question, VectorSet, filled, read_vectors


class Bump(IntEnum):
    """How far a version moves; `BACKWARDS` is never enough."""

    BACKWARDS = -1
    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    @property
    def label(self) -> str:
        """In words."""
        return self.name.lower()


def bump_between(old: str, new: str) -> Bump:
    """How far a version moved: `bump_between("1.2.3", "1.3.0") is Bump.MINOR`."""
    before, after = ([int(part) for part in version.split(".")] for version in (old, new))
    if after < before:
        return Bump.BACKWARDS
    for bump, one, other in zip((Bump.MAJOR, Bump.MINOR, Bump.PATCH), before, after, strict=True):
        if one != other:
            return bump
    return Bump.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that changed, and the bump that it demands."""

    what: str
    bump: Bump


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckDifference:
    """One check in two versions; a version is None where the check is not there."""

    check: str
    old: str | None
    new: str | None
    vectors: int
    """How many vectors were put to both versions."""
    changes: tuple[Change, ...]

    @property
    def demanded(self) -> Bump:
        """The largest bump that any of the changes demands."""
        return max((change.bump for change in self.changes), default=Bump.NONE)

    @property
    def declared(self) -> Bump | None:
        """How far the version of the check moved; None if it is in one version of the pack only."""
        return bump_between(self.old, self.new) if self.old and self.new else None

    @property
    def enough(self) -> bool:
        """Whether the declared bump is large enough; a check that came or went is the pack's to declare."""
        return self.declared is None or self.declared >= self.demanded


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Two versions of one pack."""

    pack: str
    old: str
    new: str
    checks: tuple[CheckDifference, ...]
    files_differ: bool
    """Whether any file at all differs, vectors and clauses included."""

    @property
    def demanded(self) -> Bump:
        """The largest bump that any check demands, and a patch for any other change."""
        floor = Bump.PATCH if self.files_differ else Bump.NONE
        return max([floor, *(check.demanded for check in self.checks)])

    @property
    def declared(self) -> Bump:
        """How far the version of the pack moved."""
        return bump_between(self.old, self.new)

    @property
    def enough(self) -> bool:
        """Whether pack and checks declare bumps that are large enough."""
        return self.declared >= self.demanded and all(check.enough for check in self.checks)


def compare(old: Pack, new: Pack) -> Difference:
    """Both versions of every check on the vectors of both; raises `UnusableInput` where there are none."""
    return Difference(
        pack=new.manifest.id,
        old=old.manifest.version,
        new=new.manifest.version,
        checks=tuple(_checks(old, new)),
        files_differ=lock_of(old.folder, old.manifest).files != lock_of(new.folder, new.manifest).files,
    )


def _checks(old: Pack, new: Pack) -> Iterator[CheckDifference]:
    for name in sorted({*old.checks, *new.checks}):
        before, after = old.checks.get(name), new.checks.get(name)
        if before and after:
            yield _compared(name, _Version.of(old, name), _Version.of(new, name))
        elif before:
            gone = Change(what="the check is gone: what it refused is refused no more", bump=Bump.MAJOR)
            yield CheckDifference(check=name, old=before.version, new=None, vectors=0, changes=(gone,))
        elif after:
            came = Change(what="the check is new", bump=Bump.MINOR)
            yield CheckDifference(check=name, old=None, new=after.version, vectors=0, changes=(came,))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Version:
    """One version of a check with its vectors."""

    check: Check
    sets: Mapping[str, VectorSet]

    @classmethod
    def of(cls, pack: Pack, name: str) -> _Version:
        check = pack.checks[name]
        return cls(check=check, sets=read_vectors(pack.check_folder(name), check))


def _compared(name: str, old: _Version, new: _Version) -> CheckDifference:
    tried = 0
    changes: list[Change] = []
    for file, vectors, known_before in _of_both(old, new):
        benches = _bench(old.check, vectors), _bench(new.check, vectors)
        if None not in benches:
            tried += len(vectors.vectors)
            changes += _moves(file, vectors, *filter(None, benches))
        elif known_before:  # vectors that only the new version answers take nothing away
            changes.append(_unanswered(file))
    changes += _of_limits(old.check, new.check)
    changes += _of_silences(old.check, new.check)
    if not changes and old.check != new.check.model_copy(update={"version": old.check.version}):
        changes.append(Change(what="what is written of it, and no verdict", bump=Bump.PATCH))
    return CheckDifference(
        check=name,
        old=old.check.version,
        new=new.check.version,
        vectors=tried,
        changes=tuple(dict.fromkeys(changes)),
    )


def _of_both(old: _Version, new: _Version) -> Iterator[tuple[str, VectorSet, bool]]:
    """The files of both versions, one that did not change once; and whether the old version had it."""
    for file, vectors in old.sets.items():
        yield file, vectors, True
    for file, vectors in new.sets.items():
        if vectors != old.sets.get(file):
            yield file, vectors, False


def _bench(check: Check, vectors: VectorSet) -> Bench | None:
    """The check ready for these vectors; None if it asks the method something else than they answer."""
    try:
        ready = filled(check, _still_open(check, vectors.open_values))
        return Bench(ready, vectors.asked) if _asks(ready, vectors.asked) else None
    except ValueError:  # a value of another type than this version takes
        return None


def _still_open(check: Check, values: OpenValues) -> OpenValues:
    """The values that this version leaves open: one that it has fixed since is its own."""
    open_names = set(check.open_values)
    return OpenValues(
        parameters={name: value for name, value in values.parameters.items() if name in open_names},
        limits={name: value for name, value in values.limits.items() if name in open_names},
    )


def _asks(check: Check, asked: Question) -> bool:
    method = check.method
    given = {name: _typed(p, asked.parameters.get(name)) for name, p in method.parameters.items()}
    return (
        (method.name, method.version, check.evidence.role) == (asked.method, asked.version, asked.role)
        and check.confidence == asked.confidence
        and set(asked.parameters) == set(method.parameters)
        and given == {name: p.value for name, p in method.parameters.items()}
        and not check.open_values
    )


def _typed(parameter: Parameter, value: object) -> object:
    return as_number(value) if parameter.type in ("integer", "decimal") else value


def _unanswered(file: str) -> Change:
    what = f"another question is asked, or a value is left open: {file} no longer applies"
    return Change(what=what, bump=Bump.MAJOR)


def _moves(file: str, vectors: VectorSet, old: Bench, new: Bench) -> Iterator[Change]:
    for vector in vectors.vectors:
        before, after = old.put(vector).outcome, new.put(vector).outcome
        if before != after:
            what = f"{file} {vector.name}: {before} before, {after} now"
            yield Change(what=what, bump=_bump_of(before, after))


_LENIENCE = {"refuted": 0, "not demonstrated": 0, "demonstrated": 1, "excused": 2}
"""What lets more pass: an excuse asks for no evidence at all."""


def _bump_of(before: str, after: str) -> Bump:
    return Bump.MAJOR if _LENIENCE[after] > _LENIENCE[before] else Bump.MINOR


def _of_limits(old: Check, new: Check) -> Iterator[Change]:
    for name in (name for name in old.limits if name in new.limits):
        before, after = old.limits[name], new.limits[name]
        if before.stricter != after.stricter:
            yield Change(
                what=f"limit {name}: {after.stricter} is stricter now, and {before.stricter} was",
                bump=Bump.MAJOR,
            )
        elif before.value != after.value:
            yield Change(
                what=f"limit {name}: {_shown(before)} before, {_shown(after)} now",
                bump=Bump.MINOR if _tightened(before, after) else Bump.MAJOR,
            )


def _tightened(before: Parameter, after: Parameter) -> bool:
    if after.value is None:
        return False
    try:
        before.tightened(after.value, by="the new version")
    except ValueError:
        return False
    return True


def _shown(parameter: Parameter) -> str:
    value = parameter.value
    if value is None:
        return "open"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _of_silences(old: Check, new: Check) -> Iterator[Change]:
    before, after = ({silence.control for silence in check.silent_on} for check in (old, new))
    for control in sorted(after - before):
        yield Change(what=f"it can no longer refuse {control}", bump=Bump.MAJOR)
    for control in sorted(before - after):
        yield Change(what=f"it refuses {control} now", bump=Bump.MINOR)
