"""What can be said for a pack: its signature, its citations, its vectors, mutants, controls and specimens.

A pack holds if nothing at all is wrong and there was something to look at in every row. Its signature is told
and not asked for: a draft is checked before it is signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certify.cli.standards.fault import Fault, located, of_idle_bounds, of_proof, of_specimens
from certify.cli.standards.page import Advance
from certify.cli.standards.specimens import Named, named_specimens, put
from certify.errors import Problem, UnusableInput

if TYPE_CHECKING:
    from pathlib import Path

    from certify.pack import Pack, PackReference
    from certify.proof import Proof
    from flows.qualification import SpecimenTrial


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """Whether the lock and the signature of a pack hold."""

    reference: PackReference | None
    problems: tuple[Problem, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether a steward who is trusted signed exactly these files."""
        return self.reference is not None and self.reference.signed

    @property
    def broken(self) -> bool:
        """Whether the pack was signed, and is no longer what was signed."""
        return any(problem.code != "unsigned-pack" for problem in self.problems)

    def __str__(self) -> str:
        if self.reference is None:
            reasons = "; ".join(dict.fromkeys(f"{p.source}: {p.found}" for p in self.problems[:5]))
            return f"Lock and signature do not hold, so that nothing loads it: {reasons}."
        if self.reference.signed:
            return f"Lock and signature hold: {self.reference.steward}, {self.reference.key_kind} key."
        return "Unsigned: nobody answers for what is under local, and every dossier says so."


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One check: its proof and its specimens. `trials` is None if none were run, as somebody asked."""

    proof: Proof
    trials: tuple[SpecimenTrial, ...] | None
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it must be, and there was something."""
        return self.proof.holds and not self.faults and self._has_specimens

    @property
    def _has_specimens(self) -> bool:
        return self.proof.mode == "human" or self.trials is None or bool(self.trials)

    @property
    def numbers(self) -> dict[str, tuple[int, int]]:
        """How many came out as they must, and of how many."""
        proof, trials = self.proof, self.trials or ()
        return {
            "vectors": (proof.vectors - len(proof.failures), proof.vectors),
            "mutants": (len(proof.fates) - len(proof.survivors), len(proof.fates)),
            "controls": (proof.controls - len(proof.passed_controls), proof.controls),
            "specimens": (sum(1 for trial in trials if not trial.defect), len(trials)),
        }

    def to_json(self) -> dict[str, Any]:
        """For machines."""
        numbers = {name: {"as_expected": good, "of": of} for name, (good, of) in self.numbers.items()}
        return {
            "check": self.proof.check, "mode": self.proof.mode, "holds": self.holds, **numbers,
            "trials": None if self.trials is None else [trial.to_json() for trial in self.trials],
            "faults": [fault.to_json() for fault in self.faults],
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """One pack, looked at from all sides."""

    pack: Pack
    signature: Signature
    problems: tuple[Problem, ...]
    """What is wrong with its texts: citations that no ledger holds, and words that nobody has replaced."""
    rows: tuple[Row, ...]

    @property
    def holds(self) -> bool:
        """Whether every check and every text holds; nothing holds over nothing."""
        return bool(self.rows) and not self.problems and all(row.holds for row in self.rows)

    @property
    def faults(self) -> int:
        """How many things are wrong."""
        return len(self.problems) + sum(len(row.faults) for row in self.rows)

    def total(self, number: str) -> tuple[int, int]:
        """A number over all checks."""
        each = [row.numbers[number] for row in self.rows]
        return sum(good for good, _ in each), sum(of for _, of in each)


def inspect(folders: Sequence[Path], *, with_specimens: bool, advance: Advance) -> tuple[Inspection, ...]:
    """Packs in their order; raises `UnusableInput` with every defect of every pack that cannot be read."""
    packs = _read(folders)
    proofs = list(_proofs(packs, advance))
    named = [named_specimens(pack) for pack in packs]
    trials = None
    if with_specimens:
        trials = put(
            list(zip(packs, named, strict=True)), lambda done, total: advance("Specimens", done, total)
        )
    return tuple(
        Inspection(
            pack=pack,
            signature=signature_of(pack),
            problems=(*_placeholders_of(pack), *citations_of(pack)),
            rows=tuple(rows_of(proved, names, trials)),
        )
        for pack, proved, names in zip(packs, proofs, named, strict=True)
    )


def _read(folders: Sequence[Path]) -> list[Pack]:
    from certify.cli.standards.place import read_pack

    packs: list[Pack] = []
    problems: list[Problem] = []
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        try:
            packs.append(read_pack(folder))
        except UnusableInput as error:
            problems += error.problems
    if problems:
        raise UnusableInput(*problems)
    return packs


def _proofs(packs: Sequence[Pack], advance: Advance) -> Iterator[list[Proof]]:
    from certify.proof import prove
    from checks.catalogue import signatures

    done, total = 0, sum(len(pack.checks) for pack in packs)
    for pack in packs:
        proofs = []
        for proof in prove(pack, signatures()):
            done += 1
            advance("Vectors", done, total)
            proofs.append(proof)
        yield proofs


def signature_of(pack: Pack) -> Signature:
    """Whether lock and signature hold, under the stewards whom the folder of the pack believes."""
    from certify.cli.standards.place import stewards_of
    from certify.pack.lock import verified

    try:
        return Signature(reference=verified(pack.folder, pack.manifest, stewards_of(pack)))
    except UnusableInput as error:
        return Signature(reference=None, problems=error.problems)


def _placeholders_of(pack: Pack) -> Iterator[Problem]:
    from certify.cli.standards.place import manifest_document
    from certify.cli.standards.placeholder import placeholders

    for document in (manifest_document(pack), *pack.documents.values()):
        yield from placeholders(document)


def citations_of(pack: Pack) -> tuple[Problem, ...]:
    """The citations that no ledger of the pack, or of one that it uses, holds, and those read tomorrow."""
    from certify.citation import citation_problems, readings_to_come
    from certify.cli.standards.place import used_folders
    from certify.pack import read_ledgers
    from flows.wiring import now

    ledgers = read_ledgers([pack.folder, *used_folders(pack)])
    return (*citation_problems(pack, ledgers), *readings_to_come(pack, today=now().date()))


def rows_of(proofs: Sequence[Proof], named: Named, trials: Sequence[SpecimenTrial] | None) -> Iterator[Row]:
    """One row for each check, with everything that is wrong with it."""
    for proof in proofs:
        ours = None if trials is None else tuple(t for t in trials if t.case.check.id == proof.check)
        faults = (
            *of_proof(proof),
            *(located(proof.check, "specimen", p) for p in named.problems.get(proof.check, ())),
            *of_specimens(proof.check, ours or ()),
            *(of_idle_bounds(ours[0].case.check, ours) if ours else ()),
        )
        yield Row(proof=proof, trials=ours, faults=faults)
