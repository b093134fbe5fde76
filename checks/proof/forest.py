"""Trees of splits: each target's region is cut by the signs of activations until its bound is good enough.

A leaf is a set of signs; over all leaves of a target the region is covered, so that the least of their bounds
is a bound for the target. Splitting (Bunel et al., "Branch and Bound for Piecewise Linear Neural Network
Verification", JMLR 2020) takes an open activation and makes two leaves of one; multipliers of the new signs
are found by ascent (Wang et al., "Beta-CROWN", NeurIPS 2021). All leaves of a batch climb at once; each bound
that is kept was computed in double precision (`crown`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from checks.proof.ascent import Aim, Choice, Demand, climb
from checks.proof.crown import Pass, Problem
from checks.proof.network import Activation, Network
from checks.proof.relaxation import lines
from checks.proof.tightening import Bounds

KEPT = torch.float32


@dataclass(frozen=True, eq=False)
class Leaves:
    """Leaves as rows of tensors: target, bound, signs (leaves, 1, n) by activation, and the choice."""

    target: Tensor
    bound: Tensor
    signs: dict[int, Tensor]
    choice: Choice
    splittable: Tensor
    """Whether an open activation is left."""
    best: Tensor
    """The activation to split, counted through all places of `signs`."""

    def __len__(self) -> int:
        return len(self.target)

    def take(self, chosen: Tensor) -> Leaves:
        """Some of them, as copies."""
        return Leaves(
            self.target[chosen],
            self.bound[chosen],
            {place: sign[chosen] for place, sign in self.signs.items()},
            Choice(
                {place: slopes[chosen] for place, slopes in self.choice.slopes.items()},
                {place: pressures[chosen] for place, pressures in self.choice.pressures.items()},
                None if self.choice.multipliers is None else self.choice.multipliers[chosen],
            ),
            self.splittable[chosen],
            self.best[chosen],
        )


def joined(one: Leaves, other: Leaves) -> Leaves:
    """Both behind each other."""
    first, second = one.choice, other.choice
    multipliers = None
    if first.multipliers is not None and second.multipliers is not None:
        multipliers = torch.cat([first.multipliers, second.multipliers])
    return Leaves(
        torch.cat([one.target, other.target]),
        torch.cat([one.bound, other.bound]),
        {place: torch.cat([sign, other.signs[place]]) for place, sign in one.signs.items()},
        Choice(
            {place: torch.cat([value, second.slopes[place]]) for place, value in first.slopes.items()},
            {place: torch.cat([value, second.pressures[place]]) for place, value in first.pressures.items()},
            multipliers,
        ),
        torch.cat([one.splittable, other.splittable]),
        torch.cat([one.best, other.best]),
    )


@dataclass(frozen=True, eq=False)
class Targets:
    """What is bounded from below, each over the same box: rows (targets, 1, width) of one value, and offsets.

    With `mixed`, `rows` is nothing and each target's demand is what is bounded: a mixture of its rows.
    """

    bounds: Bounds
    value: int
    rows: Tensor | None
    demand: Demand | None
    """One for each target, or one for all."""

    @property
    def places(self) -> list[int]:
        """Activations that may be split: Relu with open signs, before the value unless there is a demand."""
        return [
            place
            for place in self.bounds.activations
            if (self.demand is not None or place < self.value)
            and self._is_relu(place)
            and bool(self.bounds.open(place).any())
        ]

    def _is_relu(self, place: int) -> bool:
        layer = self.bounds.network.layers[place]
        return isinstance(layer, Activation) and layer.shape == "relu"

    @property
    def count(self) -> int:
        """How many."""
        if self.rows is not None:
            return len(self.rows)
        return 0 if self.demand is None else len(self.demand.rows)

    def aim(self, target: Tensor, signs: dict[int, Tensor]) -> Aim:
        """The aim of some leaves."""
        demand = self.demand
        if demand is not None and len(demand.rows) > 1:
            demand = Demand(demand.rows[target], demand.limits[target])
        starts = {} if self.rows is None else {self.value: self.rows[target]}
        return Aim(starts, demand, {p: s.double() for p, s in signs.items()}, mixed=self.rows is None)


def planted(targets: Targets) -> Leaves:
    """One leaf for each target, with nothing split and nothing bounded yet."""
    count = targets.count
    problem = targets.bounds.problem()
    slopes, pressures, signs = {}, {}, {}
    for place in targets.places:
        start = problem.lines[place].low_slope.to(KEPT)
        slopes[place] = start.expand(count, 1, -1).clone()
        pressures[place] = torch.zeros_like(slopes[place])
        signs[place] = torch.zeros_like(slopes[place], dtype=torch.int8)
    multipliers = None
    if targets.demand is not None:
        multipliers = torch.zeros(count, 1, targets.demand.rows.shape[-2], dtype=KEPT)
        if targets.rows is None:
            multipliers += 1 / multipliers.shape[-1]
    minus = torch.full((count,), -torch.inf).double()
    every = torch.ones(count, dtype=torch.bool)
    choice = Choice(slopes, pressures, multipliers)
    return Leaves(torch.arange(count), minus, signs, choice, every, torch.zeros(count, dtype=torch.long))


def _problem(targets: Targets, signs: dict[int, Tensor], root: Problem) -> Problem:
    """Lines that know the signs of leaves."""
    around = dict(root.lines)
    for place, sign in signs.items():
        low, high = targets.bounds.entering(place)
        low = torch.where(sign > 0, low.clamp(min=0), low)
        high = torch.where(sign < 0, high.clamp(max=0), high)
        around[place] = lines("relu", low, high)
    return Problem(root.network, around, root.low, root.high, root.reach)


@dataclass(eq=False)
class Forest:
    """The work on leaves of some targets over one box. `steps` of ascent for each leaf, at a `pace`."""

    targets: Targets
    steps: int
    pace: float

    def __post_init__(self) -> None:
        """Rounds the network once, and plants a leaf for each target."""
        self.root = self.targets.bounds.problem()
        self.single: Network = self.root.network.to(KEPT)
        self.box = self.root.low.to(KEPT), self.root.high.to(KEPT)
        self.floor = torch.full((self.targets.count,), torch.inf).double()
        """The least bound among leaves that are done, by target."""
        self.visited = 0
        """Leaves that were bounded."""
        self.points: Tensor | None = None
        """Where the last leaves were least, (leaves, inputs): candidates for counterexamples."""
        self.leaves = self._weeded(*self._climbed(planted(self.targets), 2 * self.steps))

    @property
    def bound(self) -> Tensor:
        """The lower bound of each target (targets,), valid in real arithmetic."""
        floor = self.floor.clone()
        return floor.scatter_reduce(0, self.leaves.target, self.leaves.bound, "amin")

    @property
    def stuck(self) -> Tensor:
        """Leaves that are not good enough and cannot be split."""
        return ~self.leaves.splittable

    def grow(self, each: int) -> bool:
        """Splits the `each` lowest leaves of every target; False where none is left that can be split."""
        chosen = self._lowest(each)
        if not len(chosen):
            return False
        rest = torch.ones(len(self.leaves), dtype=torch.bool)
        rest[chosen] = False
        young = self._weeded(*self._climbed(_halves(self.leaves.take(chosen)), self.steps))
        self.leaves = joined(self.leaves.take(torch.nonzero(rest).reshape(-1)), young)
        return True

    def press(self, steps: int) -> None:
        """More ascent for leaves that are stuck."""
        chosen = torch.nonzero(self.stuck).reshape(-1)
        if len(chosen):
            rest = torch.nonzero(~self.stuck).reshape(-1)
            old = self._weeded(*self._climbed(self.leaves.take(chosen), steps))
            self.leaves = joined(self.leaves.take(rest), old)

    def _lowest(self, each: int) -> Tensor:
        leaves = self.leaves
        order = torch.argsort(leaves.bound)
        order = order[leaves.splittable[order]]
        order = order[torch.argsort(leaves.target[order], stable=True)]
        target = leaves.target[order]
        starts = torch.searchsorted(target, torch.arange(self.targets.count))
        rank = torch.arange(len(order)) - starts[target]
        return order[rank < each]

    def _climbed(self, leaves: Leaves, steps: int) -> tuple[Leaves, Tensor]:
        aim = self.targets.aim(leaves.target, leaves.signs)
        problem = _problem(self.targets, leaves.signs, self.root)
        around = {place: line.to(KEPT) for place, line in problem.lines.items()}
        rough, rounded = Problem(self.single, around, *self.box), aim.to(KEPT)
        choice = climb(rough, rounded, leaves.choice, steps=steps, pace=self.pace)
        _, bound = aim.bound(problem, choice.to(torch.float64))
        bound = torch.maximum(leaves.bound, torch.where(bound.isfinite(), bound, -torch.inf)[:, 0])
        walk, _ = rounded.bound(rough, choice)
        self.points = torch.where(walk.ends > 0, problem.low, problem.high)[:, 0]
        self.visited += len(leaves)
        best, worth = self._best(rough, walk, leaves)
        return Leaves(leaves.target, bound, leaves.signs, choice, worth > 0, best), bound

    def _best(self, problem: Problem, walk: Pass, leaves: Leaves) -> tuple[Tensor, Tensor]:
        """For each leaf the open activation, counted through all places, whose chord costs most; the cost."""
        costs = [torch.zeros(len(leaves), 1, dtype=KEPT)]
        for place in leaves.signs:
            free = problem.lines[place].free[:, 0]
            if place not in walk.above:
                costs.append(torch.zeros(len(leaves), free.shape[-1], dtype=KEPT))
                continue
            below = (walk.above[place] - walk.row[place])[:, 0]
            costs.append((below * problem.lines[place].high_offset[:, 0] + 1e-9) * free)
        worth, best = torch.cat(costs, dim=1).max(1)
        return best - 1, worth

    def _weeded(self, leaves: Leaves, bound: Tensor) -> Leaves:
        """Without the leaves that are good enough, whose bounds go to the floor."""
        done = bound > 0
        self.floor.scatter_reduce_(0, leaves.target[done], leaves.bound[done], "amin")
        return leaves.take(torch.nonzero(~done).reshape(-1))


def _halves(leaves: Leaves) -> Leaves:
    """Both halves of each leaf: first all with the sign positive, then all with it negative."""
    every = torch.arange(len(leaves))
    halves = []
    for sign in (1, -1):
        half, start = leaves.take(every), 0
        for signs in half.signs.values():
            here = (leaves.best >= start) & (leaves.best < start + signs.shape[-1])
            signs[every[here], 0, leaves.best[here] - start] = sign
            start += signs.shape[-1]
        halves.append(half)
    return joined(*halves)
