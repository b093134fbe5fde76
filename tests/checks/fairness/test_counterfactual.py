import numpy as np
import pandas as pd
import pytest

from checks.fairness.counterfactual import counterfactual_flips
from checks.measured import CannotMeasure, Confidence
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
SEXES = {"sex": {"women": [0], "men": [1]}}
RACES = {"race": {"a": [0], "b": [1, 2], "c": [3]}}


def measured(subject, *attributes):
    return counterfactual_flips(subject, subject.table("test"), LEVEL, attributes=attributes or ("sex",))


def applicants(n=500, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n).round(6)
    return pd.DataFrame({"x": x, "label": "yes", "sex": rng.integers(0, 2, n), "race": rng.integers(0, 4, n)})


def subject_of(make_subject, frame, weight, race_weight=0.0, **more):
    keywords = {
        "columns": ["x", "sex", "race"], "coded": {"sex": [0, 1], "race": [0, 1, 2, 3]},
        "weights": [[1], [weight], [race_weight]], "attributes": {**SEXES, **RACES}, **more,
    }  # fmt: skip
    return make_subject(frame, **keywords)


@pytest.mark.parametrize("weight", [0.0, 0.3, -1.0])
def test_flips_are_those_that_arithmetic_tells(make_subject, weight):
    """With x + weight * sex >= 0 a decision flips where x lies between 0 and minus the weight."""
    frame = applicants()
    (estimate,) = measured(subject_of(make_subject, frame, weight)).estimates
    flips = int(((frame.x >= 0) != (frame.x + weight >= 0)).sum())
    assert float(estimate.value) == flips / 500
    assert (estimate.statistic, estimate.stratum, estimate.n) == ("flipped_share", "sex", 500)
    assert float(estimate.demonstrating.upper) == pytest.approx(clopper_pearson(flips, 500, 0.975)[1])
    assert (flips > 0) == (weight != 0)


def test_every_code_of_every_other_group_is_tried_and_none_of_the_same(make_subject):
    """Codes 1 and 2 are one group: a decision that changes between them alone is no flip."""
    frame = applicants()
    (estimate,) = measured(subject_of(make_subject, frame, 0.0, race_weight=0.5), "race").estimates
    groups = {0: (1, 2, 3), 1: (0, 3), 2: (0, 3), 3: (0, 1, 2)}
    decided = frame.x + 0.5 * frame.race >= 0
    flips = [
        any((x + 0.5 * other >= 0) != now for other in groups[race])
        for x, race, now in zip(frame.x, frame.race, decided, strict=True)
    ]
    assert float(estimate.value) == np.mean(flips)


def test_two_attributes_are_toggled_each_by_itself(make_subject):
    sex, race = measured(
        subject_of(make_subject, applicants(), 0.0, race_weight=1.0), "sex", "race"
    ).estimates
    assert sex.value == 0
    assert race.value > 0.2
    assert float(sex.refuting.confidence) == 1 - 0.025 / 2


def test_a_row_without_decision_counts_as_flipped(make_subject):
    rows = pd.DataFrame({"x": [np.nan, 11.0], "label": "yes", "sex": [0, 1], "race": [0, 1]})
    frame = pd.concat([applicants(98), rows])
    (estimate,) = measured(subject_of(make_subject, frame, 0.0)).estimates
    assert float(estimate.value) == 2 / 100


def test_an_attribute_that_is_not_fed_is_refused_and_does_not_pass(make_subject):
    subject = make_subject(applicants(), attributes=SEXES)
    with pytest.raises(CannotMeasure, match="which holds sex, is not fed to the model: toggling"):
        measured(subject)


def test_an_attribute_that_is_not_protected_or_not_declared_is_refused(make_subject):
    groups = [{"name": "women", "codes": [0]}, {"name": "men", "codes": [1]}]
    other = {"name": "sex", "source": "sex", "protected": False, "groups": groups}
    subject = subject_of(make_subject, applicants(), 0.0, change={"data": {"attributes": [other]}})
    with pytest.raises(CannotMeasure, match="does not declare the attribute sex as protected"):
        measured(subject)
    with pytest.raises(CannotMeasure, match="declares no attribute creed"):
        measured(subject, "creed")


def test_a_measured_number_cannot_be_toggled(make_subject):
    subject = subject_of(make_subject, applicants(), 0.0, coded={"race": [0, 1, 2, 3]})
    with pytest.raises(CannotMeasure, match="no codes but a measured number"):
        measured(subject)


def test_an_attribute_whose_other_groups_the_contract_does_not_know_is_refused(make_subject):
    """7 is a code of no group: it is not tried in the place of one."""
    subject = subject_of(make_subject, applicants(), 0.0, coded={"sex": [1, 7], "race": [0, 1, 2, 3]})
    with pytest.raises(CannotMeasure, match="no code of another group than sex=men"):
        measured(subject)


def test_a_group_without_a_row_leaves_the_attribute_unmeasured(make_subject):
    frame = applicants()
    with pytest.raises(CannotMeasure, match="no row of sex=women"):
        measured(subject_of(make_subject, frame[frame.sex == 1], 0.0))


def test_what_the_model_does_with_a_proxy_is_not_seen(make_subject):
    """Said in the module: equal treatment of the attribute shows nothing about columns that go with it."""
    frame = applicants().assign(x0=lambda rows: 5 * (rows.sex ^ (rows.race == 0)) - 2.5)
    subject = make_subject(
        frame, columns=["x0", "sex"], coded={"sex": [0, 1]}, weights=[[1], [0]], attributes=SEXES
    )
    assert measured(subject).estimates[0].value == 0


def test_no_data_no_attribute_and_a_regression_are_not_measured(make_subject):
    subject = subject_of(make_subject, applicants(), 0.0)
    with pytest.raises(CannotMeasure, match="no data or no attribute"):
        counterfactual_flips(subject, None, LEVEL, attributes=("sex",))
    with pytest.raises(CannotMeasure, match="no data or no attribute"):
        counterfactual_flips(subject, subject.table("test"), LEVEL, attributes=())
    numbers = make_subject(applicants().assign(label=1.0), task="regression", attributes=SEXES)
    with pytest.raises(CannotMeasure, match="a number is not flipped"):
        measured(numbers)


def test_an_attribute_that_a_copy_goes_on_telling_is_not_toggled(make_subject):
    """The decision hangs on the copy; toggling the column itself moves nothing."""
    frame = applicants().assign(title=lambda f: f.sex * 2.5 + 1)
    subject = make_subject(
        frame, columns=["x", "sex", "title"], coded={"sex": [0, 1]}, weights=[[0.1], [0], [1]], bias=[-2],
        attributes=SEXES,
    )  # fmt: skip
    with pytest.raises(CannotMeasure, match="also fed title, which tells sex in other words"):
        measured(subject)
