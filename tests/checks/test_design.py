"""Which interval fits rows in clusters or with weights: by hand, by simulation, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from checks.design import INDEPENDENT, Design, Share, design_of, require_drawn_rows
from checks.measured import CannotMeasure, Confidence
from checks.objectives.claims import claims
from checks.objectives.generalisation import generalisation
from checks.objectives.performance import performance
from checks.statistics.averages import average
from checks.statistics.means import bounded_mean, constant_bound
from checks.statistics.proportions import proportion

ALPHA = 0.025
LEVEL = Confidence(1 - ALPHA)


def of_units(units, weights=None, most=1.0):
    weights = np.ones(len(units)) if weights is None else np.asarray(weights, float)
    rows = int(np.bincount(units).max())
    return Design(says="for a test", units=np.asarray(units), weights=weights, most=most, rows_at_most=rows)


def every(rows):
    return np.ones(rows, dtype=bool)


def test_independent_rows_have_the_bounds_that_they_always_had():
    plain = Design(says=INDEPENDENT, units=np.arange(6), weights=np.ones(6), most=1.0)
    hits = np.array([1, 1, 0, 1, 1, 0], dtype=bool)
    halves = (Share(counted=hits & (np.arange(6) < 3), among=np.arange(6) < 3),
              Share(counted=hits & (np.arange(6) > 2), among=np.arange(6) > 2))  # fmt: skip
    assert plain.share(Share(counted=hits, among=every(6)), LEVEL) == proportion(4, 6, LEVEL)
    assert plain.average(halves, LEVEL) == average(tuple(half.events for half in halves), LEVEL)
    values = np.linspace(0, 1, 6)
    assert plain.mean(values, 0, 1, LEVEL) == bounded_mean(values, 0, 1, LEVEL)


def test_a_share_and_a_mean_of_units_by_hand():
    """Three units with two, one and three rows; weights 1 and 2."""
    design = of_units([0, 0, 1, 2, 2, 2], [1, 1, 2, 1, 2, 1], most=4.0)
    hits = np.array([1, 0, 1, 1, 1, 0], dtype=bool)
    found = design.share(Share(counted=hits, among=every(6)), LEVEL)
    assert (found.value, found.n) == (pytest.approx((1 + 2 + 1 + 2) / 8), 3)
    mean = design.mean(np.array([1, 2, 3, 4, 5, 6.0]), 0, 10, LEVEL)
    assert mean.value == pytest.approx((1 + 2 + 6 + 4 + 10 + 6) / 8)
    assert mean.demonstrating[0] < mean.value < mean.demonstrating[1]


def test_rows_that_are_all_units_of_weight_one_have_the_bounds_of_a_mean():
    rng = np.random.default_rng(1)
    hits = rng.random(200) < 0.8
    found = of_units(np.arange(200)).share(Share(counted=hits, among=every(200)), LEVEL)
    lower, upper = constant_bound(hits.astype(float), 0.975), 1 - constant_bound(1.0 - hits, 0.975)
    assert found.demonstrating == pytest.approx((lower, upper), abs=1e-6)


def test_an_average_of_shares_lies_between_its_bounds_and_narrows():
    rng, widths = np.random.default_rng(2), []
    for units in (50, 2000):
        ids = np.repeat(np.arange(units), 3)
        first, hits = rng.random(3 * units) < 0.5, rng.random(3 * units) < 0.8
        halves = tuple(Share(counted=hits & half, among=half) for half in (first, ~first))
        found = of_units(ids, most=3.0).average(halves, LEVEL.over(3))
        lower, upper = found.demonstrating
        assert found.refuting[0] < lower < found.value < upper < found.refuting[1]
        widths.append(upper - lower)
    assert widths[1] < widths[0] / 3


def drawn(rng, units, how):
    """Rows of units whose right answers hang together, with a true share of 0.7."""
    sizes = rng.integers(1, 6, units)
    ids = np.repeat(np.arange(units), sizes)
    if how == "units alike":
        return ids, np.repeat(rng.random(units) < 0.7, sizes), np.ones(len(ids)), 5.0
    if how == "weights":
        ids = np.arange(units)
        hits = rng.random(units) < 0.5
        # A right row weighs 0.7 / 0.3 times as much as a wrong one, as where the wrong were oversampled.
        return ids, hits, np.where(hits, 7.0, 3.0), 7.0
    return ids, rng.random(len(ids)) < 0.7, rng.choice([0.5, 2.0], len(ids)), 10.0


@pytest.mark.parametrize("how", ["units alike", "weights", "clusters and weights"])
def test_neither_bound_misses_more_often_than_alpha(how):
    rng, trials = np.random.default_rng(3), 120
    bounds = []
    for _ in range(trials):
        ids, hits, weights, most = drawn(rng, 80, how)
        share = Share(counted=hits, among=every(len(ids)))
        bounds.append(of_units(ids, weights, most).share(share, LEVEL).demonstrating)
    lower, upper = np.array(bounds).T
    error = 4 * np.sqrt(ALPHA * (1 - ALPHA) / trials)
    assert np.mean(lower > 0.7) <= ALPHA + error
    assert np.mean(upper < 0.7) <= ALPHA + error
    assert np.mean(lower) > 0.3


@pytest.mark.parametrize("light", [1e-6, 0.2])
def test_rows_on_which_a_model_errs_cannot_be_weighed_away(make_subject, light):
    """Right on 70 % of the rows; the others weigh next to nothing, and the share of the weight is near 1."""
    rng = np.random.default_rng(6)
    x, wrong = rng.uniform(-5, 5, 1000).round(4), np.arange(1000) % 10 < 3
    frame = pd.DataFrame({"x": x, "label": np.where((x >= 0) ^ wrong, "yes", "no")})
    frame["w"] = np.where(wrong, light, 1.0)
    found = accuracy(make_subject(frame, **WEIGHTED))
    assert float(found.value) == pytest.approx(0.7 / (0.7 + 0.3 * light), abs=1e-6)
    assert float(found.demonstrating.lower) < 0.7
    assert "as they are" in found.interval


def test_weights_that_tell_against_a_model_count(make_subject):
    frame = persons(1000, 1)
    right = (frame.x >= 0) == (frame.label == "yes")
    plain, heavy = (
        accuracy(make_subject(frame.assign(w=np.where(right, 1.0, weight)), **WEIGHTED)) for weight in (1, 4)
    )
    assert float(heavy.demonstrating.lower) < float(plain.demonstrating.lower) - 0.1


def persons(units=60, each=5, right=0.9):
    """Persons with several rows each, all rows of one person decided rightly or wrongly."""
    rng = np.random.default_rng(4)
    good = np.repeat(rng.random(units) < right, each)
    yes = np.repeat(rng.random(units) < 0.5, each)
    x = np.where(good == yes, 1, -1) * rng.uniform(0.5, 5, units * each).round(3)
    return pd.DataFrame(
        {"x": x, "label": np.where(yes, "yes", "no"), "person": np.repeat(np.arange(units), each), "w": 2.0}
    )


CLUSTERED = {"unit_column": "person", "most": {"most_rows_per_unit": 5}}
WEIGHTED = {"row_weights": "w", "most": {"most_weight": 4}}


def accuracy(subject, metric="accuracy"):
    return performance(subject, subject.table("test"), LEVEL, metric=metric, groups=("all",)).estimates[0]


def test_a_person_with_five_rows_is_one_case(make_subject):
    clustered = accuracy(make_subject(persons(), **CLUSTERED))
    as_if_independent = accuracy(make_subject(persons()))
    assert (clustered.n, as_if_independent.n) == (60, 300)
    assert clustered.value == as_if_independent.value
    assert float(clustered.demonstrating.lower) < float(as_if_independent.demonstrating.lower) - 0.04


def test_equal_weights_change_no_estimate_and_all_methods_for_shares_and_means_take_them(make_subject):
    frame = persons(200, 1)
    subject = make_subject(frame, sets={"train": persons(150, 1)}, **WEIGHTED)
    plain = make_subject(frame, sets={"train": persons(150, 1)})
    for metric in ("accuracy", "balanced_accuracy", "sensitivity", "precision", "brier_score"):
        assert float(accuracy(subject, metric).value) == pytest.approx(float(accuracy(plain, metric).value))
    (margin,) = claims(subject, subject.table("test"), LEVEL, metrics=("accuracy",)).estimates
    assert margin.demonstrating.lower < margin.value
    (gap,) = generalisation(subject, subject.table("test"), LEVEL, metric="accuracy").estimates
    assert gap.demonstrating.lower < gap.value < gap.demonstrating.upper


def test_errors_of_clustered_rows_have_a_mean(make_subject):
    frame = pd.DataFrame({"x": np.linspace(-5, 5, 40), "person": np.repeat(np.arange(10), 4)})
    frame["label"] = frame.x + np.where(frame.person < 5, 1.0, 2.0)
    claim = {"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"]}
    subject = make_subject(frame, task="regression", claims=[claim], **CLUSTERED)
    for metric, value in (("mean_absolute_error", 1.5), ("root_mean_squared_error", 2.5**0.5)):
        found = accuracy(subject, metric)
        assert (float(found.value), found.n) == (pytest.approx(value, abs=1e-6), 10)


@pytest.mark.parametrize(
    ("metric", "fits"), [("roc_auc", "balanced_accuracy"), ("calibration_error", "brier_score")]
)
def test_a_metric_that_does_not_fit_names_one_that_does(make_subject, metric, fits):
    for keywords in (CLUSTERED, WEIGHTED):
        with pytest.raises(CannotMeasure, match=f"{metric} has no bounds here, and {fits} has"):
            accuracy(make_subject(persons(), **keywords), metric)


REFUSED = {
    "no most rows": ({"unit_column": "person"}, {}, "declare most_rows_per_unit"),
    "no most weight": ({"row_weights": "w"}, {}, "declare most_weight"),
    "too many rows": (
        {"unit_column": "person", "most": {"most_rows_per_unit": 4}}, {}, "one person has 5 rows, and 4 are"
    ),
    "too heavy": ({"row_weights": "w", "most": {"most_weight": 1}}, {}, "300 rows have no weight"),
    "a weight of nothing": (WEIGHTED, {"w": [0.0] + [1.0] * 299}, "1 rows have no weight above 0"),
    "a missing weight": (WEIGHTED, {"w": [np.nan] + [1.0] * 299}, "1 rows have no weight"),
    "a missing unit": (CLUSTERED, {"person": [np.nan] * 2 + [*range(298)]}, "2 rows say not of which person"),
    "no such column": ({**WEIGHTED, "row_weights": "absent"}, {}, "no column absent of weights"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_bounds_rest_on_must_be_declared_and_kept(make_subject, case):
    keywords, changed, says = REFUSED[case]
    with pytest.raises(CannotMeasure, match=says):
        design_of(make_subject(persons().assign(**changed), **keywords).table("test"))


def test_copies_under_other_names_are_no_new_units(make_subject):
    rows = persons(30, 2)
    copies = pd.concat([rows.assign(person=rows.person + 100 * k) for k in range(10)])
    with pytest.raises(CannotMeasure, match="10 times"):
        require_drawn_rows(make_subject(copies, **CLUSTERED).table("test"))
    again = pd.concat([rows, rows])  # of the same persons: they are neither more units nor more rows of one
    require_drawn_rows(make_subject(again, **CLUSTERED).table("test"))
