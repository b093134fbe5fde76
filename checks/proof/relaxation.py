"""Two lines around each activation on an interval: what makes a network linear, from below and from above.

For Relu the upper line is the chord and the lower line has any slope between 0 and 1 (Zhang et al.,
"Efficient Neural Network Robustness Certification with General Activation Functions", NeurIPS 2018, table 2;
the free slope is from Xu et al., "Fast and Complete", ICLR 2021). Smooth functions get a chord or a tangent
(ibid., table 3). Every offset is moved outwards by more than its own rounding in double precision, so that
the lines enclose the function of real numbers; of smooth ones the library's value is trusted to `TRUSTED`
units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from checks.proof.network import FUNCTIONS, Shape

EPSILON: Final = 2.0**-52
"""Twice the unit of rounding in double precision."""

TRUSTED: Final = 16
"""How many units in the last place an exponential of the library is trusted to be wrong at most."""


@dataclass(frozen=True, eq=False, slots=True)
class Lines:
    """`low_slope x + low_offset <= f(x) <= high_slope x + high_offset` on intervals; each (..., n).

    Where `free`, the lower line may have any slope from 0 to 1 and no offset; `low_offset` None is 0.
    """

    low_slope: Tensor
    low_offset: Tensor | None
    high_slope: Tensor
    high_offset: Tensor
    free: Tensor

    def to(self, kind: torch.dtype) -> Lines:
        """Rounded, for searching only."""
        return Lines(
            self.low_slope.to(kind),
            None if self.low_offset is None else self.low_offset.to(kind),
            self.high_slope.to(kind),
            self.high_offset.to(kind),
            self.free,
        )


def lines(shape: Shape, low: Tensor, high: Tensor) -> Lines:
    """Lines around a function between bounds (..., n), in double precision, `low <= high`."""
    if shape == "relu":
        return _relu(low, high)
    if shape == "softplus":
        return _convex(shape, low, high)
    return _s_shaped(shape, low, high)


def _relu(low: Tensor, high: Tensor) -> Lines:
    free = (low < 0) & (high > 0)
    active = (low >= 0).to(low.dtype)
    width = torch.where(free, high - low, 1.0)
    slope = torch.where(free, (high / width).clamp(0.0, 1.0), active)
    below, above = -slope * low, high - slope * high
    offset = torch.maximum(below, above) + 4 * EPSILON * (below.abs() + high.abs())
    offset = torch.where(free, offset, 0.0)
    low_slope = torch.where(free, (high > -low).to(low.dtype), active)
    return Lines(low_slope, None, slope, offset, free)


def _slope(shape: Shape, at: Tensor) -> Tensor:
    """The derivative; any value is sound, as offsets are chosen for the slope that was computed."""
    if shape == "sigmoid":
        value = torch.sigmoid(at)
        return value * (1 - value)
    if shape == "tanh":
        return 1 - torch.tanh(at) ** 2
    return torch.sigmoid(at)


def _chord(shape: Shape, low: Tensor, high: Tensor) -> Tensor:
    function = FUNCTIONS[shape]
    width = high - low
    wide = width > 1e-6
    chord = (function(high) - function(low)) / torch.where(wide, width, 1.0)
    return torch.where(wide, chord, _slope(shape, (low + high) / 2)).clamp(0.0, 1.0)


def _convex(shape: Shape, low: Tensor, high: Tensor) -> Lines:
    """Softplus: the chord above, the tangent at the middle below."""
    function, middle = FUNCTIONS[shape], (low + high) / 2
    chord, tangent = _chord(shape, low, high), _slope(shape, middle)
    above = torch.maximum(function(low) - chord * low, function(high) - chord * high)
    # A line of a slope next to the tangent's passes below a convex function once moved by its own error:
    # the vertical gap between both is at most that error times the width.
    below = function(middle) - tangent * middle
    slack = _slack(function(low).abs() + function(high).abs(), low, high)
    return Lines(tangent, below - slack, chord, above + slack, torch.zeros_like(low, dtype=torch.bool))


def _s_shaped(shape: Shape, low: Tensor, high: Tensor) -> Lines:
    """Sigmoid and tanh, convex below 0 and concave above: chord or tangent, whichever is a bound.

    Both are bounded by lines of slope `min(f'(low), f'(high))` through either end (every derivative between
    is at least that, as f' rises to 0 and falls after it). Where the interval lies on one side of 0, the
    chord and the tangent at the middle are tighter.
    """
    function = FUNCTIONS[shape]
    middle = (low + high) / 2
    chord, tangent = _chord(shape, low, high), _slope(shape, middle)
    least = torch.minimum(_slope(shape, low), _slope(shape, high))
    convex, concave = high <= 0, low >= 0
    low_slope = torch.where(concave, chord, torch.where(convex, tangent, least))
    high_slope = torch.where(convex, chord, torch.where(concave, tangent, least))
    ends_below = torch.minimum(function(low) - low_slope * low, function(high) - low_slope * high)
    ends_above = torch.maximum(function(low) - high_slope * low, function(high) - high_slope * high)
    touching = function(middle) - tangent * middle
    slack = _slack(torch.ones_like(low), low, high)
    low_offset = torch.where(convex & ~concave, touching, ends_below)
    high_offset = torch.where(concave & ~convex, touching, ends_above)
    nothing = torch.zeros_like(low, dtype=torch.bool)
    return Lines(low_slope, low_offset - slack, high_slope, high_offset + slack, nothing)


def _slack(values: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """More than all rounding in a line: that of the function, of its slope, and of the offset."""
    return TRUSTED * EPSILON * (values + low.abs() + high.abs() + 1)
