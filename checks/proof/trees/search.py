"""Branch and bound over boxes of cells: whether scores can meet conditions, and how low they can fall.

Over a box each tree adds at least its least reachable leaf, and their sum bounds the score. What the bound
leaves open is split where a tree straddles, until all trees keep to one leaf each: complete, as in Chen,
Zhang, Si, Li, Boning and Hsieh, Robustness Verification of Tree-based Models (NeurIPS 2019), whose cliques of
leaves are the boxes that remain here. The number of boxes is bounded: the answer is the same anywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure
from checks.proof.property import Condition, Region
from checks.proof.trees.cells import Axes, Cells, Lattice
from checks.proof.trees.ensemble import Ensemble, Node, Tree

F64 = NDArray[np.float64]

MOST_LEAVES: Final = 400_000
"""More leaves than that are not held."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A range of cells for each feature, and which leaves can be reached in it, tree by tree."""

    low: Cells
    high: Cells
    leaves: NDArray[np.int64]
    starts: NDArray[np.int64]
    """Where among `leaves` those of each tree begin."""

    @property
    def settled(self) -> bool:
        """Whether each tree keeps to one leaf."""
        return len(self.leaves) == len(self.starts)


class Forest:
    """The leaves of an ensemble as boxes of cells, with their scores."""

    def __init__(self, ensemble: Ensemble, lattice: Lattice) -> None:
        """`lattice` tells the values that each input of the model can take, also those no tree looks at."""
        if ensemble.features > len(lattice):
            raise CannotMeasure(
                f"the trees look at {ensemble.features} features, the input has {len(lattice)}"
            )
        self.ensemble = ensemble
        self.axes = Axes(cuts=_cuts(ensemble, len(lattice)), dtype=ensemble.dtype, lattice=lattice)
        found = [list(_leaves(tree, self.axes)) for tree in ensemble.trees]
        self._counts = np.asarray([len(leaves) for leaves in found])
        if self._counts.sum() > MOST_LEAVES:
            raise CannotMeasure(f"the trees have {self._counts.sum()} leaves, more than {MOST_LEAVES}")
        flat = [leaf for leaves in found for leaf in leaves]
        self._low = np.asarray([leaf[0] for leaf in flat])
        self._high = np.asarray([leaf[1] for leaf in flat])
        self._scores = np.asarray([leaf[2] for leaf in flat])

    def values(self, rows: F64) -> F64:
        """What each leaf adds to each row of weights on scores, of shape [leaves, rows]."""
        return np.asarray(self._scores @ rows.T)

    def start(self, region: Region) -> Box:
        """The box around a region."""
        low, high = self.axes.box(region.lower, region.upper)
        every = np.arange(len(self._low))
        return self._reached(low, high, every, np.repeat(np.arange(len(self._counts)), self._counts))

    def bounds(self, box: Box, values: F64) -> F64:
        """What the rows are at least in a box, without the base, of shape [rows]."""
        return np.asarray(self.least_of_each(box, values).sum(axis=0))

    def least_of_each(self, box: Box, values: F64) -> F64:
        """What each tree adds at least to each row in a box, of shape [trees, rows]."""
        return np.asarray(np.minimum.reduceat(values[box.leaves], box.starts, axis=0))

    def parts(self, box: Box, values: F64) -> tuple[Box, Box]:
        """The two halves of a box, cut where the tree straddles that leaves most open over all rows."""
        reached = values[box.leaves]
        spread = np.maximum.reduceat(reached, box.starts) - np.minimum.reduceat(reached, box.starts)
        open_ = spread.sum(axis=1)
        counts = np.diff(np.append(box.starts, len(box.leaves)))
        tree = int(np.argmax(np.where(counts > 1, open_, -1.0)))
        feature, edge = _straddle(self.ensemble.trees[tree], self.axes, box)
        of = np.repeat(np.arange(len(counts)), counts)
        below, above = box.high.copy(), box.low.copy()
        below[feature], above[feature] = edge, edge + 1
        return (
            self._reached(box.low, below, box.leaves, of),
            self._reached(above, box.high, box.leaves, of),
        )

    def _reached(self, low: Cells, high: Cells, leaves: NDArray[np.int64], of: NDArray[np.int64]) -> Box:
        kept = ((self._low[leaves] <= high) & (self._high[leaves] >= low)).all(axis=1)
        of = of[kept]
        starts = np.flatnonzero(np.diff(of, prepend=-1))
        return Box(low=low, high=high, leaves=leaves[kept], starts=starts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a search came to: a point whose scores meet the conditions, and how many boxes it looked at.

    `complete` says that every box was looked at.
    """

    points: tuple[F64, ...]
    boxes: int
    complete: bool

    @property
    def gave_up(self) -> bool:
        """Whether the search ended before every box was looked at."""
        return not (self.points or self.complete)


def search(
    forest: Forest, region: Region, condition: Condition, most_boxes: int, never_below: F64 | None = None
) -> Iterator[Found]:
    """Points, one at a time, of settled boxes in which the scores meet a condition; at last one without.

    Whoever is content with a point stops there. The last says how many boxes were looked at in all, and
    whether none was left. Where no tree adds less than nothing to any of the rows `never_below`, of shape
    [rows, scores], the condition is known not to be met, whatever rounding does.
    """
    values = forest.values(condition.rows)
    orders = None if never_below is None else forest.values(never_below)
    limits = condition.limits - condition.rows @ forest.ensemble.base
    stack, boxes = [forest.start(region)], 0
    while stack and boxes < most_boxes:
        box = stack.pop()
        boxes += 1
        if len(limits) and (forest.bounds(box, values) > limits).any():
            continue
        if orders is not None and (forest.least_of_each(box, orders) >= 0).all():
            continue
        point = forest.axes.point(box.low, box.high, region.lower, region.upper)
        if point is None:
            continue
        if box.settled or not len(limits):
            yield Found(points=(point,), boxes=boxes, complete=False)
            continue
        halves = forest.parts(box, values)
        stack += sorted(halves, key=lambda half: -float(forest.bounds(half, values)[0]))
    yield Found(points=(), boxes=boxes, complete=not stack)


@dataclass(frozen=True, kw_only=True, slots=True)
class Least:
    """The least value of a row of scores in a region: from `bound` to `reached`, which is that at `point`."""

    bound: float
    reached: float
    point: F64 | None
    boxes: int


def least(forest: Forest, region: Region, row: F64, most_boxes: int) -> Least:
    """How low `row @ scores` can fall in a region: exactly, unless boxes run out, and bounded in any case.

    In exact arithmetic; `Ensemble.slack` tells how far single precision may be from it.
    """
    values = forest.values(row[None, :])
    base = float(row @ forest.ensemble.base)
    best = Least(bound=-np.inf, reached=np.inf, point=None, boxes=0)
    first = forest.start(region)
    heap = [(float(forest.bounds(first, values)[0]), 0, first)]
    boxes = 0
    while heap and boxes < most_boxes and heap[0][0] < best.reached:
        bound, _, box = heapq.heappop(heap)
        boxes += 1
        point = forest.axes.point(box.low, box.high, region.lower, region.upper)
        if point is None:
            continue
        if box.settled:
            best = replace(best, reached=bound, point=point)
            continue
        for half in forest.parts(box, values):
            heapq.heappush(heap, (float(forest.bounds(half, values)[0]), 2 * boxes + id_of(half, box), half))
    left = heap[0][0] if heap else np.inf
    return replace(best, bound=base + min(left, best.reached), reached=base + best.reached, boxes=boxes)


def id_of(half: Box, box: Box) -> int:
    """0 for the lower half of a box, 1 for the upper: so that equal bounds have an order."""
    return int((half.low != box.low).any())


def _cuts(ensemble: Ensemble, features: int) -> tuple[F64, ...]:
    cuts: list[set[float]] = [set() for _ in range(features)]
    for tree in ensemble.trees:
        for node in tree.nodes.values():
            cuts[node.feature].add(node.threshold + 0.0)
    return tuple(np.asarray(sorted(found), dtype=np.float64) for found in cuts)


def _leaves(tree: Tree, axes: Axes) -> Iterator[tuple[Cells, Cells, F64]]:
    low = np.zeros(len(axes.cuts), dtype=np.int64)
    high = np.asarray([2 * len(cuts) for cuts in axes.cuts], dtype=np.int64)
    open_ = [(tree.root, low, high)]
    while open_:
        at, low, high = open_.pop()
        if at in tree.leaves:
            yield low, high, tree.leaves[at]
            continue
        node = tree.nodes[at]
        for follows, first, last in _branches(node, axes):
            new_low, new_high = low.copy(), high.copy()
            new_low[node.feature] = max(low[node.feature], first)
            new_high[node.feature] = min(high[node.feature], last)
            if new_low[node.feature] <= new_high[node.feature]:
                open_.append((follows, new_low, new_high))


def _branches(node: Node, axes: Axes) -> tuple[tuple[int, int, int], ...]:
    """Which node follows in which cells of its feature, from the lowest to the highest."""
    cell, end = axes.cell(node.feature, node.threshold), 2 * len(axes.cuts[node.feature])
    if node.mode in ("BRANCH_LEQ", "BRANCH_GT"):
        below, above = (node.yes, node.no) if node.mode == "BRANCH_LEQ" else (node.no, node.yes)
        return ((below, 0, cell), (above, cell + 1, end))
    if node.mode in ("BRANCH_LT", "BRANCH_GTE"):
        below, above = (node.yes, node.no) if node.mode == "BRANCH_LT" else (node.no, node.yes)
        return ((below, 0, cell - 1), (above, cell, end))
    at, beside = (node.yes, node.no) if node.mode == "BRANCH_EQ" else (node.no, node.yes)
    return ((beside, 0, cell - 1), (at, cell, cell), (beside, cell + 1, end))


def _straddle(tree: Tree, axes: Axes, box: Box) -> tuple[int, int]:
    """The first branch of a tree that a box does not take whole: its feature, and the last cell of a part."""
    at = tree.root
    while True:
        node = tree.nodes[at]
        low, high = int(box.low[node.feature]), int(box.high[node.feature])
        parts = [(f, last) for f, first, last in _branches(node, axes) if first <= high and last >= low]
        if len(parts) > 1:
            return node.feature, parts[0][1]
        at = parts[0][0]
