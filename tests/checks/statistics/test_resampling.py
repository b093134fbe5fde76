"""The bootstrap of counts: against scipy's of rows, and a sweep of what it misses where it shall hold."""

import numpy as np
import pytest
from scipy import stats

from checks.fairness.standardised import standardised_difference
from checks.measured import CannotMeasure, Confidence
from checks.statistics.resampling import absolute_value, redrawn

LEVEL = Confidence(0.975)


def rate_minus_a_third(counts):
    return counts[:, 1] / counts.sum(axis=1) - 1 / 3


def drawn(statistic, counts, replicates=4000, seed=1):
    random = np.random.default_rng(seed)
    return absolute_value(statistic, np.asarray(counts), LEVEL, replicates=replicates, random=random)


def test_redrawn_counts_keep_their_number_and_their_shares():
    counts = np.array([[10, 20], [30, 40]])
    again = redrawn(counts, 5000, np.random.default_rng(1))
    assert again.shape == (5000, 2, 2)
    assert (again.sum(axis=(1, 2)) == 100).all()
    assert again.mean(axis=0) == pytest.approx(counts, abs=0.5)


def test_the_percentiles_are_those_of_scipys_bootstrap_of_rows():
    """At half of alpha on either side, within the error of drawing."""
    rows = np.repeat([0, 1], [300, 700])
    oracle = stats.bootstrap(
        (rows,), np.mean, confidence_level=1 - 0.025, method="percentile", n_resamples=20_000,
        rng=np.random.default_rng(2), vectorized=True,
    ).confidence_interval  # fmt: skip
    found = drawn(rate_minus_a_third, (300, 700), replicates=20_000)
    assert found.value == pytest.approx(0.7 - 1 / 3)
    assert found.demonstrating[1] == pytest.approx(oracle.high - 1 / 3, abs=2e-3)
    assert 0.7 - 1 / 3 - found.demonstrating[0] == pytest.approx(2.5 * 0.0145, abs=3e-3)


def test_a_sign_is_no_distance_and_a_distance_has_no_sign():
    up, down = (
        drawn(lambda c: 2 * rate_minus_a_third(c), (40, 60)),
        drawn(lambda c: -2 * rate_minus_a_third(c), (40, 60)),
    )
    assert up == down
    assert up.demonstrating[0] > 0


def test_the_same_seed_gives_the_same_bounds_and_another_nearly_the_same():
    first, again, other = (drawn(rate_minus_a_third, (300, 700), seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first.demonstrating[1] == pytest.approx(other.demonstrating[1], abs=3e-3)


def test_too_few_replicates_reach_no_percentile():
    """20 beyond the percentile of 0.025 / 4 are 3,200 replicates; a family of ten needs ten times as many."""
    assert drawn(rate_minus_a_third, (300, 700), replicates=3200)
    with pytest.raises(CannotMeasure, match="3199 replicates do not reach the percentile: 3200 are needed"):
        drawn(rate_minus_a_third, (300, 700), replicates=3199)
    with pytest.raises(CannotMeasure, match="needed"):
        absolute_value(
            rate_minus_a_third, np.array([300, 700]), LEVEL.over(10), replicates=3200,
            random=np.random.default_rng(1),
        )  # fmt: skip


def test_nothing_cannot_be_redrawn():
    with pytest.raises(CannotMeasure, match="no case"):
        drawn(rate_minus_a_third, (0, 0))


SCENARIOS = {
    "all alike, as few as allowed": ([[60, 60], [60, 60]], [[0.5, 0.5], [0.5, 0.5]]),
    "a rare outcome": ([[600, 600], [600, 600]], [[0.05, 0.05], [0.05, 0.05]]),
    "rare in one group": ([[2000, 60], [60, 2000]], [[0.02, 0.5], [0.5, 0.02]]),
    "a tenth apart": ([[100, 300], [300, 100]], [[0.4, 0.6], [0.5, 0.7]]),
    "apart in opposite directions": ([[150, 150], [150, 150]], [[0.3, 0.7], [0.6, 0.4]]),
    "one small stratum": ([[70, 3000], [70, 3000]], [[0.5, 0.1], [0.5, 0.2]]),
    "many cases": ([[5000, 5000], [5000, 5000]], [[0.2, 0.3], [0.3, 0.4]]),
}


def missed(sizes, rates, trials, replicates=3200, seed=7):
    """How often the true distance lies above the upper bound, and below the lower one."""
    random, sizes, rates = np.random.default_rng(seed), np.array(sizes), np.array(rates)
    share, cases = sizes / sizes.sum(), int(sizes.sum())
    true = abs(float((share.sum(axis=0) * (rates[0] - rates[1])).sum()))
    above = below = valid = 0
    for _ in range(trials):
        drawn_sizes = random.multinomial(cases, share.ravel()).reshape(sizes.shape)
        chosen = random.binomial(drawn_sizes, rates)
        counts = np.stack([drawn_sizes - chosen, chosen], axis=-1)
        if counts.min() < 20:  # the sweep goes a little beyond the declared domain
            continue
        found = absolute_value(standardised_difference, counts, LEVEL, replicates=replicates, random=random)
        valid += 1
        above += found.demonstrating[1] < true
        below += found.demonstrating[0] > true
    return above, below, valid


@pytest.mark.parametrize("scenario", ["all alike, as few as allowed", "a tenth apart"])
def test_neither_bound_misses_more_often_than_it_says(scenario):
    above, below, trials = missed(*SCENARIOS[scenario], trials=400)
    allowed = trials * 0.025 + 3 * (trials * 0.025) ** 0.5
    assert trials > 300
    assert above <= allowed
    assert below <= allowed


@pytest.mark.qualify
def test_a_sweep_of_what_the_bootstrap_misses():
    print("\nmultinomial bootstrap, standardised gap: missed at 0.025 (upper, lower; samples)")
    for name, (sizes, rates) in SCENARIOS.items():
        above, below, trials = missed(sizes, rates, trials=4000)
        print(f"  {name:32} {above / trials:.4f} {below / trials:.4f}  {trials}")
        error = 3 * (0.025 * 0.975 / trials) ** 0.5
        assert max(above, below) / trials <= 0.025 + error
