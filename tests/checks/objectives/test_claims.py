import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.objectives.claims import claims
from checks.statistics.means import bounded_mean
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
METRICS = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "precision", "mean_absolute_error")


def claiming(make_subject, *made, right=95, of=100, **keywords):
    """`of` cases of each class, of which `right` are decided rightly, with these claims."""
    x = [1] * right + [-1] * (of - right) + [-1] * right + [1] * (of - right)
    frame = pd.DataFrame({"x": x, "label": ["yes"] * of + ["no"] * of})
    return make_subject(
        frame, claims=[dict(zip(("metric", "value"), c, strict=True)) for c in made], **keywords
    )


def measured(subject, metrics=METRICS):
    return claims(subject, subject.table("test"), LEVEL, metrics=metrics)


def test_the_margin_is_measured_minus_claimed(make_subject):
    (margin,) = measured(claiming(make_subject, ("accuracy", "0.9"))).estimates
    lower, upper = clopper_pearson(190, 200, 0.975)
    assert (margin.statistic, margin.stratum, float(margin.value)) == ("claim_margin", "accuracy", 0.05)
    assert float(margin.demonstrating.lower) == pytest.approx(lower - 0.9)
    assert float(margin.demonstrating.upper) == pytest.approx(upper - 0.9)


def test_the_margin_of_an_error_is_claimed_minus_measured(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "label": [1.5, 2.0, 3.0]})
    claim = {"metric": "mean_absolute_error", "value": "0.5", "range": ["0", "20"]}
    (margin,) = measured(make_subject(frame, task="regression", claims=[claim])).estimates
    lower, upper = bounded_mean(abs(frame.x - frame.label).to_numpy(), 0, 20, LEVEL).demonstrating
    assert float(margin.value) == pytest.approx(0.5 - 0.5 / 3)
    assert float(margin.demonstrating.lower) == pytest.approx(0.5 - upper)
    assert float(margin.demonstrating.upper) == pytest.approx(0.5 - lower)


def test_a_modest_claim_has_a_positive_lower_bound_and_a_false_one_a_negative_upper_bound(make_subject):
    (modest,) = measured(claiming(make_subject, ("sensitivity", "0.8"))).estimates
    (false,) = measured(claiming(make_subject, ("sensitivity", "0.999"))).estimates
    assert modest.demonstrating.lower > 0
    assert false.refuting.upper < 0


def test_a_claim_that_equals_the_measurement_has_a_margin_of_exactly_zero(make_subject):
    (margin,) = measured(claiming(make_subject, ("accuracy", "0.7"), right=70)).estimates
    assert margin.value == 0


def test_bounds_of_the_margin_round_outward(make_subject):
    (margin,) = measured(claiming(make_subject, ("accuracy", "0.9099999"))).estimates
    lower, upper = clopper_pearson(190, 200, 0.975)
    assert float(margin.demonstrating.lower) + 0.9099999 <= lower + 1e-16
    assert float(margin.demonstrating.upper) + 0.9099999 >= upper - 1e-16


def test_a_claimed_metric_outside_the_list_is_said_to_be_unchecked(make_subject):
    result = measured(claiming(make_subject, ("accuracy", "0.9"), ("precision", "0.9")), ("accuracy",))
    (statement,) = result.statements
    assert [e.stratum for e in result.estimates] == ["accuracy"]
    assert (statement.name, statement.subject, statement.holds) == ("every_claim_checked", "claims", False)
    assert "precision" in statement.explanation


def test_every_claim_is_checked_if_all_its_metrics_are_in_the_list(make_subject):
    result = measured(claiming(make_subject, ("accuracy", "0.9"), ("precision", "0.9")))
    assert result.statements[0].holds
    assert float(result.estimates[0].refuting.confidence) == pytest.approx(1 - 0.025 / 2)


def test_a_metric_that_is_not_claimed_has_no_margin(make_subject):
    result = measured(claiming(make_subject, ("accuracy", "0.9")), ("precision",))
    assert not result.estimates
    assert not result.statements[0].holds


def test_two_claims_about_one_metric_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="several claims about accuracy"):
        measured(claiming(make_subject, ("accuracy", "0.9"), ("accuracy", "0.8")))


def test_a_claim_in_another_unit_is_not_measured(make_subject):
    subject = make_subject(claims=[{"metric": "accuracy", "value": "90", "unit": "%"}])
    with pytest.raises(CannotMeasure, match="claimed in % and measured in 1"):
        measured(subject)


def test_one_claim_that_cannot_be_measured_refuses_all(make_subject):
    with pytest.raises(CannotMeasure, match="only a regression"):
        measured(claiming(make_subject, ("accuracy", "0.9"), ("mean_absolute_error", "1")))


def test_clustered_or_missing_data_are_not_measured(make_subject):
    frame = pd.DataFrame({"x": [1, 1], "label": ["yes", "yes"], "person": [7, 7]})
    with pytest.raises(CannotMeasure, match="declare most_rows_per_unit"):
        measured(make_subject(frame, unit_column="person"))
    with pytest.raises(CannotMeasure, match="none were given"):
        claims(make_subject(), None, LEVEL, metrics=METRICS)
