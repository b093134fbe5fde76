"""A quantile of any distribution, bounded by two of the observed values.

David and Nagaraja (Order Statistics, 3rd edition, Wiley 2003, section 7.1): how many of n independent values
lie at or below a quantile is binomial, so that two order statistics bound it. Nothing is assumed of the
distribution (ties and discrete values make the bounds only surer), but the values must be independent and
alike, which is for the caller to arrange. Too few values bound nothing, and then nothing is measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from checks.measured import CannotMeasure, Confidence, Interval

ORDER_STATISTICS = "order statistics (binomial)"


def ranks(n: int, probability: float, confidence: float) -> tuple[int, int]:
    """Which of n values in ascending order, counted from 1, bound a quantile: each with `confidence`.

    The lower rank is the largest r with P(B >= r) >= confidence for B ~ Binomial(n, probability), the upper
    one the smallest s with P(B <= s - 1) >= confidence. Raises `CannotMeasure` where n is too small for one.

    >>> ranks(20, 0.5, 0.975)
    (6, 15)
    """
    if not 0 < probability < 1 or not 0 < confidence < 1:
        raise ValueError(f"expected numbers between 0 and 1, got {probability} and {confidence}")
    lower = _largest_rank_below(n, probability, confidence)
    upper = n + 1 - _largest_rank_below(n, 1 - probability, confidence)
    if not 1 <= lower <= upper <= n:
        raise CannotMeasure(
            f"{n} values are too few to bound the {probability:g} quantile at confidence {confidence:g}"
        )
    return lower, upper


def median(values: Sequence[float], confidence: Confidence) -> Interval:
    """The median with distribution-free bounds; raises `CannotMeasure` with too few values.

    Six values are the fewest at a one-sided confidence of 0.975, for 0.5**6 < 0.025 < 0.5**5.
    """
    if not all(math.isfinite(value) for value in values):
        raise ValueError("a median of finite numbers only")
    ordered = sorted(values)
    return Interval(
        name=ORDER_STATISTICS,
        value=_middle(ordered) if ordered else 0.0,
        n=len(ordered),
        demonstrating=_bounds(ordered, confidence.demonstrating),
        refuting=_bounds(ordered, confidence.refuting),
    )


def _largest_rank_below(n: int, probability: float, confidence: float) -> int:
    """The largest r with P(B <= r - 1) <= 1 - confidence; 0 where even r = 1 is too unsure.

    The second bound follows by looking at the values from the other end, where it has the same form.
    """
    from scipy.special import bdtr  # heavy: only where an interval is computed

    low, high = 0, n
    while low < high:
        rank = (low + high + 1) // 2
        low, high = (rank, high) if bdtr(rank - 1, n, probability) <= 1 - confidence else (low, rank - 1)
    return low


def _bounds(ordered: Sequence[float], confidence: float) -> tuple[float, float]:
    lower, upper = ranks(len(ordered), 0.5, confidence)
    return ordered[lower - 1], ordered[upper - 1]


def _middle(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
