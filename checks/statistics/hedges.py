"""Gamblers who steer for the capital that is needed, over many orders of the same values.

Against "the mean is at most m", whoever stakes s on each value X in turn multiplies the capital by
1 + s (X - m), whose expectation is at most 1, however s rests on the values before. The most that can be
made of n bets is to have 1 / alpha at the end or nothing, which is what a dealer does who hedges a bet of
that kind. With capital W, n - t bets to come and a spread sd seen so far, the stake for it is
f(W) / (sd sqrt(n - t)), f the density over the distribution function of a normal at the point where the
latter is alpha W. For small capital this is the stake of Voráček and Orabona (STaR-Bets, NeurIPS 2025, arXiv
2505.22422); stakes that are fixed beforehand need up to half as many values again.

Such a gambler looks at the order of the values, and their owner could choose it. So the orders are drawn
here, from a generator whose seed is the SHA-256 of the sorted values: given the values, every order of an
independent sample is equally probable, and the order in which they are handed over changes nothing. The
average of the capitals over several orders has an expectation of at most 1 as that of each has, and moves
little with the seed. That takes the hash for chance: the same values always draw the same orders. Few values
of few kinds make few samples, whose orders may all be lucky ones; hence more orders are drawn for them.

Bets go in blocks, one stake for all values of a block. The logarithm of what a block yields is taken too low,
by moments: for y >= -z > -1, log(1 + y) >= y - y^2 / 2 + y^3 / 3 - c y^4 with c = 1/4 + z/5 + z^2/6 ..., for
which both are equal at -z (what is left of the series, over y^4, increases in y). Too little capital keeps
the guarantee.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Powers = tuple[Values, Values, Values, Values]

_ORDERS: Final = 16
_MOST_ORDERS: Final = 64
"""Of so few values that not more than `_FEW` are shuffled in all. With 16 orders of 9 values, each 0 or 1,
the chance of certifying at the limit was 2.58 % where 2.5 % were allowed."""
_FEW: Final = 6_400
_FEWEST_ORDERS: Final = 2
_SHUFFLED: Final = 1_600_000
"""So many values are shuffled at most, while there are more than the fewest orders."""
_OVER: Final = 1.4
"""How much more than needed each gambler steers for, so that not all orders have to get there."""
_BEFOREHAND: Final = 1.0
"""So many values at the farther end count as seen beforehand, among as many as the mean allows."""
_LARGE: Final = 500.0
_AT_STAKE: Final = 0.99
"""The most of the capital that a value of 0 may take."""
_OF_THE_REST: Final = 0.1
_OF_THE_PAST: Final = 0.25
"""A block has so much of the bets to come, and so much of those behind, at most."""
_SEED_STEP: Final = 2.0**-20
"""Values are rounded for the seed, lest a last digit, in which machines differ, draw other orders."""


@dataclass(frozen=True, slots=True)
class Shuffled:
    """What the bets need of the values in every order: sums of powers of their distance from `centre`."""

    n: int
    centre: float
    ends: NDArray[np.int64]
    """Where each block ends; (blocks,)."""
    powers: Values
    """Sums of the first to fourth power in each block; (4, orders, blocks)."""
    squares: Values
    """Of the distances from their own mean, of the values before each block; (orders, blocks)."""

    @property
    def mirrored(self) -> Shuffled:
        """Of one minus each value, in the same orders."""
        signs = np.array([-1.0, 1, -1, 1])[:, None, None]
        return replace(self, centre=1 - self.centre, powers=self.powers * signs)


def shuffled(values: Values) -> Shuffled:
    """`values` in [0, 1], any order."""
    values = np.sort(values)
    generator = np.random.default_rng(seed_of(values))
    n, centre = len(values), float(np.mean(values))
    ends = np.array(_ends(n), dtype=np.int64)
    starts = np.concatenate([[0], ends[:-1]])
    powers = []
    for _ in range(_orders(n)):
        away = generator.permutation(values) - centre
        powers.append([np.add.reduceat(away**power, starts) for power in (1, 2, 3, 4)])
    sums: Values = np.moveaxis(np.array(powers), 0, 1)
    first, second = np.cumsum(sums[0], axis=1), np.cumsum(sums[1], axis=1)
    squares = np.maximum(0, second - first**2 / ends)
    return Shuffled(n, centre, ends, sums, np.pad(squares, ((0, 0), (1, 0)))[:, :-1])


def seed_of(values: Values) -> int:
    """Of the generator that draws the orders: the SHA-256 of all values, sorted."""
    rounded = np.rint(np.sort(values) / _SEED_STEP).astype("<i8")
    return int.from_bytes(hashlib.sha256(rounded.tobytes()).digest())


def _orders(n: int) -> int:
    return max(_FEWEST_ORDERS, min(_ORDERS, _SHUFFLED // n), min(_MOST_ORDERS, _FEW // n))


@lru_cache(maxsize=64)
def _ends(n: int) -> tuple[int, ...]:
    """Small blocks at first, when the spread is hardly known, and at last, when every value counts."""
    ends = [0]
    while ends[-1] < n:
        behind = ends[-1]
        ends.append(behind + max(1, min(int(_OF_THE_REST * (n - behind)), int(_OF_THE_PAST * behind))))
    return tuple(ends[1:])


@dataclass(frozen=True, slots=True)
class Hedges:
    """The bets of all orders against some means, each gambler steering for a little more than `needed`."""

    values: Shuffled
    needed: float
    """The logarithm of the capital that excludes a mean."""

    def capital(self, means: Values) -> tuple[Values, Values]:
        """Logarithms of the average capitals (means,), and the stakes (means, orders, blocks)."""
        bets = self._bets(means)
        capital, stakes = np.zeros(bets.sums[0].shape[:2]), np.empty_like(bets.sums[0])
        most, worth = _AT_STAKE / means[:, None], 1 - means[:, None]
        target = self.needed + math.log(_OVER)
        for block in range(stakes.shape[2]):
            missing = np.minimum(capital - target, 0)
            enough = np.expm1(np.minimum(-missing, _LARGE)) / worth  # one value of 1 reaches the target
            stake = _slope(missing) * bets.scale[:, :, block]
            stakes[:, :, block] = stake = np.minimum(np.minimum(stake, most), enough)
            capital = capital + bets.yields(block, stake)
        return _averaged(capital), stakes

    def played(self, means: Values, stakes: Values) -> Values:
        """Logarithms of the average capitals (means,) after given stakes (orders, blocks) against each."""
        bets = self._bets(means)
        capital = np.zeros(bets.sums[0].shape[:2])
        for block in range(stakes.shape[1]):
            capital += bets.yields(block, stakes[:, block])
        return _averaged(capital)

    def _bets(self, means: Values) -> _Bets:
        means = means[:, None, None]
        counts = np.diff(self.values.ends, prepend=0)
        behind = self.values.ends - counts
        larger, smaller = np.maximum(means, 1 - means), np.minimum(means, 1 - means)
        variance = (self.values.squares + _BEFOREHAND * larger) / (behind + _BEFOREHAND / smaller)
        scale = 1 / np.sqrt(variance * (self.values.n - behind))
        return _Bets(means[:, :, 0], counts.tolist(), _powers(self.values, counts, means), scale)


@dataclass(frozen=True, slots=True)
class _Bets:
    means: Values
    """(means, 1)"""
    counts: list[int]
    sums: Powers
    """Of the first to fourth power of the distances from each mean; each (means, orders, blocks)."""
    scale: Values
    """One over the spread of all values to come. What is known of it beforehand is what one value at the
    farther end tells, as often as the mean allows it to be there; (means, orders, blocks)."""

    def yields(self, block: int, stake: Values) -> Values:
        """At most the sum of log(1 + stake (X - mean)) over the block; exact for one value."""
        first, second, third, fourth = (power[:, :, block] for power in self.sums)
        if self.counts[block] == 1:
            return np.asarray(np.log1p(stake * first))
        last = _remainder(stake * self.means) * fourth
        return np.asarray(stake * (first - stake * (second / 2 - stake * (third / 3 - stake * last))))


def _powers(values: Shuffled, counts: NDArray[np.int64], means: Values) -> Powers:
    """Moved from the centre to the means."""
    one, two, three, four = values.powers
    apart = values.centre - means
    first = one + counts * apart
    second = two + apart * (2 * one + counts * apart)
    third = three + apart * (3 * two + apart * (3 * one + counts * apart))
    fourth = four + apart * (4 * three + apart * (6 * two + apart * (4 * one + counts * apart)))
    return first, second, third, fourth


def _remainder(loss: Values) -> Values:
    """The c of the fourth power, where no value is worse than -`loss`, which lies in [0, 1)."""
    loss = np.maximum(loss, 0.01)  # c increases in it, and below digits cancel
    return np.asarray(-(np.log1p(-loss) + loss * (1 + loss * (0.5 + loss / 3))) / loss**4)


def _averaged(capital: Values) -> Values:
    return np.asarray(np.logaddexp.reduce(capital, axis=1) - math.log(capital.shape[1]))


def _slope(missing: Values) -> Values:
    """Density over distribution function of a normal, by the logarithm of the latter; from a table."""
    return np.interp(missing, *_table())


@lru_cache(maxsize=1)
def _table() -> tuple[Values, Values]:
    from scipy.special import log_ndtr  # heavy: only where an interval is computed

    points = np.linspace(-12, 8, 2001)
    logarithms = log_ndtr(points)
    return logarithms, np.exp(-(points**2) / 2 - logarithms) / math.sqrt(2 * math.pi)
