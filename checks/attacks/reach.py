"""How far each case may be moved: a box around it, and perhaps a ball inside the box.

Distances are measured in declared ranges: 0.1 is a tenth of the range of each number. `project` serves the
search; `hold` makes of a place a case that can be fed, in its type and on the steps of its instrument;
`contains` is the strict test that a counterexample must pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from checks.attacks.space import Space
from checks.domain import inside
from checks.measured import CannotMeasure

Array = NDArray[Any]
Norm = Literal["linf", "l2"]

MOVED: Final = 0.25
"""The part of the numbers that are meant to move that must be able to."""

_INWARD: Final = 1 - 1e-5
"""A ball is searched a little smaller than it is, so that rounding to float32 does not leave it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Boxes [cases, numbers] that contain `start`, in the type of the space; `radius` of a ball, if any."""

    space: Space
    start: Array
    lower: Array
    upper: Array
    radius: float | None = None
    choices: Mapping[int, Array] = field(default_factory=dict)
    """Which codes a coded number may become, its own beside them, by the place of the number in the case."""

    def __len__(self) -> int:
        return len(self.start)

    def of(self, rows: Array) -> Self:
        """The same for some of the cases."""
        return replace(self, start=self.start[rows], lower=self.lower[rows], upper=self.upper[rows])

    @property
    def farthest(self) -> Array:
        """How far each number may go to the side on which it may go farther."""
        return np.asarray(np.maximum(self.upper - self.start, self.start - self.lower))

    def with_codes_of(self, places: Array) -> Self:
        """The same with every code as it is at these places: between codes there are no small steps."""
        coded = self.space.coded
        lower, upper = np.where(coded, places, self.lower), np.where(coded, places, self.upper)
        return replace(self, lower=lower, upper=upper)

    def project(self, places: Array) -> Array:
        """The nearest places in reach; for a ball in a box a place that is in both."""
        kept: Array = np.clip(places, self.lower, self.upper)
        if self.radius is None:
            return kept
        moved = kept - self.start
        length = self.length(moved)
        shrink = np.minimum(1, self.radius * _INWARD / np.maximum(length, 1e-30)).astype(kept.dtype)
        return np.asarray(np.clip(self.start + moved * shrink[:, np.newaxis], self.lower, self.upper))

    def hold(self, places: Array) -> Array:
        """Cases that can be fed: in reach, on the nearest steps, or or on nearer ones to stay in a ball."""
        kept = self.project(places)
        if not (self.space.step > 0).any():
            return kept
        near = self._stepped(kept, np.rint)
        if self.radius is None:
            return near
        too_far = self.length(near.astype(np.float64) - self.start.astype(np.float64)) > self.radius
        return np.where(too_far[:, np.newaxis], self._stepped(kept, np.trunc), near)

    def _stepped(self, kept: Array, rounded: Callable[[Array], Array]) -> Array:
        """On the steps, counted from `start`."""
        stepped = self.space.step > 0
        step, begin = self.space.step[stepped], self.start[:, stepped].astype(np.float64)
        counted = rounded(np.round((kept[:, stepped].astype(np.float64) - begin) / step, 6))
        found = kept.copy()
        found[:, stepped] = begin + counted * step
        return np.clip(found, self.lower, self.upper)

    def contains(self, cases: Array) -> NDArray[np.bool_]:
        """Which cases lie in reach and inside the declared contract, reckoned in float64."""
        boxed = ((cases >= self.lower) & (cases <= self.upper)).all(axis=1)
        for place, codes in self.choices.items():
            own = cases[:, place] == self.start[:, place]
            boxed &= own | np.isin(cases[:, place], codes)
        known = inside(self.space.inputs, self.space.unpacked(cases))
        if self.radius is None:
            return np.asarray(boxed & known)
        length = self.length(cases.astype(np.float64) - self.start.astype(np.float64))
        return np.asarray(boxed & known & (length <= self.radius))

    def require_room(self, movable: NDArray[np.bool_]) -> None:
        """Raise `CannotMeasure` where steps, ranges or the type swallow the reach of what is `movable`."""
        there = np.count_nonzero(movable) * len(self)
        moves = np.count_nonzero((self.upper > self.lower)[:, movable])
        if not there or moves < MOVED * there:
            raise CannotMeasure(
                f"{moves} of {there} numbers that are meant to move can do so in the type and on the steps "
                "of the input: that is too little to try anything"
            )

    def length(self, moved: Array) -> Array:
        """The Euclidean length of differences, each number measured by its declared range."""
        scaled = moved / self.space.width.astype(moved.dtype)
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", scaled, scaled)))


def ball(space: Space, start: Array, norm: Norm, strength: float) -> Reach:
    """All that is within `strength` declared ranges of each case, and inside the declared ranges.

    Codes stay as they are: there is no small step from one to another.
    """
    centre = start.astype(np.float64)
    far = np.where(space.coded, 0, strength * space.width)
    lower, upper = np.maximum(centre - far, space.low), np.minimum(centre + far, space.high)
    radius = strength if norm == "l2" else None
    return boxed(space, start, lower, upper, radius=radius)


def boxed(space: Space, start: Array, lower: Array, upper: Array, *, radius: float | None = None) -> Reach:
    """A reach from bounds in float64: rounded inward, onto the steps, and never without `start` itself."""
    low, high = _inward(space, lower, upper)
    return Reach(
        space=space, start=start, radius=radius,
        lower=np.minimum(low, start), upper=np.maximum(high, start),
    )  # fmt: skip


def _inward(space: Space, lower: Array, upper: Array) -> tuple[Array, Array]:
    stepped = space.step > 0
    lower, upper = lower.copy(), upper.copy()
    step, low = space.step[stepped], space.low[stepped]
    lower[:, stepped] = low + np.ceil(np.round((lower[:, stepped] - low) / step, 6)) * step
    upper[:, stepped] = low + np.floor(np.round((upper[:, stepped] - low) / step, 6)) * step
    below, above = lower.astype(space.dtype), upper.astype(space.dtype)
    free = ~stepped
    short = free & (below < lower)
    below = np.where(short, np.nextafter(below, np.array(np.inf, below.dtype)), below)
    long = free & (above > upper)
    above = np.where(long, np.nextafter(above, np.array(-np.inf, above.dtype)), above)
    return below, above
