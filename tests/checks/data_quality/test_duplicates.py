import io
import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import beta, binomtest

from checks.data_quality.duplicates import duplicates
from checks.measured import CannotMeasure, Confidence, Measured
from checks.repetition import repeated, row_digests
from checks.statistics.proportions import proportion
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def different(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"x0": np.arange(rows) / rows, "x1": 1.0, "label": ["yes", "no"] * (rows // 2)})


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(*arguments: object, **more: object) -> Measured:
        subject = make_subject(*arguments, **more)
        return duplicates(subject, subject.relation("test"), CONFIDENCE)

    return run


def test_different_rows_have_a_share_of_zero_and_a_bound_above_it(measure: Callable[..., Measured]) -> None:
    (share,) = measure(different(400)).estimates
    assert (share.statistic, share.stratum, share.kind, share.value, share.n) == (
        "repeated_share", "all", "statistical", 0, 400,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 400), abs=1e-11)


@pytest.mark.parametrize("copies", [1, 30, 100])
def test_copies_at_any_place_are_counted_with_scipys_exact_bounds(
    measure: Callable[..., Measured], copies: int
) -> None:
    rows = different(100)
    shuffled = pd.concat([rows, rows.head(copies)]).sample(frac=1, random_state=5)
    (share,) = measure(shuffled).estimates
    n = 100 + copies
    exact = binomtest(copies, n).proportion_ci(0.95, method="exact")
    assert float(share.value) == pytest.approx(copies / n)
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)
    assert float(share.refuting.upper or 0) == pytest.approx(beta.ppf(0.975, copies + 1, 100), abs=1e-11)


@pytest.mark.parametrize(
    ("x0", "labels", "copies"),
    [
        ([1, 1, 1, 1], ["yes"] * 4, 3),
        ([1, 1, 2, 2], ["yes", "yes", "no", "no"], 2),
        ([1, 1, 2, 2], ["yes", "no", "yes", "no"], 0),  # the same inputs with another label: see overlap
        ([1, 1, 1, 2], ["yes", "perhaps", "who knows", "no"], 1),  # of both it is not known what is true
        ([0.0, -0.0, 3, 4], ["yes", "yes", "yes", "no"], 1),
        ([None, None, 1, 2], ["yes", "yes", "yes", "no"], 1),
        ([1, 1 + 1e-9, 3, 4], ["yes", "yes", "yes", "no"], 1),  # the model is fed float32
    ],
)
def test_rows_are_equal_as_the_model_is_fed_them(
    measure: Callable[..., Measured], x0: list[float | None], labels: list[str], copies: int
) -> None:
    (share,) = measure(pd.DataFrame({"x0": x0, "x1": 5.0, "label": labels})).estimates
    assert float(share.value) == copies / 4


def test_a_row_number_makes_no_row_another_one(measure: Callable[..., Measured]) -> None:
    rows = pd.concat([different(50)] * 2).assign(row=range(100))
    (share,) = measure(rows).estimates
    assert float(share.value) == 0.5


def test_a_row_of_another_file_is_an_earlier_row(measure: Callable[..., Measured]) -> None:
    files = {"a.csv": b"x,label\n1,yes\n2,no\n", "b.csv": b"x,label\n2,no\n3,yes\n"}
    assert float(measure(files={"test": files}).estimates[0].value) == 0.25


def test_copies_of_tensors_are_found(measure: Callable[..., Measured]) -> None:
    images = np.random.default_rng(0).normal(size=(10, 9, 9)).astype(np.float32)  # 324 bytes: hashed
    images[7] = images[2]
    images[8, 8, 8] = 9  # one number differs from row 2 in all that it shares with it
    data = {"image": images, "label": np.array(["a", "b", "c", "a", "b", "c", "a", "c", "a", "b"])}
    (share,) = measure(data, task="multiclass", tensor="image").estimates
    assert (float(share.value), share.n) == (0.1, 10)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 40), st.just(2)), elements=st.sampled_from([0, -0.0, 1, 2])),
    st.integers(1, 70),
)
def test_pandas_finds_as_many_repeated_rows_however_wide(values: NDArray[np.float32], times: int) -> None:
    wide = np.tile(values, (1, times))
    labels = np.arange(len(values)) % 2
    expected = int(pd.DataFrame(wide).assign(label=labels).duplicated().sum())
    assert repeated(row_digests({"input": wide}, labels)) == expected


@pytest.mark.parametrize("width", [1, 100])
def test_missing_values_are_equal_whatever_their_bits(width: int) -> None:
    """Else each copy of a row would hide behind another kind of NaN."""
    kinds = np.array([0x7FC00000, 0x7FC00001, 0xFFC12345], np.uint32).view(np.float32)
    rows = np.tile(kinds[:, None], (1, width))
    assert np.isnan(rows).all()
    assert repeated(row_digests({"input": rows}, np.zeros(3, np.int64))) == 2


def test_rows_of_more_than_one_block_are_compared_with_each_other() -> None:
    rows = np.zeros((3, 1 << 22), np.float32)  # 16 MiB each
    rows[1, -1] = 1
    assert repeated(row_digests({"input": rows}, np.zeros(3, np.int64))) == 1


def test_bounds_hold_the_rate_of_a_process_that_copies_rows_independently() -> None:
    """A closed form would be the binomial again; so the rows are really drawn, and really copied."""
    rng = np.random.default_rng(11)
    rate, rows, tables = 0.05, 100, 2000
    missed = 0
    for _ in range(tables):
        drawn = rng.random(rows)
        for row in np.flatnonzero(rng.random(rows) < rate):
            drawn[row] = drawn[rng.integers(row)] if row else drawn[row]
        copies = repeated(row_digests({"input": drawn[:, None]}, np.zeros(rows)))
        missed += proportion(copies, rows, CONFIDENCE).demonstrating[1] < rate * (rows - 1) / rows
    assert missed / tables <= 0.025 + 3 * (0.025 * 0.975 / tables) ** 0.5


def test_tables_that_other_methods_refuse_as_repeated_or_clustered_are_counted(
    measure: Callable[..., Measured],
) -> None:
    doubled = pd.concat([different(50)] * 2).assign(person=[*range(50)] * 2)
    (share,) = measure(doubled, unit_column="person").estimates
    assert float(share.value) == 0.5


def test_no_data_no_row_and_weighted_rows_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure, match="none was given"):
        duplicates(make_subject(), None, CONFIDENCE)
    with pytest.raises(CannotMeasure, match="no rows"):
        measure(files={"test": {"a.csv": b"x,label\n"}})
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(different(10).assign(w=1.0), row_weights="w")


def test_the_counts_and_nothing_else_are_shown_to_everybody(measure: Callable[..., Measured]) -> None:
    (exhibit,) = measure(pd.concat([different(10), different(10).head(4)])).exhibits
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data) == {"rows": 14, "repeated": 4}


def test_rows_of_parquet_and_csv_repeat_alike(measure: Callable[..., Measured]) -> None:
    rows = pd.concat([different(10), different(10).head(4)])
    stream = io.BytesIO()
    rows.to_parquet(stream)
    from_parquet = measure(rows, files={"test": {"rows.parquet": stream.getvalue()}})
    assert from_parquet.estimates == measure(rows).estimates
