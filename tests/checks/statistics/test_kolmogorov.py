import numpy as np
import pytest
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics.distances import distance_between
from checks.statistics.kolmogorov import kolmogorov
from checks.statistics.shortfalls import shortfall

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def counted(values, size):
    return np.bincount(values, minlength=size)


def nowhere(size):
    return np.zeros(size, dtype=bool)


def test_the_kolmogorov_distance_of_two_samples_is_scipys():
    rng = np.random.default_rng(1)
    first, second = rng.binomial(30, 0.4, 500), rng.binomial(30, 0.5, 700)
    found = kolmogorov(counted(first, 31), counted(second, 31), nowhere(31), LEVEL)
    assert found.value == pytest.approx(stats.ks_2samp(first, second).statistic)
    assert found.n == 500


@pytest.mark.parametrize("intervals", [2, 8, 64])
def test_what_intervals_hide_is_allowed_for(intervals):
    """Whatever the values do within an interval, the distance of the samples lies below what is allowed."""
    rng, short = np.random.default_rng(2), shortfall(400, 300, LEVEL.level)
    for _ in range(50):
        first, second = rng.beta(*rng.uniform(0.3, 3, 2), 400), rng.beta(*rng.uniform(0.3, 3, 2), 300)
        counts = [np.histogram(each, intervals, (0, 1))[0] for each in (first, second)]
        found = kolmogorov(*counts, np.ones(intervals, dtype=bool), LEVEL)
        true = stats.ks_2samp(first, second).statistic
        assert found.value <= true + 1e-12
        assert min(1, true + short) <= found.demonstrating[1] + 1e-12


def test_total_variation_by_hand():
    found = distance_between(np.array([50, 30, 20]), np.array([20, 20, 60]), LEVEL)
    assert found.value == pytest.approx((0.3 + 0.1 + 0.4) / 2)


def test_samples_of_one_value_each():
    same = distance_between(np.array([0, 9]), np.array([0, 7]), LEVEL)
    other = distance_between(np.array([900, 0]), np.array([0, 700]), LEVEL)
    assert (same.value, same.demonstrating[0], other.value, other.demonstrating[1]) == (0, 0, 1, 1)
    assert other.demonstrating[0] > 0.8


def test_exchanging_the_samples_changes_nothing():
    rng = np.random.default_rng(3)
    one, other = rng.integers(0, 50, 9), rng.integers(0, 90, 9)
    spread = rng.random(9) < 0.5
    assert distance_between(one, other, LEVEL) == distance_between(other, one, LEVEL)
    assert kolmogorov(one, other, spread, LEVEL) == kolmogorov(other, one, spread, LEVEL)


def test_a_sample_without_rows_is_not_measured():
    with pytest.raises(CannotMeasure, match="no case"):
        distance_between(np.array([0, 0]), np.array([1, 2]), LEVEL)


LAWS = {
    "alike": (np.full(8, 1 / 8), np.full(8, 1 / 8)),
    "one event": (np.r_[0.5, 0.5, np.zeros(6)], np.r_[0.4, 0.6, np.zeros(6)]),
    "every value a little": (np.full(8, 1 / 8), np.tile([0.1, 0.15], 4)),
    "rare": (np.r_[0.99, 0.01, np.zeros(6)], np.r_[0.97, 0.03, np.zeros(6)]),
    "shifted": (np.r_[np.full(7, 1 / 7), 0], np.r_[0, np.full(7, 1 / 7)]),
}


def true_distances(law):
    one, other = LAWS[law]
    return np.abs(one - other).sum() / 2, np.abs(np.cumsum(one - other)).max()


def misses(law, n, m, trials, seed=4):
    """How often each bound of both distances misses: (distance, side)."""
    rng, truth, found = np.random.default_rng(seed), np.array(true_distances(law)), []
    for _ in range(trials):
        one, other = rng.multinomial(n, LAWS[law][0]), rng.multinomial(m, LAWS[law][1])
        pair = (distance_between(one, other, LEVEL), kolmogorov(one, other, nowhere(8), LEVEL))
        found.append([each.demonstrating for each in pair])
    lower, upper = np.moveaxis(np.array(found), 2, 0)
    return np.array([(lower > truth + 1e-12).mean(0), (upper < truth - 1e-12).mean(0)]).T


@pytest.mark.parametrize("law", LAWS)
def test_neither_bound_misses_more_often_than_alpha(law):
    assert misses(law, 200, 300, 400).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 400)


@pytest.mark.qualify
@pytest.mark.parametrize("law", LAWS)
def test_the_guarantee_and_the_price_over_sizes(law):
    for n, m, trials in ((30, 100, 4000), (300, 300, 4000), (3000, 1000, 4000), (30_000, 60_000, 4000)):
        found = misses(law, n, m, trials, 5)
        print(f"{law:22} {n:6} and {m:6}: upper bounds miss {found[:, 1]}, lower {found[:, 0]}")
        assert found.max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)


@pytest.mark.qualify
def test_the_bound_of_one_event_beside_those_of_all_events():
    """What an upper bound adds to the observed distance: of one event, and of all at once."""
    for n, m in ((300, 300), (3000, 3000), (16_281, 32_561)):
        ours = shortfall(n, m, 1 - ALPHA)
        kiefer = np.sqrt(np.log(4 / ALPHA) / 2) * (n**-0.5 + m**-0.5)
        weissman = {
            k: np.sqrt((np.log(2.0**k - 2) - np.log(ALPHA)) / 2 * (1 / n + 1 / m)) for k in (2, 5, 10, 40)
        }
        print(f"{n} and {m}: {ours:.4f}; all x {kiefer:.4f}; all events of so many values {weissman}")
        assert ours < min(kiefer, *weissman.values())
