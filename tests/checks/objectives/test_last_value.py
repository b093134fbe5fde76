"""What is saved over the last value: pandas for the number, and models that only repeat it."""

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.objectives.last_value import error_saved_over_last_value
from checks.statistics.rivals import BY_UNIT, IN_ORDER

LEVEL = Confidence(0.975)
CLAIM = [{"metric": "mean_absolute_error", "value": "1", "range": ["0", "20"]}]
DATED = {"time_column": "day"}


def measured(make_subject, frame, **keywords):
    keywords = {"task": "regression", "claims": CLAIM, "most": DATED, **keywords}
    subject = make_subject(pd.DataFrame(frame), **keywords)
    return error_saved_over_last_value(subject, subject.table("test"), LEVEL).estimates[0]


def series(n=800, noise=0.05, seed=1):
    """A slow wave with steps, and a model that sees it with some noise; `x` is its answer."""
    rng = np.random.default_rng(seed)
    truth = 5 * np.sin(np.arange(n) / 3) + rng.normal(0, 0.3, n)
    x = truth + rng.normal(0, noise, n)
    return pd.DataFrame({"x": x.round(4), "label": truth.round(4), "day": np.arange(n)})


def by_hand(frame, unit):
    """The mean over units, or over moments, of what model and last value lose, by pandas."""
    frame = frame.sort_values("day")
    before = frame.groupby(unit)["label"].shift() if unit else frame["label"].shift()
    lost = pd.DataFrame(
        {"model": (frame["x"] - frame["label"]).abs(), "last": (before - frame["label"]).abs()}
    )
    return lost.assign(of=frame[unit or "day"])[before.notna()].groupby("of").mean().sum()


def test_the_share_is_that_of_pandas_and_a_good_model_is_shown_to_save(make_subject):
    frame = series()
    found, lost = measured(make_subject, frame.sample(frac=1, random_state=1)), by_hand(frame, None)
    assert (found.statistic, found.stratum) == ("error_saved_over_last_value", "all")
    assert (found.n, found.interval) == (799, IN_ORDER)
    assert float(found.value) == pytest.approx(1 - lost["model"] / lost["last"], abs=1e-4)
    assert 0.7 < found.demonstrating.lower < found.value


def test_a_model_that_repeats_the_last_value_saves_nothing(make_subject):
    frame = series()
    found = measured(make_subject, frame.assign(x=frame["label"].shift().fillna(0)))
    assert abs(found.value) < 1e-6
    assert found.demonstrating.lower < 0 < found.demonstrating.upper


def test_a_model_that_is_worse_than_the_last_value_is_refuted(make_subject):
    frame = series()
    assert measured(make_subject, frame.assign(x=-frame["label"])).refuting.upper < 0


def test_the_last_value_is_that_of_the_same_unit(make_subject):
    frame = pd.concat([series(3, seed=i).assign(person=i, label=i / 20) for i in range(200)])
    found = measured(
        make_subject, frame.assign(label=frame["label"] + frame["day"] / 10), unit_column="person"
    )
    rising = frame.assign(label=frame["label"] + frame["day"] / 10)
    lost = by_hand(rising, "person")
    assert (found.n, found.interval) == (200, BY_UNIT)
    assert lost["last"] == pytest.approx(200 * 0.1)
    assert float(found.value) == pytest.approx(1 - lost["model"] / lost["last"], abs=1e-3)


def test_few_units_at_many_moments_are_bounded_in_order(make_subject):
    frame = pd.concat([series(300, seed=i).assign(person=i) for i in range(5)])
    found = measured(make_subject, frame, unit_column="person")
    assert (found.n, found.interval) == (299, IN_ORDER)
    assert found.demonstrating.lower > 0.2


def test_of_classes_the_last_class_is_the_rival(make_subject):
    rng = np.random.default_rng(3)
    label = np.where(rng.random(600) < 0.5, "yes", "no")
    sure = np.where(label == "yes", 2.0, -2.0) + np.arange(600) / 1000
    wrong = np.arange(600) % 20 == 1
    frame = {"x": np.where(wrong, -sure, sure), "label": label, "day": np.arange(600)}
    found = measured(make_subject, frame, task="binary")
    changes = int((label[1:] != label[:-1]).sum())
    assert float(found.value) == pytest.approx(1 - wrong[1:].sum() / changes)
    assert found.demonstrating.lower > 0.6
    patient = measured(make_subject, {**frame, "label": np.sort(label), "x": sure}, task="binary")
    assert patient.refuting.upper < 0


def test_rows_that_cannot_be_scored_speak_against_the_model(make_subject):
    label = np.where(np.arange(400) % 2, "yes", "no")
    x = np.where(label == "yes", 2.0, -2.0) + np.arange(400) / 1000
    frame = {"x": x, "label": label, "day": np.arange(400)}
    best = measured(make_subject, frame, task="binary")
    assert best.value == 1
    unknown = measured(
        make_subject, {**frame, "label": np.where(np.arange(400) == 7, "?", label)}, task="binary"
    )
    outside = measured(make_subject, {**frame, "x": np.where(np.arange(400) == 7, 99.0, x)}, task="binary")
    # one error of the model; the last value, wrong on all 399 else, is right on row 7 and on the next one
    assert float(unknown.value) == pytest.approx(1 - 1 / 397)
    assert float(outside.value) == pytest.approx(1 - 1 / 399)


def test_what_came_last_must_be_known(make_subject):
    frame = series(60)
    with pytest.raises(CannotMeasure, match="declares no time_column"):
        measured(make_subject, frame, most={})
    with pytest.raises(CannotMeasure, match="no column day of moments"):
        measured(make_subject, frame.drop(columns="day"))
    with pytest.raises(CannotMeasure, match="1 rows say no moment"):
        measured(make_subject, frame.assign(day=frame["day"].where(frame["day"] != 3)))
    with pytest.raises(CannotMeasure, match="30 rows share their moment"):
        measured(make_subject, frame.assign(day=frame["day"] // 2))
    with pytest.raises(CannotMeasure, match="30 rows share their moment with another one of the same person"):
        measured(
            make_subject, frame.assign(day=frame["day"] // 2, person=frame["day"] // 4), unit_column="person"
        )
    with pytest.raises(CannotMeasure, match="no person has two rows"):
        measured(make_subject, frame.assign(person=frame["day"]), unit_column="person")


def test_units_may_share_a_moment(make_subject):
    frame = pd.concat([series(60, seed=i).assign(person=i) for i in range(2)])
    assert measured(make_subject, frame, unit_column="person").n == 59


def test_what_has_no_bound_is_not_measured(make_subject):
    frame = series(60)
    with pytest.raises(CannotMeasure, match="no single range of one error"):
        measured(make_subject, frame, claims=None)
    with pytest.raises(CannotMeasure, match="1 rows have no error"):
        measured(make_subject, frame.assign(label=frame["label"].where(frame["day"] != 3)))
    with pytest.raises(CannotMeasure, match="outside the declared range"):
        measured(
            make_subject,
            frame.assign(label=frame["label"] - 30 * (frame["day"] == 9)),
            quantity={"range": (-10, 10)},
        )
    with pytest.raises(CannotMeasure, match="weighted rows"):
        measured(make_subject, frame.assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="never wrong"):
        measured(make_subject, frame.assign(label=1.0))
    copied = pd.concat([frame, frame.assign(day=frame["day"] + 100)])
    with pytest.raises(CannotMeasure, match="repeated rows succeed nothing"):
        measured(make_subject, copied)
    with pytest.raises(CannotMeasure, match="none were given"):
        error_saved_over_last_value(make_subject(), None, LEVEL)
