import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score

from checks.measured import CannotMeasure, Confidence
from checks.objectives.answers import Decisions
from checks.objectives.baseline import baseline_gain, gains_of, least
from checks.statistics.means import bounded_mean

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def rows(*counted):
    """Rows of (x, label), each so many times: `rows(90, (1, "yes"), 10, (-1, "no"))`."""
    pairs = zip(counted[::2], counted[1::2], strict=True)
    return pd.DataFrame([row for times, row in pairs for _ in range(times)], columns=["x", "label"])


def gain(subject):
    (estimate,) = baseline_gain(subject, subject.table("test"), LEVEL).estimates
    return estimate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_gain_is_the_accuracy_minus_that_of_the_best_constant(make_subject, seed):
    """The oracle is scikit-learn: its dummy classifier answers the most frequent class."""
    rng = np.random.default_rng(seed)
    scores, true = rng.normal(0, 1, (300, 3)), rng.choice(3, 300, p=[0.2, 0.5, 0.3])
    scores[np.arange(300), true] += 1
    labels = np.array(list("abc"))[true]
    frame = pd.DataFrame(scores, columns=["x0", "x1", "x2"]).assign(label=labels)
    constant = DummyClassifier(strategy="most_frequent").fit(scores, true).predict(scores)
    oracle = accuracy_score(true, scores.argmax(axis=1)) - accuracy_score(true, constant)
    estimate = gain(make_subject(frame, task="multiclass"))
    assert float(estimate.value) == pytest.approx(oracle)
    assert (estimate.statistic, estimate.stratum, estimate.n) == ("gain_over_constant", "all", 300)


def test_a_perfect_model_on_balanced_data_gains_a_half(make_subject):
    estimate = gain(make_subject(rows(500, (1, "yes"), 500, (-1, "no"))))
    assert estimate.value == 0.5
    assert estimate.demonstrating.lower > 0.45


def test_a_constant_answer_gains_nothing_and_that_is_never_demonstrated(make_subject):
    estimate = gain(make_subject(rows(900, (-1, "no"), 100, (-1, "yes"))))
    assert estimate.value == 0
    assert estimate.demonstrating.lower < 0
    assert estimate.refuting.upper < 0.01


def test_a_model_that_is_worse_than_a_constant_is_refuted(make_subject):
    """Right in 80 of 100 cases, where always answering no is right in 90."""
    estimate = gain(make_subject(rows(800, (-1, "no"), 100, (1, "no"), 100, (-1, "yes"))))
    assert float(estimate.value) == -0.1
    assert estimate.refuting.upper < 0


def test_a_rare_class_leaves_little_to_gain_however_accurate_the_model(make_subject):
    estimate = gain(make_subject(rows(1960, (-1, "no"), 40, (1, "yes"))))
    assert float(estimate.value) == 0.02
    assert 0 < estimate.demonstrating.lower < 0.02


def test_a_row_without_decision_is_lost_by_the_model_and_won_by_its_constant(make_subject):
    decided = rows(50, (1, "yes"), 50, (-1, "no"))
    for row in [(np.nan, "no"), (11, "no")]:
        more = pd.concat([decided, pd.DataFrame([row] * 100, columns=["x", "label"])])
        assert float(gain(make_subject(more)).value) == (100 - 150) / 200


def test_on_a_row_of_unknown_label_every_constant_is_right(make_subject):
    frame = rows(50, (1, "yes"), 50, (-1, "no"), 100, (1, "perhaps"))
    result = baseline_gain(subject := make_subject(frame), subject.table("test"), LEVEL)
    assert float(result.estimates[0].value) == (50 - 100) / 200
    assert json.loads(result.exhibits[0].data) == [
        {"constant": "no", "only_the_model_right": 50, "only_the_constant_right": 100, "among": 200},
        {"constant": "yes", "only_the_model_right": 50, "only_the_constant_right": 100, "among": 200},
    ]


def test_no_decision_on_a_row_of_unknown_label_is_no_right_decision(make_subject):
    assert gain(make_subject(rows(50, (1, "yes"), 50, (-1, "no"), 100, (np.nan, "perhaps")))).value == -0.25


def test_a_class_of_which_no_case_is_known_takes_its_turn_and_is_no_danger(make_subject):
    frame = pd.DataFrame({"x0": [1, 0] * 50, "x1": [0, 1] * 50, "x2": 0, "label": ["a", "b"] * 50})
    assert gain(make_subject(frame, task="multiclass")).value == 0.5


def test_a_regression_is_not_measured(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": [1.0]}), task="regression")
    with pytest.raises(CannotMeasure, match="a regression decides no class"):
        gain(subject)


def test_weighted_or_missing_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="weight"):
        gain(make_subject(row_weights="w"))
    with pytest.raises(CannotMeasure, match="none were given"):
        baseline_gain(make_subject(), None, LEVEL)


def decisions(true, decided, classes):
    return Decisions(classes=classes, true=np.array(true), decided=np.array(decided))


@given(
    st.lists(st.tuples(st.integers(-1, 2), st.integers(-1, 2)), min_size=1, max_size=80), st.integers(1, 9)
)
def test_the_gain_lies_between_its_bounds_and_the_corrected_ones_are_wider(answers, family):
    interval = least(gains_of(decisions(*zip(*answers, strict=True), "abc")), LEVEL.over(family))
    assert interval.demonstrating[0] <= interval.value <= interval.demonstrating[1]
    assert interval.refuting[0] <= interval.demonstrating[0]
    assert interval.demonstrating[1] <= interval.refuting[1]


def misses(joint, n, draws, seed):
    """How often each bound misses the least true gain; `joint[true, decided]` are probabilities."""
    rng, size = np.random.default_rng(seed), len(joint)
    truth = np.trace(joint) - joint.sum(axis=1).max()
    low = high = 0
    for cells in rng.choice(size**2, (draws, n), p=joint.ravel()):
        drawn = decisions(cells // size, cells % size, tuple("abcdefghij"[:size]))
        lower, upper = least(gains_of(drawn), LEVEL).demonstrating
        low, high = low + (lower > truth + 1e-12), high + (upper < truth - 1e-12)
    return np.array([low, high]) / draws


def spread(size, accuracy, frequent):
    """Classes of which the first is more frequent; a share `accuracy` of each is decided rightly."""
    shares = np.full(size, (1 - frequent) / (size - 1))
    shares[0] = frequent
    wrong = (1 - accuracy) / (size - 1)
    return shares[:, None] * (np.eye(size) * (accuracy - wrong) + wrong)


WORLDS = {
    "coin": spread(2, 0.5, 0.5),
    "balanced": spread(2, 0.9, 0.5),
    "perfect": spread(2, 1.0, 0.5),
    "rare": spread(2, 0.95, 0.95),
    "ten alike": spread(10, 0.6, 0.1),
    "ten told apart": spread(10, 1.0, 0.1),
    "constant": np.array([[0.5, 0], [0.5, 0]]),
}


@pytest.mark.parametrize("world", WORLDS)
def test_neither_bound_misses_more_often_than_alpha(world):
    assert misses(WORLDS[world], 40, 150, 1).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / 150)


def test_neither_bound_misses_more_often_than_alpha_exactly():
    """Two classes equally frequent, the worst case for the upper bound: every table of 14 rows is weighed."""
    n = 14
    for accuracy in (0.5, 0.7, 0.95, 1.0):
        joint = spread(2, accuracy, 0.5).ravel()
        truth, low, high = accuracy - 0.5, 0.0, 0.0
        for a in range(n + 1):
            for b in range(n + 1 - a):
                for c in range(n + 1 - a - b):
                    counts = [a, b, c, n - a - b - c]
                    cells = np.repeat(range(4), counts)
                    drawn = decisions(cells // 2, cells % 2, ("no", "yes"))
                    lower, upper = least(gains_of(drawn), LEVEL).demonstrating
                    chance = stats.multinomial.pmf(counts, n, joint)
                    low += chance * (lower > truth + 1e-12)
                    high += chance * (upper < truth - 1e-12)
        assert max(low, high) <= ALPHA


@pytest.mark.qualify
@pytest.mark.parametrize(("n", "draws"), [(20, 20_000), (200, 300)])
@pytest.mark.parametrize("world", WORLDS)
def test_neither_bound_misses_more_often_than_alpha_over_sizes(world, n, draws):
    assert misses(WORLDS[world], n, draws, 2).max() <= ALPHA + 4 * np.sqrt(ALPHA * (1 - ALPHA) / draws)


def test_the_bound_is_shorter_than_the_betting_bound_on_the_differences():
    """It has the same guarantee, and was the other candidate."""
    for accuracy, frequent in [(0.9, 0.5), (0.85, 0.75), (0.99, 0.9)]:
        cells = np.random.default_rng(3).choice(4, 1000, p=spread(2, accuracy, frequent).ravel())
        drawn = decisions(cells // 2, cells % 2, ("no", "yes"))
        differences = (drawn.true == drawn.decided).astype(float) - (drawn.true == 0)
        betting = bounded_mean(differences, -1, 1, LEVEL).demonstrating[0]
        assert least(gains_of(drawn), LEVEL).demonstrating[0] > betting
