"""How evenly outcomes are spread over classes: the entropy of a sample, and that of one over that of another.

The share of every class lies in its Clopper-Pearson interval, all of them together by the union bound. Of all
shares within these intervals that sum to 1 the least and the greatest entropy are the bounds. Entropy is
concave: it is least in a corner, where all shares but one are at an end, and greatest where all shares that
are not at an end are equal. Beyond a few classes, corners are too many: there each class is at its own least,
as if the shares need not sum to 1, which is a lower bound as well.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import split
from checks.statistics.proportions import clopper_pearson

ENTROPY_RATIO = "union bound of Clopper-Pearson bounds, entropy over entropy"
_MOST_CORNERS: Final = 8
"""Of how many classes all corners are tried."""

Shares = NDArray[np.float64]


def entropy(shares: Shares) -> float:
    """In nats; a class without any share adds nothing.

    >>> round(entropy(np.array([0.5, 0.5, 0.0])), 4)
    0.6931
    """
    return float(_parts(shares).sum())


def entropy_ratio(counts: tuple[int, ...], of: tuple[int, ...], confidence: Confidence) -> Interval:
    """The entropy behind `counts` over that behind `of`; `n` is the size of the smaller sample.

    Raises `CannotMeasure` without cases, and where `of` has cases of one class only.
    """
    if not sum(counts) or not sum(of):
        raise CannotMeasure("no case: the entropy of nothing is not measured")
    if sum(count > 0 for count in of) < 2:
        raise CannotMeasure(
            "all cases to compare with are of one class: they have no entropy to compare with"
        )
    return Interval(
        name=ENTROPY_RATIO,
        value=entropy(_shares(counts)) / entropy(_shares(of)),
        n=min(sum(counts), sum(of)),
        demonstrating=_ratio(counts, of, confidence.demonstrating),
        refuting=_ratio(counts, of, confidence.refuting),
    )


def _ratio(counts: tuple[int, ...], of: tuple[int, ...], confidence: float) -> tuple[float, float]:
    each = split(confidence, 2)
    (lower, upper), (lower_of, upper_of) = entropy_bounds(counts, each), entropy_bounds(of, each)
    return lower / upper_of, upper / lower_of if lower_of > 0 else float("inf")


def entropy_bounds(counts: tuple[int, ...], confidence: float) -> tuple[float, float]:
    """One-sided bounds of the entropy, both together at `confidence`."""
    # of two classes the bounds of one say those of the other
    claims = 2 * len(counts) if len(counts) > 2 else 2
    bounds = [clopper_pearson(count, sum(counts), split(confidence, claims)) for count in counts]
    low, high = (np.array(ends) for ends in zip(*bounds, strict=True))
    observed = entropy(_shares(counts))
    return min(observed, _least(low, high)), max(observed, _greatest(low, high))


def _least(low: Shares, high: Shares) -> float:
    if len(low) > _MOST_CORNERS:
        return float(np.minimum(_parts(low), _parts(high)).sum())
    corners = np.array(list(product((False, True), repeat=len(low) - 1)))
    found = [np.inf]
    for free in range(len(low)):
        ends = np.where(corners, np.delete(high, free), np.delete(low, free))
        left = 1 - ends.sum(axis=1)
        fits = (left >= low[free] - 1e-12) & (left <= high[free] + 1e-12)
        all_parts = _parts(ends).sum(axis=1) + _parts(np.clip(left, 0, 1))
        found.extend(all_parts[fits].tolist())
    return max(0.0, float(min(found)))


def _greatest(low: Shares, high: Shares) -> float:
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    def excess(level: float) -> float:
        return float(np.clip(level, low, high).sum()) - 1

    # no lower bound reaches its share and no upper one stays below it, so that there is a level between
    return entropy(np.clip(brentq(excess, 0.0, 1.0, xtol=1e-15), low, high))


def _parts(shares: Shares) -> Shares:
    from scipy.special import xlogy

    return np.asarray(-xlogy(shares, shares), dtype=np.float64)


def _shares(counts: tuple[int, ...]) -> Shares:
    return np.array(counts) / sum(counts)
