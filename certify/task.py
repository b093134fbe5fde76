"""What a worker is asked to measure: everything that determines the answer, and nothing about a limit.

The digest of a task is the key under which its result is kept. Two checks that ask the same question share
one measurement, and a resumed run finds what it measured before.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from certify.digest import Digest
from certify.standard import Check, Expectation, Parameter, Setting
from certify.value import DigestText, Line, Number, Value


class Task(Value):
    """One question to one method about one submission."""

    submission: DigestText
    method: Line
    version: Line
    role: Line
    confidence: Number
    parameters: Mapping[str, Setting]

    @property
    def arguments(self) -> dict[str, Any]:
        """The parameters in Python's types: int, float, str, tuples of text or of expectations."""
        return {name: _argument(setting) for name, setting in self.parameters.items()}


def _argument(setting: Setting) -> int | float | str | tuple[str, ...] | tuple[Expectation, ...]:
    value = setting.value
    if not isinstance(value, Decimal):
        return value
    return int(value) if setting.type == "integer" else float(value)


def task_of(check: Check, submission: Digest) -> Task:
    """The question that a check asks about a submission.

    Reasons and ranges stay behind: a reason may name a limit, and the same question asked for another reason
    is the same question. Raises `ValueError` for a parameter without a value.
    """
    return Task(
        submission=submission,
        method=check.method.name,
        version=check.method.version,
        role=check.evidence.role,
        confidence=check.confidence,
        parameters={
            name: Setting(type=parameter.type, value=_given(parameter))
            for name, parameter in check.method.parameters.items()
        },
    )


def _given(parameter: Parameter) -> Decimal | str | tuple[Expectation, ...] | tuple[str, ...]:
    if parameter.value is None:
        raise ValueError("a parameter without a value cannot be passed to a method")
    return parameter.value
