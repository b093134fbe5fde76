import numpy as np
import pandas as pd
import pytest

from checks.fairness.amplification import bias_amplification
from checks.measured import CannotMeasure, Confidence
from checks.statistics.differences import independent_difference_bounds
from checks.statistics.events import Events, split

LEVEL = Confidence(0.975)
SEXES = {"sex": {"women": [0], "men": [1]}}
BOTH = ("sex=women", "sex=men")


def rows(women, men, of=1000, start=0.0):
    """`of` cases of each sex, of whom so many are labelled and decided as yes."""
    yes = np.concatenate([np.arange(of) < women, np.arange(of) < men])
    x = np.where(yes, 1, -1) * (1 + start + np.arange(2 * of) / (4 * of))
    return pd.DataFrame({"x": x, "label": np.where(yes, "yes", "no"), "sex": np.repeat([0, 1], of)})


def subject_of(make_subject, test, train, **more):
    return make_subject(test, sets={"train": train}, attributes=SEXES, **more)


def measured(subject, groups=BOTH, role="test", favourable="yes"):
    return bias_amplification(subject, subject.table(role), LEVEL, groups=groups, favourable=favourable)


def grown(result):
    return next(e for e in result.estimates if e.statistic == "bias_amplification")


def test_the_estimate_is_the_gap_of_decisions_minus_that_of_labels(make_subject):
    result = measured(subject_of(make_subject, rows(300, 600), rows(450, 550, start=1)))
    assert float(grown(result).value) == pytest.approx(0.3 - 0.1)
    told = {(e.statistic, e.stratum): float(e.value) for e in result.estimates}
    assert told["selection_rate", "sex=women"] == 0.3
    assert told["label_rate", "sex=men"] == 0.55


def test_the_bounds_are_two_bounds_at_half_of_alpha(make_subject):
    found = grown(measured(subject_of(make_subject, rows(300, 600), rows(450, 550, start=1)))).demonstrating
    each = split(0.975, 2)
    decided = independent_difference_bounds(Events(600, 1000), Events(300, 1000), each)
    learnt = independent_difference_bounds(Events(550, 1000), Events(450, 1000), split(each, 2))
    assert float(found.upper) == pytest.approx(decided[1] - learnt[0])


def test_a_system_that_repeats_its_labels_amplifies_little_and_one_that_sharpens_them_much(make_subject):
    train = rows(450, 550, start=1)
    repeats = grown(measured(subject_of(make_subject, rows(450, 550), train)))
    sharpens = grown(measured(subject_of(make_subject, rows(200, 800), train)))
    assert repeats.demonstrating.lower < 0 < repeats.demonstrating.upper < 0.15
    assert sharpens.refuting.lower > 0.35


def test_an_unjust_difference_that_is_repeated_is_not_amplified(make_subject):
    """Said in the module: the rates themselves are for other methods to compare."""
    assert grown(measured(subject_of(make_subject, rows(100, 900), rows(100, 900, start=1)))).value == 0


def test_a_gap_that_is_turned_round_is_no_larger(make_subject):
    assert grown(measured(subject_of(make_subject, rows(400, 600), rows(600, 400, start=1)))).value == 0


def test_the_bound_holds_over_repeated_samples():
    """Both data sets drawn anew: the true amplification 0.1 is rarely above the upper bound."""
    rng, each, missed = np.random.default_rng(4), split(0.975, 2), 0
    for _ in range(60):
        decided, learnt = (
            [Events(int(rng.binomial(40, rate)), 40) for rate in rates] for rates in ((0.3, 0.6), (0.4, 0.6))
        )
        upper = max(map(abs, independent_difference_bounds(*decided, each)))
        low, high = independent_difference_bounds(*learnt, split(each, 2))
        missed += upper - max(0.0, low, -high) < 0.1
    assert missed <= 60 * 0.025 + 3 * (60 * 0.025) ** 0.5


def test_training_data_that_are_missing_or_compared_with_themselves_are_refused(make_subject):
    with pytest.raises(CannotMeasure, match="no train data"):
        measured(make_subject(rows(300, 600), attributes=SEXES))
    with pytest.raises(CannotMeasure, match="compared with themselves"):
        measured(subject_of(make_subject, rows(300, 600), rows(450, 550, start=1)), role="train")


def test_what_is_not_known_of_the_training_data_is_refused_by_their_name(make_subject):
    train, test = rows(450, 550, start=1), rows(300, 600)
    with pytest.raises(CannotMeasure, match="train_rows: no case in sex=men"):
        measured(subject_of(make_subject, test, train[train.sex == 0]))
    unknown = train.assign(label=np.where(train.index == 5, "perhaps", train.label))
    with pytest.raises(CannotMeasure, match="train_rows: 1 rows of sex=women have an unknown label"):
        measured(subject_of(make_subject, test, unknown))
    with pytest.raises(CannotMeasure, match="repeated rows are not independent"):
        measured(subject_of(make_subject, test, pd.concat([train, train])))


def test_a_missing_attribute_and_another_favourable_decision_are_refused(make_subject):
    subject = subject_of(make_subject, rows(300, 600), rows(450, 550, start=1))
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        measured(subject, ("race=a", "race=b"))
    with pytest.raises(CannotMeasure, match="no is to be favourable"):
        measured(subject, favourable="no")
