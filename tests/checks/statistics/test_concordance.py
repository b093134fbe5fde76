"""The area under the curve: scikit-learn is the oracle of the estimate, simulation that of the bounds."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from checks.measured import CannotMeasure, Confidence
from checks.statistics.concordance import concordance

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)
SCORES = st.lists(st.integers(-3, 3), min_size=1, max_size=30)


def by_scikit_learn(positives, negatives):
    truth = [1] * len(positives) + [0] * len(negatives)
    return roc_auc_score(truth, [*positives, *negatives])


@settings(max_examples=40)
@given(SCORES, SCORES)
def test_the_estimate_equals_that_of_scikit_learn_ties_included(positives, negatives):
    found = concordance(np.array(positives, float), np.array(negatives, float), LEVEL)
    assert found.value == pytest.approx(by_scikit_learn(positives, negatives), abs=1e-12)
    lower, upper = found.demonstrating
    assert 0 <= lower <= found.value + 1e-12
    assert found.value - 1e-12 <= upper <= 1


@settings(max_examples=25)
@given(SCORES, SCORES)
def test_exchanging_the_classes_turns_the_bounds_round(positives, negatives):
    assume(len(positives) != len(negatives))
    one, other = np.array(positives, float), np.array(negatives, float)
    ahead, behind = concordance(one, other, LEVEL), concordance(other, one, LEVEL)
    assert ahead.demonstrating[0] == pytest.approx(1 - behind.demonstrating[1], abs=1e-6)


@settings(max_examples=25)
@given(SCORES, SCORES)
def test_only_the_ranks_count_and_not_the_order_of_the_rows(positives, negatives):
    one, other = np.array(positives, float), np.array(negatives, float)
    assert concordance(np.exp(one)[::-1], np.exp(other)[::-1], LEVEL) == concordance(one, other, LEVEL)


TRUE = {
    "normal": (lambda r, n: r.normal(1, 1, n), lambda r, n: r.normal(0, 1, n), stats.norm.cdf(1 / 2**0.5)),
    "ties": (
        lambda r, n: r.choice(3, n, p=[0.1, 0.2, 0.7]) * 1.0,
        lambda r, n: r.choice(3, n, p=[0.6, 0.3, 0.1]) * 1.0,
        0.7 * 0.9 + 0.2 * 0.6 + (0.1 * 0.6 + 0.2 * 0.3 + 0.7 * 0.1) / 2,
    ),
    "rare and hidden": (
        lambda r, n: np.where(r.random(n) < 0.02, -1.0, 1.0), lambda r, n: np.zeros(n), 0.98
    ),
    "a few that beat all": (
        lambda r, n: np.zeros(n), lambda r, n: np.where(r.random(n) < 0.02, 1.0, -1.0), 0.98
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", TRUE)
@pytest.mark.parametrize("sizes", [(40, 40), (200, 20)])
def test_neither_bound_misses_more_often_than_alpha(shape, sizes):
    rng, trials = np.random.default_rng(1), 50
    positive, negative, truth = TRUE[shape]
    found = [
        concordance(positive(rng, sizes[0]), negative(rng, sizes[1]), LEVEL).demonstrating
        for _ in range(trials)
    ]
    lower, upper = np.array(found).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)
    assert np.mean(lower > truth) <= ALPHA + error
    assert np.mean(upper < truth) <= ALPHA + error


def test_more_cases_bring_the_bound_closer():
    rng = np.random.default_rng(2)
    gaps = []
    for n in (100, 1000, 10_000):
        found = concordance(rng.normal(1.8, 1, n), rng.normal(0, 1, n), LEVEL)
        gaps.append(found.value - found.demonstrating[0])
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert gaps[2] < 0.015


def test_infinite_scores_have_ranks_and_a_missing_one_has_none():
    found = concordance(np.array([-np.inf, 1.0]), np.array([0.0, np.inf]), LEVEL)
    assert found.value == 0.25
    with pytest.raises(CannotMeasure, match="no rank"):
        concordance(np.array([np.nan]), np.array([0.0]), LEVEL)
    with pytest.raises(CannotMeasure, match="both classes"):
        concordance(np.array([1.0]), np.array([]), LEVEL)
