"""Square attack: a search that needs answers only, for cases whose numbers lie beside each other.

Andriushchenko, Croce, Flammarion and Hein, "Square Attack: a query-efficient black-box adversarial attack via
random search", ECCV 2020: start with stripes, then redraw one square after the other and keep what lowers the
margin; the squares shrink as the budget is spent. In a box a square is put on a side of the box, as there. In
a ball a square of random height is added and the whole brought back into the ball: simpler than the published
form for it. A case that fell is taken out at once.
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

_SHARE: Final = 0.8
"""The part of a case that the first square covers, as the authors recommend for boxes."""

_HALVED: Final = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
"""After so many of 10,000 queries the part is halved."""


def squares(
    engine: Engine, goal: Goal, reach: Reach, *, shape: tuple[int, ...], queries: int,
    random: np.random.Generator,
) -> Search:  # fmt: skip
    """Search with so many answers for each case; `shape` is that of a case, the last two axes its sides."""
    sides = _sides(shape)
    places = reach.hold(_stripes(reach, sides, random))
    found = Search(places=places, margins=margins_of(goal, engine.scores(places)))
    rows = np.flatnonzero(found.margins >= 0)
    for number in range(1, queries):
        if not len(rows):
            break
        part, wanted = reach.of(rows), goal.of(rows)
        tried = part.hold(_redrawn(part, found.places[rows], sides, number / queries, random))
        margins = margins_of(wanted, engine.scores(tried))
        better = margins < found.margins[rows]
        found.places[rows[better]], found.margins[rows[better]] = tried[better], margins[better]
        rows = rows[found.margins[rows] >= 0]
    return found


def _sides(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Layers, height and width; what has one axis is one line."""
    if len(shape) == 1:
        return 1, 1, shape[0]
    return int(np.prod(shape[:-2])), shape[-2], shape[-1]


def _stripes(reach: Reach, sides: tuple[int, int, int], random: np.random.Generator) -> Array:
    """Each column at a side of the box."""
    layers, height, width = sides
    up = random.random((len(reach), layers, 1, width)) < 0.5
    up = np.broadcast_to(up, (len(reach), layers, height, width)).reshape(len(reach), -1)
    return np.where(up, reach.upper, reach.lower)


def _redrawn(
    reach: Reach, places: Array, sides: tuple[int, int, int], spent: float, random: np.random.Generator
) -> Array:
    """Each case with one new square."""
    layers, height, width = sides
    tall, broad = _size(sides, spent)
    mask = np.zeros((len(reach), layers, height, width), dtype=np.bool_)
    tops = random.integers(0, height - tall + 1, len(reach))
    lefts = random.integers(0, width - broad + 1, len(reach))
    rows, columns = np.arange(height), np.arange(width)
    down = (rows >= tops[:, np.newaxis]) & (rows < (tops + tall)[:, np.newaxis])
    across = (columns >= lefts[:, np.newaxis]) & (columns < (lefts + broad)[:, np.newaxis])
    mask[:] = (down[:, :, np.newaxis] & across[:, np.newaxis, :])[:, np.newaxis]
    heights = np.broadcast_to(random.random((len(reach), layers, 1, 1)) < 0.5, mask.shape)
    up = heights.reshape(len(reach), -1)
    if reach.radius is None:
        drawn = np.where(up, reach.upper, reach.lower)
    else:
        each = reach.radius / np.sqrt(layers * tall * broad) * reach.space.width.astype(places.dtype)
        drawn = places + np.where(up, each, -each)
    return np.where(mask.reshape(len(reach), -1), drawn, places)


def _size(sides: tuple[int, int, int], spent: float) -> tuple[int, int]:
    _, height, width = sides
    halvings = sum(spent * 10_000 > mark for mark in _HALVED)
    share = _SHARE / 2**halvings
    if height == 1:
        return 1, max(1, min(width, round(share * width)))
    side = max(1, round(float(np.sqrt(share * height * width))))
    return min(side, height), min(side, width)
