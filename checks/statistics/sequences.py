"""Bounds of a rate that hold at every look at once, for campaigns that stop when they have seen enough.

A bound for a fixed number of trials misses more and more often if one looks again and again and stops when
it pleases; one that is valid at any time does not (Robbins, Annals of Mathematical Statistics 41, 1970,
1397-1409; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 49, 2021, 1055-1080). Suppose that the
rate is at most p. Of all rates above p, taken as equally likely beforehand, one looks how much better they
explain what was seen than p does: the average of these likelihood ratios is a supermartingale that starts at
1, so that it ever exceeds 1 / alpha with probability at most alpha (Ville). The lower bound is the largest p
at which it does; the upper one is the same for the trials without the event.

Only counts are needed: how often, among how many. Who looked, and when, does not matter.
"""

from __future__ import annotations

import math

from checks.measured import Confidence, Interval
from checks.statistics.events import Events

MIXTURE = "mixture of likelihood ratios over larger rates (anytime valid)"


_NOTHING = 1e-300


def anytime_rate(seen: Events, confidence: Confidence) -> Interval:
    """The rate of an event with bounds that hold at this look and at all others together."""
    return Interval(
        name=MIXTURE,
        value=seen.rate,
        n=seen.trials,
        demonstrating=anytime_bounds(seen, confidence.demonstrating),
        refuting=anytime_bounds(seen, confidence.refuting),
    )


def anytime_bounds(seen: Events, confidence: float) -> tuple[float, float]:
    """One-sided bounds, each at `confidence` over all looks together.

    >>> lower, upper = anytime_bounds(Events(0, 100), 0.975)
    >>> lower, round(upper, 3)
    (0.0, 0.079)
    """
    others = Events(seen.trials - seen.count, seen.trials)
    return _lower(seen, confidence), 1 - _lower(others, confidence)


def _lower(seen: Events, confidence: float) -> float:
    """The average falls in p as long as p < count / (trials + 1), so that one root is all there is."""
    from scipy.optimize import brentq  # heavy: only where an interval is computed

    needed = -math.log(1 - confidence)

    def excess(rate: float) -> float:
        return _log_average(seen, rate) - needed

    least, most = 1e-12, seen.count / (seen.trials + 1)
    if seen.count == 0 or excess(least) < 0:
        return 0.0
    if excess(most) >= 0:
        return most
    return max(0.0, float(brentq(excess, least, most, xtol=1e-13)) - 1e-12)


def _log_average(seen: Events, rate: float) -> float:
    """The logarithm of the likelihood ratio against `rate`, averaged over the rates above it."""
    from scipy.special import betaincc, betaln, xlog1py, xlogy

    events, others = seen.count, seen.trials - seen.count
    above = math.log(max(float(betaincc(events + 1, others + 1, rate)), _NOTHING)) - math.log1p(-rate)
    explained = float(xlogy(events, rate) + xlog1py(others, -rate))
    return float(betaln(events + 1, others + 1)) + above - explained
