import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from checks.measured import CannotMeasure, Confidence
from checks.robustness.noise import noise_stability, perturbed
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)


def at(*x, labels=None):
    return pd.DataFrame({"x": x, "label": labels or ["yes"] * len(x)})


def measured(subject, seed=1):
    return noise_stability(subject, subject.table("test"), LEVEL, seed=seed)


def test_the_share_of_changes_is_that_of_the_normal_distribution(make_subject):
    """At x = 1 standard deviation above the threshold, 15.87 % of draws cross it."""
    (estimate,) = measured(make_subject(at(*[0.5] * 4000), noise=("normal", 0.5))).estimates
    assert float(estimate.value) == pytest.approx(stats.norm.cdf(-1), abs=4 * np.sqrt(0.16 * 0.84 / 4000))
    assert (estimate.statistic, estimate.stratum, estimate.n) == ("decision_changed", "all", 4000)


def test_the_share_of_changes_is_that_of_the_uniform_distribution(make_subject):
    (estimate,) = measured(make_subject(at(*[0.5] * 4000), noise=("uniform", 1))).estimates
    assert float(estimate.value) == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 4000))


def test_the_bounds_are_exact(make_subject):
    (estimate,) = measured(make_subject(at(*[0.5] * 200), noise=("normal", 0.5))).estimates
    events = round(float(estimate.value) * 200)
    bounds = estimate.demonstrating
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(clopper_pearson(events, 200, 0.975))


def test_far_from_the_threshold_nothing_changes_and_at_it_about_half_does(make_subject):
    far = measured(make_subject(at(*[5, -5] * 200), noise=("normal", 0.5))).estimates[0]
    near = measured(make_subject(at(*[0.0] * 400), noise=("normal", 0.5))).estimates[0]
    assert (far.value, far.demonstrating.upper < 0.01) == (0, True)
    assert near.refuting.lower > 0.4


def test_the_same_seed_gives_the_same_result_and_another_seed_another(make_subject):
    subject = make_subject(at(*np.linspace(-1, 1, 500)), noise=("normal", 0.5))
    assert measured(subject, 7) == measured(subject, 7)
    assert measured(subject, 7) != measured(subject, 8)


def test_a_case_that_is_undecided_counts_as_changed(make_subject):
    frame = at(5, 5, np.nan, np.nan)
    assert measured(make_subject(frame, noise=("normal", 0.1))).estimates[0].value == 0.5


def test_only_quantities_with_declared_noise_are_perturbed(make_subject):
    frame = pd.DataFrame({"x0": [0.001] * 50, "x1": [1.0] * 50, "label": ["yes"] * 50})
    subject = make_subject(frame, noise={"x1": ("normal", 0.1)}, weights=[1, 0])
    inputs = subject.table("test").inputs
    noisy = perturbed(subject.manifest.model.inputs, inputs, np.random.default_rng(0))["input"]
    assert (noisy[:, 0] == inputs["input"][:, 0]).all()
    assert (noisy[:, 1] != 1).all()
    assert measured(subject).estimates[0].value == 0


def test_codes_are_never_perturbed(make_subject):
    frame = pd.DataFrame({"x0": [0, 1], "x1": [1.0, 1.0], "label": ["yes"] * 2})
    subject = make_subject(frame, coded={"x0": [0, 1]}, noise=("normal", 0.1))
    noisy = perturbed(subject.manifest.model.inputs, subject.table("test").inputs, np.random.default_rng(0))
    assert noisy["input"][:, 0].tolist() == [0, 1]


def test_noise_stays_within_the_declared_range(make_subject):
    subject = make_subject(at(*[0.9] * 500), noise=("normal", 5), quantity={"range": (-1, 1)})
    noisy = perturbed(subject.manifest.model.inputs, subject.table("test").inputs, np.random.default_rng(0))
    assert (np.abs(noisy["input"]) <= 1).all()


def test_noise_smaller_than_half_a_step_is_not_rounded_away(make_subject):
    subject = make_subject(at(*[1.0] * 100), noise=("uniform", 0.1), step=1)
    noisy = perturbed(subject.manifest.model.inputs, subject.table("test").inputs, np.random.default_rng(0))
    assert (noisy["input"] != 1).all()


def test_integer_inputs_are_rounded_and_not_cut(make_subject):
    subject = make_subject(at(*[4] * 4000), noise=("uniform", 1), dtype="int64")
    noisy = perturbed(subject.manifest.model.inputs, subject.table("test").inputs, np.random.default_rng(0))
    assert noisy["input"].dtype == np.int64
    assert noisy["input"].mean() == pytest.approx(4, abs=0.05)


def test_every_element_of_a_tensor_gets_its_own_draw(make_subject):
    arrays = {"image": np.zeros((3, 2, 2), np.float32), "label": np.array(["a"] * 3)}
    subject = make_subject(arrays, task="multiclass", tensor="image", noise=("normal", 1))
    noisy = perturbed(subject.manifest.model.inputs, subject.table("test").inputs, np.random.default_rng(0))
    assert len(np.unique(noisy["input"])) == 12


def test_the_data_themselves_stay_as_they_are(make_subject):
    subject = make_subject(at(*[0.5] * 10), noise=("normal", 0.5), dtype="float64")
    before = subject.table("test").inputs["input"].copy()
    measured(subject)
    assert (subject.table("test").inputs["input"] == before).all()


def test_the_exhibit_shows_shares_per_class_to_the_vendor(make_subject):
    frame = at(5, 5, np.nan, 5, labels=["yes", "no", "no", "perhaps"])
    (exhibit,) = measured(make_subject(frame, noise=("normal", 0.1)), seed=3).exhibits
    assert exhibit.visibility == "vendor"
    assert json.loads(exhibit.data) == {
        "seed": 3,
        "classes": [
            {"class": "no", "cases": 2, "changed": 1, "share": "0.5"},
            {"class": "yes", "cases": 1, "changed": 0, "share": "0.0"},
            {"class": None, "cases": 1, "changed": 0, "share": "0.0"},
        ],
    }


def test_noise_that_the_type_swallows_is_not_measured(make_subject):
    for keywords in (
        {"noise": ("normal", "1E-400")},
        {"noise": ("normal", "1E-9")},
        {"noise": ("uniform", 0.49), "dtype": "int32"},
    ):
        with pytest.raises(CannotMeasure, match="too small to test anything"):
            measured(make_subject(at(*[5] * 100), **keywords))


def test_noise_of_one_unit_moves_integers(make_subject):
    assert measured(make_subject(at(*[5] * 400), noise=("uniform", 1), dtype="int32")).estimates


def test_every_measured_quantity_has_noise_or_says_why_it_is_exact(make_subject):
    """Noise on a column that the model ignores would else stand for noise on all."""
    frame = pd.DataFrame({"x0": [0.0] * 50, "x1": [1.0] * 50, "label": "yes"})
    noisy = {"kind": "measured", "name": "x1", "unit": "1", "range": [-10, 10]}
    noisy |= {"noise": {"distribution": "normal", "scale": 1, "source": "ours"}}
    silent = {"kind": "measured", "name": "x0", "unit": "1", "range": [-10, 10]}

    def subject(*columns):
        entry = {"kind": "table", "name": "input", "dtype": "float32", "columns": columns}
        return make_subject(frame, weights=[1, 0], change={"model": {"inputs": [entry]}})

    with pytest.raises(CannotMeasure, match="no measurement noise declared for x0, nor why it is exact"):
        measured(subject(silent, noisy))
    assert measured(subject({**silent, "exact": "counted"}, noisy)).estimates


def test_a_row_outside_the_contract_counts_as_changed(make_subject):
    assert measured(make_subject(at(5, 5, 5, 50), noise=("normal", 0.1))).estimates[0].value == 0.25


def test_without_declared_noise_nothing_is_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no measurement noise declared"):
        measured(make_subject())


def test_a_regression_decides_nothing(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": [1.0]}), task="regression", noise=("normal", 1))
    with pytest.raises(CannotMeasure, match="decides no class"):
        measured(subject)


def test_weighted_or_missing_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="weight"):
        measured(make_subject(noise=("normal", 1), row_weights="w"))
    with pytest.raises(CannotMeasure, match="none were given"):
        noise_stability(make_subject(), None, LEVEL, seed=1)
