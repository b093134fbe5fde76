import numpy as np
import pandas as pd
import pytest

from checks import features as module
from checks.features import drawn, features, stream


def subject_of(make_subject, rows=50, **more):
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"x0": random.normal(size=rows), "x1": random.choice([1, 2, 5], rows)})
    frame.loc[3, "x0"] = np.nan
    frame["label"] = random.choice(["no", "yes", "?"], rows)
    return frame, make_subject(frame, coded={"x1": [5, 1, 2]}, **more)


def test_columns_are_features_in_the_order_in_which_they_are_fed(make_subject):
    _, subject = subject_of(make_subject)
    first, second = features(subject.manifest)
    assert (first.name, first.codes, first.low, first.high) == ("x0", 0, -10, 10)
    assert (second.name, second.codes, second.low, second.high, second.step) == ("x1", 3, 1, 5, 1)


def test_a_stream_holds_what_the_table_holds(make_subject, monkeypatch):
    monkeypatch.setattr(module, "_NUMBERS", 14)
    _, subject = subject_of(make_subject)
    parts, table = list(stream(subject, subject.relation("test"))), subject.table("test")
    assert len(parts) == 8
    values = np.concatenate([part.values for part in parts]).astype(np.float32)
    assert np.array_equal(values, table.inputs["input"], equal_nan=True)
    assert np.concatenate([part.labels for part in parts]).tolist() == table.labels.tolist()
    assert np.concatenate([part.places for part in parts]).tolist() == list(range(50))


def test_elements_of_a_tensor_are_features_and_are_streamed_too(make_subject, monkeypatch):
    monkeypatch.setattr(module, "_NUMBERS", 20)
    images = np.random.default_rng(1).normal(size=(30, 2, 3)).astype(np.float32)
    rows = {"image": images, "label": np.array(["a", "b", "c"] * 10)}
    subject = make_subject(rows, task="multiclass", tensor="image")
    parts = list(stream(subject, subject.relation("test")))
    assert [feature.name for feature in features(subject.manifest)][3] == "image[1,0]"
    assert len(parts) == 10
    assert np.array_equal(np.concatenate([part.values for part in parts]), images.reshape(30, 6))
    assert np.concatenate([part.labels for part in parts]).tolist() == [0, 1, 2] * 10


@pytest.mark.parametrize("rows", [1, 20, 49])
def test_rows_are_drawn_once_each_and_belong_together(make_subject, rows, monkeypatch):
    monkeypatch.setattr(module, "_NUMBERS", 14)
    _, subject = subject_of(make_subject)
    table = subject.table("test")
    cases = drawn(subject, subject.relation("test"), rows, np.random.default_rng(7))
    assert len(set(cases.places.tolist())) == rows
    here = table.inputs["input"][cases.places]
    assert np.array_equal(cases.values.astype(np.float32), here, equal_nan=True)
    assert (cases.labels == table.labels[cases.places]).all()


def test_where_all_are_asked_for_all_are_there(make_subject):
    _, subject = subject_of(make_subject)
    cases = drawn(subject, subject.relation("test"), 50, np.random.default_rng(7))
    assert cases.places.tolist() == list(range(50))


def test_labels_of_a_regression_are_numbers(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "label": ["1.5", "2", "none"]})
    subject = make_subject(frame, task="regression")
    (cases,) = stream(subject, subject.relation("test"))
    assert np.array_equal(cases.labels, [1.5, 2, np.nan], equal_nan=True)
