import numpy as np
import pandas as pd
import pytest

from checks.fairness.groups import compared_groups
from checks.measured import CannotMeasure
from checks.statistics.events import Events

SEXES = {"sex": {"women": [0], "men": [1]}}
BOTH = ("sex=women", "sex=men")
ROWS = [(1, "yes", 0), (-1, "yes", 0), (1, "no", 0), (1, "yes", 1), (-1, "no", 1)]


def people(*more):
    return pd.DataFrame([*ROWS, *more], columns=["x", "label", "sex"])


def grouped(subject, names=BOTH):
    return compared_groups(subject, subject.table("test"), names)


def test_rates_are_counted_per_group_in_the_order_asked_for(make_subject):
    groups = grouped(make_subject(people(), attributes=SEXES), BOTH[::-1])
    assert list(groups.true_positives().items()) == [("sex=men", Events(1, 1)), ("sex=women", Events(1, 2))]
    assert groups.selected("yes") == {"sex=men": Events(1, 2), "sex=women": Events(2, 3)}


def test_the_favourable_class_may_be_the_negative_one(make_subject):
    subject = make_subject(people(), attributes=SEXES, favourable="negative")
    assert grouped(subject).selected("no") == {"sex=women": Events(1, 3), "sex=men": Events(1, 2)}


@pytest.mark.parametrize("asked", ["no", "maybe"])
def test_a_submission_that_calls_another_decision_favourable_is_not_compared(make_subject, asked):
    subject = make_subject(people(), attributes=SEXES, favourable="positive")
    with pytest.raises(CannotMeasure, match=f"{asked} is to be favourable, and the submission declares yes"):
        grouped(subject).selected(asked)


def test_rows_of_a_declared_group_that_is_not_compared_are_not_compared(make_subject):
    three = {"sex": {**SEXES["sex"], "unknown": [2]}}
    groups = grouped(make_subject(people((np.nan, "yes", 2), (1, "perhaps", 2)), attributes=three))
    assert groups.true_positives() == {"sex=women": Events(1, 2), "sex=men": Events(1, 1)}


def test_rows_of_no_declared_group_leave_everything_unmeasured(make_subject):
    with pytest.raises(CannotMeasure, match="2 of 7 rows belong to no group of sex"):
        grouped(make_subject(people((1, "yes", 2), (1, "no", None)), attributes=SEXES))


def test_a_row_without_decision_leaves_both_rates_unmeasured(make_subject):
    groups = grouped(make_subject(people((np.nan, "yes", 1)), attributes=SEXES))
    for rate in (groups.true_positives, lambda: groups.selected("yes")):
        with pytest.raises(CannotMeasure, match="1 rows of sex=men have no decision"):
            rate()


def test_a_row_without_known_label_leaves_the_true_positive_rate_unmeasured(make_subject):
    groups = grouped(make_subject(people((1, "perhaps", 0)), attributes=SEXES))
    with pytest.raises(CannotMeasure, match="1 rows of sex=women have an unknown label"):
        groups.true_positives()
    assert groups.selected("yes")["sex=women"] == Events(3, 4)


def test_a_group_without_a_positive_is_named(make_subject):
    frame = people().query("not (sex == 1 and label == 'yes')")
    with pytest.raises(CannotMeasure, match="no case of the class yes in sex=men"):
        grouped(make_subject(frame, attributes=SEXES)).true_positives()


def test_a_group_without_a_row_is_named(make_subject):
    frame = people().query("sex == 1")
    with pytest.raises(CannotMeasure, match="no case in sex=women"):
        grouped(make_subject(frame, attributes=SEXES)).selected("yes")


def test_groups_of_one_attribute_must_exclude_each_other(make_subject):
    subject = make_subject(people(), attributes={"sex": {"women": (0, 2), "men": [1]}})
    with pytest.raises(CannotMeasure, match="0 of 5 rows belong to no group of sex and 2 to several"):
        grouped(subject)


def test_groups_of_two_attributes_may_share_rows(make_subject):
    frame = people().assign(age=[30, 30, 50, 50, 50])
    subject = make_subject(frame, attributes={**SEXES, "age": {"young": (0, 40), "old": (40, 99)}})
    assert grouped(subject, ("sex=women", "age=old")).selected("yes")["age=old"] == Events(2, 3)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("sex=women", "sex=others"), "no stratum sex=others"),
        (("sex=women",), "needs two groups, found sex=women"),
        (("sex=women", "sex=women"), "needs two groups"),
        ((), "needs two groups, found none"),
    ],
)
def test_what_is_no_comparison_of_declared_groups_is_not_measured(make_subject, names, reason):
    with pytest.raises(CannotMeasure, match=reason):
        grouped(make_subject(people(), attributes=SEXES), names)


def test_only_a_binary_decision_is_compared(make_subject):
    frame = pd.DataFrame({"x0": [1, 0], "x1": [0, 1], "x2": [0, 0], "label": ["a", "b"], "sex": [0, 1]})
    with pytest.raises(CannotMeasure, match="binary decision"):
        grouped(make_subject(frame, task="multiclass", attributes=SEXES))


def test_missing_and_clustered_data_are_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="none were given"):
        compared_groups(make_subject(people(), attributes=SEXES), None, BOTH)
    with pytest.raises(CannotMeasure, match="clustered"):
        grouped(make_subject(people().assign(person=1), attributes=SEXES, unit_column="person"))


def test_crossings_are_counted_where_both_groups_meet(make_subject):
    frame = people().assign(age=[30, 50, 50, 30, 50])
    subject = make_subject(frame, attributes={**SEXES, "age": {"young": (0, 40), "old": (40, 99)}})
    names = ("age=old & sex=women", "age=old & sex=men", "age=young & sex=men")
    assert grouped(subject, names).selected("yes") == {
        "age=old & sex=women": Events(1, 2), "age=old & sex=men": Events(0, 1),
        "age=young & sex=men": Events(1, 1),
    }  # fmt: skip


def test_an_empty_crossing_is_named(make_subject):
    frame = people().assign(age=[30, 50, 50, 50, 50])
    subject = make_subject(frame, attributes={**SEXES, "age": {"young": (0, 40), "old": (40, 99)}})
    with pytest.raises(CannotMeasure, match="no case in age=young & sex=men"):
        grouped(subject, ("age=old & sex=men", "age=young & sex=men")).selected("yes")


def test_wrong_and_right_decisions_are_all_of_them(make_subject):
    groups = grouped(make_subject(people(), attributes=SEXES))
    assert groups.wrong() == {"sex=women": Events(2, 3), "sex=men": Events(0, 2)}
    assert groups.correct() == {"sex=women": Events(1, 3), "sex=men": Events(2, 2)}
