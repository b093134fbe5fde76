import numpy as np
import pytest

from checks.measured import Confidence
from checks.statistics.extremes import greatest, least
from checks.statistics.proportions import proportion

LEVEL = 0.975
RATES = np.array([0.1, 0.1, 0.1, 0.08])


def intervals(counts, n, family=4):
    return [proportion(int(count), n, Confidence(LEVEL, family)) for count in counts]


def test_the_extreme_of_one_is_that_one_but_for_its_name():
    (only,) = intervals([3], 50, family=1)
    for found in (greatest([only]), least([only])):
        assert (found.value, found.n) == (only.value, only.n)
        assert (found.demonstrating, found.refuting) == (only.demonstrating, only.refuting)


def test_towards_the_limit_the_bound_is_that_of_the_worst_and_uncorrected():
    found = intervals([5, 1, 9], 100)
    assert greatest(found).demonstrating[1] == found[2].demonstrating[1]
    assert least(found).demonstrating[0] == found[1].demonstrating[0]


@pytest.mark.parametrize(("extreme", "truth"), [(greatest, RATES.max()), (least, RATES.min())])
def test_neither_bound_of_the_extreme_misses_more_often_than_alpha(extreme, truth):
    """The far bound is of the one that looks most extreme, which chance has chosen."""
    random, missed, tables = np.random.default_rng(4), np.zeros(2), 600
    for counts in random.binomial(200, RATES, size=(tables, 4)):
        lower, upper = extreme(intervals(counts, 200)).demonstrating
        missed += (lower > truth, upper < truth)
    assert (missed / tables <= 0.025 + 3 * np.sqrt(0.025 / tables)).all()
