"""What is wrong with a check, in words: what was expected, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify.cli.standards.survivor import survivor
from certify.errors import Problem

if TYPE_CHECKING:
    from certify.proof import Proof
    from flows.qualification import SpecimenTrial


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is wrong with a check, in words."""

    kind: str
    check: str
    what: str
    expected: str
    found: str
    remedy: str

    def to_json(self) -> dict[str, str]:
        """For machines."""
        names = ("kind", "check", "what", "expected", "found", "remedy")
        return {name: getattr(self, name) for name in names}


def of_proof(proof: Proof) -> Iterator[Fault]:
    """What vectors, mutants and controls found."""
    yield from (located(proof.check, "vectors", problem) for problem in proof.problems)
    for failure in proof.failures:
        expect = failure.vector.expect
        yield Fault(
            kind="vector",
            check=proof.check,
            what=f"{failure.file} {failure.vector.name}: {failure.vector.says}",
            expected=_said(expect.outcome, expect.reason, expect.decided_by),
            found=_said(failure.found.outcome, failure.found.reason, failure.found.decided_by),
            remedy="Correct the vector if it is wrong, and the check if the vector is right.",
        )
    for mutant in proof.survivors:
        words = survivor(mutant)
        yield Fault(
            kind="mutant",
            check=proof.check,
            what=f'the mutant "{mutant}" lives',
            expected="a vector that comes out otherwise",
            found=f"none would notice if {words.mistake}",
            remedy=words.remedy,
        )
    for control in proof.passed_controls:
        yield Fault(
            kind="control",
            check=proof.check,
            what=f"the negative control {control} passes",
            expected="refused",
            found="not refused",
            remedy="Bind the evidence, and ask for every group by name: nothing may pass on such evidence.",
        )


def _said(outcome: str, reason: object, decided_by: tuple[str, ...]) -> str:
    because = f" ({reason})" if reason else ""
    return f"{outcome}{because} by {', '.join(decided_by)}" if decided_by else f"{outcome}{because}"


def of_specimens(check: str, trials: Sequence[SpecimenTrial]) -> Iterator[Fault]:
    """What the real submissions found."""
    for trial in trials:
        if trial.defect:
            good = trial.case.role == "good"
            yield Fault(
                kind="specimen",
                check=check,
                what=f"the specimen {trial.case}: {trial.defect}",
                expected="demonstrated" if good else "a refusal",
                found=f"{trial.outcome.value}: {trial.explanation}",
                remedy=_SPECIMEN_REMEDIES[trial.case.role],
            )


_SPECIMEN_REMEDIES: Mapping[str, str] = {
    "good": "Lower what `open_values` asks for in specimens.json, or choose a specimen that must pass.",
    "bad": "Tighten the check, or name a mutation that it is meant to refuse.",
    "constant_predictor": "Tighten the check, or say under `silent_on` why it cannot refuse this control.",
    "random_predictor": "Tighten the check, or say under `silent_on` why it cannot refuse this control.",
}


def located(check: str, kind: str, problem: Problem) -> Fault:
    """A defect of a file, as a fault of the check to which the file belongs."""
    return Fault(
        kind=kind,
        check=check,
        what=f"{problem.place}{f': {problem.key}' if problem.key else ''}",
        expected=problem.expected,
        found=problem.found,
        remedy=problem.remedy,
    )
