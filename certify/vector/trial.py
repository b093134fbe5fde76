"""Putting a vector to a check: the same judging as in a certification, on evidence made up by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from certify.digest import Digest
from certify.evidence import Circumstance, Measurement, NotMeasured, Opened, Reason, Result
from certify.protocol import Commitment, Protocol
from certify.ruling import Outcome, rule
from certify.standard import Check, Condition, Parameter, Setting, require_extent
from certify.task import Task
from certify.value import as_number
from certify.vector.text import Given, Group, OpenValues, Question, Vector
from certify.verdict import Finding, judge

ROOT = Digest.of(b"the submission of a vector")
ANOTHER = Digest.of(b"another submission")
EXCUSED = "excused"
BINDING, MEASUREMENT = "binding", "measurement"
"""What decides where no clause of the criterion does: unbound evidence, and none at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What a check said about a vector."""

    outcome: str
    reason: Reason | None = None
    decided_by: tuple[str, ...] = ()

    def meets(self, vector: Vector) -> bool:
        """Whether this is what the vector expects, to the clause."""
        expected = vector.expect
        same_reason = expected.reason is None or expected.reason is self.reason
        decided = sorted(expected.decided_by) == sorted(self.decided_by)
        return expected.outcome == self.outcome and same_reason and decided


def filled(check: Check, values: OpenValues) -> Check:
    """The check as a basis would set it.

    Raises `ValueError` for a value that it does not leave open, and for more groups than can be judged.
    """
    limits = _filled(check.limits, values.limits)
    parameters = _filled(check.method.parameters, values.parameters)
    require_extent(check.criterion, parameters)
    method = check.method.model_copy(update={"parameters": parameters})
    return check.model_copy(update={"method": method, "limits": limits})


def _filled(parameters: Mapping[str, Parameter], given: Mapping[str, Given]) -> dict[str, Parameter]:
    result = dict(parameters)
    for name, value in given.items():
        if name not in result or result[name].value is not None:
            raise ValueError(f"{name}, which the check does not leave open")
        number = result[name].type in ("integer", "decimal")
        result[name] = result[name].tightened(as_number(value) if number else value, by="open_values")
    return result


class Bench:
    """One check, made ready once, to which many vectors of one file are put."""

    def __init__(self, check: Check, asked: Question, *, unknown_excuses: bool = False) -> None:
        self._check = check
        self._asked = asked
        self._unknown_excuses = unknown_excuses
        self._task = _task(check, asked, ROOT)
        self._protocol = _protocol(check)

    def put(self, vector: Vector) -> Trial:
        """What the check says about the vector."""
        if self._excuses(vector.facts):
            return Trial(outcome=EXCUSED)
        return self.judge(self.result(vector))

    def result(self, vector: Vector, *, task: Digest | None = None) -> Result:
        """The evidence of a vector as a method would have returned it."""
        given = vector.evidence
        origin: dict[str, Any] = {
            "task": task or self._task, "method": self._asked.method, "version": self._asked.version,
            "observed": self._check.evidence.noise_floor is not None,
        }  # fmt: skip
        if given.not_measured is not None:
            return NotMeasured(**origin, reason=given.not_measured, explanation="given in a vector")
        return Measurement(
            **origin,
            estimates=tuple(e.as_estimate(self._asked.confidence) for e in given.estimates),
            statements=tuple(s.as_statement() for s in given.statements),
            circumstances=tuple(Circumstance(name=n, value=v) for n, v in given.circumstances.items()),
            opened=tuple(
                Opened(path=group, digest=_bytes_of(group, changed=group in given.changed))
                for group in given.made_from
            ),
        )

    def judge(self, result: Result) -> Trial:
        """What the check says about a result, and which clauses decide it."""
        judgement = judge(Finding(check=self._check, result=result), protocol=self._protocol)
        outcome, reason = judgement.outcome.value, judgement.reason
        return Trial(outcome=outcome, reason=reason, decided_by=tuple(self._deciding(result, reason)))

    def judge_elsewhere(self, vector: Vector) -> Trial:
        """What the check says if the same evidence was made for another submission."""
        return self.judge(self.result(vector, task=_task(self._check, self._asked, ANOTHER)))

    def _excuses(self, facts: Mapping[str, str]) -> bool:
        unknown = any(m.fact not in facts for m in self._check.applies.all)
        return bool(self._check.applies.excusing_facts(facts)) or (self._unknown_excuses and unknown)

    def _deciding(self, result: Result, reason: Reason | None) -> Iterator[str]:
        if reason is Reason.UNBOUND:
            yield BINDING
        elif isinstance(result, NotMeasured):
            yield MEASUREMENT
        else:
            for condition in self._check.criterion.all:
                rulings = list(rule(condition, self._check, result))
                if any(ruling.outcome is not Outcome.DEMONSTRATED for ruling in rulings):
                    yield name_of(condition)


def name_of(condition: Condition) -> str:
    """How a vector names a clause of the criterion: `at_least performance`."""
    subject = getattr(condition, "statistic", None) or getattr(condition, "statement", None)
    return f"{condition.require} {subject or getattr(condition, 'circumstance', '')}"


def _task(check: Check, asked: Question, submission: Digest) -> Digest:
    """The question as a task of this check; a parameter that the check does not have is another question."""
    if set(asked.parameters) != set(check.method.parameters):
        return Digest.of_value(asked.to_json())
    return Task(
        submission=submission,
        method=asked.method,
        version=asked.version,
        role=asked.role,
        confidence=asked.confidence,
        parameters={name: _setting(check, name, value) for name, value in asked.parameters.items()},
    ).value_digest


def _setting(check: Check, name: str, value: Given) -> Setting:
    kind = check.method.parameters[name].type
    return Setting.model_validate(
        {"type": kind, "value": as_number(value) if kind in ("integer", "decimal") else value}
    )


def _bytes_of(group: str, *, changed: bool = False) -> Digest:
    return Digest.of(f"{group}{' after a change' if changed else ''}".encode())


_LOCKED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def _protocol(check: Check) -> Protocol:
    """A protocol that committed one file in every group."""
    return Protocol(
        submission=ROOT,
        basis_id="local.vector/basis",
        basis=Digest.of(b"the basis of a vector"),
        checks=(check.value_digest,),
        commitments=tuple(
            Commitment(group=group, path=group, digest=_bytes_of(group)) for group in get_args(Group)
        ),
        allowance=1,
        locked_at=_LOCKED_AT,
        locked_by="a vector",
    )
