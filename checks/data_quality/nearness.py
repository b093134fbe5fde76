"""Which rows lie near another one, and which would if they lay a little elsewhere.

Two rows are *near* where each quantity differs by at most a tolerance, given as a share of its declared
range, all codes are equal and the same values are missing: distance 1 at most in the greatest of all
differences, once each is divided by what it may be. Equal rows are near. A column with more codes than there
are tolerances in a range is taken for a quantity, which may be called codes by whoever has something to hide.
A value that was changed by more than the tolerance hides a copy.

Rows may be near by chance. As a *control*, one quantity of each row is replaced by one that other rows have
and that is close by, yet too far off for a copy of the row to be near still. Where rows are dense, the
control lies near some row as often as the row itself; a copy is where the row was and not where it was moved
to. So are accidental coincidences counted in physics, with one of two signals delayed. Which quantity to move
is tried with those whose own distribution is smoothest, and the one that leaves most rows near is kept:
whatever has a heap at one value, or hangs together with another quantity, would make honest rows look like
copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from checks.domain import Mask
from checks.features import Feature, Numbers

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Places = NDArray[np.int64]
"""The numbers of rows in the order of the files."""

_SLACK: Final = 1e-9
"""Of a tolerance: what is lost when numbers are divided."""

_APART: Final = 3.0
"""The distance between two codes, in tolerances: more than 1 in any case."""

_MISSING: Final = -1e9
_FARTHEST: Final = 1e8
_GONE: Final = 2.0
"""A row moved by more than so many tolerances is near no row that was near it."""

_NEIGHBOURS: Final = 0.01
"""A quantity is moved to that of one of so many rows that are closest above or below."""

_CONTROLS: Final = 3
"""So many quantities are tried for the control."""

_TRIED: Final = 2000
"""On so many rows it is tried which quantities to move."""

_AT_ONCE: Final = 4_000_000
"""So many differences are held at a time."""


def coordinates(values: Numbers, features: Sequence[Feature], tolerance: float) -> Numbers:
    """Rows as points, of the same shape, of which two are near where no coordinate differs by more than 1."""
    points = np.empty_like(values)
    for at, feature in enumerate(features):
        points[:, at] = (values[:, at] - feature.low) / _unit(feature, tolerance)
    return np.where(np.isnan(points), _MISSING, np.clip(points, -_FARTHEST, _FARTHEST))


def _unit(feature: Feature, tolerance: float) -> float:
    if is_quantity(feature, tolerance):
        return tolerance * (feature.high - feature.low)
    return feature.step / _APART


def is_quantity(feature: Feature, tolerance: float) -> bool:
    """Whether a feature may differ a little between two rows that are near, and may be moved."""
    return not feature.codes or feature.codes > 1 / tolerance


@dataclass(frozen=True, kw_only=True, slots=True)
class Queries:
    """Points that are looked up, the place of each among all rows, and controls for each of them."""

    points: Numbers
    places: Places
    controls: tuple[Numbers, ...]
    """Each of the same shape as `points`."""


def queries(
    points: Numbers, places: Places, quantities: Sequence[int], random: np.random.Generator
) -> Queries:
    """The points with their controls, of which some `quantities` are moved; none where none can be."""
    some = points[random.choice(len(points), min(len(points), _TRIED), replace=False)]
    likeness = {at: _moved(some[:, at], random)[1] for at in quantities}
    best = sorted(quantities, key=lambda at: -likeness[at])[:_CONTROLS]
    controls = tuple(_with(points, at, _moved(points[:, at], random)[0]) for at in best if likeness[at])
    return Queries(points=points, places=places, controls=controls)


def _with(points: Numbers, at: int, moved: Numbers) -> Numbers:
    control = points.copy()
    control[:, at] = moved
    return control


def _moved(column: Numbers, random: np.random.Generator) -> tuple[Numbers, float]:
    """Each value replaced by one close by, and how alike both are in the number of rows near them."""
    present = column != _MISSING
    values = column[present]
    ordered, window = np.sort(values), max(1, int(_NEIGHBOURS * len(values)))
    below = np.searchsorted(ordered, values - _GONE, "left")
    above = np.searchsorted(ordered, values + _GONE, "right")
    down, up = np.minimum(below, window), np.minimum(len(values) - above, window)
    possible = down + up > 0
    if not possible.any():
        return column, 0.0
    drawn = (random.random(len(values)) * (down + up)).astype(np.int64)
    at = np.where(drawn < down, below - 1 - drawn, above + drawn - down)
    others = ordered[np.clip(at, 0, len(values) - 1)]
    moved = column.copy()
    moved[present] = np.where(possible, others, values)
    as_is = 1 + _crowd(ordered, values[possible]) - int(possible.sum())  # not counting themselves
    as_moved = 1 + _crowd(ordered, others[possible])
    alike = min(as_is, as_moved) / max(as_is, as_moved)
    return moved, float(alike * possible.sum() / len(column))


def _crowd(ordered: Numbers, values: Numbers) -> int:
    """How many pairs of a value and one that is stored are near."""
    ends = np.searchsorted(ordered, values + 1, "right"), np.searchsorted(ordered, values - 1, "left")
    return int((ends[0] - ends[1]).sum())


def search(stored: Numbers, points: Numbers, places: Places, *, among_stored: bool) -> Mask:
    """Which points lie near a stored row with a smaller number than their own place.

    Where `among_stored`, the points with a place among those of the stored rows are these rows themselves.
    """
    different, firsts, same = _different(stored)
    before = np.searchsorted(firsts, places)  # so many different rows have been seen by then
    found, tree = np.zeros(len(points), dtype=np.bool_), _tree(different)
    after = places >= len(stored)
    found[after] = _within(tree, points[after], 1)
    inside = np.flatnonzero((places < len(stored)) & (before > 0))
    if among_stored:
        found[inside] = same[places[inside]] < before[inside]
        inside = inside[~found[inside]]
    crowded = inside[_within(tree, points[inside], 2 if among_stored else 1)]
    found[crowded] = near_earlier(different, points[crowded], before[crowded])
    return found


def _different(stored: Numbers) -> tuple[Numbers, Places, Places]:
    """Different rows in the order in which they first occur, where they do, and which of them each row is."""
    rows = np.ascontiguousarray(stored + 0.0)  # minus zero is zero
    bytes_ = rows.view(f"V{rows.shape[1] * rows.itemsize}").ravel()
    _, firsts, same = np.unique(bytes_, return_index=True, return_inverse=True)
    order = np.argsort(firsts)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return stored[firsts[order]], firsts[order], rank[same.ravel()]


def near_earlier(stored: Numbers, points: Numbers, places: Places) -> Mask:
    """Which points lie near a stored row with a smaller number than their own place.

    The later half is looked up among the earlier half, and each half for itself in the same way: n log(n)
    searches at most, however many rows lie near each other.
    """
    found = np.zeros(len(points), dtype=np.bool_)
    if not len(points):
        return found
    if len(stored) <= max(8, int((_AT_ONCE / stored.shape[1]) ** 0.5)):
        return _compared(stored, points, places)
    middle = len(stored) // 2
    early, late = np.flatnonzero(places <= middle), np.flatnonzero(places > middle)
    found[early] = near_earlier(stored[:middle], points[early], places[early])
    found[late] = _within(_tree(stored[:middle]), points[late], 1)
    left = late[~found[late]]
    found[left] = near_earlier(stored[middle:], points[left], places[left] - middle)
    return found


def _compared(stored: Numbers, points: Numbers, places: Places) -> Mask:
    found = np.zeros(len(points), dtype=np.bool_)
    size = max(1, _AT_ONCE // stored.size)
    for start in range(0, len(points), size):
        some = slice(start, start + size)
        apart = np.abs(points[some, np.newaxis] - stored).max(axis=2)
        earlier = np.arange(len(stored)) < places[some, np.newaxis]
        found[some] = ((apart <= 1 + _SLACK) & earlier).any(axis=1)
    return found


def _tree(stored: Numbers) -> cKDTree:
    from scipy.spatial import cKDTree  # heavy

    return cKDTree(stored, balanced_tree=False, compact_nodes=False)  # both are slow where rows are equal


def _within(tree: cKDTree, points: Numbers, neighbours: int) -> Mask:
    if not len(points):
        return np.zeros(0, dtype=np.bool_)
    reach = 1 + 2 * _SLACK  # the bound itself is left out
    found, _ = tree.query(points, k=[neighbours], p=np.inf, distance_upper_bound=reach)
    return np.asarray(np.ravel(found) <= 1 + _SLACK, dtype=np.bool_)
