"""What share of cases has a defect, from those that a detector suspects and from defects that were planted.

As in analytical chemistry, where a known amount is added to a sample to see how much of it is found again
(IUPAC, Pure and Applied Chemistry 71, 1999, 337-348): with a share e of defects, found with probability d
each, the share of suspects is e d and whatever else is suspected, so that e is at most their share over d.
Defects of several kinds are found with different probabilities, and nobody knows how many there are of each:
the least of them counts for all.

Bounds: Clopper-Pearson for the suspects and for each kind of planted defect, together at the confidence by
the union bound. Nothing bounds the share from below but zero: how many of the suspects are sound is not
known. It is assumed that defects are as hard to see as planted ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from checks.measured import CannotMeasure, Confidence, Interval
from checks.statistics.events import Events, split

PLANTED: Final = "Clopper-Pearson over the least of several Clopper-Pearson bounds of what was planted"
LEAST: Final = "the least of several rates, Clopper-Pearson and the union bound"


def least_recovery(planted: Sequence[Events], confidence: Confidence) -> Interval:
    """The probability with which the kind of defect that is hardest to see is found."""
    return Interval(
        name=LEAST,
        value=min(events.rate for events in planted),
        n=min(events.trials for events in planted),
        **confidence.both(lambda level: _least(planted, level)),
    )


def defects(suspects: Events, planted: Sequence[Events], confidence: Confidence) -> Interval:
    """The share of cases with a defect: at most one, and zero at least.

    Raises `CannotMeasure` where planted defects are found so seldom that nothing bounds the share.
    """
    if not _least(planted, split(confidence.demonstrating, 2))[0]:
        raise CannotMeasure(
            "planted defects of some kind are not found: what was not planted stays unseen too"
        )
    return Interval(
        name=PLANTED,
        value=min(1.0, suspects.rate / min(events.rate for events in planted)),
        n=suspects.trials,
        **confidence.both(lambda level: (0.0, _most(suspects, planted, level))),
    )


def _least(planted: Sequence[Events], confidence: float) -> tuple[float, float]:
    bounds = [events.bounds(split(confidence, len(planted))) for events in planted]
    return min(lower for lower, _ in bounds), min(upper for _, upper in bounds)


def _most(suspects: Events, planted: Sequence[Events], confidence: float) -> float:
    each = split(confidence, 2)
    least, _ = _least(planted, each)
    return min(1.0, suspects.bounds(each)[1] / least) if least else 1.0
