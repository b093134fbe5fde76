import doctest
from decimal import Decimal

import pytest

from checks.representativeness import reference
from checks.representativeness.reference import read_reference

SOUND = b"stratum,share\nsex=female,0.51\nsex=male,0.49\nage=young,0.3\nage=old,0.7\n"


def test_the_examples_in_the_documentation_are_true() -> None:
    assert doctest.testmod(reference).failed == 0


def test_a_sound_table_gives_every_share_as_written() -> None:
    read = read_reference(SOUND)
    assert read.defects == ()
    assert read.shares["sex=female"] == Decimal("0.51")
    assert len(read.shares) == 4


def test_windows_line_ends_and_quotes_are_the_same_table() -> None:
    assert read_reference(b'stratum,share\r\n"sex=female",0.4\r\nsex=male,0.6\r\n').defects == ()


def test_rounded_thirds_sum_to_one_within_the_slack() -> None:
    thirds = b"stratum,share\na=x,0.3333333\na=y,0.3333333\na=z,0.3333333\n"
    assert read_reference(thirds).defects == ()


@pytest.mark.parametrize(
    ("data", "defect"),
    [
        (b"", "first line"),
        (b"share,stratum\n0.5,sex=female\n0.5,sex=male\n", "first line"),
        (b"\xef\xbb\xbfstratum,share\nsex=female,1\n", "first line"),
        (b"stratum, share\nsex=female,1\n", "first line"),
        (b"stratum,share\n", "0 rows"),
        (b"stratum,share\nsex=\xff,1\n", "UTF-8"),
        (b'stratum,share\n"sex=female,1\n', "no CSV"),
        (b"stratum,share\nsex=female,0.6\nsex=male,0.6\n", "sum to 1.2"),
        (b"stratum,share\nsex=female,0.49999\nsex=male,0.5\n", "sum to 0.99999"),
        (b"stratum,share\nsex=female,0.5\nsex=female,0.5\n", "sex=female comes 2 times"),
        (b"stratum,share\nsex=female,0\nsex=male,1\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,1.5\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,nan\nsex=male,1\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,inf\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,-0.5\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,1e0\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,0_1\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,50%\n", "row 2 has no share"),
        (b"stratum,share\nsex=female,0.5,x\nsex=male,0.5\n", "row 2 has 3 fields"),
        (b"stratum,share\nfemale,1\n", "names no stratum"),
        (b"stratum,share\nsex= female,1\n", "names no stratum"),
        (b"stratum,share\n\nsex=female,1\n", "row 2 has 0 fields"),
        (b"stratum,share\n" + b"sex=female,1\n" * 10_001, "10001 rows"),
    ],
)
def test_a_defect_is_named(data: bytes, defect: str) -> None:
    assert defect in "; ".join(read_reference(data).defects)


def test_every_defect_is_named_at_once() -> None:
    defects = read_reference(b"stratum,share\nfemale,2\nage=young,0.5\nage=young,0.6\n").defects
    assert len(defects) == 4
