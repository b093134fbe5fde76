"""How many cases somebody can have answered otherwise by what the vendor declares that can be changed.

The declared leeway is what can be disputed: who could change which number, how far, and into which codes. The
search is named and its budget is fixed (see `checks.attacks`): at random over numbers and codes, and along
slopes where the model has them. What it finds is found for good, so that no search finds fewer: a lower bound
here is one for every search. What it does not find may still be there: an upper bound speaks of this search
with this budget, as a trial on a case drawn from the population, and of no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import canonical
from certify.submission.model import IdentityRule
from checks.attacks.attacker import Attacker, attacker_of
from checks.attacks.campaign import Budget
from checks.attacks.reach import Reach
from checks.attacks.space import space_of
from checks.domain import Mask
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.predictor import UNDECIDED
from checks.robustness.capability import declared_reach, whole_reach
from checks.robustness.counterexamples import Counterexample, counterexamples
from checks.robustness.neighbourhood import tried_rows
from checks.robustness.steadiness import in_its_unit
from checks.statistics.proportions import proportion
from checks.subject import Subject
from checks.table import Table

Array = NDArray[Any]

_SHOWN: Final = 12
_COUNTED: Final = 64


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was tried, all arrays over the tried cases: how they were, which fell, and where."""

    rows: NDArray[np.int64]
    attacker: Attacker
    reach: Reach
    before: Array
    fallen: Mask
    places: Array


def evasion(
    subject: Subject, data: Table | None, confidence: Confidence, *, tolerance: float, rows: int, steps: int,
    queries: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `evaded_share` (all): cases that the search has answered otherwise by the declared leeway.

    A class is another one; a number is off by more than `tolerance` of the declared range of answers, of
    which a class takes no notice. A case outside the contract, or without an answer, counts as evaded. Raises
    `CannotMeasure` where of a number nothing is declared, where nothing can be changed, and where the search
    finds too little when everything may change.
    """
    if data is None:
        raise CannotMeasure("evasion is measured on data, and none were given")
    data.require_independent_rows()
    which = tried_rows(subject, data, rows, seed)
    found = _searched(subject, data, which, Budget(steps=steps, queries=queries), tolerance, seed)
    events = len(which) - len(found.rows) + int(np.count_nonzero(found.fallen))
    interval = proportion(events, len(which), confidence)
    cases = _counterexamples(found)
    shown = counterexamples(subject, found.attacker.space, cases[:_SHOWN])
    return Measured(
        estimates=(interval.estimate(statistic="evaded_share", confidence=confidence),),
        exhibits=(_exhibit(found, cases, events, len(which)), shown),
    )


def _searched(
    subject: Subject, data: Table, which: NDArray[np.int64], budget: Budget, tolerance: float, seed: int
) -> _Found:
    """The search over all cases that have an answer, by an attacker that was shown to see."""
    tried, before = _answered(subject, data, which)
    held = {name: values[tried] for name, values in data.inputs.items()}
    space = space_of(subject.manifest.model.inputs)
    cases = space.packed(held)
    reach = declared_reach(space, cases)
    attacker = attacker_of(
        subject, cases, budget=budget, random=subject.generator(seed, "evasion"),
        tolerance=in_its_unit(subject, tolerance) if _numeric(subject) else 0.0,
    )  # fmt: skip
    attacker.require_sight(cases, before, whole_reach(space, cases))
    found = attacker.assail(reach, before)
    return _Found(
        rows=tried, attacker=attacker, reach=reach, before=before, fallen=found.fallen, places=found.places
    )


def _answered(subject: Subject, data: Table, which: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array]:
    """The rows inside the contract that have an answer, and the answer: a class or a number."""
    inputs = {name: values[which] for name, values in data.inputs.items()}
    if _numeric(subject):
        answers: Array = subject.predictor.values(inputs)
        there = np.isfinite(answers)
    else:
        answers = subject.predictor.decide(inputs)
        there = answers != UNDECIDED
    there = there & data.inside[which]
    if not there.any():
        raise CannotMeasure("no case inside the contract has an answer: there is nothing to be changed")
    return which[there], answers[there]


def _numeric(subject: Subject) -> bool:
    return isinstance(subject.manifest.model.decision, IdentityRule)


def _counterexamples(found: _Found) -> list[Counterexample]:
    """What was found, with nothing changed that need not be."""
    some = np.flatnonzero(found.fallen)
    if not len(some):
        return []
    near = found.reach.of(some)
    places = found.attacker.minimal(near, found.places[some], found.before[some])
    return [
        Counterexample(row=int(found.rows[row]), strength=None, before=near.start[at], after=places[at])
        for at, row in enumerate(some)
    ]


def _exhibit(found: _Found, cases: list[Counterexample], events: int, rows: int) -> Exhibit:
    """How often each number was changed. Of many numbers it would be an image of cases, and no count."""
    names = found.attacker.space.names
    changed = np.sum([one.before != one.after for one in cases], axis=0) if cases else np.zeros(len(names))
    few = len(names) <= _COUNTED
    counts = {
        "answered_by": found.attacker.engine.name,
        "rows": rows,
        "tried": len(found.rows),
        "found": len(cases),
        "evaded": events,
        "changed": {name: int(count) for name, count in zip(names, changed, strict=True)} if few else {},
    }
    return Exhibit(
        name="evaded.json", media_type="application/json", visibility="public" if few else "vendor",
        data=canonical(counts),
    )  # fmt: skip
