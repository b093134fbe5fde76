"""The calibration error: against scikit-learn's curve, a closed form, and simulations of known truth."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from checks.measured import CannotMeasure, Confidence
from checks.statistics.binned import calibration_error

LEVEL = Confidence(0.975)


def drawn(seed, n, shift=0.0):
    """Probabilities over [0.1, 0.9], and events that are more frequent by `shift` than they say."""
    rng = np.random.default_rng(seed)
    said = rng.uniform(0.1, 0.9, n)
    return said, rng.random(n) < said + shift


@pytest.mark.parametrize("bins", [1, 5, 10])
def test_the_value_is_that_of_scikit_learns_reliability_curve(bins):
    said, happened = drawn(1, 5000, 0.05)
    mean_happened, mean_said = calibration_curve(happened, said, n_bins=bins)
    cases = np.histogram(said, bins=np.linspace(0, 1, bins + 1))[0]
    weighted = np.abs(mean_happened - mean_said) @ cases[cases > 0] / 5000
    assert calibration_error(said, happened, bins, LEVEL).value == pytest.approx(weighted, abs=1e-12)


def test_the_bounds_are_those_of_mcdiarmid_by_hand():
    """0.3 is said of 1,000 cases, of which 500 happen: an error of 0.2, and sqrt(2 ln 40 / 1000) of it."""
    found = calibration_error(np.full(1000, 0.3), np.arange(1000) % 2 == 0, 4, LEVEL)
    assert found.value == pytest.approx(0.2)
    assert found.demonstrating[1] == pytest.approx(0.2 + 0.08589, abs=1e-5)
    assert found.demonstrating[0] == pytest.approx(0.2 - 0.08589 - 0.06325, abs=1e-5)


@pytest.mark.parametrize(("shift", "bins", "n"), [(0.0, 20, 60), (0.1, 10, 60), (0.1, 10, 600), (0.1, 1, 30)])
def test_neither_bound_misses_more_often_than_it_says(shift, bins, n):
    """The truth is the shift, whatever the bins: every bin is off by as much."""
    found = [calibration_error(*drawn(seed, n, shift), bins, LEVEL).demonstrating for seed in range(2000)]
    lower, upper = np.array(found).T
    assert (upper < shift).mean() <= 0.025
    assert (lower > shift).mean() <= 0.025


def test_what_cancels_within_a_bin_is_not_seen():
    said, happened = np.array([0.1, 0.9] * 500), np.array([True, False] * 500)
    assert calibration_error(said, happened, 1, LEVEL).value == 0
    assert calibration_error(said, happened, 2, LEVEL).value == pytest.approx(0.9)


def test_the_ends_of_the_range_belong_to_a_bin():
    assert calibration_error(np.array([0.0, 1.0]), np.array([False, True]), 10, LEVEL).value == 0


@pytest.mark.parametrize("said", [1.2, -0.1, np.nan])
def test_what_is_no_probability_is_not_measured(said):
    with pytest.raises(CannotMeasure, match="lies between 0 and 1"):
        calibration_error(np.array([0.5, said]), np.array([True, True]), 10, LEVEL)


def test_nothing_is_not_measured():
    with pytest.raises(CannotMeasure, match="no case"):
        calibration_error(np.array([]), np.array([], dtype=bool), 10, LEVEL)
    with pytest.raises(CannotMeasure, match="at least one bin"):
        calibration_error(np.array([0.5]), np.array([True]), 0, LEVEL)
