"""What is wrong with a check, in words: what was expected, what was found, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certify.cli.standards.survivor import survivor
from certify.errors import Problem

if TYPE_CHECKING:
    from certify.proof import Proof
    from certify.standard import Check
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
                remedy=_specimen_remedy(trial),
            )


def of_idle_bounds(check: Check, trials: Sequence[SpecimenTrial]) -> Iterator[Fault]:
    """Bounds that refused no bad specimen by a number: nothing shows that anybody could miss them."""
    from certify.vector import name_of
    from flows.qualification import idle_bounds

    for place, bound in idle_bounds(check, trials).items():
        yield Fault(
            kind="specimen",
            check=check.id,
            what=f"criterion.all[{place}]: {name_of(bound)} refuses no bad specimen",
            expected=f"a bad specimen whose measured bound misses {bound.limit} = {check.limit(bound.limit)}",
            found="none: where a bad one is refused, something else refuses it",
            remedy=f"See whether `{bound.limit}` is written in what is measured (a share of 5 % is 0.05, not "
            "5), and name under `bad` a mutation that this bound is meant to refuse.",
        )


def _specimen_remedy(trial: SpecimenTrial) -> str:
    if trial.case.role == "good" and trial.excused:
        return "Correct `applies`, or choose a specimen to which the check applies."
    if trial.case.role == "good" and trial.demonstrated:
        return (
            "Correct check.yaml there: `bound_to` lists all that the method opens, `unit` what it measures."
        )
    return _SPECIMEN_REMEDIES[trial.case.role]


_SPECIMEN_REMEDIES: Mapping[str, str] = {
    "good": "If the limit, a parameter or a name in check.yaml is wrong, correct it; else choose a specimen "
    "that must pass, or set what `open_values` says in specimens.json.",
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
