"""What a worker is asked to measure: everything that determines the answer, and nothing about a limit.

The digest of a task is the key under which its result is kept. Two checks that ask the same question share
one measurement, and a resumed run finds what it measured before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certify.digest import Digest
from certify.standard import Check, Expectation, Parameter
from certify.value import DigestText, Line, Number, Value


class Task(Value):
    """One question to one method about one submission."""

    submission: DigestText
    method: Line
    version: Line
    role: Line
    confidence: Number
    parameters: Mapping[str, Parameter]

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters in Python's types: int, float, str, tuples of text or of expectations."""
        return {name: _argument(parameter) for name, parameter in self.parameters.items()}


def _argument(parameter: Parameter) -> int | float | str | tuple[str, ...] | tuple[Expectation, ...]:
    value = parameter.value
    if value is None:
        raise ValueError("a parameter without a value cannot be passed to a method")
    if parameter.type == "integer":
        return int(value)  # type: ignore[arg-type]
    return float(value) if parameter.type == "decimal" else value  # type: ignore[arg-type, return-value]


def task_of(check: Check, submission: Digest) -> Task:
    """The question that a check asks about a submission."""
    return Task(
        submission=submission,
        method=check.method.name,
        version=check.method.version,
        role=check.evidence.role,
        confidence=check.confidence,
        parameters=check.method.parameters,
    )
