"""How often composed bounds miss, over samples drawn anew from systems whose disparity is known."""

import numpy as np
import pytest

from checks.fairness.amplification import _minus
from checks.fairness.conditional import _greatest
from checks.measured import Confidence
from checks.statistics.differences import independent_absolute_difference
from checks.statistics.events import Events, split

LEVEL = Confidence(0.975)
CELLS = ("a=1 & k=1", "a=2 & k=1", "a=1 & k=2", "a=2 & k=2")
PAIRS = [CELLS[:2], CELLS[2:]]
COMPARE = {f"{one} ~ {other}": independent_absolute_difference for one, other in PAIRS}

STRATA = {
    "one stratum at the greatest gap": ((30, 30, 30, 30), (0.5, 0.5, 0.4, 0.6)),
    "both strata at the greatest gap": ((30, 30, 30, 30), (0.4, 0.6, 0.6, 0.4)),
    "no gap at all": ((25, 40, 40, 25), (0.3, 0.3, 0.7, 0.7)),
    "rare and uneven": ((20, 60, 60, 20), (0.05, 0.15, 0.9, 0.9)),
}
GROWTH = {
    "grown by a tenth": ((40, 40, 30, 30), (0.3, 0.5, 0.4, 0.5)),
    "repeated": ((40, 40, 30, 30), (0.3, 0.5, 0.3, 0.5)),
    "no gap learnt": ((40, 25, 40, 25), (0.4, 0.6, 0.5, 0.5)),
    "turned round": ((30, 30, 30, 30), (0.3, 0.6, 0.6, 0.3)),
}


def drawn(random, sizes, rates):
    return [Events(int(x), n) for x, n in zip(random.binomial(sizes, rates), sizes, strict=True)]


def greatest(events):
    return _greatest(dict(zip(CELLS, events, strict=True)), PAIRS, COMPARE, LEVEL)


def growth(events):
    each = Confidence(split(LEVEL.level, 2))
    decided, learnt = (independent_absolute_difference(*pair, each) for pair in (events[:2], events[2:]))
    return _minus(decided, learnt)


def missed(bounds, sizes, rates, true, trials):
    random = np.random.default_rng(11)
    found = [bounds(drawn(random, sizes, rates)).demonstrating for _ in range(trials)]
    lower, upper = np.array(found).T
    return float((upper < true).mean()), float((lower > true).mean())


@pytest.mark.qualify
def test_a_campaign_of_composed_bounds():
    trials = 300
    error = 3 * (0.025 * 0.975 / trials) ** 0.5
    print("\ncomposed bounds: missed at 0.025 (upper, lower), of 300 samples each")
    for name, (sizes, (p, q, r, s)) in STRATA.items():
        above, below = missed(greatest, sizes, (p, q, r, s), max(abs(p - q), abs(r - s)), trials)
        print(f"  greatest conditional gap, {name:32} {above:.4f} {below:.4f}")
        assert max(above, below) <= 0.025 + error
    for name, (sizes, (p, q, r, s)) in GROWTH.items():
        above, below = missed(growth, sizes, (p, q, r, s), abs(p - q) - abs(r - s), trials)
        print(f"  bias amplification,       {name:32} {above:.4f} {below:.4f}")
        assert max(above, below) <= 0.025 + error
