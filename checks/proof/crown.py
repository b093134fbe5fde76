"""Linear bounds by going backwards through a network: the least that a row over its values can be in a box.

The bound of Zhang et al. (NeurIPS 2018, CROWN), with free slopes of lower lines (alpha, Xu et al., ICLR 2021)
and multipliers of constraints on the signs of activations (beta, Wang et al., "Beta-CROWN", NeurIPS 2021). A
row may start at several values at once, so that a constraint on the output can enter the bound of a hidden
number (Kotha et al., "Provably Bounding Neural Network Preimages", NeurIPS 2023).

`Pass` goes backwards and gives the bound; its point of least value, led forwards through the same lines,
gives the exact derivative of the bound for all slopes and multipliers. In double precision it takes off a
bound on every rounding on the way.

Shapes: rows (boxes, rows, width); lines and boxes (boxes or 1, 1, width).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from checks.proof.network import Activation, Affine, Network, Sum
from checks.proof.relaxation import EPSILON, Lines

TINY: Final = 1e-290
"""More than all that is lost where numbers become too small for the format."""

Rows = dict[int, Tensor]
"""Coefficients by the value to which they belong."""


@dataclass(frozen=True, eq=False, slots=True)
class Freedom:
    """What may be chosen for a bound, by the place of an activation layer; (boxes or 1, rows or 1, n).

    `slopes` of lower lines, from 0 to 1, used where free; `pressures` are the multipliers of constraints on
    the sign of what enters (negative: of `x >= 0`, positive: of `x <= 0`), already with their sign.
    """

    slopes: Mapping[int, Tensor] = field(default_factory=dict)
    pressures: Mapping[int, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """What rows are bounded over: a network, lines for each activation, a box, and how far values reach.

    `reach` holds for each value a bound (width,) on its absolute value in exact arithmetic, over every input
    that is considered. With it a pass also bounds its own rounding (docs/decisions/0025); without it
    nothing may rest on the result.
    """

    network: Network
    lines: Mapping[int, Lines]
    low: Tensor
    high: Tensor
    reach: tuple[Tensor, ...] | None = None

    def to(self, kind: torch.dtype) -> Problem:
        """Rounded, for searching only."""
        around = {place: line.to(kind) for place, line in self.lines.items()}
        return Problem(self.network.to(kind), around, self.low.to(kind), self.high.to(kind))


class Pass:
    """One way back and, if wanted, forth."""

    def __init__(self, problem: Problem, freedom: Freedom) -> None:
        self.problem = problem
        self.freedom = freedom
        self.ends: Tensor
        """Rows over the input."""
        self.row: Rows = {}
        """Rows over what each activation gives, by its layer."""
        self.above: dict[int, Tensor] = {}
        """Positive parts of the rows over what each activation gives: what leans on its lower line."""
        self.used: dict[int, Tensor] = {}
        """Lower slopes in use, by activation layer."""
        self._errors: list[Tensor] = []

    def back(self, starts: Rows) -> Tensor:
        """The lower bound (boxes, rows) of the sum of rows over values; minus infinity where it overflows."""
        rows, terms = dict(starts), []
        for value in range(max(rows), 0, -1):
            if value not in rows:
                continue
            row, place = rows.pop(value), value - 1
            layer = self.problem.network.layers[place]
            match layer:
                case Affine():
                    terms.append(row @ layer.offset)
                    self._put(rows, layer.source, layer.linear.transpose(row))
                    self._note(row, place, max(layer.linear.terms, layer.linear.outputs))
                case Sum():
                    for source in layer.sources:
                        self._put(rows, source, row)
                case Activation():
                    passed, constant = self._through(place, row)
                    terms.append(constant)
                    self._put(rows, layer.source, passed)
        self.ends = rows[0]
        terms.append(self._least(self.ends))
        return self._outward(terms)

    def forth(self, reached: int) -> list[Tensor]:
        """Each value up to `reached` where the bound is attained, through the same lines.

        The derivative of the bound for anything that is linear in a value is that value here.
        """
        problem = self.problem
        values = [torch.where(self.ends > 0, problem.low, problem.high)]
        for place in range(reached):
            layer = problem.network.layers[place]
            match layer:
                case Affine():
                    values.append(layer.linear.apply(values[layer.source]) + layer.offset)
                case Sum():
                    values.append(torch.stack([values[source] for source in layer.sources]).sum(0))
                case Activation():
                    values.append(self._along(place, values[layer.source]))
        return values

    def _through(self, place: int, row: Tensor) -> tuple[Tensor, Tensor]:
        line = self.problem.lines[place]
        slope = line.low_slope
        if place in self.freedom.slopes:
            slope = torch.where(line.free, self.freedom.slopes[place], slope)
        above = row.clamp(min=0)
        below = row - above
        self.row[place], self.above[place], self.used[place] = row, above, slope
        passed = torch.addcmul(above * slope, below, line.high_slope)
        constant = _total(below, line.high_offset)
        if line.low_offset is not None:
            constant = constant + _total(above, line.low_offset)
        pressure = self.freedom.pressures.get(place)
        if pressure is not None:
            passed = passed + pressure
        self._note_activation(place, row, pressure)
        return passed, constant

    def _least(self, ends: Tensor) -> Tensor:
        above = ends.clamp(min=0)
        problem = self.problem
        if problem.reach is not None:
            self._errors.append(relative_error(ends.shape[-1]) * (ends.abs() @ problem.reach[0]))
        return _total(above, problem.low) + _total(ends - above, problem.high)

    def _along(self, place: int, value: Tensor) -> Tensor:
        line = self.problem.lines[place]
        if place not in self.above:
            return value  # nothing leans on it
        rising = self.above[place] > 0
        slope = torch.where(rising, self.used[place], line.high_slope)
        offset = line.high_offset if line.low_offset is None else torch.where(rising, line.low_offset, 0.0)
        if line.low_offset is None:
            return torch.where(rising, value * slope, torch.addcmul(offset, value, slope))
        return value * slope + torch.where(rising, line.low_offset, line.high_offset)

    def _put(self, rows: Rows, value: int, row: Tensor) -> None:
        if value not in rows:
            rows[value] = row
            return
        if self.problem.reach is not None:
            self._errors.append(EPSILON * ((rows[value].abs() + row.abs()) @ self.problem.reach[value]))
        rows[value] = rows[value] + row

    def _note(self, row: Tensor, place: int, terms: int) -> None:
        """What rounding in an affine layer can do: the row times what is added up, n rounding units wrong."""
        reach, layer = self.problem.reach, self.problem.network.layers[place]
        if reach is not None and isinstance(layer, Affine):
            span = layer.linear.absolute().apply(reach[layer.source]) + layer.offset.abs()
            self._errors.append(relative_error(terms) * (row.abs() @ span))

    def _note_activation(self, place: int, row: Tensor, pressure: Tensor | None) -> None:
        reach, layer = self.problem.reach, self.problem.network.layers[place]
        if reach is None or not isinstance(layer, Activation):
            return
        entering = reach[layer.source]
        self._errors.append(relative_error(row.shape[-1]) * (row.abs() @ (3 * entering + 4)))
        if pressure is not None:
            self._errors.append(relative_error(4) * (pressure.abs() @ entering))

    def _outward(self, terms: list[Tensor]) -> Tensor:
        total = _sum(terms)
        if self.problem.reach is None:
            return total
        size = _sum([term.abs() for term in terms])
        slack = _sum(self._errors) + relative_error(len(terms)) * size
        bound = total - 1.01 * slack - TINY
        return torch.where(bound.isfinite(), bound, -torch.inf)


def _sum(terms: list[Tensor]) -> Tensor:
    return functools.reduce(torch.add, terms)


def relative_error(terms: int) -> float:
    """More than the relative error of a sum of so many products, in any order (Higham 2002, section 3.1)."""
    return (terms + 8) * EPSILON


def _total(rows: Tensor, numbers: Tensor) -> Tensor:
    """Rows times numbers (boxes or 1, 1, width), added over the width."""
    if numbers.shape[0] == 1:
        return rows @ numbers[0, 0]
    return (rows @ numbers.transpose(-1, -2)).squeeze(-1)
