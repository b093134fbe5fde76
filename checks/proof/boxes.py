"""Many boxes of inputs at once, and the units in which rounding is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

UNIT: Final = 2.0**-53
"""The relative error of one operation in double precision, at most."""

SPARE: Final = 64
"""More units than terms, for what is of second order and for the rounding of bounds themselves."""

TINY: Final = 2.0**-1000
"""For what is lost below the smallest numbers."""


@dataclass(frozen=True, eq=False, slots=True)
class Boxes:
    """All x with lower <= x <= upper, box by box; both (boxes, inputs)."""

    lower: Tensor
    upper: Tensor

    def __len__(self) -> int:
        """How many."""
        return len(self.lower)

    @property
    def centre(self) -> Tensor:
        """A point of each box, about in its middle."""
        return (self.lower / 2 + self.upper / 2).clamp(self.lower, self.upper)

    def at(self, chosen: Tensor | slice) -> Boxes:
        """Some of the boxes, by index, mask or slice."""
        return Boxes(self.lower[chosen], self.upper[chosen])

    def beside(self, other: Boxes) -> Boxes:
        """These boxes and others."""
        return Boxes(torch.cat([self.lower, other.lower]), torch.cat([self.upper, other.upper]))

    def hull(self, other: Boxes) -> Boxes:
        """The least box around each two."""
        return Boxes(torch.minimum(self.lower, other.lower), torch.maximum(self.upper, other.upper))

    def halved(self, axis: Tensor) -> Boxes:
        """Both halves of each box along an axis of its own (boxes,); together they cover it."""
        middle = self.centre.gather(1, axis[:, None])
        lower = self.lower.scatter(1, axis[:, None], middle)
        upper = self.upper.scatter(1, axis[:, None], middle)
        return Boxes(torch.cat([self.lower, lower]), torch.cat([upper, self.upper]))
