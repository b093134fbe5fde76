"""The calibration error: arithmetic by hand, known truths of simulations, and bounds that must cover them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from checks.measured import CannotMeasure, Confidence
from checks.statistics.calibration import _log_capital, _worst_sign, calibration, equal_bins, plain
from checks.statistics.means import constant_bound, stakes_for

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def drawn(rng, n, frequency):
    """Errors and bins of probabilities that are stated evenly and happen with another frequency."""
    stated = rng.random(n)
    happened = rng.random(n) < frequency(stated)
    return happened - stated, np.minimum((stated * 10).astype(np.int64), 9)


SHAPES = {
    "calibrated": (lambda p: p, 0.0),
    "always a half": (lambda p: 0 * p + 0.5, 0.25),
    "too sure": (lambda p: np.clip(p, 0.1, 0.9), 0.01),
    "one bin is off": (lambda p: np.where(p < 0.1, p + 0.5, p), 0.05),
}


def test_the_plain_estimate_is_the_weighted_mean_of_the_distance_in_each_bin():
    errors, bins = np.array([0.5, -0.1, -0.2, -0.4]), np.array([0, 0, 3, 3])
    assert plain(errors, bins) == pytest.approx((abs(0.5 - 0.1) + abs(-0.2 - 0.4)) / 4)


@pytest.mark.parametrize("shape", SHAPES)
def test_neither_bound_misses_and_the_debiased_estimate_is_nearer_than_the_plain_one(shape):
    rng, trials = np.random.default_rng(1), 60
    frequency, truth = SHAPES[shape]
    samples = [drawn(rng, 300, frequency) for _ in range(trials)]
    found = [calibration(*sample, LEVEL) for sample in samples]
    lower, upper = np.array([each.demonstrating for each in found]).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)
    assert np.mean(lower > truth + 1e-9) <= ALPHA + error
    assert np.mean(upper < truth - 1e-9) <= ALPHA + error
    debiased = np.mean([each.value for each in found]) - truth
    assert abs(debiased) < abs(np.mean([plain(*sample) for sample in samples]) - truth)


def test_one_bin_and_one_sign_are_the_bound_of_a_mean():
    rng = np.random.default_rng(2)
    errors = rng.uniform(0.2, 0.9, 200)  # all of one sign: the calibration error is their mean
    ours = calibration(errors, np.zeros(200, dtype=np.int64), LEVEL)
    upper = 1 - 2 * constant_bound((1 - errors) / 2, 0.975)
    assert ours.value == pytest.approx(errors.mean(), abs=1e-3)
    assert ours.demonstrating[1] == pytest.approx(upper, abs=1e-6)


def test_the_signs_need_not_be_tried_one_by_one():
    """By hand: of all patterns of signs, the smallest capital of each stake."""
    errors, bins = drawn(np.random.default_rng(3), 60, lambda p: p**2)
    bins = bins // 3
    stakes = stakes_for(60)
    smallest = []
    for stake in stakes:
        capitals = []
        for signs in product((1, -1), repeat=bins.max() + 1):
            scaled = (1 + np.array(signs)[bins] * errors) / 2 / 0.45
            capitals.append(np.log(1 - stake + stake * scaled).sum())
        smallest.append(min(capitals))
    by_hand = np.logaddexp.reduce(smallest) - np.log(len(stakes))
    assert _log_capital(errors, bins, 0.45, _worst_sign) == pytest.approx(by_hand)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 10)), min_size=1, max_size=40))
def test_the_estimate_lies_between_bounds_that_do_not_depend_on_the_order(rows):
    errors, bins = np.array([e for e, _ in rows]), np.array([b for _, b in rows], dtype=np.int64)
    found = calibration(errors, bins, LEVEL)
    assert 0 <= found.demonstrating[0] <= found.value <= found.demonstrating[1] <= 1
    assert calibration(errors[::-1], bins[::-1], LEVEL) == found


def test_all_wrong_is_an_error_of_one():
    found = calibration(np.ones(100), np.zeros(100, dtype=np.int64), LEVEL)
    assert found.value == 1
    assert found.demonstrating[0] > 0.8
    assert found.demonstrating[1] == 1


@pytest.mark.parametrize("errors", [[], [np.nan], [1.5]])
def test_what_is_no_error_of_a_probability_is_not_measured(errors):
    with pytest.raises(CannotMeasure):
        calibration(np.array(errors), np.zeros(len(errors), dtype=np.int64), LEVEL)


@pytest.mark.parametrize("number", [1, 5, 10])
def test_the_plain_estimate_is_that_of_scikit_learns_reliability_curve(number):
    rng = np.random.default_rng(1)
    said = rng.uniform(0.1, 0.9, 5000)
    happened = rng.random(5000) < said + 0.05
    mean_happened, mean_said = calibration_curve(happened, said, n_bins=number)
    cases = np.histogram(said, bins=np.linspace(0, 1, number + 1))[0]
    weighted = np.abs(mean_happened - mean_said) @ cases[cases > 0] / 5000
    assert plain(happened - said, equal_bins(said, number)) == pytest.approx(weighted, abs=1e-12)


def test_what_cancels_within_a_bin_is_not_seen():
    said, happened = np.array([0.1, 0.9] * 500), np.array([True, False] * 500)
    assert plain(happened - said, equal_bins(said, 1)) == 0
    assert plain(happened - said, equal_bins(said, 2)) == pytest.approx(0.9)


def test_there_is_a_bin_at_least_and_one_is_the_last():
    assert equal_bins(np.array([0.0, 1.0]), 10).tolist() == [0, 9]
    with pytest.raises(CannotMeasure, match="at least one bin"):
        equal_bins(np.array([0.5]), 0)
