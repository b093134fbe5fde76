"""The chance that checks are demonstrated on so many rows, alone and together, and how many are enough.

How the checks of a basis hang together is not known: they look at the same rows, so that what helps one
mostly helps the others. Two figures are given for their joint chance. The product is right if they are
independent, and too low where they help one another. One minus the sum of the risks (Bonferroni) holds
however they depend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

MOST_ROWS: Final = 10_000_000
_PRECISION: Final = 0.01
"""Numbers of rows are named to about one in a hundred: the assumptions are not better than that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """A probability, and the standard error of the simulation that gave it; zero where it was summed."""

    value: float
    error: float = 0.0


class Prospect(Protocol):
    """What one check would find on data like those that are known."""

    @property
    def basis(self) -> str:
        """What the assumed performance rests on."""

    @property
    def model(self) -> str:
        """How the chance is computed, and what is assumed for it."""

    @property
    def hopeless(self) -> str | None:
        """Why no number of rows is enough at the assumed performance; None where some number is."""

    def chance(self, rows: int) -> Chance:
        """Of being demonstrated on a data set of so many rows."""

    def rough(self, rows: int) -> float:
        """About the same at little cost, to find out where to look; equal to it where it costs little."""


def together(chances: Iterable[Chance]) -> Chance:
    """The chance that all come true if they are independent, with the error that their errors make."""
    chances = tuple(chances)
    value = math.prod(chance.value for chance in chances)
    parts = ((value / c.value * c.error) ** 2 for c in chances if c.value > 0)
    return Chance(value=value, error=math.sqrt(sum(parts)))


def at_least(chances: Iterable[Chance]) -> float:
    """A number below which the chance that all come true cannot lie, however they depend (Bonferroni)."""
    return max(0.0, 1 - sum(1 - chance.value for chance in chances))


def enough_rows(prospects: Iterable[Prospect], wanted: float, *, known: int) -> int | None:
    """About the fewest rows on which all together have the chance `wanted`; None beyond ten million.

    Looked for where the rough chances say, and then moved until the chance itself is reached.
    """
    prospects = tuple(prospects)
    if any(prospect.hopeless for prospect in prospects):
        return None

    def rough(rows: int) -> float:
        return math.prod(prospect.rough(rows) for prospect in prospects)

    def chance(rows: int) -> float:
        return together(prospect.chance(rows) for prospect in prospects).value

    rows = fewest(rough, wanted, known=known)
    return rows and _moved(chance, wanted, rows)


def fewest(chance: Callable[[int], float], wanted: float, *, known: int) -> int | None:
    """About the smallest number at which `chance` reaches `wanted`.

    Chances rise with the rows but for small steps back, since counts are whole numbers. Looks up or down
    from `known` in powers of two, then halves until the number is known to one in a hundred.
    """
    low, high = 0, max(known, 1)
    while chance(high) < wanted:
        if high >= MOST_ROWS:
            return None
        low, high = high, min(2 * high, MOST_ROWS)
    while low == 0 and high > 1 and chance(high // 2) >= wanted:
        high //= 2
    low = max(low, high // 2)
    while high - low > max(1, math.floor(_PRECISION * high)):
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= wanted else (middle, high)
    return high


def _moved(chance: Callable[[int], float], wanted: float, rows: int) -> int | None:
    """A larger number at which the chance is reached: by steps that a normal bound would need, then back."""
    short, high = rows, rows
    while (found := chance(high)) < wanted:
        if high >= MOST_ROWS:
            return None
        short, high = high, min(MOST_ROWS, math.ceil(high * _stretch(found, wanted)))
    while high - short > max(1, 3 * _PRECISION * high):
        middle = (short + high) // 2
        short, high = (short, middle) if chance(middle) >= wanted else (middle, high)
    return high


def _stretch(found: float, wanted: float) -> float:
    """By which factor the cases of a normal bound at 97.5 % must grow to raise its chance that far."""
    from scipy.special import ndtri  # heavy: only where a plan is made

    alpha = 1.96
    needed, there = float(ndtri(wanted)) + alpha, float(ndtri(min(max(found, 0.1), wanted))) + alpha
    return min(4.0, max(1 + 2 * _PRECISION, (needed / there) ** 2))
