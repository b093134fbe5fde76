"""The probability of an event, from independent trials.

Clopper and Pearson (Biometrika 26, 1934, 404-413): exact, so that each one-sided bound misses the truth
with probability at most alpha for every n and every true probability. Written with beta quantiles as in
Brown, Cai and DasGupta (Statistical Science 16, 2001, section 4.2.1).
"""

from __future__ import annotations

from checks.measured import CannotMeasure, Confidence, Interval

CLOPPER_PEARSON = "Clopper-Pearson"


def clopper_pearson(events: int, trials: int, confidence: float) -> tuple[float, float]:
    """One-sided bounds, each at `confidence`; raises `CannotMeasure` without trials.

    >>> lower, upper = clopper_pearson(0, 100, 0.975)
    >>> lower, round(upper, 4)
    (0.0, 0.0362)
    """
    if not 0 <= events <= trials:
        raise ValueError(f"expected 0 <= events <= trials, got {events} of {trials}")
    if trials == 0:
        raise CannotMeasure("no trial: a proportion of nothing is not measured")
    from scipy.special import betaincinv  # heavy: only where an interval is computed

    lower = betaincinv(events, trials - events + 1, 1 - confidence) if events else 0.0
    upper = betaincinv(events + 1, trials - events, confidence) if events < trials else 1.0
    return float(lower), float(upper)


def proportion(events: int, trials: int, confidence: Confidence) -> Interval:
    """The share of `events` among `trials` with its exact bounds at both confidences."""
    return Interval(
        name=CLOPPER_PEARSON,
        value=events / trials if trials else 0.0,
        n=trials,
        demonstrating=clopper_pearson(events, trials, confidence.demonstrating),
        refuting=clopper_pearson(events, trials, confidence.refuting),
    )
