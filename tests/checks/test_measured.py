import math

import pytest

from certify.evidence import Reason
from checks.measured import CannotMeasure, Confidence, Interval


def test_demonstrating_over_a_family_needs_no_correction_and_refuting_does():
    confidence = Confidence(0.975).over(20)
    assert confidence.demonstrating == 0.975
    assert confidence.refuting == pytest.approx(1 - 0.025 / 20)


def test_a_family_of_one_refutes_at_the_same_confidence():
    assert Confidence(0.975).refuting == pytest.approx(0.975)


@pytest.mark.parametrize(("level", "family"), [(0.5, 1), (1.0, 1), (1.2, 1), (math.nan, 1), (0.975, 0)])
def test_a_confidence_that_says_nothing_is_refused(level, family):
    with pytest.raises(ValueError, match="level"):
        Confidence(level, family)


def interval(**changes):
    fields = {"name": "exact", "value": 0.1, "n": 7, "demonstrating": (0.05, 0.2), "refuting": (0.01, 0.3)}
    return Interval(**{**fields, **changes})


def test_an_interval_becomes_an_estimate_with_both_pairs_of_bounds():
    estimate = interval().estimate(statistic="rate", confidence=Confidence(0.975, 5), stratum="sex=women")
    assert (estimate.statistic, estimate.stratum, estimate.interval) == ("rate", "sex=women", "exact")
    assert (estimate.n, str(estimate.value), estimate.kind) == (7, "0.1", "statistical")
    assert [str(b) for b in (estimate.demonstrating.lower, estimate.demonstrating.upper)] == ["0.05", "0.2"]
    assert [str(b) for b in (estimate.refuting.lower, estimate.refuting.upper)] == ["0.01", "0.3"]
    assert float(estimate.refuting.confidence) == pytest.approx(0.995)


def test_bounds_are_rounded_away_from_the_value():
    third = 1 / 3
    bounds = interval(demonstrating=(third - 0.3, third), refuting=(0, 1), value=third).estimate(
        statistic="rate", confidence=Confidence(0.975)
    ).demonstrating  # fmt: skip
    assert bounds.lower < third - 0.3
    assert bounds.upper > third


def test_an_infinite_bound_claims_nothing():
    estimate = interval(refuting=(-math.inf, math.inf)).estimate(
        statistic="rate", confidence=Confidence(0.975)
    )
    assert (estimate.refuting.lower, estimate.refuting.upper) == (None, None)


@pytest.mark.parametrize(
    "changes", [{"value": math.nan}, {"value": math.inf}, {"demonstrating": (math.nan, 1)}]
)
def test_a_number_that_is_none_never_becomes_an_estimate(changes):
    with pytest.raises(ValueError):
        interval(**changes).estimate(statistic="rate", confidence=Confidence(0.975))


def test_a_refusal_carries_its_reason():
    assert CannotMeasure("no rows").reason is Reason.NOT_MEASURED
    assert CannotMeasure("changed", Reason.UNBOUND).reason is Reason.UNBOUND
    assert CannotMeasure("no rows").explanation == "no rows"
