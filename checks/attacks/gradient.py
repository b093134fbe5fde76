"""Auto-PGD: steps along the slope whose length adapts by itself, so that there is nothing to tune.

Croce and Hein, "Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
attacks", ICML 2020, Algorithm 1 (momentum 0.75, halving at checkpoints 0.22, 0.41, ... of the budget where
progress was rare or stopped). A case that fell is taken out at once; the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.attacks.engine import Engine
from checks.attacks.goal import Goal, margins_of
from checks.attacks.reach import Reach

Array = NDArray[Any]

_MOMENTUM: Final = 0.75
_OFTEN: Final = 0.75
"""Steps that lowered the aim, as a share of those since the last checkpoint, below which steps are halved."""

_FIRST, _SHRINK, _SHORTEST = 0.22, 0.03, 0.06
"""The checkpoints, as shares of the budget."""


@dataclass(kw_only=True)
class Search:
    """Where each case stands at the end: the best place, its margin, below zero where the case fell."""

    places: Array
    margins: Array


def descend(
    engine: Engine, goal: Goal, reach: Reach, *, aim: str, steps: int, start: Array | None = None
) -> Search:
    """Lower an aim from `start` (the cases themselves, if None) by at most so many steps.

    Without slopes, or once no slope is left, nothing moves.
    """
    begin = reach.hold(reach.start if start is None else start)
    found = Search(places=begin.copy(), margins=np.full(len(begin), np.inf))
    state = _State(engine, goal, reach, aim, begin, found)
    marks = checkpoints(steps)
    for number in range(1, steps + 1):
        if not state.go(number, marks):
            break
    return found


def checkpoints(steps: int) -> frozenset[int]:
    """The numbers of the steps after which the length is looked at again."""
    shares, width = [0.0, _FIRST], _FIRST
    while shares[-1] < 1:
        width = max(width - _SHRINK, _SHORTEST)
        shares.append(shares[-1] + width)
    return frozenset(int(np.ceil(share * steps)) for share in shares[1:] if share < 1)


class _State:
    """The cases that still stand: all arrays shrink together when some fall."""

    def __init__(
        self, engine: Engine, goal: Goal, reach: Reach, aim: str, begin: Array, found: Search
    ) -> None:
        self.engine, self.aim, self.found = engine, aim, found
        self.rows = np.arange(len(begin))
        self.goal, self.reach = goal, reach
        self.place, self.before = begin, begin.copy()
        self.size = 2 * np.ones(len(begin), begin.dtype)
        value, slope = self._look(begin)
        self.best, self.best_place, self.best_slope = value, begin.copy(), slope
        self.slope, self.last = slope, value
        self.lowered = np.zeros(len(value), int)
        self.since = 0
        self.mark_best, self.mark_size = value.copy(), np.zeros_like(self.size)
        self._drop()

    def go(self, number: int, marks: frozenset[int]) -> bool:
        """One step; False once nothing is left to be done."""
        if not len(self.rows) or self.slope is None:
            return False
        self._step(first=number == 1)
        value, self.slope = self._look(self.place)
        self._note(value)
        if number in marks:
            self._adapt()
        self._drop()
        return True

    def _look(self, places: Array) -> tuple[Array, Any]:
        """The aim at the held places and its slope; margins are noted."""
        held = self.reach.hold(places)
        scores, pull = self.engine.with_slopes(held)
        margins = margins_of(self.goal, scores)
        better = margins < self.found.margins[self.rows]
        at = self.rows[better]
        self.found.places[at], self.found.margins[at] = held[better], margins[better]
        value, slope = self.goal.aim(self.aim, scores)
        return value, None if pull is None else pull(slope)

    def _step(self, *, first: bool) -> None:
        straight = self.reach.project(self.place - self._stride())
        moved = straight
        if not first:
            moved = self.place + _MOMENTUM * (straight - self.place)
            moved = self.reach.project(moved + (1 - _MOMENTUM) * (self.place - self.before))
        self.before, self.place = self.place, moved

    def _stride(self) -> Array:
        """Twice the size of the reach at first: the sign of the slope in a box, its direction in a ball."""
        if self.reach.radius is None:
            return np.asarray(self.size[:, np.newaxis] * self.reach.farthest * np.sign(self.slope))
        width = self.reach.space.width.astype(self.place.dtype)
        steepest = np.abs(self.slope * width).max(axis=1, keepdims=True)
        scaled = self.slope * width / np.where(steepest > 0, steepest, 1)
        length = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
        stride = self.size * self.reach.radius / np.maximum(length, 1)
        return np.asarray(scaled * stride[:, np.newaxis] * width, dtype=self.place.dtype)

    def _note(self, value: Array) -> None:
        self.lowered += value < self.last
        self.since += 1
        self.last = value
        better = value < self.best
        self.best = np.where(better, value, self.best)
        self.best_place[better] = self.place[better]
        self.best_slope[better] = self.slope[better]

    def _adapt(self) -> None:
        """Halve, and go back to the best place, where progress was rare or nothing changed at all."""
        rare = self.lowered < _OFTEN * self.since
        stuck = (self.mark_size == self.size) & (self.mark_best <= self.best)
        halve = rare | stuck
        self.mark_size, self.mark_best = self.size.copy(), self.best.copy()
        self.size = np.where(halve, self.size / 2, self.size).astype(self.place.dtype)
        self.place = np.where(halve[:, np.newaxis], self.best_place, self.place)
        self.slope = np.where(halve[:, np.newaxis], self.best_slope, self.slope)
        self.lowered, self.since = np.zeros_like(self.lowered), 0

    def _drop(self) -> None:
        kept = self.found.margins[self.rows] >= 0
        if kept.all():
            return
        names = ("rows", "place", "before", "size", "best", "best_place", "last", "lowered", "mark_best")
        for name in (*names, "mark_size"):
            setattr(self, name, getattr(self, name)[kept])
        if self.slope is not None:
            self.slope, self.best_slope = self.slope[kept], self.best_slope[kept]
        self.goal, self.reach = self.goal.of(kept), self.reach.of(kept)
