"""How much of the loss of the best constant answer a model saves: 1 - E[loss of the model] / min over c.

With squares this is R squared, and the best constant is the mean; with absolute errors the best constant is
the median. Which constant is best is not known. It lies, but for a twentieth of alpha, in an interval of its
own (a betting bound for the mean, two order statistics for the median), which is cut into cells. Within a
cell no constant loses less on a row than the nearest point of the cell does, so that what is shown against
that point is shown against all of the cell. The best constant is a fact of the population and stands in one
cell: showing it for every cell needs no correction.

For one cell, "the model loses at least r times what the constant loses" says that the mean of paired
differences, r times the one minus the other, is at most 0. The gamblers of `checks.statistics.means` play
against it; no stake can ruin them while both losses keep to their declared ranges.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.means import mean_bounds, stakes_for
from checks.statistics.quantiles import ranks

_FOR_THE_CONSTANT: Final = 1 / 20
"""The part of alpha that the interval of the best constant may cost."""

_CELLS: Final = 16
_WIDEST: Final = 1e9
"""Ratios beyond it, and below its inverse, are not told apart from infinity and zero."""

_PRECISION: Final = 1e-9
"""How much too wide a bound of a ratio may be, as a part of it. It is never too narrow."""

Values = NDArray[np.float64]
Ends = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """A loss by the distance from the truth, and the constant that has the least of it."""

    name: str
    of: Callable[[Values], Values]
    best: Callable[[Values], float]
    """Of the truths that were seen."""
    within: Callable[[Values, Ends, float], Ends]
    """Bounds of the best constant of the population, which hold together at a confidence."""


def _median_within(truths: Values, ends: Ends, confidence: float) -> Ends:
    lower, upper = ranks(len(truths), 0.5, 1 - (1 - confidence) / 2)
    return float(truths[lower - 1]), float(truths[upper - 1])


def _mean_within(truths: Values, ends: Ends, confidence: float) -> Ends:
    return mean_bounds(truths, *ends, 1 - (1 - confidence) / 2)


SQUARE: Final = Loss(
    name="betting bound for a ratio of means, best constant of an interval, squares",
    of=np.square, best=lambda truths: float(np.mean(truths)), within=_mean_within,
)  # fmt: skip
ABSOLUTE: Final = Loss(
    name="betting bound for a ratio of means, best constant of an interval, absolute errors",
    of=np.abs, best=lambda truths: float(np.median(truths)), within=_median_within,
)  # fmt: skip


def saved(
    errors: Values, truths: Values, *, largest_error: float, ends: Ends, loss: Loss, confidence: Confidence
) -> Interval:
    """The share that is saved, 1 at most and without a lowest value; `errors` belong to `truths`.

    Raises `CannotMeasure` without rows, where an error exceeds `largest_error` or a truth lies outside
    `ends`, where all truths are the same, and with too few rows for a bound of the best constant.
    """
    _require_within(errors, truths, largest_error, ends)
    order = np.lexsort((errors, truths))  # so that not even the last digit depends on the order of the rows
    errors, truths = np.abs(errors[order]), truths[order]
    against = float(np.mean(loss.of(truths - loss.best(truths))))
    if not against:
        raise CannotMeasure("all truths are the same: a constant answer loses nothing")
    pairs = _Pairs(errors, truths, largest_error, ends, loss)
    value = 1 - float(np.mean(loss.of(errors))) / against
    return Interval(name=loss.name, value=value, n=len(errors), **confidence.both(pairs.bounds))


def _require_within(errors: Values, truths: Values, largest_error: float, ends: Ends) -> None:
    if not len(errors):
        raise CannotMeasure("no row: nothing is saved on nothing")
    if not (np.abs(errors) <= largest_error).all():  # false for NaN as well
        raise CannotMeasure(f"errors beyond the declared {largest_error:g}, or rows without one")
    if not ((truths >= ends[0]) & (truths <= ends[1])).all():
        raise CannotMeasure(f"truths outside the declared range of answers, {ends[0]:g} to {ends[1]:g}")


@dataclass(frozen=True, slots=True)
class _Pairs:
    errors: Values
    truths: Values
    largest_error: float
    ends: Ends
    loss: Loss

    def bounds(self, confidence: float) -> tuple[float, float]:
        """One-sided bounds of the share that is saved."""
        alpha = 1 - confidence
        low, high = self.loss.within(self.truths, self.ends, 1 - alpha * _FOR_THE_CONSTANT)
        needed = -math.log(alpha * (1 - _FOR_THE_CONSTANT))
        edges = np.linspace(low, high, _CELLS + 1)
        cells = sorted(pairwise(edges.tolist()), key=lambda cell: abs(sum(cell) - low - high))
        model = self.loss.of(self.errors) / float(self.loss.of(np.array(self.largest_error)))
        widest = float(self.loss.of(np.array(self.ends[1] - self.ends[0])))
        nearest = [self.loss.of(_nearest(self.truths, *cell)) / widest for cell in cells]
        furthest = [self.loss.of(_furthest(self.truths, *cell)) / widest for cell in cells]
        unit = float(self.loss.of(np.array(self.largest_error))) / widest
        inverse = _least([(constant, model) for constant in nearest], needed)
        lower = unit * _least([(model, constant) for constant in furthest], needed)
        return 1 - unit / inverse if inverse else -math.inf, 1 - lower


def lower_ratio(numerators: Values, denominators: Values, confidence: float) -> float:
    """A lower bound of E[numerators] / E[denominators] of independent pairs, at `confidence`; 0 if none is.

    Both are at least 0, and denominators at most 1.
    """
    return _least([(numerators, denominators)], -math.log(1 - confidence))


def _nearest(truths: Values, low: float, high: float) -> Values:
    return np.maximum(0.0, np.maximum(low - truths, truths - high))


def _furthest(truths: Values, low: float, high: float) -> Values:
    return np.maximum(np.abs(truths - low), np.abs(truths - high))


def _least(pairs: list[tuple[Values, Values]], needed: float) -> float:
    """The least of the lower bounds of the ratio of means, numerators to denominators, of all cells."""
    least = _WIDEST
    for numerators, denominators in pairs:
        if least and _log_capital(numerators, denominators, least) < needed:
            least = _lower_ratio(numerators, denominators, needed, least)
    return least


def _lower_ratio(numerators: Values, denominators: Values, needed: float, high: float) -> float:
    """The largest ratio that is excluded; 0 if none is. `denominators` lie in [0, 1]."""
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    def excess(logarithm: float) -> float:
        return _log_capital(numerators, denominators, math.exp(logarithm)) - needed

    least = -math.log(_WIDEST)
    if excess(least) < 0:
        return 0.0
    return math.exp(float(brentq(excess, least, math.log(high), xtol=_PRECISION / 2)) - _PRECISION)


def _log_capital(numerators: Values, denominators: Values, ratio: float) -> float:
    """After all bets against "the ratio is at most `ratio`"; decreasing in it."""
    gains = numerators / ratio - denominators
    with np.errstate(divide="ignore"):
        logs = [np.log1p(stake * gains).sum() for stake in stakes_for(len(gains))]
    return float(np.logaddexp.reduce(logs) - math.log(len(logs)))
