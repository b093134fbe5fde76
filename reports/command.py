"""The command that measures a finding again, from the question that its check asks.

    certify measure fairness.true_positive_rate_gap SUBMISSION --role test \\
        --set groups=sex=female,sex=male --confidence 0.975

Numbers and text are given as they are, lists with commas, expectations as JSON; so is a list of which an
element itself holds a comma. No limit can be given: the method has no use for one.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

from certify.digest import Digest
from certify.standard import Check, Setting
from certify.task import task_of

SUBMISSION = "SUBMISSION"
"""Stands for the vendor's folder, whose place the dossier does not know."""


def command(check: Check, submission: Digest) -> str:
    """The command line, quoted for a POSIX shell."""
    task = task_of(check, submission)
    settings = [
        part for name in sorted(task.parameters) for part in ("--set", _setting(name, task.parameters[name]))
    ]
    confidence = ["--confidence", str(task.confidence)]
    return shlex.join(
        ["certify", "measure", task.method, SUBMISSION, "--role", task.role, *settings, *confidence]
    )


def _setting(name: str, parameter: Setting) -> str:
    value = parameter.to_json()["value"]
    if isinstance(value, list) and _are_plain(value):
        value = ",".join(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"{name}={text}"


def _are_plain(elements: list[Any]) -> bool:
    """Whether elements survive being joined by commas, split and stripped."""
    return all(isinstance(e, str) and "," not in e and e == e.strip() for e in elements)
