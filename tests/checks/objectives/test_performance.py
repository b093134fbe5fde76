import json

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.objectives.performance import performance
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
SEXES = {"sex": {"women": [0], "men": [1]}}


def people(*, right_women, right_men, of=100):
    """`of` women and as many men, all of the class yes, of whom so many are decided rightly."""
    x = [1] * right_women + [-1] * (of - right_women) + [1] * right_men + [-1] * (of - right_men)
    return pd.DataFrame({"x": x, "label": "yes", "sex": [0] * of + [1] * of})


def measured(subject, groups=("all",), metric="accuracy"):
    return performance(subject, subject.table("test"), LEVEL, metric=metric, groups=groups)


def test_every_stratum_is_estimated_with_its_own_exact_bounds(make_subject):
    subject = make_subject(people(right_women=90, right_men=99), attributes=SEXES)
    estimates = measured(subject, ("sex=women", "sex=men")).estimates
    assert [(e.stratum, float(e.value), e.n) for e in estimates] == [
        ("all", 0.945, 200), ("sex=women", 0.9, 100), ("sex=men", 0.99, 100),
    ]  # fmt: skip
    bounds = estimates[1].demonstrating
    assert (float(bounds.lower), float(bounds.upper)) == pytest.approx(clopper_pearson(90, 100, 0.975))


def test_a_good_model_has_a_high_lower_bound_and_a_bad_one_a_low_upper_bound(make_subject):
    good = measured(make_subject(people(right_women=100, right_men=100))).estimates[0]
    bad = measured(make_subject(people(right_women=20, right_men=20))).estimates[0]
    assert good.demonstrating.lower > 0.98
    assert bad.refuting.upper < 0.3


def test_bounds_round_outward(make_subject):
    estimate = measured(make_subject(people(right_women=33, right_men=67))).estimates[0]
    lower, upper = clopper_pearson(100, 200, 0.975)
    assert estimate.demonstrating.lower <= lower
    assert estimate.demonstrating.upper >= upper


def test_refuting_is_corrected_for_the_number_of_strata(make_subject):
    subject = make_subject(people(right_women=90, right_men=99), attributes=SEXES)
    estimate = measured(subject, ("all", "sex=women", "sex=men")).estimates[0]
    assert float(estimate.refuting.confidence) == pytest.approx(1 - 0.025 / 3)


def test_the_exhibit_shows_counts_and_no_rows(make_subject):
    subject = make_subject(people(right_women=90, right_men=99), attributes=SEXES)
    exhibit, _ = measured(subject, ("sex=women",)).exhibits
    assert json.loads(exhibit.data)["sex=women"] == [
        {"cases": 10, "decided": "no", "true": "yes"},
        {"cases": 90, "decided": "yes", "true": "yes"},
    ]


def test_the_mean_error_has_the_unit_of_the_answer(make_subject):
    claims = [{"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"], "unit": "mmHg"}]
    subject = make_subject(
        pd.DataFrame({"x": [1.0, 2.0], "label": [1.5, 2.0]}), task="regression", claims=claims,
        change={"model": {"decision": {"unit": "mmHg"}}},
    )  # fmt: skip
    result = measured(subject, metric="mean_absolute_error")
    assert (result.estimates[0].unit, float(result.estimates[0].value)) == ("mmHg", 0.25)
    assert [exhibit.name for exhibit in result.exhibits] == ["repeated-rows.json"]


def test_it_is_shown_how_many_rows_equal_an_earlier_one(make_subject):
    frame = pd.DataFrame({"x": [1, 1, 2, 1], "label": ["yes", "yes", "yes", "no"]})
    exhibit = measured(make_subject(frame)).exhibits[-1]
    assert json.loads(exhibit.data) == {"rows": 4, "equal_to_an_earlier_row": 1}
    assert exhibit.visibility == "public"


def test_rows_outside_the_contract_count_as_wrong_whatever_the_model_answers(make_subject):
    """The model is right on all rows; of half of them the contract does not speak."""
    frame = pd.DataFrame({"x": [5.0, 20.0] * 50, "label": "yes"})
    assert float(measured(make_subject(frame)).estimates[0].value) == 0.5
    sliver = {"range": (1000, 1001)}
    assert float(measured(make_subject(frame, quantity=sliver)).estimates[0].value) == 0
    assert float(measured(make_subject(frame, quantity={"range": (5, 20)})).estimates[0].value) == 1
    assert (
        float(measured(make_subject(frame, quantity={"range": (0, 20)}, step=20)).estimates[0].value) == 0.5
    )


def test_a_table_that_repeats_itself_is_not_measured(make_subject):
    rows = pd.DataFrame({"x": np.linspace(-5, 5, 80), "label": ["no"] * 40 + ["yes"] * 40})
    assert measured(make_subject(rows)).estimates[0].n == 80
    copies = pd.concat([rows] * 10).sample(frac=1, random_state=1)
    with pytest.raises(CannotMeasure, match="every one of its 80 different rows 10 times"):
        measured(make_subject(copies))
    with pytest.raises(CannotMeasure, match="10 times"):
        measured(make_subject(copies.assign(person=range(800)), unit_column="person"))


def test_a_group_that_nobody_declared_is_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no stratum sex=women"):
        measured(make_subject(), ("sex=women",))


def test_weighted_or_missing_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="weight"):
        measured(make_subject(row_weights="w"))
    with pytest.raises(CannotMeasure, match="none were given"):
        performance(make_subject(), None, LEVEL, metric="accuracy", groups=("all",))
