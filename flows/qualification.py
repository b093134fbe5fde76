"""Qualifying the tool: real specimens, measured by the real methods, judged by the checks of a pack.

A check is qualified if it demonstrates its good specimens and refuses its bad ones, and the universal
controls that need a model: one that always answers the same, and one that answers at random. Where it
measures, the controls are put to it on every specimen to which it applies, and not only on those that its
author chose: among ten classes chance is easily refused, among two it is not. A check that cannot refuse a
control must say so (`silent_on`). Saying so is never wrong: on other data than a specimen's the control may
pass, and all that follows is that a basis needs another check that refuses it.

What a good specimen shows besides: that the check applies to it, that it demands the bytes from which its
method works, and that its limits are in the units of what is measured. What the bad ones show together: that
every bound of the criterion can refuse at all. A gap of at most 5, written in percent where shares are
measured, is met by everybody, and a bad specimen of which nothing could be measured does not tell.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Literal, Self

from certify.basis import Basis
from certify.digest import Digest
from certify.evidence import Measurement, NotMeasured, Reason, Result
from certify.intake import Intake, take_in
from certify.pack import Pack
from certify.protocol import Protocol, lock
from certify.ruling import Outcome, rule
from certify.standard import AtLeast, AtMost, Check, ControlName
from certify.submission import load
from certify.task import Task, task_of
from certify.value import Bilingual
from certify.vector import SpecimenSet, filled, read_specimens
from certify.verdict import Finding, judge
from checks.specimens import CONTROLS, SPECIMENS, write
from flows.measuring import Answer, Workers
from flows.wiring import Workplace, now

Name = tuple[str, str | None]
"""A specimen and its mutation, None for the good one."""

Advance = Callable[[int, int], None]
"""Told after every measurement how many are done, and of how many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One specimen put to one check, and what must come out."""

    check: Check
    name: Name
    role: Literal["good", "bad"] | ControlName

    def __str__(self) -> str:
        specimen, mutation = self.name
        return f"{specimen} with {mutation}" if mutation else specimen


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecimenTrial:
    """What a check said about a specimen.

    `broken` is a method that failed, which proves nothing, `excused` the facts by which the check does not
    apply, `unsound` what the check leaves out that a good specimen shows to be needed, `refused_by` the
    places in the criterion of the bounds that a measured number misses.
    """

    case: Case
    outcome: Outcome
    explanation: str
    broken: bool
    excused: tuple[str, ...] = ()
    unsound: str = ""
    refused_by: tuple[int, ...] = ()

    @property
    def demonstrated(self) -> bool:
        """Whether the check was satisfied."""
        return self.outcome is Outcome.DEMONSTRATED

    @property
    def defect(self) -> str:
        """What is wrong with it; empty if nothing is."""
        if self.broken:
            return "the method failed, which is no refusal"
        if self.case.role in ("good", "bad"):
            return self._defect_of_a_chosen_one
        silent = self.case.role in {silence.control for silence in self.case.check.silent_on}
        if self.demonstrated and not silent:
            return "a control was demonstrated, and the check is not silent on it"
        return ""

    @property
    def _defect_of_a_chosen_one(self) -> str:
        if self.excused:
            return f"the check does not apply to it: {', '.join(self.excused)}"
        if self.case.role == "bad":
            return "a bad specimen was demonstrated" if self.demonstrated else ""
        return self.unsound if self.demonstrated else "a good specimen was not demonstrated"

    def to_json(self) -> dict[str, str | None]:
        """For the record and for machines."""
        specimen, mutation = self.case.name
        return {
            "check": self.case.check.id, "specimen": specimen, "mutation": mutation, "role": self.case.role,
            "outcome": self.outcome.value, "explanation": self.explanation, "defect": self.defect,
        }  # fmt: skip


def idle_bounds(check: Check, trials: Iterable[SpecimenTrial]) -> Mapping[int, AtMost | AtLeast]:
    """The bounds that refuse no bad specimen by what was measured of it, by their place in the criterion."""
    refusing = {place for trial in trials if trial.case.role == "bad" for place in trial.refused_by}
    bounds = {p: c for p, c in enumerate(check.criterion.all) if isinstance(c, AtMost | AtLeast)}
    return {place: bound for place, bound in bounds.items() if place not in refusing}


def cases_of(check: Check, specimens: SpecimenSet) -> Iterator[Case]:
    """Every specimen that a check must be put to, the controls among them."""
    ready = filled(check, specimens.open_values)
    for good in specimens.good:
        yield Case(check=ready, name=(good, None), role="good")
    for bad in specimens.bad:
        yield Case(check=ready, name=(bad.specimen, bad.mutation), role="bad")
    for specimen in SPECIMENS if check.mode == "measured" else specimens.good:
        for control, mutations in CONTROLS.items():
            for mutation in mutations[specimen]:
                yield Case(check=ready, name=(specimen, mutation), role=control)


def specimens_of(pack: Pack, checks: Iterable[str]) -> dict[str, SpecimenSet]:
    """The specimens of checks that name any; raises `UnusableInput` for what cannot be read."""
    found = {name: read_specimens(pack.check_folder(name), pack.checks[name]) for name in checks}
    return {name: specimens for name, specimens in found.items() if specimens is not None}


def put_specimens(
    checks: Mapping[str, Check], specimens: Mapping[str, SpecimenSet], *, advance: Advance = lambda *_: None
) -> tuple[SpecimenTrial, ...]:
    """Measure and judge every specimen of every check, each question once however many checks ask it."""
    cases = [case for name, named in specimens.items() for case in cases_of(checks[name], named)]
    with TemporaryDirectory(prefix="certify-specimens-") as folder, Foundry(Path(folder)) as foundry:
        foundry.measure(cases, advance)
        return tuple(foundry.trial(case) for case in cases)


class Foundry(AbstractContextManager["Foundry"]):
    """Writes specimens and measures them: ours, and therefore all by the workers of one host."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._workplace = Workplace(root=folder / "work")
        self._workers = Workers((), self._workplace)
        self._intakes: dict[Name, Intake] = {}
        self._results: dict[Digest, Result] = {}

    def measure(self, cases: Sequence[Case], advance: Advance) -> None:
        """Answer every question of the cases, as many at a time as there are cores."""
        tasks = {task.value_digest: (task, case.name) for case in cases for task in [self._task(case)]}
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="specimens") as pool:
            answers = pool.map(self._answer, tasks.values())
            for done, (digest, answer) in enumerate(zip(tasks, answers, strict=True), start=1):
                self._results[digest] = answer.result
                advance(done, len(tasks))

    def trial(self, case: Case) -> SpecimenTrial:
        """What the check says about the specimen, and in which words."""
        result, protocol = self._results[self._task(case).value_digest], self._protocol(case)
        judgement = judge(Finding(check=case.check, result=result), protocol=protocol)
        return SpecimenTrial(
            case=case,
            outcome=judgement.outcome,
            explanation=judgement.deciding.explanation,
            broken=isinstance(result, NotMeasured) and result.reason is not Reason.NOT_MEASURED,
            excused=case.check.applies.excusing_facts(self._intake(case.name).manifest.facts),
            unsound=_unsound(case.check, result, protocol),
            refused_by=tuple(_refusing(case.check, result)),
        )

    def _protocol(self, case: Case) -> Protocol:
        intake, basis = self._intake(case.name), _only(case.check)
        return lock(
            root=intake.root, manifest=intake.manifest, artifacts=intake.artifacts, basis=basis, at=now(),
            by="the qualification of the tool",
        )  # fmt: skip

    def _task(self, case: Case) -> Task:
        return task_of(case.check, self._intake(case.name).root)

    def _answer(self, asked: tuple[Task, Name]) -> Answer:
        task, name = asked
        return self._workers.measure_on(self._intakes[name].artifacts, task)

    def _intake(self, name: Name) -> Intake:
        if name not in self._intakes:
            folder = self._folder / "-".join(part or "good" for part in name)
            write(folder, *name)
            self._intakes[name] = take_in(load(folder), self._workplace.blobs)
        return self._intakes[name]

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)


def _unsound(check: Check, result: Result, protocol: Protocol) -> str:
    """What a check leaves out: files that its method opened, or the unit of what it limits."""
    if isinstance(result, NotMeasured):
        return ""
    opened = {item.path for item in result.opened}
    used = {commitment.group for commitment in protocol.commitments if commitment.path in opened}
    if forgotten := sorted(used - set(check.evidence.groups()) - {"manifest"}):
        return f"its method opened {', '.join(forgotten)}, which `bound_to` does not demand"
    return next(_in_other_units(check, result), "")


def _refusing(check: Check, result: Result) -> Iterator[int]:
    """The bounds that a measured number misses: an estimate that is not there refuses, and shows nothing."""
    if isinstance(result, NotMeasured):
        return
    for place, condition in enumerate(check.criterion.all):
        if isinstance(condition, AtMost | AtLeast):
            rulings = rule(condition, check, result)
            if any(r.outcome is not Outcome.DEMONSTRATED and r.margin is not None for r in rulings):
                yield place


_UNSTATED: Final = "1"
"""The unit of a limit that names none: what a model answers in, its vendor says and no pack knows."""


def _in_other_units(check: Check, result: Measurement) -> Iterator[str]:
    for condition in check.criterion.all:
        if isinstance(condition, AtMost | AtLeast):
            limit = check.limits[condition.limit]
            for estimate in result.estimates:
                other = limit.unit not in (_UNSTATED, estimate.unit)
                if estimate.statistic == condition.statistic and other:
                    yield (
                        f"the limit {condition.limit} is in {limit.unit}, and {estimate.statistic} is "
                        f"measured in {estimate.unit}"
                    )


def _only(check: Check) -> Basis:
    """A basis of one check."""
    title = Bilingual(en="One check", fr="Un contrôle")
    return Basis(id="local.qualification/one", version="1.0.0", title=title, required=(check,), excused=())
