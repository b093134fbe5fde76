from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from checks.fairness.calibration import calibration_gap
from checks.measured import CannotMeasure, Confidence
from checks.statistics.calibration import calibration

LEVEL = Confidence(0.975)
SEXES = {"sex": {"women": [0], "men": [1]}}
BOTH = ("sex=women", "sex=men")


def measured(subject, groups=BOTH, bins=10):
    return calibration_gap(subject, subject.table("test"), LEVEL, groups=groups, bins=bins)


def people(n=6000, shift=(0.0, 0.0), seed=1):
    """The model says the logistic function of x; in each sex the event is more frequent by `shift`."""
    rng = np.random.default_rng(seed)
    sex, x = rng.integers(0, 2, n), rng.uniform(-1.5, 1.5, n).round(6)
    yes = rng.random(n) < 1 / (1 + np.exp(-x)) + np.array(shift)[sex]
    return pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "sex": sex})


def test_each_group_has_the_calibration_error_of_its_own_rows(make_subject):
    frame = people(400)
    result = measured(make_subject(frame, attributes=SEXES))
    for sex, estimate in enumerate(result.estimates):
        own = frame[frame.sex == sex]
        said = 1 / (1 + np.exp(-own.x.to_numpy()))
        bins = np.digitize(said, np.linspace(0, 1, 11)[1:-1])
        oracle = calibration((own.label == "yes").to_numpy() - said, bins, Confidence(0.975, 2))
        assert float(estimate.value) == pytest.approx(oracle.value, abs=1e-6)
        assert float(estimate.demonstrating.upper) == pytest.approx(oracle.demonstrating[1], abs=1e-6)
        assert (estimate.statistic, estimate.stratum, estimate.n) == ("calibration_gap", BOTH[sex], len(own))


def test_a_promise_that_is_broken_to_one_group_alone_is_seen(make_subject):
    women, men = measured(make_subject(people(shift=(0.0, 0.15)), attributes=SEXES)).estimates
    assert women.demonstrating.upper < 0.1
    assert men.demonstrating.upper > 0.15
    assert men.refuting.lower > 0.02


def test_what_promises_too_much_to_one_group_and_too_little_to_another_is_seen_in_both(make_subject):
    frame = people(shift=(-0.15, 0.15))
    assert all(e.refuting.lower > 0.02 for e in measured(make_subject(frame, attributes=SEXES)).estimates)


@pytest.mark.parametrize("row", [(np.nan, "no", 1), (0.5, "perhaps", 1), (11, "yes", 1)])
def test_a_row_that_cannot_be_scored_leaves_everything_unmeasured(make_subject, row):
    frame = pd.concat([people(50), pd.DataFrame([row], columns=["x", "label", "sex"])])
    with pytest.raises(CannotMeasure, match="1 rows of sex=men have no probability"):
        measured(make_subject(frame, attributes=SEXES))


def test_a_score_that_is_not_declared_as_a_probability_promises_none(make_subject):
    change = {"model": {"outputs": [{"name": "probability", "content": "score"}]}}
    with pytest.raises(CannotMeasure, match="declared as a score"):
        measured(make_subject(people(50), attributes=SEXES, change=change))


def test_an_empty_group_a_missing_attribute_and_no_data_are_not_measured(make_subject):
    frame = people(50)
    with pytest.raises(CannotMeasure, match="no case in sex=men"):
        measured(make_subject(frame[frame.sex == 0], attributes=SEXES))
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        measured(make_subject(frame))
    with pytest.raises(CannotMeasure, match="none were given"):
        calibration_gap(make_subject(frame, attributes=SEXES), None, LEVEL, groups=BOTH, bins=10)


@pytest.mark.parametrize("weight", [50.0, -50.0])
def test_what_is_no_probability_although_it_is_declared_as_one_is_not_measured(make_subject, weight):
    """An answer of 1.2 where it happened would only be 0.2 off."""
    subject = make_subject(people(50), attributes=SEXES)
    said = subject.predictor.scores(subject.table("test").inputs)
    beyond = SimpleNamespace(scores=lambda inputs: said + weight)
    with pytest.raises(CannotMeasure, match="have no probability"):
        measured(SimpleNamespace(table=subject.table, manifest=subject.manifest, predictor=beyond))


def test_only_a_binary_decision_is_calibrated(make_subject):
    frame = pd.DataFrame({"x0": [1, 0], "x1": [0, 1], "x2": [0, 0], "label": ["a", "b"], "sex": [0, 1]})
    with pytest.raises(CannotMeasure, match="binary decision"):
        measured(make_subject(frame, task="multiclass", attributes=SEXES))
