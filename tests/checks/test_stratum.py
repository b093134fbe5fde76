import pandas as pd
import pytest

from checks.measured import CannotMeasure
from checks.stratum import apart, crossed, crossing, parts

SEXES = {"sex": {"women": [0], "men": [1]}}
AGES = {"age_band": {"under_54": (0, 54), "from_54": (54, 200)}}


@pytest.mark.parametrize(
    ("stratum", "pairs"),
    [
        ("sex=women", {"sex": "women"}),
        ("age_band=under_54 & sex=women", {"age_band": "under_54", "sex": "women"}),
        ("a=1 & b=2 & c=3", {"a": "1", "b": "2", "c": "3"}),
        ("trade=food & drink", {"trade": "food & drink"}),
        ("trade=food & drink & worth=a=b", {"trade": "food & drink", "worth": "a=b"}),
    ],
)
def test_a_crossing_is_read_and_written_in_one_way(stratum, pairs):
    assert parts(stratum) == pairs
    assert crossing(reversed(pairs.items())) == stratum


@pytest.mark.parametrize(
    ("stratum", "reason"),
    [
        ("sex=women & age_band=under_54", "in order: age_band=under_54 & sex=women"),
        ("sex=women & sex=men", "names an attribute twice"),
        ("sex=women & sex=women", "names an attribute twice"),
        ("sex", "declares no stratum sex"),
        ("=women", "declares no stratum =women"),
        ("sex=", "declares no stratum sex="),
        ("all & sex=women", "declares no stratum all & sex=women"),
    ],
)
def test_what_is_no_stratum_and_any_other_spelling_is_refused(stratum, reason):
    with pytest.raises(CannotMeasure, match=reason):
        parts(stratum)


def test_strata_are_crossed_unless_they_overlap():
    assert crossed("sex=women", "age_band=under_54") == "age_band=under_54 & sex=women"
    with pytest.raises(CannotMeasure, match="names an attribute twice"):
        crossed("sex=women", "age_band=under_54 & sex=men")


@pytest.mark.parametrize(
    ("first", "second", "share_no_case"),
    [
        ("sex=women", "sex=men", True),
        ("sex=women", "age_band=under_54", False),
        ("age_band=under_54 & sex=women", "age_band=under_54 & sex=men", True),
        ("age_band=under_54 & sex=women", "age_band=from_54 & sex=men", True),
        ("age_band=under_54 & sex=women", "sex=men", True),
        ("age_band=under_54 & sex=women", "sex=women", False),
        ("age_band=under_54 & sex=women", "sex=women & size=large", False),
        ("all", "sex=women", False),
        ("all", "all", False),
    ],
)
def test_groups_share_no_case_if_they_differ_in_an_attribute(first, second, share_no_case):
    assert apart(first, second) is share_no_case
    assert apart(second, first) is share_no_case


def members(make_subject, stratum, **more):
    frame = pd.DataFrame({"x": [0.1, 0.2, 0.3, 0.4], "label": "yes", "sex": [0, 0, 1, 1]})
    frame["age_band"] = [30, 60, 30, 60]
    subject = make_subject(frame, attributes={**SEXES, **AGES, **more})
    return subject.table("test").members(stratum).tolist()


def test_the_rows_of_a_crossing_belong_to_each_of_its_groups(make_subject):
    assert members(make_subject, "age_band=from_54 & sex=women") == [False, True, False, False]


@pytest.mark.parametrize(
    "stratum", ["age_band=from_54 & sex=others", "age_band=from_54 & race=a", "all & sex=women"]
)
def test_a_crossing_with_an_unknown_part_is_not_measured(make_subject, stratum):
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        members(make_subject, stratum)


def test_a_vendor_cannot_name_a_group_as_a_crossing(make_subject):
    """Else all rows of a hidden group could stand for the young women whom a basis asks about."""
    hidden = {"hidden": {"b & sex=women": [0, 1], "others": [2]}}
    with pytest.raises(CannotMeasure, match="declares no stratum hidden=b & sex=women"):
        members(make_subject, "hidden=b & sex=women", **hidden)


def test_rows_of_no_group_of_one_part_leave_the_crossing_unmeasured(make_subject):
    frame = pd.DataFrame({"x": [0.1, 0.2], "label": "yes", "sex": [0, 7], "age_band": [30, 60]})
    subject = make_subject(frame, attributes={**SEXES, **AGES})
    with pytest.raises(CannotMeasure, match="1 of 2 rows belong to no group of sex"):
        subject.table("test").members("age_band=from_54 & sex=women")
