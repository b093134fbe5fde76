"""Rows are read as they were written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checks.specimens.rows import Rows, joined, read_rows, some_of, write_rows


def rows() -> Rows:
    return {
        "age": np.array([18.5, np.nan, 90.0]),
        "sex": np.array([0, 1, 0]),
        "label": np.array(["clear", "refer", "clear"]),
    }


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_what_is_written_is_read(tmp_path: Path, suffix: str) -> None:
    write_rows(tmp_path / f"rows.{suffix}", rows())
    for name, array in read_rows(tmp_path / f"rows.{suffix}").items():
        np.testing.assert_array_equal(array, rows()[name])
        assert array.dtype.kind == rows()[name].dtype.kind


def test_a_missing_number_is_an_empty_field(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.csv", rows())
    assert (tmp_path / "rows.csv").read_text() == "age,sex,label\n18.5,0,clear\n,1,refer\n90.0,0,clear\n"


def test_rows_are_taken_and_joined_by_their_place() -> None:
    twice = joined(rows(), some_of(rows(), np.array([False, True, False])))
    assert twice["label"].tolist() == ["clear", "refer", "clear", "refer"]
    assert some_of(rows(), slice(None, None, 2))["sex"].tolist() == [0, 0]
