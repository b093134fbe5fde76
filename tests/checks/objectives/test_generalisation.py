import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.objectives.generalisation import generalisation
from checks.statistics.means import bounded_mean
from checks.statistics.proportions import clopper_pearson

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def cases(right, of):
    """`of` cases of each class, of which `right` are decided rightly."""
    x = [1] * right + [-1] * (of - right) + [-1] * right + [1] * (of - right)
    return pd.DataFrame({"x": x, "label": ["yes"] * of + ["no"] * of})


def trained(make_subject, seen, unseen, **keywords):
    return make_subject(unseen, sets={"train": seen}, **keywords)


def measured(subject, metric="accuracy"):
    return generalisation(subject, subject.table("test"), LEVEL, metric=metric)


def gap(*arguments, **keywords):
    (estimate,) = measured(*arguments, **keywords).estimates
    return estimate


def test_the_gap_is_training_minus_test_with_the_difference_of_two_exact_bounds(make_subject):
    estimate = gap(trained(make_subject, cases(95, 100), cases(180, 200)))
    (seen_lower, seen_upper) = clopper_pearson(190, 200, 1 - ALPHA / 2)
    (lower, upper) = clopper_pearson(360, 400, 1 - ALPHA / 2)
    assert (estimate.statistic, estimate.stratum, estimate.n) == ("generalisation_gap", "all", 200)
    assert float(estimate.value) == 0.05
    bounds = estimate.demonstrating
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(
        (seen_lower - upper, seen_upper - lower)
    )
    assert float(bounds.confidence) == 1 - ALPHA


def test_a_model_that_generalises_has_a_small_upper_bound_and_one_that_does_not_a_large_lower_bound(
    make_subject,
):
    good = gap(trained(make_subject, cases(900, 1000), cases(900, 1000)))
    bad = gap(trained(make_subject, cases(1000, 1000), cases(600, 1000)))
    assert good.demonstrating.upper < 0.05
    assert bad.refuting.lower > 0.35


def test_better_on_unseen_data_is_negative(make_subject):
    estimate = gap(trained(make_subject, cases(80, 100), cases(90, 100)))
    assert float(estimate.value) == -0.1


@pytest.mark.parametrize("metric", ["sensitivity", "specificity", "precision", "balanced_accuracy"])
def test_every_share_of_the_vocabulary_has_a_gap(make_subject, metric):
    """In balanced data of symmetric errors all of them equal the accuracy."""
    estimate = gap(trained(make_subject, cases(95, 100), cases(80, 100)), metric)
    assert float(estimate.value) == pytest.approx(0.15)
    assert estimate.demonstrating.lower < 0.15 < estimate.demonstrating.upper


def test_the_gap_of_an_error_is_test_minus_training(make_subject):
    seen = pd.DataFrame({"x": [1.0, 2.0, 3.0], "label": [1.5, 2.0, 3.0]})
    unseen = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "label": [2.0, 4.0, 3.0, 5.0]})
    claim = {"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"], "unit": "mmHg"}
    subject = trained(
        make_subject, seen, unseen, task="regression", claims=[claim],
        change={"model": {"decision": {"unit": "mmHg"}}},
    )  # fmt: skip
    estimate = gap(subject, "mean_absolute_error")
    half = Confidence(1 - ALPHA / 2)
    low, high = bounded_mean(np.array([0.5, 0, 0]), 0, 20, half).demonstrating
    lower, upper = bounded_mean(np.array([1.0, 2, 0, 1]), 0, 20, half).demonstrating
    assert (estimate.unit, float(estimate.value)) == ("mmHg", pytest.approx(1 - 0.5 / 3))
    bounds = estimate.demonstrating
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx((lower - high, upper - low))


def test_neither_bound_misses_more_often_than_alpha():
    """Exact: over every pair of counts of 40 training rows and 25 others, for several true accuracies."""
    seen, unseen = (np.array([clopper_pearson(k, n, 1 - ALPHA / 2) for k in range(n + 1)]) for n in (40, 25))
    lower, upper = seen[:, None, 0] - unseen[:, 1], seen[:, None, 1] - unseen[:, 0]
    for p, q in [(1.0, 0.9), (0.99, 0.7), (0.8, 0.8), (0.55, 0.5), (0.999, 0.999)]:
        chance = np.outer(stats.binom.pmf(range(41), 40, p), stats.binom.pmf(range(26), 25, q))
        assert chance[lower > p - q + 1e-12].sum() <= ALPHA
        assert chance[upper < p - q - 1e-12].sum() <= ALPHA


@pytest.mark.parametrize("row", [(np.nan, "yes"), (1, "perhaps"), (11, "yes")])
def test_a_training_row_that_cannot_be_scored_leaves_the_gap_unmeasured(make_subject, row):
    """Counted as wrong, it would bring training down to the test data: who invents such rows gains."""
    seen = pd.concat([cases(100, 100), pd.DataFrame([row], columns=["x", "label"])])
    with pytest.raises(CannotMeasure, match="1 rows of train_rows have no known label or no decision"):
        measured(trained(make_subject, seen, cases(80, 100)))


def test_a_test_row_that_cannot_be_scored_counts_as_wrong(make_subject):
    unseen = pd.concat([cases(49, 49), pd.DataFrame({"x": [np.nan, 1], "label": ["yes", "perhaps"]})])
    assert float(gap(trained(make_subject, cases(100, 100), unseen)).value) == 0.02


def test_a_missing_error_leaves_the_gap_unmeasured_and_the_data_are_named(make_subject):
    claims = [{"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"]}]
    whole, torn = ({"x": [1.0, 2.0], "label": [1.0, label]} for label in (2.0, np.nan))
    for seen, unseen, name in [(torn, whole, "train_rows"), (whole, torn, "test_rows")]:
        subject = trained(
            make_subject, pd.DataFrame(seen), pd.DataFrame(unseen), task="regression", claims=claims
        )
        with pytest.raises(CannotMeasure, match=f"{name}: mean_absolute_error of all: 1 rows have no error"):
            measured(subject, "mean_absolute_error")


def test_training_data_are_not_compared_with_themselves(make_subject):
    subject = trained(make_subject, cases(9, 10), cases(9, 10))
    with pytest.raises(CannotMeasure, match="compared with themselves"):
        generalisation(subject, subject.table("train"), LEVEL, metric="accuracy")


def test_repeated_training_rows_are_not_measured(make_subject):
    seen = pd.DataFrame({"x": np.linspace(-5, 5, 80), "label": ["no"] * 40 + ["yes"] * 40})
    with pytest.raises(CannotMeasure, match="train_rows holds every one of its 80 different rows 10 times"):
        measured(trained(make_subject, pd.concat([seen] * 10), cases(9, 10)))


def test_an_unknown_metric_and_absent_data_are_not_measured(make_subject):
    subject = trained(make_subject, cases(9, 10), cases(9, 10))
    with pytest.raises(CannotMeasure, match="train_rows: luck of all: no such metric"):
        measured(subject, "luck")
    with pytest.raises(CannotMeasure, match="no train data"):
        measured(make_subject(cases(9, 10)))
    with pytest.raises(CannotMeasure, match="none were given"):
        generalisation(subject, None, LEVEL, metric="accuracy")


def test_the_exhibit_shows_both_performances(make_subject):
    (exhibit,) = measured(trained(make_subject, cases(95, 100), cases(180, 200))).exhibits
    assert json.loads(exhibit.data) == {
        "metric": "accuracy",
        "data": [
            {"role": "train", "value": "0.95", "n": 200},
            {"role": "test", "value": "0.9", "n": 400},
        ],
    }
