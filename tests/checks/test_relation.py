import io

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify.evidence import Reason
from checks.measured import CannotMeasure
from checks.opening import quoted, text
from checks.table import as_codes, in_group

SEXES = {"sex": {"women": [0, "f"], "men": [1, "m"], "unknown": ["?"]}}
CELLS = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.5, 1e9, float("inf")]),
    st.sampled_from(
        ["f", "m", "?", "1", "1.0", "0.50", "x y", "True", "1e3", "1_000", "0x10", "é", "a'b", 'a"b']
    ),
)
NUMBERS = st.one_of(st.none(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, width=32))
LARGE = st.one_of(
    st.none(), st.integers(-3, 12), st.sampled_from([0.5, 0.1, 1e16, 9007199254740993, float("inf")])
)
CODES = (
    "0", "1", "1.0", "01", "-2", "0.5", "0.50", "0.1", "1e+16", "1e16", "9007199254740993", "inf", "one", "",
    "1_0", "10", " 1", "nan", "9007199254740992.0", "1e+16",
)  # fmt: skip
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def parquet(frame):
    stream = io.BytesIO()
    frame.to_parquet(stream)
    return stream.getvalue()


def relation(make_subject, frame, **keywords):
    return make_subject(frame, **keywords).relation("test")


def both(make_subject, frame, **keywords):
    subject = make_subject(frame, **keywords)
    return subject.table("test"), subject.relation("test")


def column(found, expression):
    return [value for (value,) in found.query(f"SELECT {expression} FROM data")]


def same_numbers(numbers, floats):
    return [x is None for x in numbers] == [bool(np.isnan(x)) for x in floats] and all(
        x is None or x == y for x, y in zip(numbers, floats, strict=True)
    )


@settings(max_examples=50, **QUIET)
@given(cells=st.one_of(st.lists(CELLS, min_size=1, max_size=8), st.lists(NUMBERS, min_size=1, max_size=8)))
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_value_means_the_same_to_those_who_count_and_to_those_who_compute(make_subject, cells, kind):
    if kind == "parquet" and any(isinstance(cell, str) for cell in cells):
        cells = [cell if cell is None else str(cell) for cell in cells]
    frame = pd.DataFrame(
        {"x": np.zeros(len(cells)), "a": pd.Series(cells, dtype=object), "label": ["yes"] * len(cells)}
    )
    if kind == "parquet":
        frame["a"] = frame["a"].infer_objects()
    files = {"test": {"part.parquet": parquet(frame)}} if kind == "parquet" else None
    table, found = both(make_subject, frame, files=files, columns=["x"])
    held = table.frame["a"]
    codes = as_codes(held)
    assert column(found, found.code("a")) == [None if pd.isna(code) else code for code in codes]
    numbers = pd.to_numeric(held, errors="coerce").to_numpy(dtype=np.float64)
    assert same_numbers(column(found, found.number("a")), numbers)


def test_members_are_those_of_the_table(make_subject):
    generator = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "x": generator.normal(size=300),
            "sex": generator.choice(["f", "m", "?"], 300),
            "age": generator.integers(18, 90, 300),
            "label": "yes",
        }
    )
    ages = {"young": (0, 40), "old": (40, 120)}
    table, found = both(make_subject, frame, attributes={**SEXES, "age": ages}, columns=["x"])
    for stratum in ("all", "sex=women", "age=old", "age=young & sex=men"):
        counted = found.aggregate({"n": f"count(*) FILTER ({found.member(stratum)})"})["n"]
        assert counted == table.members(stratum).sum()
    groups = table.attributes["sex"].groups
    assert in_group(table.frame["sex"], groups[0]).sum() == (frame.sex == "f").sum()


@pytest.mark.parametrize(
    ("stratum", "complaint"),
    [
        ("sex=others", "declares no stratum sex=others"),
        ("origin=here", "declares no stratum origin=here"),
        ("sex=women", "1 of 3 rows belong to no group of sex and 0 to several"),
    ],
)
def test_a_stratum_that_is_not_sound_is_refused(make_subject, stratum, complaint):
    frame = pd.DataFrame({"x": [0.0, 1, 2], "sex": ["f", "m", "unheard"], "label": "yes"})
    found = relation(make_subject, frame, attributes=SEXES, columns=["x"])
    with pytest.raises(CannotMeasure, match=complaint):
        found.member(stratum)


def test_aggregates_are_made_in_one_scan_and_come_by_their_keys(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0], "label": "yes"})
    found = relation(make_subject, frame).aggregate({"n": "count(*)", "most": "max(x)", "sum": "sum(x)"})
    assert found == {"n": 3, "most": 4.0, "sum": 7.0}


def test_frames_come_in_order_and_hold_every_row_once(make_subject):
    frame = pd.DataFrame({"x": np.arange(10_000.0), "label": "yes"})
    chunks = list(relation(make_subject, frame).frames(["x"], rows=2048))
    assert np.concatenate([chunk.x for chunk in chunks]).tolist() == frame.x.tolist()
    assert max(map(len, chunks)) <= 2048


def test_several_files_are_one_relation(make_subject):
    frame = pd.DataFrame({"x": [1.0, 2.0], "label": "yes"})
    files = {"test": {"a.parquet": parquet(frame), "b.csv": b"x,label\n3,no\n"}}
    assert column(relation(make_subject, frame, files=files), "x") == [1, 2, 3]


def test_arrays_are_described_by_their_extremes(make_subject):
    images = np.arange(12.0).reshape(3, 2, 2)
    found = relation(make_subject, {"image": images, "label": np.asarray(["yes"] * 3)}, tensor="image")
    assert column(found, found.number("image.max")) == [3, 7, 11]


def test_what_is_read_is_remembered(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": "yes"}))
    assert subject.relation("test").rows
    assert [opened.path for opened in subject.files.opened] == [
        path for dataset in subject.manifest.data.sets for path in dataset.files
    ]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a.csv": b"x,x,label\n1,2,yes\n"}, "several columns or arrays called x"),
        ({"a.csv": b"x,X,label\n1,2,yes\n"}, "differ in capitals alone"),
        ({"a.csv": b"x,label\n1,yes,more\n"}, "cannot be read"),
        ({"a.csv": b"x,label\n1,\xff\xfe\n"}, "cannot be read|no readable CSV"),
        ({"a.csv": b"x,other\n1,yes\n"}, "no column label to be the target"),
        ({"a.csv": b"x,label\n"}, "no rows"),
        ({"a.csv": b""}, "cannot be read|no column|no readable"),
        ({"a.parquet": b"PAR1 is not enough"}, "no readable Parquet file"),
        ({"a.csv": b"x,label\n1,yes\n", "b.csv": b"label,x\nyes,1\n"}, "do not have the same columns"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused(make_subject, files, complaint):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": "yes"}), files={"test": files})
    with pytest.raises(CannotMeasure, match=complaint):
        subject.relation("test").rows  # noqa: B018


def test_columns_of_one_name_in_parquet_are_refused(make_subject):
    table = pyarrow.table(
        [pyarrow.array([1.0]), pyarrow.array([2.0]), pyarrow.array(["yes"])], ["x", "x", "label"]
    )
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    subject = make_subject(
        pd.DataFrame({"x": [1.0], "label": "yes"}), files={"test": {"a.parquet": stream.getvalue()}}
    )
    with pytest.raises(CannotMeasure, match="several columns or arrays called x"):
        subject.relation("test").rows  # noqa: B018


def test_bytes_that_changed_are_unbound(make_subject):
    subject = make_subject(pd.DataFrame({"x": [1.0], "label": "yes"}))
    path = subject.manifest.data.sets[0].files[0]
    subject.files._locations[path].write_bytes(b"x,label\n2,no\n")
    with pytest.raises(CannotMeasure) as refusal:
        subject.relation("test").rows  # noqa: B018
    assert refusal.value.reason is Reason.UNBOUND


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/certify-escape.csv'",
        "ATTACH '/tmp/certify-escape.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
    ],
)
def test_the_database_reaches_nothing_but_its_files(make_subject, sql):
    found = relation(make_subject, pd.DataFrame({"x": [1.0], "label": "yes"}))
    with pytest.raises(CannotMeasure):
        found.query(sql)


def test_names_and_texts_cannot_leave_their_quotes(make_subject):
    name = """a" FROM data; DROP VIEW data; --'"""
    frame = pd.DataFrame({name: ["it's"], "x": [1.0], "label": "yes"})
    found = relation(make_subject, frame, columns=["x"])
    assert found.query(
        f"SELECT count(*) FROM data WHERE {found.code(name)} = {text(chr(39).join(['it', 's']))}"
    ) == [(1,)]
    assert quoted(name) == '"a"" FROM data; DROP VIEW data; --\'"'
    with pytest.raises(CannotMeasure, match="zero character"):
        text("\0")


@settings(max_examples=60, **QUIET)
@given(
    cells=st.lists(LARGE, min_size=1, max_size=8),
    codes=st.lists(st.sampled_from(CODES), min_size=1, max_size=4, unique=True),
)
@pytest.mark.parametrize("dtype", ["csv", "float32", "float64"])
def test_numbers_equal_codes_as_their_texts_do(make_subject, cells, codes, dtype):
    frame = pd.DataFrame({"x": 0.0, "a": pd.Series(cells, dtype=object), "label": "yes"})
    files = None
    if dtype != "csv":
        frame["a"] = frame["a"].astype(dtype)
        files = {"test": {"part.parquet": parquet(frame)}}
    found = relation(make_subject, frame, columns=["x"], files=files)
    texts = ", ".join(map(text, codes))
    by_text = column(found, f"coalesce({found.code('a')} IN ({texts}), false)")
    assert [bool(equal) for equal in column(found, found.equals("a", codes))] == by_text
