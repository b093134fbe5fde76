import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.statistics.proportions import clopper_pearson, proportion

CONFIDENCES = st.sampled_from([0.9, 0.975, 0.99, 0.9995])


@st.composite
def counts(draw, at_least=1):
    trials = draw(st.integers(at_least, 5000))
    return draw(st.integers(0, trials)), trials


@given(counts(), CONFIDENCES)
def test_bounds_equal_those_of_scipy(count, confidence):
    oracle = stats.binomtest(*count).proportion_ci(confidence_level=2 * confidence - 1, method="exact")
    assert clopper_pearson(*count, confidence) == pytest.approx(
        (oracle.low, oracle.high), rel=1e-9, abs=1e-12
    )


@given(counts(), CONFIDENCES)
def test_at_each_bound_the_tail_has_probability_alpha(count, confidence):
    events, trials = count
    lower, upper = clopper_pearson(events, trials, confidence)
    if events:
        assert stats.binom.sf(events - 1, trials, lower) == pytest.approx(1 - confidence, rel=1e-6)
    if events < trials:
        assert stats.binom.cdf(events, trials, upper) == pytest.approx(1 - confidence, rel=1e-6)


@given(counts(), CONFIDENCES)
def test_the_point_value_lies_between_the_bounds(count, confidence):
    lower, upper = clopper_pearson(*count, confidence)
    assert 0 <= lower <= count[0] / count[1] <= upper <= 1


@given(counts(at_least=2), CONFIDENCES)
def test_one_event_more_raises_both_bounds(count, confidence):
    events, trials = count
    more = clopper_pearson(min(events + 1, trials), trials, confidence)
    assert all(np.less_equal(clopper_pearson(events, trials, confidence), more))


@given(counts())
def test_a_higher_confidence_widens(count):
    narrow, wide = clopper_pearson(*count, 0.975), clopper_pearson(*count, 0.99)
    assert wide[0] <= narrow[0]
    assert narrow[1] <= wide[1]


@given(counts(), CONFIDENCES)
def test_counting_the_opposite_mirrors_the_bounds(count, confidence):
    events, trials = count
    lower, upper = clopper_pearson(events, trials, confidence)
    assert clopper_pearson(trials - events, trials, confidence) == pytest.approx(
        (1 - upper, 1 - lower), abs=1e-12
    )


@pytest.mark.parametrize("trials", [1, 2, 3, 5, 10, 30, 100, 400])
def test_no_bound_misses_more_often_than_alpha_whatever_the_truth(trials):
    truth = np.concatenate([np.linspace(0, 1, 401), np.geomspace(1e-7, 1e-2, 60)])
    bounds = np.array([clopper_pearson(x, trials, 0.975) for x in range(trials + 1)])
    chance = stats.binom.pmf(np.arange(trials + 1)[:, None], trials, truth)
    too_high = (chance * (bounds[:, :1] > truth)).sum(axis=0)
    too_low = (chance * (bounds[:, 1:] < truth)).sum(axis=0)
    assert max(too_high.max(), too_low.max()) <= 0.025 + 1e-12


def test_no_event_in_n_bounds_the_rate_at_about_3_7_over_n():
    assert clopper_pearson(0, 1000, 0.975)[1] * 1000 == pytest.approx(-math.log(0.025), rel=0.01)


def test_no_trial_is_not_measured():
    with pytest.raises(CannotMeasure, match="no trial"):
        proportion(0, 0, Confidence(0.975))


@pytest.mark.parametrize(("events", "trials"), [(-1, 3), (4, 3), (1, 0)])
def test_impossible_counts_are_an_error_of_the_caller(events, trials):
    with pytest.raises(ValueError, match="events"):
        clopper_pearson(events, trials, 0.975)


def test_refuting_bounds_are_those_of_alpha_divided_by_the_family():
    interval = proportion(3, 50, Confidence(0.975, family=5))
    assert interval.demonstrating == clopper_pearson(3, 50, 0.975)
    assert interval.refuting == pytest.approx(clopper_pearson(3, 50, 0.995))
    assert (interval.value, interval.n) == (0.06, 50)
