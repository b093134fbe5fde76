"""Planning, as plain functions: measure all that may be looked at, and ask what it says of the rest.

The test data are not opened: no worker that measures is given their files. Checks on training data or
documents are measured as they will be; checks on test data are measured on the validation data, which stand
in. What is opened goes into the ledger, as everywhere.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

from certify.basis import Basis
from certify.digest import Digest
from certify.errors import Problem, UnusableInput
from certify.evidence import Measurement
from certify.intake import Intake
from certify.protocol import Protocol, lock
from certify.ruling import Outcome
from certify.sandbox import Caps, Completed, Host
from certify.standard import Check
from certify.submission import MANIFEST, Artifact
from certify.submission.data import Dataset
from certify.task import Task, task_of
from certify.verdict import Finding, judge
from checks.channel import CapsText
from checks.planning.case import CLAIM, Assumption, Case
from checks.planning.catalogue import prospect
from checks.planning.census import Counted, Counting
from checks.planning.chance import Prospect
from checks.planning.hurdle import CannotPlan, CertainToRefuse
from checks.planning.metrics import at_the_claim
from checks.planning.plan import Plan, Settled, Unplanned, make_plan
from flows.examination import agree_basis, note_opening, read_submission
from flows.locking import among
from flows.measuring import Answer, Workers
from flows.pace import Pace
from flows.wiring import COUNTERS, Workplace, now, worker_environment

TEST, STANDING_IN = "test", "validation"

Measure = Callable[[Task], Answer]
Open = Callable[[tuple[Artifact, ...], Workplace], AbstractContextManager[Measure]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pacing:
    """How long a run will take, in seconds, and what that rests on."""

    seconds: float
    model: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """A plan, for which submission and basis it is, on what it stands, and how long a run will take."""

    system: str
    basis: Basis
    plan: Plan
    as_measured: Plan | None
    """The same at what the validation data show, where some checks are planned at claims."""
    standing_in: int | None
    """How many rows the validation data have; None where there are none."""
    pacing: Pacing


@dataclass(frozen=True, kw_only=True)
class Planning:
    """Everything that is fixed before anything is measured."""

    intake: Intake
    basis: Basis
    protocol: Protocol
    workplace: Workplace
    assume: Assumption

    @cached_property
    def standing_in(self) -> Dataset | None:
        """The validation data."""
        return self.intake.manifest.data.in_role(STANDING_IN)

    @cached_property
    def questions(self) -> tuple[tuple[Check, Task | None], ...]:
        """Every required check with the task that is measured for it now, if one is."""
        return tuple((check, self._question(check)) for check in self.basis.required)

    def _question(self, check: Check) -> Task | None:
        task = task_of(check, self.intake.root)
        if check.mode == "human" or (task.role == TEST and self.standing_in is None):
            return None
        return task.model_copy(update={"role": STANDING_IN}) if task.role == TEST else task

    @cached_property
    def tasks(self) -> Mapping[Digest, Task]:
        """Every task once."""
        return {task.value_digest: task for _, task in self.questions if task is not None}

    @cached_property
    def open_files(self) -> tuple[Artifact, ...]:
        """Every file of the submission but those of the test data."""
        test = self.intake.manifest.data.in_role(TEST)
        return tuple(a for a in self.intake.artifacts if test is None or a.path not in test.files)


def look_ahead(
    folder: Path,
    basis_name: str,
    workplace: Workplace,
    *,
    rows: int | None = None,
    assume: Assumption = "claims",
    attempts: int = 1,
    open_workers: Open | None = None,
) -> Outlook:
    """Plan a submission under a basis for `rows` rows of test data, or for as many as there are.

    `assume` says at what performance to plan where there are both a claim and validation data, `attempts`
    how many share alpha.

    Raises `UnusableInput` where the submission or the basis is unusable, and where nobody can tell the rows.
    """
    planning = _prepare(folder, basis_name, workplace, assume, attempts)
    wanted = rows or _rows(planning, planning.intake.manifest.data.in_role(TEST))
    known = _rows(planning, planning.standing_in) if planning.standing_in else None
    if wanted is None:
        raise _nobody_knows_how_many()
    _note_openings(planning)
    with (open_workers or _workers)(planning.open_files, workplace) as measure:
        answers = _measured(planning.tasks, measure)
    plan = _plan(planning, answers, rows=wanted, known=known)
    claimed = known is not None and any(p.basis == CLAIM for p in plan.planned)
    other = replace(planning, assume="validation")
    return Outlook(
        system=planning.intake.manifest.system.name,
        basis=planning.basis,
        plan=plan,
        as_measured=_plan(other, answers, rows=wanted, known=known) if claimed else None,
        standing_in=known,
        pacing=_pacing(planning, answers, (wanted / known) if known else 1.0),
    )


def _prepare(
    folder: Path, basis_name: str, workplace: Workplace, assume: Assumption, attempts: int
) -> Planning:
    """As for a lock, but nothing is written down: a plan binds nobody."""
    intake = read_submission(folder, workplace)
    basis = among(agree_basis(basis_name, intake, workplace.load_standards()), attempts)
    protocol = lock(
        root=intake.root,
        manifest=intake.manifest,
        artifacts=intake.artifacts,
        basis=basis,
        at=now(),
        by="a plan",
    )
    return Planning(intake=intake, basis=basis, protocol=protocol, workplace=workplace, assume=assume)


def _nobody_knows_how_many() -> UnusableInput:
    return UnusableInput(
        Problem(
            source=MANIFEST,
            key="data.sets",
            expected="test data whose rows can be counted",
            found="none, or files in another form than their names say",
            remedy="Correct the files, or say with --rows for how many rows to plan.",
        )
    )


def _rows(planning: Planning, dataset: Dataset | None) -> int | None:
    """The rows of a data set, counted by workers that tell nothing else."""
    if dataset is None:
        return None
    blobs = {a.path: planning.workplace.blobs.path(a.digest) for a in planning.intake.artifacts}
    caps = Caps()
    inside = CapsText(**{name: asdict(caps)[name] for name in CapsText.model_fields})
    with Host(COUNTERS, environment=worker_environment()) as host:
        found = []
        for path in dataset.files:
            asked = Counting(file=str(blobs[path].resolve()), suffix=path.rpartition(".")[2], caps=inside)
            ending = host.run(asked.to_bytes(), caps=caps)
            answer = ending.answer if isinstance(ending, Completed) else Counted(rows=None).to_bytes()
            found.append(Counted.from_bytes(answer, source="the number of rows").rows)
    counted = [rows for rows in found if rows is not None]
    return sum(counted) if len(counted) == len(found) and sum(counted) > 0 else None


def _note_openings(planning: Planning) -> None:
    digests = {artifact.path: artifact.digest for artifact in planning.intake.artifacts}
    for role in sorted({task.role for task in planning.tasks.values()} - {"none"}):
        dataset = planning.intake.manifest.data.in_role(role)
        if dataset is not None:
            note_opening(
                planning.workplace,
                submission=planning.intake.root,
                role=role,
                data=tuple(digests[path] for path in dataset.files),
                purpose=f"planning under {planning.basis.id}",
            )


class _Opened(AbstractContextManager[Measure]):
    """Workers as a function."""

    def __init__(self, artifacts: tuple[Artifact, ...], workplace: Workplace) -> None:
        self._workers = Workers(artifacts, workplace)

    def __enter__(self) -> Measure:
        return self._workers.__enter__().measure

    def __exit__(self, *ending: object) -> None:
        self._workers.__exit__(None, None, None)


_workers: Open = _Opened


def _measured(tasks: Mapping[Digest, Task], measure: Measure) -> Mapping[Digest, Answer]:
    """Every task measured, as many at a time as there are cores."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return dict(zip(tasks, pool.map(measure, tasks.values()), strict=True))


def _plan(planning: Planning, answers: Mapping[Digest, Answer], *, rows: int, known: int | None) -> Plan:
    settled: list[Settled] = []
    unplanned: list[Unplanned] = []
    prospects: list[tuple[Check, Prospect]] = []
    for check, task in planning.questions:
        answer = answers[task.value_digest] if task is not None else None
        if answer is not None and check.evidence.role != TEST:
            settled.append(_settled(planning, check, answer))
            continue
        try:
            prospects.append((check, _prospect(planning, check, answer, known)))
        except CertainToRefuse as certain:
            settled.append(Settled(check=check, refuses=True, why=certain.reason))
        except CannotPlan as cannot:
            unplanned.append(Unplanned(check=check, reason=cannot.reason))
    return make_plan(prospects, rows=rows, settled=settled, unplanned=unplanned)


def _settled(planning: Planning, check: Check, answer: Answer) -> Settled:
    judgement = judge(Finding(check=check, result=answer.result), protocol=planning.protocol)
    refuses = judgement.outcome is not Outcome.DEMONSTRATED
    return Settled(check=check, refuses=refuses, why=judgement.deciding.explanation)


def _prospect(planning: Planning, check: Check, answer: Answer | None, known: int | None) -> Prospect:
    if check.mode == "human":
        raise CannotPlan("a person judges it, in a signed review")
    if answer is None or known is None:
        return at_the_claim(check, planning.intake.manifest)
    if not isinstance(answer.result, Measurement):
        raise CannotPlan(f"on the validation data it is not measured: {answer.result.explanation}")
    return prospect(
        Case(
            check=check,
            measured=answer.result,
            exhibits=_exhibits(planning.workplace, answer.result),
            manifest=planning.intake.manifest,
            rows=known,
            assume=planning.assume,
        )
    )


def _exhibits(workplace: Workplace, result: Measurement) -> Mapping[str, object]:
    items: Iterable[tuple[str, Path]] = (
        (item.name, workplace.blobs.path(item.digest))
        for item in result.evidence
        if item.media_type == "application/json"
    )
    return {name: json.loads(path.read_bytes()) for name, path in items}


def _pacing(planning: Planning, answers: Mapping[Digest, Answer], larger: float) -> Pacing:
    """What was recorded of earlier runs, else what measuring took just now, in proportion to the rows."""
    seats = os.cpu_count() or 1
    asked = [check.method.name for check in planning.basis.required if check.mode != "human"]
    recorded = Pace.read(planning.workplace.root / "pace.json").estimate(asked, seats=seats)
    if recorded is not None:
        return Pacing(seconds=recorded, model="as long as the last run here took to measure")
    grown = _grown(planning.questions, answers, larger)
    return Pacing(
        seconds=max(max(grown, default=0.0), sum(grown) / seats),
        model=f"measuring took so long just now, in proportion to the rows, on {seats} cores",
    )


def _grown(
    questions: Sequence[tuple[Check, Task | None]], answers: Mapping[Digest, Answer], larger: float
) -> list[float]:
    seconds = {}
    for check, task in questions:
        if task is not None:
            factor = larger if check.evidence.role == TEST else 1.0
            seconds[task.value_digest] = answers[task.value_digest].seconds * factor
    return list(seconds.values())
