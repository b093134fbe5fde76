"""A search at random for tables: some numbers of a case are drawn anew, and what lowers the margin is kept.

It needs answers only, moves codes as well as quantities, and takes no order of columns for granted. A
quantity goes to an end of what it may be in half of the draws, since what a table decides by is mostly
monotonic, and anywhere in between in the others. At first about half of the numbers are drawn anew, later
fewer. A case that fell is taken out at once.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.attacks.engine import Engine
from checks.attacks.goal import Goal, margins_of
from checks.attacks.gradient import Search
from checks.attacks.reach import Reach

Array = NDArray[Any]

_AT_FIRST: Final = 0.5
"""The part of the numbers that is drawn anew at first; at the end of the budget it is one number."""


def wander(engine: Engine, goal: Goal, reach: Reach, *, queries: int, random: np.random.Generator) -> Search:
    """Search with so many answers for each case, from the case itself on."""
    places = reach.start.copy()
    found = Search(places=places, margins=margins_of(goal, engine.scores(places)))
    rows = np.flatnonzero(found.margins >= 0)
    for number in range(1, queries):
        if not len(rows):
            break
        part = reach.of(rows)
        share = max(_AT_FIRST * (1 - number / queries), 1 / reach.start.shape[1])
        tried = part.hold(_redrawn(part, found.places[rows], share, random))
        margins = margins_of(goal.of(rows), engine.scores(tried))
        better = margins < found.margins[rows]
        found.places[rows[better]], found.margins[rows[better]] = tried[better], margins[better]
        rows = rows[found.margins[rows] >= 0]
    return found


def _redrawn(reach: Reach, places: Array, share: float, random: np.random.Generator) -> Array:
    """Each number with the chance of `share` anew, and one at least."""
    anew = random.random(places.shape) < share
    anew[np.arange(len(places)), random.integers(0, places.shape[1], len(places))] = True
    return np.where(anew, _drawn(reach, random), places)


def _drawn(reach: Reach, random: np.random.Generator) -> Array:
    shape = reach.start.shape
    part = random.random(shape)
    part = np.where(random.random(shape) < 0.5, np.rint(part), part).astype(reach.start.dtype)
    drawn: Array = reach.lower + part * (reach.upper - reach.lower)
    for place, codes in reach.choices.items():
        drawn[:, place] = random.choice(codes, len(drawn))
    return drawn
