import io
import warnings
import zipfile

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from certify.evidence import Reason
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED
from checks.table import as_codes

SEXES = {"sex": {"women": [0], "men": [1]}}


def table(make_subject, frame, role="test", **keywords):
    return make_subject(frame, **keywords).table(role)


def test_columns_are_fed_in_the_declared_order(make_subject):
    frame = pd.DataFrame({"b": [1.0], "label": ["yes"], "a": [2.0]})
    data = table(make_subject, frame, columns=("a", "b"))
    assert data.inputs["input"].tolist() == [[2, 1]]
    assert data.inputs["input"].dtype == np.float32


def test_labels_become_indices_of_classes_and_unknown_ones_undecided(make_subject):
    frame = pd.DataFrame({"x": [0.0] * 4, "label": ["yes", "no", "perhaps", None]})
    assert table(make_subject, frame).labels.tolist() == [1, 0, UNDECIDED, UNDECIDED]


@pytest.mark.parametrize("labels", [[0, 1, 1], [0.0, 1.0, 1.0]])
def test_labels_may_be_numbers(make_subject, labels):
    data = table(make_subject, pd.DataFrame({"x": [0.0] * 3, "label": labels}), classes=("0", "1"))
    assert data.labels.tolist() == [0, 1, 1]


def test_a_value_that_is_no_number_becomes_nan_and_keeps_its_row(make_subject):
    data = table(make_subject, pd.DataFrame({"x": [1.0, None, "??"], "label": ["yes"] * 3}))
    assert np.isnan(data.inputs["input"][:, 0]).tolist() == [False, True, True]
    assert data.rows == 3


def test_the_true_values_of_a_regression_are_numbers(make_subject):
    frame = pd.DataFrame({"x": [1.0, 1.0], "label": ["2.5", "none"]})
    labels = table(make_subject, frame, task="regression").labels
    assert labels[0] == 2.5
    assert np.isnan(labels[1])


def test_csv_npz_and_parquet_are_read_alike(make_subject):
    frame = pd.DataFrame({"x": [1.0, -1.0], "label": ["yes", "no"]})
    stream = io.BytesIO()
    frame.to_parquet(stream)
    subjects = [
        make_subject(frame),
        make_subject({"x": frame.x, "label": frame.label.to_numpy(str)}, columns=["x"]),
        make_subject(frame, files={"test": {"part.parquet": stream.getvalue()}}),
    ]
    for data in (subject.table("test") for subject in subjects):
        assert data.inputs["input"].tolist() == [[1], [-1]]
        assert data.labels.tolist() == [1, 0]


def test_the_files_of_a_data_set_are_joined_in_order(make_subject):
    parts = {"a.csv": b"x,label\n1,yes\n", "b.csv": b"x,label\n-1,no\n2,yes\n"}
    data = make_subject(files={"test": parts}).table("test")
    assert data.inputs["input"].tolist() == [[1], [-1], [2]]


def test_files_with_different_columns_are_refused(make_subject):
    parts = {"a.csv": b"x,label\n1,yes\n", "b.csv": b"x,other\n-1,no\n"}
    with pytest.raises(CannotMeasure, match="the same columns"):
        make_subject(files={"test": parts}).table("test")


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("a.csv", b"", "no readable CSV"),
        ("a.csv", b"\xff\xfe\x00", "no readable CSV"),
        ("a.csv", b"x,label\n", "no rows"),
        ("a.npz", b"PK", "no readable npz"),
        ("a.parquet", b"PAR1", "no readable Parquet"),
        ("a.csv", b"x\n1\n", "no column label to be the target"),
        ("a.csv", b"label\nyes\n", "no column x"),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused(make_subject, path, data, reason):
    with pytest.raises(CannotMeasure, match=reason):
        make_subject(files={"test": {path: data}}).table("test")


def test_an_array_of_objects_is_refused_and_never_unpickled(make_subject):
    stream = io.BytesIO()
    np.savez(stream, x=np.array([{}], dtype=object), label=np.array(["yes"]))
    with pytest.raises(CannotMeasure, match="no readable npz"):
        make_subject(files={"test": {"a.npz": stream.getvalue()}}).table("test")


def test_arrays_of_different_lengths_are_refused(make_subject):
    with pytest.raises(CannotMeasure, match="different lengths"):
        table(make_subject, {"x": np.zeros(2), "label": np.array(["yes"])}, columns=["x"])


def test_a_tensor_keeps_its_shape_and_is_described_by_its_extremes(make_subject):
    images = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    data = table(
        make_subject, {"image": images, "label": np.array(["a", "b"])}, task="multiclass", tensor="image"
    )
    assert (data.inputs["input"] == images).all()
    assert data.frame["image.max"].tolist() == [3, 7]


def test_a_tensor_of_another_shape_is_refused(make_subject):
    square, flat = np.zeros((2, 2, 2), np.float32), np.zeros((2, 3), np.float32)
    labels = np.array(["a", "b"])
    subject = make_subject(
        {"image": square, "label": labels},
        task="multiclass",
        tensor="image",
        sets={"train": {"image": flat, "label": labels}},
    )
    with pytest.raises(CannotMeasure, match=r"cases of \(2, 2\), found cases of shape \(3,\)"):
        subject.table("train")


def test_integer_inputs_cannot_hold_what_is_no_number(make_subject):
    with pytest.raises(CannotMeasure, match="integer input"):
        table(make_subject, pd.DataFrame({"x": [1.0, None], "label": ["yes"] * 2}), dtype="int64")


def test_members_are_told_apart_by_codes_and_by_ranges(make_subject):
    frame = pd.DataFrame({"x": [0.0] * 4, "label": "yes", "sex": [0, 1, 1, 0], "age": [39, 40, 98, 10]})
    data = table(make_subject, frame, attributes={**SEXES, "age": {"young": (0, 40), "old": (40, 99)}})
    assert data.members("sex=men").tolist() == [False, True, True, False]
    assert data.members("age=young").tolist() == [True, False, False, True]
    assert data.members("age=old").tolist() == [False, True, True, False]
    assert data.members("all").all()


def test_rows_of_no_group_and_of_several_are_counted_and_refused(make_subject):
    frame = pd.DataFrame({"x": [0.0] * 5, "label": "yes", "sex": [0, 7, 1, None, 1]})
    subject = make_subject(frame, attributes={"sex": {"women": (0, 1.5), "men": [1]}})
    with pytest.raises(CannotMeasure, match="2 of 5 rows belong to no group of sex and 2 to several"):
        subject.table("test").members("sex=women")


def test_rows_lie_inside_the_contract_or_they_do_not(make_subject):
    frame = pd.DataFrame({"x0": [0.1, 0.75, 0.7, -1, None, 0.1], "x1": [1, 2, 1, 1, 1, 3], "label": "yes"})
    coded = {"x1": [1, 2]}
    data = table(make_subject, frame, coded=coded, quantity={"range": ("0.1", "0.7")})
    assert data.inside.tolist() == [True, False, True, False, False, False]
    stepped = table(make_subject, frame, coded=coded, quantity={"range": ("0", "1")}, step=0.1)
    assert stepped.inside.tolist() == [True, False, True, False, False, False]


def test_every_element_of_a_tensor_must_lie_inside(make_subject):
    images = np.zeros((3, 2, 2), np.float32)
    images[1, 1, 1], images[2, 0, 1] = 17, 0.5
    arrays = {"image": images, "label": np.array(["a"] * 3)}
    data = table(make_subject, arrays, task="multiclass", tensor="image", quantity={"range": (0, 16)}, step=1)
    assert data.inside.tolist() == [True, False, False]


def test_large_numbers_of_single_precision_are_on_their_step(make_subject):
    frame = pd.DataFrame({"x": [16777217.1, 16777217.0], "label": "yes"})
    quantity = {"range": ("0", "20000000")}
    assert table(make_subject, frame, quantity=quantity, step=0.1).inside.all()
    doubles = table(make_subject, frame, quantity=quantity, step=1, dtype="float64")
    assert doubles.inside.tolist() == [False, True]


def test_an_array_that_hides_the_extremes_of_another_is_refused(make_subject):
    arrays = {
        "image": np.full((2, 2, 2), 1e6, np.float32), "image.min": np.zeros(2), "image.max": np.ones(2),
        "label": np.array(["a", "b"]),
    }  # fmt: skip
    with pytest.raises(CannotMeasure, match="hides the extremes of the array image"):
        table(make_subject, arrays, task="multiclass", tensor="image")


def twice_in_parquet():
    columns = [pyarrow.array([1.0]), pyarrow.array([2.0]), pyarrow.array(["yes"])]
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(columns, names=["x", "x", "label"]), stream)
    return stream.getvalue()


def twice_in_npz():
    stream = io.BytesIO()
    np.savez(stream, x=np.zeros(1), label=np.array(["yes"]))
    with zipfile.ZipFile(stream, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the name is there already
        archive.writestr("x.npy", archive.read("x.npy"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.csv", b"x,x,label\n1,2,yes\n"),
        ("a.csv", b"x, x,label\n1,2,yes\n"),
        ("a.parquet", twice_in_parquet()),
        ("a.npz", twice_in_npz()),
    ],
)
def test_two_columns_of_one_name_are_refused(make_subject, path, data):
    with pytest.raises(CannotMeasure, match="several columns or arrays called x"):
        make_subject(files={"test": {path: data}}).table("test")


def test_rows_with_more_fields_than_the_header_are_refused(make_subject):
    with pytest.raises(CannotMeasure, match="no readable CSV"):
        make_subject(files={"test": {"a.csv": b"x,label\n1,1,yes\n2,2,yes\n"}}).table("test")


def test_no_column_of_a_parquet_file_is_hidden_as_an_index(make_subject):
    stream = io.BytesIO()
    pd.DataFrame({"x": [1.0], "label": ["yes"], "sex": [0]}).set_index("sex").to_parquet(stream)
    data = make_subject(files={"test": {"a.parquet": stream.getvalue()}}, attributes=SEXES).table("test")
    assert data.members("sex=women").all()


@pytest.mark.parametrize("column", [[1.0, None], ["a", None], pd.Series([1, None, "x"], dtype=object)])
def test_a_missing_value_is_no_code(column):
    codes = as_codes(pd.Series(column))
    assert codes.isna()[1]
    assert not codes.isin(["nan", "None", "NaN", "<NA>"]).any()


def test_a_class_that_is_called_nan_takes_no_missing_label(make_subject):
    frame = pd.DataFrame({"x": [-1.0, 1.0], "label": [None, 1.0]})
    assert table(make_subject, frame, classes=("nan", "1")).labels.tolist() == [UNDECIDED, 1]


def some_rows(n=40):
    rng = np.random.default_rng(3)
    return pd.DataFrame({"x": rng.normal(size=n).round(3), "label": rng.choice(["yes", "no"], n)})


def test_the_same_rows_in_two_files_are_no_independent_rows(make_subject):
    rows, others = some_rows(), some_rows(100).iloc[40:]
    parts = {"a.csv": rows, "b.csv": others, "c.csv": rows.sample(frac=1, random_state=1)}
    files = {path: part.to_csv(index=False).encode() for path, part in parts.items()}
    make_subject(files={"test": dict(list(files.items())[:2])}).table("test").require_independent_rows()
    with pytest.raises(CannotMeasure, match="two files that hold the same rows"):
        make_subject(files={"test": files}).table("test").require_independent_rows()


def test_coarse_rows_that_happen_to_be_equal_are_independent(make_subject):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.integers(0, 3, 2000), "x0": rng.integers(0, 5, 2000)})
    frame["label"] = rng.choice(["yes", "no"], 2000)
    table(make_subject, frame, step=1).require_independent_rows()
    table(make_subject, pd.DataFrame({"x": [1.0] * 50, "label": "yes"})).require_independent_rows()


@pytest.mark.parametrize("stratum", ["sex=others", "age=young", "sex", "", "women"])
def test_a_stratum_that_nobody_declared_is_not_measured(make_subject, stratum):
    frame = pd.DataFrame({"x": [0.0], "label": "yes", "sex": [0]})
    with pytest.raises(CannotMeasure, match="declares no stratum"):
        table(make_subject, frame, attributes=SEXES).members(stratum)


def test_an_attribute_without_its_column_is_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no column sex"):
        make_subject(attributes=SEXES).table("test").members("sex=men")


def test_one_is_the_same_code_as_an_integer_a_decimal_and_a_text():
    for column in ([1, 2], [1.0, 2.0], ["1", "2"]):
        assert as_codes(pd.Series(column)).tolist() == ["1", "2"]
    assert as_codes(pd.Series([1.5, None, 3.0])).dropna().tolist() == ["1.5", "3"]


def test_weights_and_clusters_refuse_methods_for_independent_rows(make_subject):
    frame = pd.DataFrame({"x": [0.0] * 2, "label": "yes", "person": [1, 1], "other": [1, 2]})
    table(make_subject, frame, unit_column="other").require_independent_rows()
    for keywords, reason in [
        ({"row_weights": "w"}, "weighted"),
        ({"unit_column": "person"}, "several rows per person"),
        ({"unit_column": "absent"}, "no column absent"),
    ]:
        with pytest.raises(CannotMeasure, match=reason):
            table(make_subject, frame, **keywords).require_independent_rows()


def test_a_role_that_the_vendor_left_empty_is_not_measured(make_subject):
    with pytest.raises(CannotMeasure, match="no train data"):
        make_subject().table("train")


def test_bytes_that_changed_since_intake_are_unbound(make_subject):
    subject = make_subject()
    subject.files._locations["test.csv"].write_bytes(b"x,label\n9,yes\n")
    with pytest.raises(CannotMeasure) as refusal:
        subject.table("test")
    assert refusal.value.reason is Reason.UNBOUND


def test_what_was_read_is_remembered(make_subject):
    subject = make_subject()
    subject.table("test")
    assert [opened.path for opened in subject.files.opened] == ["test.csv"]


def test_labels_in_other_words_than_the_classes_are_no_bad_model(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0, -1.0, 2.0], "label": ["Yes", "no", "Yes"]}))
    with pytest.raises(CannotMeasure, match=r"'Yes' in 2 rows, and never yes"):
        subject.table("test")
