"""What single rows make each weight feel, and whether anything that decides is not felt.

The equations of `stationarity` are solved together, and whoever delivers the weights also chooses in which
units they stand: a weight that is multiplied by a million speaks a million times louder. So two questions are
asked that no unit changes. Is there a single weight at which the declared loss still pulls as strongly as its
rows pull, after all that the readings explain? Then the readings are those of other weights than this one,
and each is as doubtful as the deviation that would explain the pull. And do weights that feel no row decide
nothing? A unit that is driven so far that its slope is gone can decide everything and would never be heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

AGREED: Final = 0.1
"""The part of a typical pull of a row up to which a weight may be pulled on average. Ours: twice what
networks show that were trained until nothing more was gained, and less than a class counted 1.5 times."""

_FEWEST: Final = 10
"""So many of the sampled rows must pull at a weight: else its typical pull is not known."""

_NOTHING: Final = 1e-6
"""Of the strongest: a weight that matters less to the loss of every row is not felt."""


@dataclass(slots=True)
class Felt:
    """Sums over rows of the squares and fourth powers of what each weight feels, of shape [weights]."""

    squares: Floats
    fourths: Floats
    rows: int = 0

    @classmethod
    def nothing(cls, weights: int) -> Felt:
        """Before the first row."""
        return cls(np.zeros(weights), np.zeros(weights))

    def add(self, pull: Floats) -> None:
        """One more row, and how it pulls."""
        self.squares += pull**2
        self.fourths += pull**4
        self.rows += 1

    @property
    def typical(self) -> Floats:
        """The root of the mean square."""
        return np.asarray(np.sqrt(self.squares / max(self.rows, 1)), dtype=np.float64)

    @property
    def often(self) -> NDArray[np.bool_]:
        """At which weights enough rows pull: (sum of g^2)^2 / sum of g^4 counts them."""
        return np.asarray(self.squares**2 >= _FEWEST * self.fourths, dtype=np.bool_) & (self.squares > 0)

    def unfelt(self, weights: Floats) -> NDArray[np.bool_]:
        """Which of `weights` hardly matter to the loss of any row, in first order."""
        matters = self.typical * np.abs(weights)
        return np.asarray(matters <= _NOTHING * matters.max(), dtype=np.bool_)


def doubts(left: Floats, directions: Floats, felt: Felt) -> Floats:
    """For each direction, the deviation that would explain the strongest pull which none explains.

    `left` is that pull, [weights], of a mean over rows, and `directions` are [weights, k]; 0 where all pulls
    that are left are below `AGREED`.
    """
    often = felt.often
    if not often.any():
        return np.zeros(directions.shape[1])
    strongest = float((np.abs(left[often]) / felt.typical[often]).max())
    if strongest <= AGREED:
        return np.zeros(directions.shape[1])
    widest = (np.abs(directions[often]) / felt.typical[often][:, np.newaxis]).max(axis=0)
    with np.errstate(divide="ignore"):
        return np.asarray(strongest / widest, dtype=np.float64)
