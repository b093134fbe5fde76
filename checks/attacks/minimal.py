"""Counterexamples closer to where they came from: fewer numbers changed, and each by less.

What is shown to a person should hold nothing that is not needed. First single numbers are put back, the
least changed first, as long as the decision stays another one; then the way from the case is halved, again
and again.
The result still has to be decided by the submitted model; where it is not, what was found before stays.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.attacks.engine import Engine
from checks.attacks.goal import Goal, margins_of
from checks.attacks.reach import Reach

Array = NDArray[Any]

_HALVINGS: Final = 12
_MOST_SINGLE: Final = 64
"""Of more numbers none is put back by itself: in an image nobody would see it."""


def nearer(engine: Engine, goal: Goal, reach: Reach, places: Array) -> Array:
    """Places of the same cases, at most as far away, at which the engine's margin is still below zero."""
    if reach.start.shape[1] <= _MOST_SINGLE:
        places = _fewer(engine, goal, reach, places)
    return _shorter(engine, goal, reach, places)


def _fewer(engine: Engine, goal: Goal, reach: Reach, places: Array) -> Array:
    each = np.arange(len(places))
    order = np.argsort(np.abs(places - reach.start) / reach.space.width, axis=1)
    for number in order.T:
        tried = places.copy()
        tried[each, number] = reach.start[each, number]
        places = _kept(engine, goal, places, tried)
    return places


def _shorter(engine: Engine, goal: Goal, reach: Reach, places: Array) -> Array:
    """Codes have no half way: they stay as they are."""
    near = reach.with_codes_of(places)
    least, most = np.zeros((len(places), 1)), np.ones((len(places), 1))
    found = places
    for _ in range(_HALVINGS):
        middle = (least + most) / 2
        tried = near.hold((reach.start + middle * (places - reach.start)).astype(places.dtype))
        fell = margins_of(goal, engine.scores(tried)) < 0
        found = np.where(fell[:, np.newaxis], tried, found)
        least, most = (
            np.where(fell[:, np.newaxis], least, middle),
            np.where(fell[:, np.newaxis], middle, most),
        )
    return found


def _kept(engine: Engine, goal: Goal, places: Array, tried: Array) -> Array:
    fell = margins_of(goal, engine.scores(tried)) < 0
    return np.where(fell[:, np.newaxis], tried, places)
