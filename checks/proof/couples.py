"""Two cases in one network: they share all numbers but one, which the second has at some distance.

The distance is an input of its own, so that pairs of values that lie about equally far apart are proved at
once, and each for its very distance: the distances of one group fill an interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.proof.claims import TwinClaim
from checks.proof.declared import Declared, nearest_of
from checks.proof.network import Network, paired
from checks.proof.property import Region

F64 = NDArray[np.float64]

_ALIKE: Final = 1e-4
"""Distances that differ relatively by less go together: steps of a range, rounded to single precision."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Couples:
    """Pairs of values of `column`, the first ones in order. A point (inputs + 1) is a case and the distance.

    With `between` the first value may be any from the least to the greatest of `firsts`.
    """

    column: int
    firsts: F64
    seconds: F64
    between: bool

    @property
    def distance(self) -> tuple[float, float]:
        """The least and the greatest distance, outward to numbers of single precision."""
        apart = self.seconds - self.firsts
        least, most = float(apart.min()), float(apart.max())
        if (self.firsts + apart != self.seconds).any():
            least, most = np.nextafter(least, -np.inf), np.nextafter(most, np.inf)
        low, high = np.float32(least), np.float32(most)
        low = low if float(low) <= least else np.nextafter(low, np.float32(-np.inf))
        high = high if float(high) >= most else np.nextafter(high, np.float32(np.inf))
        return float(low), float(high)

    def region(self, whole: Region) -> Region:
        """All cases of a region with a first value, and every distance."""
        least, most = self.distance
        lower, upper = np.append(whole.lower, least), np.append(whole.upper, most)
        lower[self.column], upper[self.column] = self.firsts[0], self.firsts[-1]
        return Region(lower, upper)

    def network(self, network: Network) -> Network:
        """The answers of both cases behind each other."""
        alone = np.eye(network.inputs, network.inputs + 1)
        moved = alone.copy()
        moved[self.column, -1] = 1.0
        nothing = np.zeros(network.inputs)
        return paired(network.after(alone, nothing), network.after(moved, nothing))

    def cases(self, points: F64) -> tuple[F64, F64]:
        """Both cases of points as the network has them."""
        second = points[:, :-1].copy()
        second[:, self.column] += points[:, -1]
        return points[:, :-1], second

    def nearest(self, domain: Declared, points: F64) -> F64:
        """The points whose first case is the next declared one with a first value."""
        near = domain.nearest(points[:, :-1])
        if self.between:
            near[:, self.column] = near[:, self.column].clip(self.firsts[0], self.firsts[-1])
        else:
            near[:, self.column] = self.firsts[self._which(points)]
        return np.hstack([near, points[:, -1:]])

    def claimed(self, domain: Declared, points: F64) -> F64:
        """Points as the claim has them: the first case, and the value of the second."""
        if self.between:
            ends = domain.region.lower[self.column], domain.region.upper[self.column]
            values = (points[:, self.column] + points[:, -1]).clip(*ends)
        else:
            values = self.seconds[self._which(points)]
        return np.column_stack([points[:, :-1], values])

    def _which(self, points: F64) -> NDArray[np.int64]:
        return nearest_of(self.firsts, points[:, self.column])


def couples_of(claim: TwinClaim) -> Iterator[Couples]:
    """All pairs of a claim, those together that lie about equally far apart."""
    firsts, seconds = (np.asarray(side, dtype=np.float64) for side in zip(*claim.values, strict=True))
    order = np.lexsort((firsts, seconds - firsts))
    apart = (seconds - firsts)[order]
    if claim.between:
        groups = [order]
    else:
        starts = np.flatnonzero(np.diff(apart) > _ALIKE * np.abs(apart[1:])) + 1
        groups = [
            part for group in np.split(order, starts) for part in _each_first_once(firsts[group], group)
        ]
    for group in groups:
        ordered = group[np.argsort(firsts[group], kind="stable")]
        yield Couples(
            column=claim.column, firsts=firsts[ordered], seconds=seconds[ordered], between=claim.between
        )


def _each_first_once(firsts: F64, group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Parts of a group in which each first value has one second value."""
    order = np.argsort(firsts, kind="stable")
    place = np.arange(len(group))
    rank = np.empty_like(place)
    rank[order] = place - np.searchsorted(firsts[order], firsts[order])
    return [group[rank == number] for number in range(int(rank.max()) + 1)]
