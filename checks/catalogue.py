"""The visible list of methods: name, version, where it lives, what it takes.

Nothing here imports a method, so that listing and binding cost nothing. A test holds every entry against
the signature of the function that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certify.standard import MethodSignature
from certify.task import Task
from checks.cybersecurity import methods as cybersecurity
from checks.data_quality import methods as data_quality
from checks.documents import methods as documents
from checks.energy import methods as energy
from checks.fairness import methods as fairness
from checks.measured import Confidence, Measured
from checks.method import Method, method
from checks.objectives import methods as objectives
from checks.representativeness import methods as representativeness
from checks.robustness import methods as robustness

if TYPE_CHECKING:
    from checks.subject import Subject  # imports numpy, and whoever lists or binds needs none

METHODS: Mapping[str, Method] = dict(
    (
        *representativeness.METHODS,
        *data_quality.METHODS,
        *objectives.METHODS,
        *robustness.METHODS,
        *cybersecurity.METHODS,
        *energy.METHODS,
        *fairness.METHODS,
        *documents.METHODS,
    )
)
"""Area by area, each in its own `methods.py`."""

_, TABULATION = method(
    "checks.tabulation.exhibit:tabulation",
    "The counts of one data set, which the streamed methods share. No check asks for it.",
    streamed=True,
)


def method_named(name: str) -> Method:
    """A method that a check may ask for, or the tabulation that serves several of them."""
    return TABULATION if name == TABULATION.signature.name else METHODS[name]


def signatures() -> Mapping[str, MethodSignature]:
    """What the core needs in order to bind checks to methods."""
    return {name: listed.signature for name, listed in METHODS.items()}


def measure(subject: Subject, task: Task) -> Measured:
    """Run the method of a task; raises `CannotMeasure` where it has no answer."""
    asked = method_named(task.method)
    read = subject.relation if asked.streamed else subject.table
    data = read(task.role) if task.role in ("train", "validation", "test") else None
    arguments: dict[str, Any] = task.arguments
    return asked.function()(subject, data, Confidence(float(task.confidence)), **arguments)
