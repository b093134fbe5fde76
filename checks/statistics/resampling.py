"""Bounds of anything that is computed from counts, by drawing the counts again and again.

Efron's bootstrap (Annals of Statistics 7, 1979, 1-26). Drawing n rows with replacement and counting how many
fall into each cell is one draw from a multinomial distribution with the observed shares: the counts say all
that the rows could, and a draw costs as much as there are cells, however many rows there were.

Percentiles are right in the limit only; what they miss with fewer cases is of the order 1 / sqrt(n). Half of
alpha is set aside for it: percentiles are taken as if the confidence were 1 - alpha / 2. The sweep in the
tests (from 30 cases of either kind in every cell) shows that alpha is kept in this way. Where there are fewer
in a cell the method is not valid, and its caller has to refuse. For a single rate, a difference or a ratio
exact bounds exist: this is for what is composed of several.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import split

BOOTSTRAP = "multinomial bootstrap of counts, percentiles at half of alpha"
_FEWEST_BEYOND: Final = 20
"""So many replicates must lie beyond a percentile, or chance moves it too much."""

_ROUNDING: Final = 1e-6
"""One minus a confidence is no round number in floats."""

Counts = NDArray[np.int64]
Values = NDArray[np.float64]
Statistic = Callable[[Counts], Values]
"""From counts of shape [replicates, *cells] to one number for each replicate."""


def redrawn(counts: Counts, replicates: int, random: np.random.Generator) -> Counts:
    """Counts as they might have been, of shape [replicates, *cells], each with as many cases in all."""
    cases = int(counts.sum())
    if not cases:
        raise CannotMeasure("no case: there is nothing to draw from")
    drawn = random.multinomial(cases, counts.ravel() / cases, size=replicates)
    return np.asarray(drawn.reshape(replicates, *counts.shape), dtype=np.int64)


def absolute_value(
    statistic: Statistic,
    counts: Counts,
    confidence: Confidence,
    *,
    replicates: int,
    random: np.random.Generator,
) -> Interval:
    """The distance from zero of a signed `statistic`; `n` is the number of cases.

    Raises `CannotMeasure` where so few replicates do not reach a percentile.
    """
    _refuse_too_few(replicates, confidence)
    drawn = np.sort(statistic(redrawn(counts, replicates, random)))
    observed = float(statistic(counts[np.newaxis])[0])
    return Interval(
        name=BOOTSTRAP,
        value=abs(observed),
        n=int(counts.sum()),
        demonstrating=_absolute(observed, drawn, confidence.demonstrating),
        refuting=_absolute(observed, drawn, confidence.refuting),
    )


def _refuse_too_few(replicates: int, confidence: Confidence) -> None:
    """The farthest percentile is that of a large distance, of which either sign is a claim."""
    needed = math.ceil(_FEWEST_BEYOND / (1 - split(split(confidence.refuting, 2), 2)) - _ROUNDING)
    if replicates < needed:
        raise CannotMeasure(f"{replicates} replicates do not reach the percentile: {needed} are needed")


def _absolute(observed: float, drawn: Values, confidence: float) -> tuple[float, float]:
    """As for two rates: a small distance is one claim (two one-sided tests), a large one is two claims."""
    lower, upper = _percentiles(observed, drawn, confidence)
    lower_of_two, upper_of_two = _percentiles(observed, drawn, split(confidence, 2))
    return max(0.0, lower_of_two, -upper_of_two), max(abs(lower), abs(upper))


def _percentiles(observed: float, drawn: Values, confidence: float) -> tuple[float, float]:
    """With half of alpha set aside; never on the wrong side of what was observed."""
    beyond = math.floor((1 - split(confidence, 2)) * len(drawn) + _ROUNDING) - 1
    return min(observed, float(drawn[beyond])), max(observed, float(drawn[-1 - beyond]))
