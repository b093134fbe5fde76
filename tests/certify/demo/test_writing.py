from pathlib import Path

import pytest

from certify.demo import writing
from certify.demo.writing import open_folder, write_arrays, write_rows, write_texts
from certify.errors import UnusableInput


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A demonstration `x` of one text with one number."""
    (tmp_path / "texts/x/documents").mkdir(parents=True)
    (tmp_path / "texts/x/documents/a.md").write_text("accuracy $accuracy\n")
    monkeypatch.setattr(writing, "TEXTS", tmp_path / "texts")
    open_folder(tmp_path / "out")
    return tmp_path / "out"


def test_numbers_are_filled_in(texts: Path) -> None:
    write_texts("x", texts, {"accuracy": "0.50"})
    assert (texts / "documents/a.md").read_bytes() == b"accuracy 0.50\n"


def test_a_name_without_a_number_is_an_error(texts: Path) -> None:
    with pytest.raises(ValueError, match=r"each name in a\.md, none for 'accuracy'"):
        write_texts("x", texts, {})


def test_a_number_that_stands_nowhere_is_an_error(texts: Path) -> None:
    with pytest.raises(ValueError, match="recall stands in none"):
        write_texts("x", texts, {"accuracy": "0.50", "recall": "1"})


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(UnusableInput, match="new or empty"):
        open_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_welcome(tmp_path: Path) -> None:
    open_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "documents", "model"]


def test_a_table_is_written_with_line_feeds(tmp_path: Path) -> None:
    write_rows(tmp_path / "a.csv", ("x", "y"), [(1, "a,b"), (2, "c")])
    assert (tmp_path / "a.csv").read_bytes() == b'x,y\n1,"a,b"\n2,c\n'


def test_arrays_are_written_as_the_same_bytes_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy as np

    write_arrays(tmp_path / "a.npz", {"x": np.arange(3)})
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    write_arrays(tmp_path / "b.npz", {"x": np.arange(3)})
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
