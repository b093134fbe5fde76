"""The share of the loss of a constant that is saved: scikit-learn, and known truths for the bounds."""

import math

import numpy as np
import pytest
from sklearn.metrics import d2_absolute_error_score, r2_score

from checks.measured import CannotMeasure, Confidence
from checks.statistics.savings import ABSOLUTE, SQUARE, saved

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)
ORACLES = {"squares": (SQUARE, r2_score), "absolute": (ABSOLUTE, d2_absolute_error_score)}


def found(errors, truths, loss, largest=10.0, ends=(0.0, 10.0)):
    return saved(errors, truths, largest_error=largest, ends=ends, loss=loss, confidence=LEVEL)


@pytest.mark.parametrize("how", ORACLES)
def test_the_estimate_equals_that_of_scikit_learn(how):
    loss, oracle = ORACLES[how]
    rng = np.random.default_rng(1)
    truths, answers = rng.uniform(0, 10, 101), rng.uniform(0, 10, 101)
    assert found(answers - truths, truths, loss).value == pytest.approx(oracle(truths, answers), abs=1e-12)


def even(rng, n):
    """Truths and errors that are even: E y² about the mean is 100/12, E|y - 5| is 2.5."""
    return rng.uniform(0, 10, n), rng.uniform(-2, 2, n)


def rare(rng, n):
    """Of a hundred errors one is 10, and the truths are 0 or 10."""
    return rng.choice([0.0, 10.0], n), np.where(rng.random(n) < 0.01, 10.0, 0.0)


CASES = {
    ("squares", even): 1 - (4 / 3) / (100 / 12),
    ("absolute", even): 1 - 1 / 2.5,
    ("squares", rare): 1 - 1 / 25,
    ("absolute", rare): 1 - 0.1 / 5,
}


@pytest.mark.parametrize(("how", "draw"), CASES)
def test_neither_bound_misses_more_often_than_alpha(how, draw):
    rng, trials, truth = np.random.default_rng(2), 40, CASES[how, draw]
    bounds = []
    for _ in range(trials):
        truths, errors = draw(rng, 100)
        bounds.append(found(errors, truths, ORACLES[how][0]).demonstrating)
    lower, upper = np.array(bounds).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)
    assert np.mean(lower > truth) <= ALPHA + error
    assert np.mean(upper < truth) <= ALPHA + error


@pytest.mark.parametrize("how", ORACLES)
def test_the_estimate_lies_between_bounds_that_close_in_and_ignore_the_order(how):
    rng, loss = np.random.default_rng(3), ORACLES[how][0]
    widths = []
    for n in (100, 1000, 10_000):
        truths, errors = even(rng, n)
        one = found(errors, truths, loss)
        lower, upper = one.demonstrating
        assert lower < one.value < upper
        assert found(errors[::-1], truths[::-1], loss) == one
        widths.append(upper - lower)
    assert widths[0] > 2 * widths[1] > 4 * widths[2]
    assert widths[2] < 0.1


@pytest.mark.parametrize("how", ORACLES)
def test_the_best_constant_itself_saves_nothing_and_is_not_shown_to_save_anything(how):
    rng, trials = np.random.default_rng(4), 40
    certified = 0
    for _ in range(trials):
        truths = rng.uniform(0, 10, 100)
        certified += found(5 - truths, truths, ORACLES[how][0]).demonstrating[0] > 0
    assert certified <= 1


def test_no_error_at_all_saves_everything_and_few_rows_bound_nothing():
    truths = np.random.default_rng(5).uniform(0, 10, 500)
    perfect = found(np.zeros(500), truths, SQUARE)
    assert perfect.value == perfect.demonstrating[1] == 1
    assert perfect.demonstrating[0] > 0.8
    alike = found(np.full(4, 9.0), np.array([5, 5, 5.001, 5.001]), SQUARE)
    assert alike.demonstrating[0] == -math.inf


@pytest.mark.parametrize(
    ("errors", "truths", "says"),
    [
        ([], [], "no row"),
        ([11.0], [5.0], "beyond the declared 10"),
        ([np.nan], [5.0], "without one"),
        ([1.0], [11.0], "truths outside"),
        ([1.0, 1.0], [5.0, 5.0], "all truths are the same"),
    ],
)
def test_what_has_no_bound_is_not_measured(errors, truths, says):
    with pytest.raises(CannotMeasure, match=says):
        found(np.array(errors), np.array(truths), SQUARE)


def test_a_median_needs_enough_rows_to_be_bounded():
    with pytest.raises(CannotMeasure, match="too few"):
        found(np.ones(5), np.arange(5.0), ABSOLUTE)
