"""One search after the other, until each case has fallen or the budget is spent.

The order is that of AutoAttack (Croce and Hein, 2020) with the plain margin before all, which fells most
cases in a few steps: slopes of the margin, of the cross entropy, towards single classes, and squares, which
need no slope. A case counts as fallen only if the submitted model, asked alone, decides it otherwise, and the
case lies in reach and in the declared contract. Whoever is still standing goes on to the next search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.attacks.engine import Engine
from checks.attacks.goal import Goal
from checks.attacks.gradient import Search, descend
from checks.attacks.reach import Reach
from checks.attacks.squares import squares
from checks.attacks.wander import wander

Array = NDArray[Any]
Decided = Callable[[Array, Array], NDArray[np.bool_]]
"""Which cases, given with the numbers of their rows, the submitted model answers otherwise, asked alone."""

Image = tuple[int, ...] | None
"""The shape of a case whose numbers lie beside each other; None where they are columns of a table."""

_TOGETHER: Final = 512
"""So many cases are moved at a time."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one case may cost: steps of each search along slopes, and answers for the search without."""

    steps: int
    queries: int


@dataclass(kw_only=True)
class Campaign:
    """What was found: for each case whether it fell, where, and by which search."""

    fallen: NDArray[np.bool_]
    places: Array
    by: list[str]


def attack(
    engine: Engine, goal: Goal, reach: Reach, decided: Decided, *, image: Image, budget: Budget,
    random: np.random.Generator,
) -> Campaign:  # fmt: skip
    """Search for a counterexample of each case; `decided` replays what was found."""
    found = Campaign(
        fallen=np.zeros(len(reach), dtype=np.bool_), places=reach.start.copy(), by=[""] * len(reach)
    )
    for begin in range(0, len(reach), _TOGETHER):
        part = np.arange(begin, min(begin + _TOGETHER, len(reach)))
        for name, search in _searches(engine, goal, image, budget, random):
            standing = part[~found.fallen[part]]
            if not len(standing):
                break
            near = reach.of(standing)
            _replay(found, standing, near, search(goal.of(standing), near), decided, name)
    return found


Sought = Callable[[Goal, Reach], Search]


def _searches(
    engine: Engine, goal: Goal, image: Image, budget: Budget, random: np.random.Generator
) -> Iterator[tuple[str, Sought]]:
    """Named searches; the first begins at the case itself, those along other slopes at random places."""
    for number, aim in enumerate(goal.aims):
        yield f"slopes: {aim}", _along(engine, aim, budget.steps, random if number else None)
    if image is None:
        yield "wandering", _by_wandering(engine, budget, random)
    else:
        yield "squares", _by_squares(engine, image, budget.queries, random)


def _along(engine: Engine, aim: str, steps: int, random: np.random.Generator | None) -> Sought:
    def search(goal: Goal, reach: Reach) -> Search:
        near = reach.with_codes_of(reach.start)
        start = None if random is None else _anywhere(near, random)
        led = goal.towards(aim, engine.scores(reach.start))
        return descend(engine, led, near, aim=aim, steps=steps, start=start)

    return search


def _by_squares(engine: Engine, image: tuple[int, ...], queries: int, random: np.random.Generator) -> Sought:
    def search(goal: Goal, reach: Reach) -> Search:
        return squares(engine, goal, reach, shape=image, queries=queries, random=random)

    return search


def _by_wandering(engine: Engine, budget: Budget, random: np.random.Generator) -> Sought:
    """At random first, codes among the rest, and from the best place on along slopes, codes as they are."""

    def search(goal: Goal, reach: Reach) -> Search:
        found = wander(engine, goal, reach, queries=budget.queries, random=random)
        near = reach.with_codes_of(found.places)
        steeper = descend(engine, goal, near, aim=goal.aims[0], steps=budget.steps, start=found.places)
        better = steeper.margins < found.margins
        found.places[better], found.margins[better] = steeper.places[better], steeper.margins[better]
        return found

    return search


def _anywhere(reach: Reach, random: np.random.Generator) -> Array:
    part = random.random(reach.start.shape, dtype=np.float32).astype(reach.start.dtype)
    return np.asarray(reach.lower + part * (reach.upper - reach.lower))


def _replay(found: Campaign, rows: Array, reach: Reach, result: Search, decided: Decided, name: str) -> None:
    """Count what the submitted model, asked alone, decides otherwise inside the reach."""
    claimed = (result.margins < 0) & reach.contains(result.places)
    fell = np.flatnonzero(claimed)
    fell = fell[decided(result.places[fell], rows[fell])] if len(fell) else fell
    found.fallen[rows[fell]] = True
    found.places[rows[fell]] = result.places[fell]
    for row in rows[fell].tolist():
        found.by[row] = name
