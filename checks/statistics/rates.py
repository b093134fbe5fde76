"""How often something happens per unit of time or of exposure, from a count.

Garwood (Biometrika 28, 1936, 437-442): exact for a Poisson count, so that each one-sided bound misses the
truth with probability at most alpha whatever the rate.
"""

from __future__ import annotations

import math

from checks.measured import CannotMeasure, Confidence, Interval

GARWOOD = "Garwood (exact Poisson)"


def garwood(events: int, exposure: float, confidence: float) -> tuple[float, float]:
    """One-sided bounds of events per unit of exposure, each at `confidence`.

    Raises `CannotMeasure` without exposure. No event in one unit of it leaves three and more possible:

    >>> lower, upper = garwood(0, 1, 0.975)
    >>> lower, round(upper, 3)
    (0.0, 3.689)
    """
    if events < 0:
        raise ValueError(f"expected a count, got {events}")
    if not 0 < exposure < math.inf:
        raise CannotMeasure(f"no exposure ({exposure}): a rate per nothing is not measured")
    from scipy.special import gammaincinv  # heavy: only where an interval is computed

    lower = gammaincinv(events, 1 - confidence) if events else 0.0
    return float(lower) / exposure, float(gammaincinv(events + 1, confidence)) / exposure


def poisson_rate(events: int, exposure: float, confidence: Confidence) -> Interval:
    """Events per unit of exposure; `n` is the number of events, or 1 where there was none."""
    demonstrating = garwood(events, exposure, confidence.demonstrating)
    return Interval(
        name=GARWOOD,
        value=events / exposure,
        n=max(events, 1),
        demonstrating=demonstrating,
        refuting=garwood(events, exposure, confidence.refuting),
    )
