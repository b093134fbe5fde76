"""Bounds at every look: against the integral by quadrature, and by campaigns that stop when it suits them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom

from checks.measured import Confidence
from checks.statistics.events import Events
from checks.statistics.proportions import clopper_pearson
from checks.statistics.sequences import MIXTURE, _log_average, anytime_bounds, anytime_rate

ALPHA = 0.025


@pytest.mark.parametrize(
    ("count", "trials", "rate"), [(3, 10, 0.1), (9, 10, 0.6), (50, 200, 0.2), (1, 5, 0.01)]
)
def test_the_average_is_the_integral(count, trials, rate):
    def ratio(other):
        return binom.pmf(count, trials, other) / binom.pmf(count, trials, rate)

    expected = quad(ratio, rate, 1, limit=200)[0] / (1 - rate)
    assert np.exp(_log_average(Events(count, trials), rate)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.9])
def test_a_campaign_that_looks_after_every_trial_is_wrong_with_alpha_at_most(rate):
    """The bounds of Clopper and Pearson, looked at in the same way, are wrong several times as often.

    That the lower bound is above the rate says that the average against the rate exceeds 1 / alpha.
    """
    rng, replicates, looks = np.random.default_rng(5), 300, np.unique(np.geomspace(5, 2000, 60).astype(int))
    ever = {"anytime": 0, "fixed": 0}
    for _ in range(replicates):
        counts = np.cumsum(rng.random(looks[-1]) < rate)[looks - 1]
        seen = [Events(int(c), int(n)) for c, n in zip(counts, looks, strict=True)]
        ever["anytime"] += any(_log_average(s, rate) > -np.log(ALPHA) for s in seen if s.rate > rate)
        ever["fixed"] += bool((binom.sf(counts - 1, looks, rate) < ALPHA).any())
    assert ever["anytime"] / replicates <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / replicates)
    assert ever["fixed"] > 2 * ever["anytime"]


@given(st.integers(1, 500), st.data())
def test_they_are_wider_than_bounds_for_one_look_and_hold_the_estimate(trials, data):
    count = data.draw(st.integers(0, trials))
    lower, upper = anytime_bounds(Events(count, trials), 1 - ALPHA)
    fixed_lower, fixed_upper = clopper_pearson(count, trials, 1 - ALPHA)
    assert 0 <= lower <= fixed_lower + 1e-12
    assert fixed_upper - 1e-12 <= upper <= 1
    assert lower <= count / trials <= upper


def test_the_price_of_looking_is_moderate():
    wide, narrow = anytime_bounds(Events(800, 1000), 1 - ALPHA)[0], clopper_pearson(800, 1000, 1 - ALPHA)[0]
    assert 1.2 < (0.8 - wide) / (0.8 - narrow) < 1.8


def test_the_interval_says_that_it_is_valid_at_any_time():
    found = anytime_rate(Events(3, 40), Confidence(1 - ALPHA, 4))
    assert found.name == MIXTURE
    assert found.name.endswith("(anytime valid)")
    assert (found.value, found.n) == (3 / 40, 40)
    assert found.refuting[0] < found.demonstrating[0] < found.demonstrating[1] < found.refuting[1]
