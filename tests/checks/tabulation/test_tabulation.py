import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify.submission.model import IdentityRule, TableInput
from checks.domain import inside
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED
from checks.repetition import repeated, row_digests
from checks.tabulation import Tabulation, tabulate

GROUPS = {"sex": {"women": ["f"], "men": ["m"]}, "age": {"young": (0, 40), "old": (40, 120)}}
VALUES = st.sampled_from(
    [None, 0.0, -0.0, 0.1, 0.30000001, 0.5, 1.0, -1.0, 5.0, 5.0000005, 10.0, 1e300, float("inf")]
)
WORDS = st.sampled_from([None, "yes", "no", "perhaps", " ", "1"])
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def frame_of(draws):
    columns = {"x": 0.0, "c": 0.0, "label": "", "sex": "", "age": 0}
    return pd.DataFrame(draws, columns=list(columns))


ROWS = st.lists(
    st.tuples(
        VALUES, st.sampled_from([None, 0.0, 1.0, 2.0, 7.0]), WORDS,
        st.sampled_from(["f", "m"]), st.integers(18, 90),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


def subject_of(make_subject, frame, **keywords):
    keywords = {"columns": ["x", "c"], "coded": {"c": [0, 1, 2]}, "attributes": GROUPS, **keywords}
    return make_subject(frame, quantity={"range": ["0", "5"]}, **keywords)


@settings(max_examples=25, **QUIET)
@given(rows=ROWS)
@pytest.mark.parametrize("how", [{"dtype": "float32"}, {"dtype": "float64"}, {"step": {"x": "0.1"}}])
def test_what_is_counted_is_what_a_table_holds(make_subject, rows, how):
    subject = subject_of(make_subject, frame_of(rows), **how)
    try:
        table = subject.table("test")
    except CannotMeasure:
        return  # its labels are other words than the classes, which a tabulation tells as unknown labels
    found = tabulate(subject.relation("test"))
    assert found.rows == table.rows
    assert found.outside == (~table.inside).sum()
    assert found.unknown_labels == (table.labels == UNDECIDED).sum()
    assert found.repeated == repeated(row_digests(table.inputs, table.labels))
    (entry,) = subject.manifest.model.inputs
    for at, source in enumerate(found.sources):
        assert source.missing == np.isnan(table.inputs["input"][:, at]).sum()
        alone = entry.model_copy(update={"columns": (entry.columns[at],)})
        assert source.outside == (~inside((alone,), {"input": table.inputs["input"][:, [at]]})).sum()
    for stratum in ("sex=women", "age=old", "age=young & sex=men"):
        assert found.count(stratum) == table.members(stratum).sum()


@settings(max_examples=15, **QUIET)
@given(rows=ROWS)
def test_every_row_falls_into_one_bin_of_each_column(make_subject, rows):
    found = tabulate(subject_of(make_subject, frame_of(rows)).relation("test"))
    assert [d.source for d in found.distributions] == ["x", "c", "label"]
    assert {d.rows for d in found.distributions} == {found.rows}


@pytest.mark.parametrize("step", [None, {"x": "0.5"}])
def test_the_bins_of_a_number_are_those_of_numpy(make_subject, step):
    values = np.random.default_rng(3).integers(-4, 14, 4000) / 2
    frame = pd.DataFrame({"x": values, "label": "yes"})
    subject = make_subject(frame, quantity={"range": ["0", "5"]}, step=step, dtype="float64")
    found = tabulate(subject.relation("test")).distribution("x")
    edges = np.linspace(0, 5, 257) if step is None else np.linspace(-0.25, 5.25, 12)
    within = values[(values >= 0) & (values <= 5)]
    assert list(found.counts) == np.histogram(within, bins=edges)[0].tolist()
    assert (found.below, found.above) == ((values < 0).sum(), (values > 5).sum())
    assert found.stepwise == (step is not None)


def test_codes_and_classes_are_counted_by_name(make_subject):
    rows = [(1.0, 2.0, "yes", "f", 30)] * 3 + [(1.0, 7.0, "other", "f", 30), (1.0, None, None, "m", 50)]
    found = tabulate(subject_of(make_subject, frame_of(rows)).relation("test"))
    codes, classes = found.distribution("c"), found.distribution("label")
    assert (codes.labels, codes.counts, codes.other, codes.missing) == (("0", "1", "2"), (0, 0, 3), 1, 1)
    assert (classes.labels, classes.counts) == (("no", "yes"), (0, 3))
    assert (classes.other, classes.missing) == (1, 1)


def test_rows_that_belong_to_no_group_are_told(make_subject):
    rows = [(1.0, 0.0, "yes", "f", 30), (1.0, 0.0, "yes", "?", 30)]
    found = tabulate(subject_of(make_subject, frame_of(rows)).relation("test"))
    assert found.count("age=young") == 2
    with pytest.raises(CannotMeasure, match="1 of 2 rows belong to no group of sex"):
        found.count("sex=women")
    with pytest.raises(CannotMeasure, match="declares no stratum origin=here"):
        found.count("origin=here")


def test_weights_and_units_are_added_up(make_subject):
    frame = frame_of([(1.0, 0.0, "yes", "f", 30), (2.0, 0.0, "yes", "f", 30), (3.0, 1.0, "no", "m", 30)])
    frame = frame.assign(w=[0.5, 1.5, -1.0], who=["a", "a", "b"])
    subject = subject_of(make_subject, frame, row_weights="w", unit_column="who", columns=["x", "c"])
    found = tabulate(subject.relation("test"))
    (women,) = found.members("sex=women")
    assert (float(women.weight), float(women.weight_squares)) == (2.0, 2.5)
    assert (found.weightless, found.units) == (1, 2)


@pytest.mark.parametrize(
    ("values", "times", "different"), [([1, 1, 2, 2], 2, 2), ([1, 1, 1, 2], 1, 2), ([1, 2, 3, 4], 1, 4)]
)
def test_copies_are_counted(make_subject, values, times, different):
    frame = pd.DataFrame({"x": np.asarray(values, dtype=float), "label": "yes"})
    found = tabulate(make_subject(frame).relation("test")).repetition
    assert (found.times, found.different) == (times, different)


def test_two_files_with_the_same_rows_in_another_order_are_alike(make_subject):
    lines = [f"{n},yes\n" for n in range(30)]
    header = "x,label\n"
    first, again = header + "".join(lines), header + "".join(reversed(lines))
    other = header + "".join(lines[:-1]) + "99,yes\n"
    frame = pd.DataFrame({"x": [1.0], "label": "yes"})
    for second, alike in ((again, True), (other, False)):
        files = {"test": {"a.csv": first.encode(), "b.csv": second.encode()}}
        assert tabulate(make_subject(frame, files=files).relation("test")).repetition.files_alike is alike


def test_images_are_counted_by_their_arrays(make_subject):
    generator = np.random.default_rng(2)
    images = generator.integers(0, 5, (40, 2, 2)).astype(np.float32)
    images[0, 0, 0], images[1, 0, 0], images[3] = np.nan, 9, images[2]
    arrays = {"image": images, "label": np.asarray(["yes", "no"] * 20)}
    subject = make_subject(arrays, tensor="image", quantity={"range": ["0", "5"]})
    table, found = subject.table("test"), tabulate(subject.relation("test"))
    assert found.outside == (~table.inside).sum() == 2
    assert found.sources[0].missing == 1
    assert found.repeated == repeated(row_digests(table.inputs, table.labels))
    assert [d.source for d in found.distributions] == ["label"]


def test_an_integer_input_is_not_fed_with_what_is_no_integer_of_its_type(make_subject):
    frame = pd.DataFrame({"x": [1.0, None], "label": "yes"})
    with pytest.raises(CannotMeasure, match="given values that are no int32"):
        tabulate(make_subject(frame, dtype="int32").relation("test"))


def test_a_regression_counts_its_target_in_parts_of_the_declared_range(make_subject):
    frame = pd.DataFrame({"x": [0.0] * 4, "label": ["0", "none", None, "inf"]})
    subject = make_subject(frame, task="regression")
    found = tabulate(subject.relation("test"))
    assert isinstance(subject.manifest.model.decision, IdentityRule)
    assert (found.unknown_labels, found.target_missing) == (3, 2)
    assert sum(found.distribution("label").counts) == 1


def test_it_travels_as_bytes(make_subject):
    found = tabulate(subject_of(make_subject, frame_of([(1.0, 0.0, "yes", "f", 30)])).relation("test"))
    assert Tabulation.from_bytes(found.to_bytes(), source="test") == found
    assert isinstance(found.sources, tuple)
    assert [opened.path for opened in found.opened]


def test_only_declared_columns_are_asked_for(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": "yes"}), columns=["x"])
    assert isinstance(subject.manifest.model.inputs[0], TableInput)
    with pytest.raises(CannotMeasure, match="it is no declared column"):
        tabulate(subject.relation("test")).distribution("y")


OURS = ("value 0", "inside 0", "bin of x", "target missing", "label as declared", "number of the row")


@pytest.mark.parametrize("name", [f"certify: {name}" for name in OURS] + ["Certify: value 0"])
def test_a_column_that_is_called_as_one_of_ours_is_not_counted_in_its_place(make_subject, name):
    frame = pd.DataFrame({"x": [0.0, 99.0], name: [0.0, 0.0], "label": ["yes", "?"]})
    with pytest.raises(CannotMeasure, match="names that are kept for us"):
        make_subject(frame, columns=["x"]).tabulation("test")


def test_a_column_of_any_other_name_changes_no_count(make_subject):
    """As long as ours had such names, whoever had a column of that name chose the counts."""
    named = ["x as fed to input", "x inside input", "bin of x", "target missing", "place0"]
    frame = pd.DataFrame({"x": [0.0, 99.0], **{name: [0.0, 0.0] for name in named}, "label": ["yes", "?"]})
    found = make_subject(frame, columns=["x"]).tabulation("test")
    assert (found.outside, found.unknown_labels, found.distribution("x").above) == (1, 1, 1)


def test_names_that_are_put_together_to_look_like_others_hide_no_row(make_subject):
    """`a` of the input `b inside c` and `a inside b` of the input `c` are two columns."""
    quantity = {"kind": "measured", "unit": "1", "range": ["0", "1"], "exact": "Stated for a test."}
    inputs = [
        {"kind": "table", "name": name, "dtype": "float32", "columns": [{**quantity, "name": column}]}
        for name, column in (("b inside c", "a"), ("c", "a inside b"))
    ]
    frame = pd.DataFrame({"a": [0.0, 0.0], "a inside b": [0.0, 99.0], "label": ["yes", "no"]})
    found = make_subject(frame, columns=["a"], change={"model": {"inputs": inputs}}).tabulation("test")
    assert [source.outside for source in found.sources] == [0, 1]
    assert found.outside == 1


def test_arrays_that_differ_in_capitals_from_what_is_said_of_another_are_refused(make_subject):
    arrays = {
        "image": np.full((2, 1, 2), 99.0),
        "IMAGE.inside": np.array([True, True]),
        "label": np.array(["yes", "no"]),
    }
    with pytest.raises(CannotMeasure, match="differ in capitals alone"):
        make_subject(arrays, tensor="image").tabulation("test")
