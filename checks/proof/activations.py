"""Proving by splitting on activations: for many inputs, complete where a network is piecewise linear.

One box and the conditions that must never be met in it are settled in stages, each dearer and tighter than
the one before: interval arithmetic and backward bounds; ascent over their slopes; a small tree for every
hidden number with an open sign; then, for each condition by itself, all of that under the demand that the
condition is met, and a tree that splits until nothing is left, a point meets the condition, or time is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from checks.proof.ascent import Demand
from checks.proof.budget import Budget
from checks.proof.crown import Freedom, Pass, relative_error
from checks.proof.forest import Forest, Targets
from checks.proof.network import F64, Network
from checks.proof.property import Case, Condition
from checks.proof.refinement import refined
from checks.proof.tightening import Bounds, tightened

PACE: Final = 0.25
"""The first step of ascent; slopes lie between 0 and 1."""

STEPS, ROUNDS, BATCH, ASKED = 10, 16, 256, 4
PRESSED, WORTHWHILE = 500, 0.05


@dataclass(frozen=True, eq=False, slots=True)
class Settled:
    """How far it came: why it stopped (None: the case is proved or a point was found), regions seen."""

    stopped: str | None
    regions: int


@dataclass(eq=False)
class Work:
    """One case while it is settled. `violated` says whether the model itself violates it at one of points."""

    network: Network
    case: Case
    budget: Budget
    violated: Callable[[F64], bool]
    regions: int
    found: bool = False

    def late(self) -> bool:
        """Whether to stop: the budget is spent, or a point was found."""
        return self.found or self.budget.spent(self.regions) is not None

    def count(self, leaves: int) -> bool:
        """Counts leaves that were bounded; whether to stop."""
        self.regions += leaves
        return self.late()

    def look(self, forest: Forest) -> None:
        """Tries the points at which leaves were least."""
        if forest.points is None or self.found:
            return
        points = forest.points.numpy().clip(self.case.region.lower, self.case.region.upper)
        answers = self.network.evaluate(points)
        for condition in self.case.unsafe:
            suspects = points[condition.met(answers)][:ASKED]
            if len(suspects) and self.violated(suspects):
                self.found = True


def settle(
    network: Network,
    case: Case,
    *,
    margin: float,
    budget: Budget,
    spent: int,
    violated: Callable[[F64], bool],
) -> Settled:
    """Settles one case with `margin` to spare on each row; `spent` regions of the budget are spent already.

    `violated` is asked whether the model itself violates the case at one of some points (k, inputs), ends
    the work if so, and keeps the point. A proof speaks of real arithmetic.
    """
    work = Work(network, case, budget, violated, spent)
    left = [Condition(unsafe.rows, unsafe.limits + margin) for unsafe in case.unsafe]
    with torch.no_grad():
        bounds = Bounds.of(network, _box(case.region.lower), _box(case.region.upper))
        left = _beyond_one_pass(work, bounds, left)
        for stage in _stages(work):
            if not left or work.late():
                break
            bounds = stage(bounds)
            left = _unsettled(work, bounds, _beyond_one_pass(work, bounds, left))
        while left and not work.late() and _impossible(work, bounds, left[0]):
            left.pop(0)
    if work.found or not left:
        return Settled(None, work.regions)
    return Settled(budget.spent(work.regions) or _NOTHING_LEFT, work.regions)


_NOTHING_LEFT: Final = "Nothing was left to split, and the bounds were too near to the limit to decide."


def _stages(work: Work) -> list[Callable[[Bounds], Bounds]]:
    return [
        lambda bounds: tightened(bounds, steps=0, pace=PACE),
        lambda bounds: tightened(bounds, steps=2 * STEPS, pace=PACE),
        lambda bounds: refined(bounds, rounds=ROUNDS, steps=STEPS, pace=PACE, count=work.count),
    ]


def _beyond_one_pass(work: Work, bounds: Bounds, conditions: list[Condition]) -> list[Condition]:
    """The conditions that one backward pass for all their rows, without ascent, leaves open."""
    if not conditions:
        return []
    rows = _tensor(np.concatenate([condition.rows for condition in conditions]))
    limits = _tensor(np.concatenate([condition.limits for condition in conditions]))
    bound = Pass(bounds.problem(), Freedom()).back({len(bounds.network.layers): rows[None]})[0]
    clear = bound - limits > relative_error(1) * (bound.abs() + limits.abs())
    work.count(1)
    ends = np.cumsum([len(condition.limits) for condition in conditions])
    parts = np.split(clear.numpy(), ends[:-1])
    return [condition for condition, part in zip(conditions, parts, strict=True) if not part.any()]


def _unsettled(work: Work, bounds: Bounds, conditions: list[Condition]) -> list[Condition]:
    """The conditions that bounds and one leaf for each leave open.

    Bounds that hold everywhere leave some number everywhere: where they do not, they are wrong, and nothing
    rests on them.
    """
    if bool(bounds.empty.any()):
        return conditions
    left = []
    for condition in conditions:
        forest = Forest(_target(bounds, condition), 3 * STEPS, PACE)
        work.count(forest.visited)
        work.look(forest)
        if not bool(forest.bound.item() > 0):
            left.append(condition)
    return left


def _impossible(work: Work, bounds: Bounds, condition: Condition) -> bool:
    """Whether nothing in the box meets a condition; False also where the budget was spent."""
    before = -torch.inf
    while not work.late():
        bounds = tightened(bounds, steps=STEPS, pace=PACE, demand=_demand(condition))
        if bool(bounds.empty.any()):
            return True
        forest = Forest(_target(bounds, condition), STEPS, PACE)
        work.count(forest.visited)
        work.look(forest)
        bound = float(forest.bound.item())
        if bound > 0:
            return True
        if not bound > before + WORTHWHILE * abs(bound):
            return _exhausted(work, forest)
        before = bound
    return False


def _exhausted(work: Work, forest: Forest) -> bool:
    """Whether splitting on and on leaves nothing."""
    while len(forest.leaves) and not work.late():
        before = forest.visited
        if not forest.grow(BATCH):
            forest.press(PRESSED)
            work.look(forest)
            break
        work.count(forest.visited - before)
        work.look(forest)
    return not len(forest.leaves)


def _target(bounds: Bounds, condition: Condition) -> Targets:
    return Targets(bounds, len(bounds.network.layers), None, _demand(condition))


def _demand(condition: Condition) -> Demand:
    return Demand(_tensor(condition.rows)[None], _tensor(condition.limits)[None])


def _box(ends: F64) -> Tensor:
    return _tensor(ends)[None, None]


def _tensor(values: F64) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)
