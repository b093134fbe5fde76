import itertools
import json

import numpy as np
import pandas as pd
import pytest

from checks.measured import CannotMeasure, Confidence
from checks.representativeness.coverage import coverage, novelty

SURE = Confidence(0.975)


def covered(make_subject, frame, *, parts=4, fewest_rows=1, **keywords):
    subject = make_subject(frame, **keywords)
    measured = coverage(subject, subject.relation("test"), SURE, parts=parts, fewest_rows=fewest_rows)
    (exhibit,) = measured.exhibits
    return {e.stratum: float(e.value) for e in measured.estimates}, json.loads(exhibit.data)


def frame_of(generator, rows, low=0.0, high=1.0):
    return pd.DataFrame({n: generator.uniform(low, high, rows) for n in ("a", "b", "c")}).assign(label="yes")


def by_numpy(frame, parts, fewest_rows):
    tables = [
        np.histogram2d(frame[a], frame[b], bins=parts, range=[[0, 1], [0, 1]])[0]
        for a, b in itertools.combinations("abc", 2)
    ]
    return np.mean(np.stack(tables) >= fewest_rows)


@pytest.mark.parametrize("fewest_rows", [1, 3])
def test_crossings_are_those_that_numpy_finds(make_subject, fewest_rows):
    frame = frame_of(np.random.default_rng(4), 60)
    quantity = {"range": ["0", "1"]}
    shares, _ = covered(
        make_subject, frame, columns=list("abc"), parts=5, fewest_rows=fewest_rows, quantity=quantity
    )
    assert shares["all"] == pytest.approx(by_numpy(frame, 5, fewest_rows))


def test_what_is_empty_is_named_once(make_subject):
    grid = itertools.product([0.1, 0.3, 0.6, 0.9], [0.1, 0.6, 0.9])
    frame = pd.DataFrame(
        [(a, b, "yes") for a, b in grid if (a, b) != (0.9, 0.9)], columns=["a", "b", "label"]
    )
    shares, found = covered(make_subject, frame, columns=["a", "b"], quantity={"range": ["0", "1"]})
    assert shares == {"all": 11 / 16, "feature=a": 1.0, "feature=b": 0.75}
    assert found["holes"] == [
        {"cells": {"b": "0.25 to 0.5"}, "rows": 0},
        {"cells": {"a": "0.75 to 1", "b": "0.75 to 1"}, "rows": 0},
    ]
    assert found["pairs"] == {"covered": 11, "cells": 16}
    assert found["columns"][0] == {
        "source": "a", "rows": [3, 3, 3, 2],
        "labels": ["0 to 0.25", "0.25 to 0.5", "0.5 to 0.75", "0.75 to 1"],
        "ends": [[0, 0.25], [0.25, 0.5], [0.5, 0.75], [0.75, 1]],
    }  # fmt: skip


def test_codes_and_few_steps_are_parts_of_their_own(make_subject):
    frame = pd.DataFrame({"a": [0.0, 0.5, 1.0, 1.0], "c": [3.0, 3, 7, 7], "label": "yes"})
    shares, found = covered(
        make_subject, frame, columns=["a", "c"], coded={"c": [3, 5, 7]}, step={"a": "0.5"},
        quantity={"range": ["0", "1"]},
    )  # fmt: skip
    assert [column["labels"] for column in found["columns"]] == [["0", "0.5", "1"], ["3", "5", "7"]]
    assert [column["ends"] for column in found["columns"]] == [[], []]
    assert shares == {"all": 3 / 9, "feature=a": 1.0, "feature=c": 2 / 3}


def test_a_row_outside_the_domain_and_a_missing_value_cover_nothing(make_subject):
    frame = pd.DataFrame({"a": [0.1, 7.0, None], "b": [0.1, 0.1, 0.1], "label": "yes"})
    _, found = covered(make_subject, frame, columns=["a", "b"], parts=2, quantity={"range": ["0", "1"]})
    assert [column["rows"] for column in found["columns"]] == [[1, 0], [3, 0]]


def test_one_column_is_cut_alone(make_subject):
    frame = pd.DataFrame({"x": [0.1, 0.2], "label": "yes"})
    shares, _ = covered(make_subject, frame, parts=2, quantity={"range": ["0", "1"]})
    assert shares["all"] == 0.5


def new_to_training(make_subject, train, test, **keywords):
    subject = make_subject(test, sets={"train": train}, quantity={"range": ["0", "1"]}, **keywords)
    measured = novelty(subject, subject.relation("test"), SURE, other_role="train", parts=4, fewest_rows=1)
    return measured.estimates[0]


def test_cases_of_new_combinations_are_counted_with_their_exact_bound(make_subject):
    generator = np.random.default_rng(5)
    test = frame_of(generator, 400)
    train = frame_of(generator, 2000).query("a < 0.75 or b < 0.75")
    expected = int(((test.a >= 0.75) & (test.b >= 0.75)).sum())
    found = new_to_training(make_subject, train, test, columns=list("abc"))
    assert float(found.value) == expected / 400
    assert 0 < expected < 50
    assert found.interval == "Clopper-Pearson"


def test_the_training_data_themselves_are_nothing_new(make_subject):
    frame = frame_of(np.random.default_rng(6), 300)
    assert float(new_to_training(make_subject, frame, frame.head(100), columns=list("abc")).value) == 0


@pytest.mark.parametrize("elsewhere", [None, 7.0], ids=["missing", "outside the domain"])
def test_a_value_that_no_case_of_training_lacks_is_new_where_it_is_lacking(make_subject, elsewhere):
    """Otherwise a test set of which a column was blanked would hold nothing new."""
    train = frame_of(np.random.default_rng(7), 2000)
    test = train.head(100).assign(a=elsewhere)
    columns = list("abc")
    assert float(new_to_training(make_subject, train, test, columns=columns).value) == 1
    seen = pd.concat([train, train.assign(a=elsewhere)])
    assert float(new_to_training(make_subject, seen, test, columns=columns).value) == 0


@pytest.mark.parametrize(
    ("keywords", "complaint"),
    [
        ({"parts": 1}, "2 to 100 parts"),
        ({"parts": 101}, "2 to 100 parts"),
        ({"fewest_rows": 0}, "a row at least"),
    ],
)
def test_parameters_that_say_nothing_are_refused(make_subject, keywords, complaint):
    with pytest.raises(CannotMeasure, match=complaint):
        covered(make_subject, frame_of(np.random.default_rng(1), 5), columns=list("abc"), **keywords)


def test_arrays_have_no_columns(make_subject):
    arrays = {"image": np.zeros((3, 2, 2)), "label": np.asarray(["yes"] * 3)}
    with pytest.raises(CannotMeasure, match="an array has no columns"):
        covered(make_subject, arrays, tensor="image")


def test_too_many_cells_are_not_counted(make_subject):
    frame = pd.DataFrame({f"x{n}": [0.5, 0.6] for n in range(20)}).assign(label="yes")
    with pytest.raises(CannotMeasure, match="1900000 cells"):
        covered(make_subject, frame, parts=100, quantity={"range": ["0", "1"]})


def test_data_are_compared_with_others(make_subject):
    subject = make_subject(frame_of(np.random.default_rng(1), 5), columns=list("abc"))
    with pytest.raises(CannotMeasure, match="nothing new to themselves"):
        novelty(subject, subject.relation("test"), SURE, other_role="test", parts=4, fewest_rows=1)
    for method, more in ((coverage, {}), (novelty, {"other_role": "train"})):
        with pytest.raises(CannotMeasure, match="none was given"):
            method(subject, None, SURE, parts=4, fewest_rows=1, **more)
