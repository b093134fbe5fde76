import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate

from checks.fairness.conditional import conditional_selection_rate_gap
from checks.fairness.ratios import selection_rate_gap
from checks.measured import CannotMeasure, Confidence
from checks.statistics.differences import independent_absolute_difference
from checks.statistics.events import Events, split

LEVEL = Confidence(0.975)
GROUPS = {"sex": {"women": [0], "men": [1]}, "income": {"low": [0], "high": [1]}}
BOTH, INCOMES = ("sex=women", "sex=men"), ("income=low", "income=high")
PAIR = "sex=women ~ sex=men"


def measured(subject, groups=BOTH, given=INCOMES, favourable="yes"):
    data = subject.table("test")
    return conditional_selection_rate_gap(
        subject, data, LEVEL, groups=groups, given=given, favourable=favourable
    )


def applicants(granted, of=300):
    """`of` cases of women and men of low, then of high income, of whom so many are granted."""
    sizes = 1 + np.arange(4 * of) / of  # no two rows alike
    x = sizes * np.concatenate([np.where(np.arange(of) < count, 1, -1) for count in granted])
    return pd.DataFrame({
        "x": x, "label": "yes", "sex": np.tile(np.repeat([0, 1], of), 2), "income": np.repeat([0, 1], 2 * of),
    })  # fmt: skip


def gap_of(result):
    return next(e for e in result.estimates if e.statistic == "conditional_selection_rate_gap")


def test_the_gap_is_the_greatest_that_fairlearn_finds_within_a_stratum(make_subject):
    frame = applicants((30, 60, 250, 270))
    oracle = MetricFrame(
        metrics=selection_rate, y_true=frame.x > 0, y_pred=frame.x > 0,
        sensitive_features=frame.sex, control_features=frame.income,
    )  # fmt: skip
    found = gap_of(measured(make_subject(frame, attributes=GROUPS)))
    assert (found.stratum, found.n) == (PAIR, 300)
    assert float(found.value) == oracle.difference().max()


def test_bounds_are_those_of_the_strata_with_one_claim_for_small_and_many_for_large(make_subject):
    found = gap_of(measured(make_subject(applicants((30, 60, 250, 270)), attributes=GROUPS)))
    low, high = (Events(30, 300), Events(60, 300)), (Events(250, 300), Events(270, 300))
    plain = [independent_absolute_difference(*pair, LEVEL) for pair in (low, high)]
    of_two = [independent_absolute_difference(*p, Confidence(split(0.975, 2))) for p in (low, high)]
    assert float(found.demonstrating.upper) == pytest.approx(max(i.demonstrating[1] for i in plain))
    assert float(found.demonstrating.lower) == pytest.approx(max(i.demonstrating[0] for i in of_two))
    assert found.interval.startswith("greatest of 2, exact unconditional")


def test_a_difference_that_income_explains_is_none_within_incomes(make_subject):
    """More women have a low income, and of each income both sexes are granted equally often."""
    frame = applicants((30, 30, 270, 270))
    frame = frame[~((frame.sex == 0) & (frame.income == 1) & (frame.index % 3 > 0))]
    subject = make_subject(frame, attributes=GROUPS)
    marginal = selection_rate_gap(subject, subject.table("test"), LEVEL, groups=BOTH, favourable="yes")
    assert marginal.estimates[-1].demonstrating.lower > 0.1
    assert gap_of(measured(subject)).demonstrating.upper < 0.15


def test_a_difference_in_one_stratum_that_vanishes_over_all_is_seen(make_subject):
    subject = make_subject(applicants((60, 180, 240, 120)), attributes=GROUPS)
    marginal = selection_rate_gap(subject, subject.table("test"), LEVEL, groups=BOTH, favourable="yes")
    assert marginal.estimates[-1].value == 0
    assert gap_of(measured(subject)).refuting.lower > 0.25


def test_the_rates_of_all_crossings_are_told(make_subject):
    result = measured(make_subject(applicants((30, 60, 250, 270)), attributes=GROUPS))
    rates = {e.stratum: float(e.value) for e in result.estimates if e.statistic == "selection_rate"}
    assert rates == {
        "income=low & sex=women": 0.1, "income=low & sex=men": 0.2,
        "income=high & sex=women": 250 / 300, "income=high & sex=men": 0.9,
    }  # fmt: skip


def test_strata_that_leave_rows_out_are_refused(make_subject):
    subject = make_subject(applicants((30, 60, 250, 270)), attributes=GROUPS)
    with pytest.raises(CannotMeasure, match="300 rows of sex=women belong to none or to several"):
        measured(subject, given=("income=low",))


def test_an_empty_crossing_and_strata_that_overlap_the_groups_are_refused(make_subject):
    frame = applicants((30, 60, 250, 270))
    with pytest.raises(CannotMeasure, match="no case in income=high & sex=men"):
        measured(make_subject(frame[(frame.sex == 0) | (frame.income == 0)], attributes=GROUPS))
    with pytest.raises(CannotMeasure, match="names an attribute twice"):
        measured(make_subject(frame, attributes=GROUPS), given=("sex=men",))
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        measured(make_subject(frame, attributes=GROUPS), given=("wealth=low", "wealth=high"))


@pytest.mark.parametrize(("groups", "given"), [(BOTH[:1], INCOMES), (BOTH, ()), ((), INCOMES)])
def test_a_single_group_and_no_stratum_are_no_conditional_comparison(make_subject, groups, given):
    subject = make_subject(applicants((30, 60, 250, 270)), attributes=GROUPS)
    with pytest.raises(CannotMeasure, match="needs two groups, and strata"):
        measured(subject, groups=groups, given=given)


def test_another_favourable_decision_is_refused(make_subject):
    subject = make_subject(applicants((30, 60, 250, 270)), attributes=GROUPS)
    with pytest.raises(CannotMeasure, match="no is to be favourable"):
        measured(subject, favourable="no")
