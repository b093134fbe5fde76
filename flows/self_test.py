"""The self-test before every certification: vectors each time, specimens once per program and environment.

What was proved of the specimens is kept in one record for each check, so that two bases which share a check
share its proof. A record carries a message authentication code under a key of this user, so that nobody else
on the machine can put a proof there; one that does not fit is made again. If any specimen comes out wrong,
nothing of that trial is kept.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certify.basis import Basis
from certify.digest import Digest, canonical, read_canonical
from certify.environment import Environment
from certify.errors import Tampered, ToolNotQualified, UnusableInput
from certify.pack import Pack, Standards
from certify.proof import failures
from certify.qualification import Qualification
from certify.standard import Check
from certify.store import write_durably
from certify.vector import SpecimenSet, read_vectors
from flows.qualification import Advance, put_specimens, specimens_of


def nothing_done(done: int, total: int) -> None:
    """Nobody watches."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SelfTest:
    """What must hold before the checks of a basis may judge anything."""

    standards: Standards
    environment: Environment
    records: Path
    """Where the records of earlier qualifications and their key are kept."""

    def vectors(self, basis: Basis) -> Qualification:
        """Run the vectors of every check of the basis; raises `ToolNotQualified` if one comes out wrong."""
        counted, unproved, problems = 0, [], []
        for check in self._selected(basis):
            pack = self._pack(check)
            try:
                sets = read_vectors(pack.check_folder(check.id), check)
            except UnusableInput:
                if self.standards.references[pack.manifest.id].signed:
                    raise
                unproved.append(check.id)
                continue
            counted += sum(len(vectors.vectors) for vectors in sets.values())
            problems += [f"{check.id}: {failure}" for failure in failures(check, sets)]
        if problems:
            raise ToolNotQualified(problems)
        return Qualification(vectors=counted, specimens=0, unproved=tuple(unproved))

    def specimens(self, basis: Basis, advance: Advance = nothing_done) -> Qualification:
        """The vectors, and every specimen in this environment of which no record says that it was done."""
        tested = self.vectors(basis)
        checks = {check.id: check for check in self._selected(basis)}
        named = {
            name: specimens
            for check in checks.values()
            for name, specimens in specimens_of(self._pack(check), [check.id]).items()
        }
        trials = self._trials(checks, named, advance)
        shown = [check.id for check in checks.values() if check.mode != "human" and check.id not in named]
        return Qualification(
            vectors=tested.vectors,
            specimens=len(trials),
            record=Digest.of_value(trials),
            unproved=tuple(dict.fromkeys((*tested.unproved, *shown))),
        )

    def _trials(
        self, checks: Mapping[str, Check], named: Mapping[str, SpecimenSet], advance: Advance
    ) -> list[Any]:
        """What every specimen gave, on record or now; raises `ToolNotQualified` if one came out wrong."""
        paths = {name: self._record(checks[name], specimens) for name, specimens in named.items()}
        known = {name: trials for name, path in paths.items() if (trials := self._on_record(path))}
        missing = {name: specimens for name, specimens in named.items() if name not in known}
        if missing:
            proved = _proved(checks, missing, advance)
            for name, trials in proved.items():
                self._keep(paths[name], trials)
            known |= proved
        return [trial for name in named for trial in known[name]]

    def _selected(self, basis: Basis) -> list[Check]:
        """The checks as their packs hold them, before the basis tightened them."""
        return [self.standards.checks[check.id] for check in basis.required]

    def _pack(self, check: Check) -> Pack:
        return self.standards.packs[check.id.partition("/")[0]]

    def _record(self, check: Check, specimens: SpecimenSet) -> Path:
        """Where it is kept what a check said of its specimens: in this program, on this machine."""
        subject = [self.environment.to_json(), str(check.value_digest), str(specimens.value_digest)]
        return self.records / f"{Digest.of_value(subject).hex}.json"

    def _on_record(self, path: Path) -> list[Any] | None:
        """The trials on record; None if there is no record, or one that this user did not make."""
        try:
            record = read_canonical(path.read_bytes(), source=path.name)
            trials, code = record["trials"], record["code"]
        except (OSError, Tampered, KeyError, TypeError):
            return None
        genuine = isinstance(code, str) and hmac.compare_digest(code, self._code(path.stem, trials))
        return trials if genuine and isinstance(trials, list) and trials else None

    def _keep(self, path: Path, trials: list[Any]) -> None:
        record = {"trials": trials, "code": self._code(path.stem, trials)}
        write_durably(path, canonical(record), replace=True)

    def _code(self, subject: str, trials: Any) -> str:
        return hmac.new(self._key(), canonical([subject, trials]), "sha256").hexdigest()

    def _key(self) -> bytes:
        path = self.records / "key"
        if not path.exists():
            self.records.mkdir(parents=True, exist_ok=True)
            write_durably(path, secrets.token_hex(32).encode(), mode=0o600)
        return path.read_bytes()


def _proved(
    checks: Mapping[str, Check], named: Mapping[str, SpecimenSet], advance: Advance
) -> dict[str, list[Any]]:
    """The trials of each check; raises `ToolNotQualified` for all of them if a single one is wrong."""
    trials = put_specimens(checks, named, advance=advance)
    problems = [f"{t.case.check.id} on {t.case}: {t.defect}" for t in trials if t.defect]
    if problems:
        raise ToolNotQualified(problems)
    return {name: [t.to_json() for t in trials if t.case.check.id == name] for name in named}
