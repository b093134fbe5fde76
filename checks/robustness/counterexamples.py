"""Counterexamples as a person can look at them: which numbers were changed, in their units, or two images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.evidence import exact
from certify.submission.model import IdentityRule, TensorInput
from checks.attacks.space import Space
from checks.measured import Exhibit
from checks.predictor import UNDECIDED, classes_of
from checks.subject import Subject

_MOST: Final = 64
"""Of more numbers the whole case is given, before and after, and no list of changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counterexample:
    """One row of the data, how it was, and how the model is fed to answer it otherwise."""

    row: int
    strength: float | None
    before: NDArray[Any]
    after: NDArray[Any]


def counterexamples(subject: Subject, space: Space, found: Sequence[Counterexample]) -> Exhibit:
    """The exhibit `counterexamples.json`; every answer in it is the submitted model's, asked alone."""
    cases = [_case(subject, space, one) for one in found]
    return Exhibit(
        name="counterexamples.json", media_type="application/json", visibility="vendor",
        data=canonical({"cases": cases}),
    )  # fmt: skip


def _case(subject: Subject, space: Space, one: Counterexample) -> dict[str, Any]:
    moved = (one.after.astype(np.float64) - one.before.astype(np.float64)) / space.width
    said: dict[str, Any] = {
        "row": one.row,
        "answered_before": _answer(subject, space, one.before),
        "answered_after": _answer(subject, space, one.after),
        "largest_change": _text(float(np.abs(moved).max())),
        "length_of_change": _text(float(np.sqrt((moved**2).sum()))),
        "numbers_changed": int(np.count_nonzero(moved)),
    }
    if one.strength is not None:
        said["strength"] = _text(one.strength)
    return said | (_changes(space, one) if len(moved) <= _MOST else _whole(space, one))


def _answer(subject: Subject, space: Space, case: NDArray[Any]) -> str:
    inputs = space.unpacked(case[np.newaxis])
    rule = subject.manifest.model.decision
    if isinstance(rule, IdentityRule):
        return _text(float(subject.predictor.values(inputs)[0]))
    decided = int(subject.predictor.decide(inputs)[0])
    return "undecided" if decided == UNDECIDED else classes_of(rule)[decided]


def _changes(space: Space, one: Counterexample) -> dict[str, Any]:
    where = np.flatnonzero(one.before != one.after)
    return {
        "changes": [
            {
                "name": space.names[place],
                "unit": space.units[place],
                "before": _text(float(one.before[place])),
                "after": _text(float(one.after[place])),
            }
            for place in where
        ]
    }


def _whole(space: Space, one: Counterexample) -> dict[str, Any]:
    """All numbers in the order of the input, whose shape is given where there is one input."""
    only = space.inputs[0]
    shape = (
        list(only.shape) if len(space.inputs) == 1 and isinstance(only, TensorInput) else [len(one.before)]
    )
    return {
        "shape": shape,
        "before": [_text(float(number)) for number in one.before],
        "after": [_text(float(number)) for number in one.after],
    }


def _text(number: float) -> str:
    return str(exact(number)) if np.isfinite(number) else "no number"
