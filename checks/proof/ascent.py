"""Choosing slopes and multipliers so that a lower bound becomes large: gradient ascent in single precision.

Nothing rests on what is computed here: any slopes between 0 and 1 and any multipliers of the right sign give
a sound bound, and the one that counts is computed from them in double precision. Steps are Adam's (Kingma and
Ba, 2015), the derivative is exact (`crown.Pass.forth`), so that no graph has to be recorded.

A demand is a set of outputs `rows @ y <= limits`, given as a layer's worth of rows; its multiplier, times
what it exceeds, may be added to any bound of what happens inside the set.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from checks.proof.crown import Freedom, Pass, Problem, Rows, relative_error

_MEANS, _SQUARES, _TINY = 0.9, 0.95, 1e-8
"""Of Adam: how slowly the means of slopes and of their squares forget, and what is added to a divisor."""


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """Outputs with `rows @ y <= limits`, one for each box: rows (boxes or 1, m, outputs), limits (.., m)."""

    rows: Tensor
    limits: Tensor

    def to(self, kind: torch.dtype) -> Demand:
        """Rounded, for searching only."""
        return Demand(self.rows.to(kind), self.limits.to(kind))


@dataclass(eq=False)
class Choice:
    """What is chosen for rows (boxes, rows, ..): slopes, pressures without sign, multipliers of a demand."""

    slopes: dict[int, Tensor] = field(default_factory=dict)
    pressures: dict[int, Tensor] = field(default_factory=dict)
    multipliers: Tensor | None = None

    @property
    def tensors(self) -> list[Tensor]:
        """All that is chosen."""
        rest = [] if self.multipliers is None else [self.multipliers]
        return [*self.slopes.values(), *self.pressures.values(), *rest]

    def to(self, kind: torch.dtype) -> Choice:
        """In another precision; numbers of single precision stay exactly what they are in double."""
        return Choice(
            {place: slopes.to(kind) for place, slopes in self.slopes.items()},
            {place: pressures.to(kind) for place, pressures in self.pressures.items()},
            None if self.multipliers is None else self.multipliers.to(kind),
        )

    def freedom(self, signs: dict[int, Tensor]) -> Freedom:
        """As a pass takes it. A sign of 1 says that what enters is at least 0, -1 at most 0, 0 nothing."""
        pressures = {place: -signs[place] * value for place, value in self.pressures.items()}
        return Freedom(self.slopes, pressures)


@dataclass(eq=False)
class Aim:
    """What is bounded: rows by value, the demand that may help, known signs."""

    starts: Rows
    demand: Demand | None = None
    signs: dict[int, Tensor] = field(default_factory=dict)
    mixed: bool = False
    """The demand itself is bounded: the multipliers are shares of its rows, and nothing else starts."""

    def to(self, kind: torch.dtype) -> Aim:
        """Rounded, for searching only."""
        return Aim(
            {value: row.to(kind) for value, row in self.starts.items()},
            None if self.demand is None else self.demand.to(kind),
            {place: sign.to(kind) for place, sign in self.signs.items()},
            self.mixed,
        )

    def bound(self, problem: Problem, choice: Choice) -> tuple[Pass, Tensor]:
        """The bound (boxes, rows) by a choice, and the pass that gave it."""
        walk = Pass(problem, choice.freedom(self.signs))
        if self.demand is None or choice.multipliers is None:
            return walk, walk.back(self.starts)
        starts, output = dict(self.starts), len(problem.network.layers)
        added = choice.multipliers @ self.demand.rows
        starts[output] = starts[output] + added if output in starts else added
        limits = (choice.multipliers * self.demand.limits[:, None]).sum(-1)
        bound = walk.back(starts) - limits
        if problem.reach is not None:
            bound = bound - self._slack(choice.multipliers, problem.reach[output], bound)
        return walk, bound

    def _slack(self, multipliers: Tensor, reach: Tensor, bound: Tensor) -> Tensor:
        """More than the rounding of the demand's part: of its rows, its limits, and their sum."""
        assert self.demand is not None
        size = self.demand.rows.abs() @ reach + self.demand.limits.abs()
        total = (multipliers.abs() * size[:, None]).sum(-1)
        return relative_error(multipliers.shape[-1] + 8) * (total + bound.abs())


def climb(problem: Problem, aim: Aim, choice: Choice, *, steps: int, pace: float) -> Choice:
    """A better choice, from where `choice` stands (it is changed in place). All in single precision."""
    parameters = choice.tensors
    if not parameters or steps < 1:
        return choice
    climber = _Climber(parameters)
    with torch.no_grad():
        for step in range(steps):
            walk, _ = aim.bound(problem, choice)
            _differentiate(problem, aim, choice, walk)
            climber.step(pace * 0.1 ** (step / steps))
            _project(aim, choice)
    return choice


class _Climber:
    """Adam, upwards. That of torch is the same, but making one imports its compiler, which takes seconds."""

    def __init__(self, parameters: list[Tensor]) -> None:
        self._parameters = parameters
        self._means = [torch.zeros_like(each) for each in parameters]
        self._squares = [torch.zeros_like(each) for each in parameters]
        self._steps = 0

    def step(self, rate: float) -> None:
        """One step along the gradients, which are then forgotten."""
        self._steps += 1
        rate /= 1 - _MEANS**self._steps
        for each, mean, square in zip(self._parameters, self._means, self._squares, strict=True):
            if each.grad is None:
                continue
            mean.lerp_(each.grad, 1 - _MEANS)
            square.mul_(_SQUARES).addcmul_(each.grad, each.grad, value=1 - _SQUARES)
            spread = (square / (1 - _SQUARES**self._steps)).sqrt_().add_(_TINY)
            each.addcdiv_(mean, spread, value=rate)
            each.grad = None


def _differentiate(problem: Problem, aim: Aim, choice: Choice, walk: Pass) -> None:
    layers = problem.network.layers
    reached = len(layers) if choice.multipliers is not None else max((*choice.slopes, *choice.pressures))
    values = walk.forth(reached)
    for place, slopes in choice.slopes.items():
        entering = values[layers[place].sources[0]]
        free = problem.lines[place].free
        slopes.grad = walk.above[place] * entering * free if place in walk.above else torch.zeros_like(slopes)
    for place, pressures in choice.pressures.items():
        entering = values[layers[place].sources[0]]
        pressures.grad = (-aim.signs[place] * entering).sum_to_size(pressures.shape)
    if choice.multipliers is not None and aim.demand is not None:
        exceeded = values[len(layers)] @ aim.demand.rows.transpose(-1, -2) - aim.demand.limits[:, None]
        choice.multipliers.grad = exceeded


def _project(aim: Aim, choice: Choice) -> None:
    for slopes in choice.slopes.values():
        slopes.clamp_(0, 1)
    for pressures in choice.pressures.values():
        pressures.clamp_(min=0)
    if choice.multipliers is not None:
        choice.multipliers.clamp_(min=0)
        if aim.mixed:
            choice.multipliers /= choice.multipliers.sum(-1, keepdim=True).clamp(min=1e-12)
