"""An input tensor read as pictures: which axes are height, width and colour, and where dark ends.

The manifest declares a shape and a range and no layout. A shape that can be read in one way only is read so:
[height, width], or with one axis of 1 or 3 colours, first or last. Any other shape is no picture here. The
low end of the declared range is taken for dark and the high end for bright.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import Input, TensorInput
from checks.measured import CannotMeasure
from checks.robustness.neighbourhood import as_fed

Pictures = NDArray[np.float64]
"""Of shape [cases, height, width, colours], between 0 (dark) and 1 (bright)."""

_COLOURS = (1, 3)
_SMALLEST = 4
"""In a picture of less than four by four nothing can be drawn out of focus."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How one tensor input holds pictures; `colours` is the axis of one case, None where there is none."""

    entry: TensorInput
    colours: int | None

    def seen(self, values: NDArray[Any]) -> Pictures:
        """The pictures in a tensor of shape [cases, *shape]; what is no number or outside is drawn to an end.

        Such a case is outside the contract, and wrong whatever it looks like.
        """
        low, high = map(float, self.entry.elements.range)
        bright = (np.asarray(values, dtype=np.float64) - low) / (high - low)
        bright = np.clip(np.nan_to_num(bright, nan=0.0), 0, 1)
        return bright[..., np.newaxis] if self.colours is None else np.moveaxis(bright, self.colours + 1, -1)

    def fed(self, pictures: Pictures) -> NDArray[Any]:
        """The inverse of `seen`, within the range and in the declared type."""
        low, high = map(float, self.entry.elements.range)
        kept = low + np.clip(pictures, 0, 1) * (high - low)
        laid = kept[..., 0] if self.colours is None else np.moveaxis(kept, -1, self.colours + 1)
        return as_fed(np.clip(laid, low, high), self.entry)


def layout_of(contract: tuple[Input, ...]) -> Layout:
    """The layout of the one input; raises `CannotMeasure` for a table, several inputs, and other shapes."""
    if len(contract) != 1 or not isinstance(contract[0], TensorInput):
        raise CannotMeasure("only a model of one input, declared as a tensor, is shown pictures here")
    entry = contract[0]
    places = [at for at in (0, 2) if len(entry.shape) == 3 and entry.shape[at] in _COLOURS]
    sides = [side for at, side in enumerate(entry.shape) if at not in places]
    if len(sides) != 2 or min(sides) < _SMALLEST:
        raise CannotMeasure(
            f"the shape {list(entry.shape)} is no picture that is read in one way only: expected [height, "
            f"width] of {_SMALLEST} or more each, or one axis of 1 or 3 colours before or after them"
        )
    return Layout(entry=entry, colours=places[0] if places else None)
