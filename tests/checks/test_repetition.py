import numpy as np

from checks.repetition import FEWEST_DIFFERENT, repeated, repetition, row_digests

ROWS = [bytes([n]) for n in range(FEWEST_DIFFERENT)]


def test_rows_differ_by_what_the_model_is_fed_and_by_what_is_true():
    digests = row_digests({"a": np.array([[1.0, 2], [1, 2], [1, 3], [1, 2]])}, np.array([0, 0, 0, 1]))
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
    assert repeated(digests) == 1


def test_minus_zero_is_zero():
    first, second = row_digests({"a": np.array([[0.0], [-0.0]])}, np.array([0, 0]))
    assert first == second


def test_a_whole_table_of_copies_is_a_repetition_in_any_order():
    for copies in (2, 3, 10):
        assert f"{copies} times" in (repetition(sorted(ROWS * copies), [copies * len(ROWS)]) or "")
    assert "2 times or a multiple" in (repetition(ROWS * 2 + ROWS[:3] * 2, [2 * len(ROWS) + 6]) or "")


def test_one_row_that_is_there_once_makes_it_none():
    assert repetition([*ROWS * 2, b"once"], [2 * len(ROWS) + 1]) is None


def test_of_few_different_rows_nothing_is_concluded():
    few = ROWS[1:]
    assert repetition(few * 2, [len(few)] * 2) is None


def test_two_files_with_the_same_rows_are_a_repetition_in_any_order():
    files = [*ROWS, b"other", *ROWS[::-1]]
    assert "two files" in (repetition(files, [len(ROWS), 1, len(ROWS)]) or "")
    assert repetition(files, [len(files)]) is None


def test_coarse_honest_tables_are_hardly_ever_called_a_repetition():
    rng = np.random.default_rng(1)
    for _ in range(500):
        rows = [bytes([n]) for n in rng.integers(0, 30, 200)]
        assert repetition(rows, [200]) is None


def test_finely_measured_rows_that_repeat_by_more_than_a_quarter_are_copies():
    """Ten copies of eighty rows and one more: no common divisor, and still hardly any independent rows."""
    rows = [bytes([n]) for n in range(80)] * 10 + [b"another"]
    assert repetition(rows, [801]) is None
    assert "720 of its 801" in (repetition(rows, [801], fine=True) or "")
