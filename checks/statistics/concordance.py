"""How well a score tells two classes apart: the area under the receiver operating characteristic.

The area is the probability that a case of one class scores higher than a case of the other, a tie counting as
a half (Bamber, Journal of Mathematical Psychology 12, 1975, 387-415), that is a mean over all pairs. Pairs
share cases, so that a mean of them is no mean of independent values; DeLong, DeLong and Clarke-Pearson
(Biometrics 44, 1988, 837-845) give it a normal approximation, which has no guarantee and is not used here.

Two means of independent values stand in its place. (1) Given the cases of the second class, the share of
them that a case of the first beats is between 0 and 1 and independent from case to case; a betting bound says
how large its mean is at least. (2) That mean is, exchanged, the average over the cases of the second class of
the probability of being beaten, whose expectation is the area. These probabilities are not seen, but their
average is bounded by (1), and each lies within the band of Massart (Annals of Probability 18, 1990,
1269-1283) around the observed share. Of all values that keep to both, those that lie furthest apart give the
smallest bound: where the band is ordered, they exceed every other choice in the sense of majorisation, and
the logarithm of a gambler's capital is concave. The parts of alpha that (1), (2) and the band may cost add
up to alpha.

Nothing is assumed of the scores. What is needed is that cases are independent.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.means import lower_bound

CONCORDANCE: Final = "union bound of two betting bounds within a band of Massart, area under the curve"
_FOR_THE_BAND: Final = 1 / 20
"""The part of alpha that the band may cost; the two means have equal parts of the rest."""

Values = NDArray[np.float64]


def concordance(positives: Values, negatives: Values, confidence: Confidence) -> Interval:
    """The probability that one of `positives` scores above one of `negatives`; `n` is the smaller class.

    Scores may be infinite. Raises `CannotMeasure` without cases of both classes, and for a score of NaN.

    >>> found = concordance(np.array([1.0, 2.0]), np.array([0.0, 1.0]), Confidence(0.975))
    >>> found.value
    0.875
    """
    if not len(positives) or not len(negatives):
        raise CannotMeasure("cases of both classes are needed to tell them apart")
    if np.isnan(positives).any() or np.isnan(negatives).any():
        raise CannotMeasure("a case without a score has no rank")
    won = _beaten(positives, negatives)
    return Interval(
        name=CONCORDANCE,
        value=float(np.mean(won)),
        n=min(len(positives), len(negatives)),
        **confidence.both(lambda level: _bounds(positives, negatives, level)),
    )


def _beaten(scores: Values, others: Values) -> Values:
    """The share of `others` that each score exceeds, in ascending order; half of those that equal it."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, scores, side="left") + np.searchsorted(ordered, scores, side="right")
    return np.sort(below / (2 * len(ordered)))


def _bounds(positives: Values, negatives: Values, confidence: float) -> tuple[float, float]:
    won, lost = _beaten(positives, negatives), 1 - _beaten(negatives, positives)
    lower = _lower(won, np.sort(lost), confidence)
    return lower, 1 - _lower(np.sort(1 - won), np.sort(1 - lost), confidence)


def _lower(won: Values, lost: Values, confidence: float) -> float:
    """From the share of the other class that each case beats, and that by which each is beaten.

    The larger class comes first: the band around what is not seen is then narrower.
    """
    first, second = (won, lost) if len(won) >= len(lost) else (lost, won)
    alpha = 1 - confidence
    each = 1 - alpha * (1 - _FOR_THE_BAND) / 2
    band = math.sqrt(math.log(2 / (alpha * _FOR_THE_BAND)) / (2 * len(first)))
    average = lower_bound(first, each)
    return lower_bound(_furthest_apart(second, band, average), each)


def _furthest_apart(observed: Values, band: float, average: float) -> Values:
    """Values within `band` of those observed, in ascending order, whose average is `average` at least.

    The largest take the upper end of the band and the smallest the lower one. Where the band alone says more
    than the average, all take the lower end.
    """
    low, high = np.clip(observed - band, 0, 1), np.clip(observed + band, 0, 1)
    room = (high - low)[::-1]
    wanted = len(observed) * average - low.sum()
    taken = np.clip(wanted - (np.cumsum(room) - room), 0, room)
    return np.asarray(low + taken[::-1], dtype=np.float64)
