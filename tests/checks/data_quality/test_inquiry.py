"""Answers in chunks beside the answers of Great Expectations' own batches on the whole frame."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certify.standard import Expectation
from checks.data_quality.inquiry import ask
from checks.data_quality.validation import Answer, RowsAnswer, Validation
from checks.data_quality.vocabulary import IN_CHUNKS
from checks.measured import CannotMeasure
from checks.relation import Relation
from checks.subject import Subject

ByItself = Callable[[pd.DataFrame, Iterable[Expectation]], dict[str, Answer]]
WHOLE_BYTES = 10_000_000


def rule(name: str, **arguments: object) -> Expectation:
    return Expectation.model_validate({"expectation": f"expect_{name}", "arguments": arguments})


def unwritable(name: str, **arguments: object) -> Expectation:
    """A rule with arguments that no check can be written with, for the library takes mappings and pairs."""
    return Expectation.model_construct(expectation=f"expect_{name}", arguments=arguments)  # type: ignore[arg-type]


CHUNKED = (
    rule("column_values_to_be_between", column="number", min_value=-1, max_value=2),
    rule("column_values_to_be_between", column="half", min_value=-1, max_value=2, strict_max=True),
    rule("column_values_to_be_between", column="time", min_value="2020-02-01T05:00:00"),
    rule("column_values_to_be_between", column="day", max_value="2020-02-01"),
    rule("column_values_to_match_regex", column="time", regex=" 00:"),
    rule("column_values_to_not_match_regex", column="time", regex="^2020-02-.."),
    rule("column_value_lengths_to_equal", column="time", value=10),
    rule("column_values_to_match_regex", column="half", regex="0$"),
    rule("column_values_to_be_between", column="text", max_value=2),
    rule("column_values_to_be_in_set", column="number", value_set=(0, 1)),
    rule("column_values_to_be_in_set", column="truth", value_set=(1,)),
    rule("column_values_to_not_be_in_set", column="text", value_set=("a", "1")),
    rule("column_values_to_not_be_in_set", column="half", value_set=(0.5,)),
    rule("column_values_to_be_null", column="text"),
    rule("column_values_to_be_null", column="day"),
    rule("column_values_to_not_be_null", column="number"),
    rule("column_values_to_not_be_null", column="truth"),
    rule("column_values_to_match_regex", column="text", regex="^[a-z]"),
    rule("column_values_to_match_regex", column="number", regex="^-?[0-9]+$"),
    rule("column_values_to_match_regex", column="truth", regex="^T"),
    rule("column_values_to_not_match_regex", column="text", regex="[0-9]"),
    rule("column_values_to_match_regex_list", column="text", regex_list=("^a", "1")),
    rule("column_values_to_not_match_regex_list", column="text", regex_list=("^a", "1")),
    rule("column_value_lengths_to_be_between", column="text", min_value=1, max_value=2),
    rule("column_value_lengths_to_equal", column="text", value=1),
    rule("column_values_to_be_dateutil_parseable", column="text"),
    rule("column_values_to_be_json_parseable", column="text"),
    unwritable("column_values_to_match_json_schema", column="json", json_schema={"type": "object"}),
    rule("column_values_to_match_strftime_format", column="text", strftime_format="%Y-%m-%d"),
    rule("column_pair_values_a_to_be_greater_than_b", column_A="number", column_B="half", or_equal=True),
    rule("column_pair_values_to_be_equal", column_A="number", column_B="half"),
    rule(
        "column_pair_values_to_be_equal", column_A="text", column_B="json",
        ignore_row_if="either_value_is_missing",
    ),
    unwritable(
        "column_pair_values_to_be_in_set", column_A="text", column_B="truth",
        value_pairs_set=[("a", True), ("b", False)],
    ),
    rule("multicolumn_sum_to_equal", column_list=("number", "half"), sum_total=1),
    rule("multicolumn_values_to_be_equal", column_list=("number", "half"), ignore_row_if="never"),
    rule("select_column_values_to_be_unique_within_record", column_list=("number", "half", "truth")),
)  # fmt: skip

TEXTS = ["a", "b", "1", "10", "", "2020-02-30", "2020-02-03", "{}", '{"a": 1}', "é", "nan?", "True"]
TIMES = [datetime.datetime(2020, month, 3, hour) for month in (1, 2) for hour in (0, 0, 0, 10)]
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-3, 3),
        st.none() | st.sampled_from([-1.5, 0.0, 0.5, 1.0, 2.0, float("inf")]),
        st.none() | st.booleans(),
        st.none() | st.sampled_from(TIMES),
        st.none() | st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 4, 1)),
        st.none() | st.sampled_from(TEXTS),
        st.none() | st.sampled_from(["{}", "[]", '{"a": 1}']),
    ),
    min_size=1,
    max_size=9,
)
NAMES = ["number", "half", "truth", "time", "day", "text", "json"]


def framed(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True))
    frame = pd.DataFrame(
        {name: pd.Series(list(values), dtype=object) for name, values in zip(NAMES, columns, strict=True)}
    )
    whole = frame["number"].notna().all()
    return frame.astype({"number": "int64" if whole else "float64", "half": "float64"}).assign(
        time=pd.to_datetime(frame["time"]).astype("datetime64[ns]"),
        truth=frame["truth"].astype("bool") if frame["truth"].notna().all() else frame["truth"],
        text=frame["text"].astype("str"),
        json=frame["json"].astype("str"),
    )


def parquet(frame: pd.DataFrame, number: pyarrow.DataType) -> dict[str, dict[str, bytes]]:
    """In two files, of which one may lack what the other has."""
    types = [
        ("number", number), ("half", pyarrow.float64()), ("truth", pyarrow.bool_()),
        ("time", pyarrow.timestamp("us")), ("day", pyarrow.date32()), ("text", pyarrow.string()),
        ("json", pyarrow.string()), ("x", pyarrow.float64()), ("label", pyarrow.string()),
    ]  # fmt: skip
    rows = frame.assign(x=0.0, label="yes")
    cut = (len(frame) + 1) // 2
    files = {}
    for name, part in (("a", rows[:cut]), ("b", rows[cut:])):
        table = pyarrow.Table.from_pandas(part, schema=pyarrow.schema(types), preserve_index=False)
        files[f"{name}.parquet"] = written(table)
    return {"test": files}


def written(table: pyarrow.Table) -> bytes:
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    return stream.getvalue()


@pytest.fixture
def rows_of(make_subject: Callable[..., Subject]) -> Callable[..., Relation]:
    def relation(frame: pd.DataFrame, number: pyarrow.DataType | None = None) -> Relation:
        files = parquet(frame, number or pyarrow.int64())
        subject = make_subject(pd.DataFrame({"x": [0.0], "label": "yes"}), files=files)
        return subject.relation("test")

    return relation


@pytest.fixture(scope="module")
def by_itself() -> ByItself:
    """The library through its own doors: a data source, an asset, a batch of the whole frame, a suite."""
    context = Validation()._context
    import great_expectations
    from great_expectations.expectations.registry import get_expectation_impl

    asset = context.data_sources.add_pandas("whole").add_dataframe_asset("rows")
    definition = asset.add_batch_definition_whole_dataframe("all")

    def native(rule: Expectation) -> Any:
        arguments = {key: list(v) if isinstance(v, tuple) else v for key, v in rule.arguments.items()}
        return get_expectation_impl(rule.expectation)(**arguments, meta={"name": str(rule)})

    def answers(frame: pd.DataFrame, asked: Iterable[Expectation]) -> dict[str, Answer]:
        """Those that it answers, by the rule."""
        suite = great_expectations.ExpectationSuite(name="all", expectations=[native(rule) for rule in asked])
        results = definition.get_batch({"dataframe": frame}).validate(suite, result_format="BASIC").results
        return {found.expectation_config.meta["name"]: counts(found) for found in results if found.result}

    return answers


def counts(found: Any) -> Answer:
    counted = found.result
    return RowsAnswer(
        rows=counted["element_count"],
        unexpected=counted["unexpected_count"],
        missing=counted.get("missing_count") or 0,
    )


def in_chunks(data: Relation, asked: Iterable[Expectation], chunk_rows: int) -> dict[str, Answer]:
    missing = {name: data.query(f'SELECT count(*) - count("{name}") FROM data')[0][0] for name in NAMES}
    rules = {str(rule): rule for rule in asked}
    return ask(rules, data, missing, chunk_rows=chunk_rows, whole_bytes=WHOLE_BYTES)


def test_every_rule_that_is_answered_in_chunks_is_tried_here() -> None:
    assert {asked.expectation for asked in CHUNKED} == IN_CHUNKS


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    chunk_rows=st.integers(2, 5),
    number=st.sampled_from([pyarrow.int8(), pyarrow.int32(), pyarrow.int64()]),
)
def test_chunks_change_no_answer(
    rows_of: Callable[..., Relation],
    by_itself: ByItself,
    rows: list[Any],
    chunk_rows: int,
    number: pyarrow.DataType,
) -> None:
    """Nor does it matter in how many bits a whole number is kept."""
    frame = framed(rows)
    data = rows_of(frame, number)
    expected = by_itself(frame, CHUNKED)
    answered = [rule for rule in CHUNKED if str(rule) in expected]
    assert len(answered) > len(CHUNKED) // 2
    assert in_chunks(data, answered, chunk_rows) == expected
    for rule in CHUNKED:
        if str(rule) not in expected:
            with pytest.raises(CannotMeasure):
                in_chunks(data, [rule], chunk_rows)


def frame_of(**columns: list[Any]) -> pd.DataFrame:
    """As many rows as are given; every other column is empty."""
    rows = len(next(iter(columns.values())))
    return framed([tuple(columns.get(name, [None] * rows)[row] for name in NAMES) for row in range(rows)])


def test_a_whole_number_is_spelt_alike_in_every_chunk_though_one_is_missing_in_another(
    rows_of: Callable[..., Relation],
) -> None:
    """In a frame of all rows it is the float 1.0; alone it would be 1."""
    spelt = rule("column_values_to_match_regex", column="number", regex="^1$")
    answer = in_chunks(rows_of(frame_of(number=[1, 1, 1, None])), [spelt], 2)
    assert answer == {str(spelt): RowsAnswer(rows=4, unexpected=3, missing=1)}


def test_a_midnight_is_spelt_with_its_hour_if_any_other_row_has_one(
    rows_of: Callable[..., Relation],
) -> None:
    spelt = rule("column_values_to_match_regex", column="time", regex="^2020-01-03$")
    midnight, ten = TIMES[0], TIMES[3]
    assert in_chunks(rows_of(frame_of(time=[midnight] * 4)), [spelt], 2)[str(spelt)].unexpected == 0
    assert (
        in_chunks(rows_of(frame_of(time=[midnight, midnight, ten])), [spelt], 2)[str(spelt)].unexpected == 3
    )


def test_times_that_nanoseconds_do_not_reach_are_judged_all_the_same(
    rows_of: Callable[..., Relation],
) -> None:
    late = rule("column_values_to_be_between", column="time", max_value="2020-02-01T00:00:00")
    frame = frame_of(time=[TIMES[0], None, TIMES[0]])
    frame["time"] = frame["time"].astype("datetime64[us]")
    frame.loc[2, "time"] = pd.Timestamp("9999-12-31")
    assert in_chunks(rows_of(frame), [late], 2)[str(late)] == RowsAnswer(rows=3, unexpected=1, missing=1)


def test_a_decimal_is_a_number_and_not_below_itself(make_subject: Callable[..., Subject]) -> None:
    """Of objects the library says that `Decimal("0.1") < 0.1`, and it has no name for their type."""
    tenths = pyarrow.table({"x": [Decimal("0.1")] * 3 + [None], "label": ["yes"] * 4})
    files = {"test": {"a.parquet": written(tenths)}}
    data = make_subject(pd.DataFrame({"x": [0.0], "label": "yes"}), files=files).relation("test")
    between = rule("column_values_to_be_between", column="x", min_value=0.1, max_value=0.1)
    float_ = rule("column_values_to_be_of_type", column="x", type_="float64")
    least = rule("column_min_to_be_between", column="x", min_value=0.1)
    asked = {"between": between, "float": float_, "least": least}
    answers = ask(asked, data, {"x": 1}, chunk_rows=2, whole_bytes=WHOLE_BYTES)
    assert answers["between"] == RowsAnswer(rows=4, unexpected=0, missing=1)
    assert [answers[name].met for name in ("float", "least")] == [True, True]  # type: ignore[union-attr]


WHOLE = (
    rule("column_mean_to_be_between", column="half", min_value=0, max_value=1),
    rule("column_median_to_be_between", column="number", min_value=2, max_value=9),
    rule("column_max_to_be_between", column="number", max_value=3),
    rule("column_stdev_to_be_between", column="half", min_value=1),
    rule("column_unique_value_count_to_be_between", column="text", min_value=3, max_value=3),
    rule("column_distinct_values_to_equal_set", column="text", value_set=("a", "b", "c")),
    rule("column_most_common_value_to_be_in_set", column="text", value_set=("a",)),
    rule("column_proportion_of_non_null_values_to_be_between", column="half", min_value=0.9),
    rule("column_values_to_be_of_type", column="number", type_="int64"),
    rule("column_values_to_be_of_type", column="half", type_="int64"),
    rule("column_type_to_be", column="number", type_="int64"),
    rule("column_values_to_be_in_type_list", column="half", type_list=("int64", "float64")),
    rule("column_values_to_be_in_type_list", column="truth", type_list=("bool",)),
    rule("column_values_to_be_in_type_list", column="text", type_list=("int64", "float64")),
    rule("column_values_to_be_unique", column="number"),
    rule("column_values_to_be_increasing", column="number"),
    rule("column_values_to_be_decreasing", column="half"),
    rule("compound_columns_to_be_unique", column_list=("number", "text")),
    rule("column_to_exist", column="text"),
    rule("column_to_exist", column="other"),
    rule("table_column_count_to_equal", value=9),
    rule("table_columns_to_match_ordered_list", column_list=(*NAMES, "x", "label")),
    rule("table_columns_to_match_ordered_list", column_list=(*reversed(NAMES), "x", "label")),
    rule("table_row_count_to_equal", value=6),
    rule("table_row_count_to_be_between", max_value=5),
)
MET = [True, False, False, False, True, True, False, True, True, False, True, True, False, False]
MET += [False, True, False, True]
MET += [True, False, True, True, False, True, False]


def test_what_needs_all_rows_sees_all_rows(rows_of: Callable[..., Relation]) -> None:
    """Values that stand in different chunks: the answers were worked out by hand."""
    frame = frame_of(
        number=[0, 1, 1, 2, 3, 4], half=[0.0, 0.5, 0.5, 1.0, 1.0, 2.0], text=["a", "b", "c", "b", "c", "b"]
    )
    answers = in_chunks(rows_of(frame), WHOLE, 2)
    met = [a.events == 0 if isinstance(a, RowsAnswer) else a.met for a in answers.values()]
    assert dict(zip(answers, met, strict=True)) == dict(zip(map(str, WHOLE), MET, strict=True))


def test_columns_that_are_too_large_to_be_held_whole_refuse_the_rule_that_needs_them(
    rows_of: Callable[..., Relation],
) -> None:
    data = rows_of(frame_of(number=[0, 1, 2, 3, 4, 5]))
    mean, between = (rule("column_mean_to_be_between", column="number", min_value=0), CHUNKED[0])
    missing = dict.fromkeys(NAMES, 0)
    asked = {"mean": mean, "between": between}
    assert len(ask(asked, data, missing, chunk_rows=2, whole_bytes=48)) == 2
    assert len(ask({"between": between}, data, missing, chunk_rows=2, whole_bytes=0)) == 1
    with pytest.raises(CannotMeasure, match=r"mean_to_be_between.*needs number whole.*more than 47 bytes"):
        ask(asked, data, missing, chunk_rows=2, whole_bytes=47)


def test_no_column_is_read_that_no_rule_names_and_none_twice(
    rows_of: Callable[..., Relation], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[list[str]] = []
    frames = Relation.frames

    def spied(self: Relation, columns: Any, *, rows: int) -> Any:
        read.append(list(columns))
        return frames(self, columns, rows=rows)

    monkeypatch.setattr(Relation, "frames", spied)
    mean = rule("column_mean_to_be_between", column="half", min_value=0)
    in_chunks(rows_of(frame_of(number=[1], half=[1.0])), [*CHUNKED[:1], *CHUNKED[1:2], mean, *WHOLE[-2:]], 2)
    assert read == [["half", "number"], ["half"]]


def test_small_blocks_of_a_file_are_shown_together(
    make_subject: Callable[..., Subject], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each question costs the library the same whatever the rows: blocks of ten rows would take for ever."""
    table = pyarrow.table({"x": [float(x) for x in range(100)], "label": ["yes"] * 100})
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream, row_group_size=10)
    files = {"test": {"a.parquet": stream.getvalue()}}
    data = make_subject(pd.DataFrame({"x": [0.0], "label": "yes"}), files=files).relation("test")
    shown: list[int] = []
    answers = Validation.answers

    def spied(self: Validation, rules: Any, frame: pd.DataFrame) -> dict[str, Answer]:
        shown.append(len(frame)) if rules else None
        return answers(self, rules, frame)

    monkeypatch.setattr(Validation, "answers", spied)
    asked = {"it": rule("column_values_to_be_between", column="x", max_value=97)}
    found = ask(asked, data, {"x": 0}, chunk_rows=35, whole_bytes=0)
    assert shown == [30, 30, 30, 10]
    assert found == {"it": RowsAnswer(rows=100, unexpected=2, missing=0)}


def test_only_what_is_known_to_be_answered_alike_is_asked(
    rows_of: Callable[..., Relation],
) -> None:
    data = rows_of(frame_of(text=["a"]))
    like = rule("column_values_to_match_like_pattern", column="text", like_pattern="a%")
    with pytest.raises(CannotMeasure, match="in databases only"):
        in_chunks(data, [like], 2)


def test_a_rule_of_a_later_release_is_refused_until_somebody_has_sorted_it(
    rows_of: Callable[..., Relation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("checks.data_quality.inquiry._KNOWN", frozenset())
    with pytest.raises(CannotMeasure, match="whether chunks change its answer is not known"):
        in_chunks(rows_of(frame_of(text=["a"])), CHUNKED[:1], 2)
