"""Some rows of a relation, drawn by a hash of their numbers: the same rows each time, and in one scan."""

from __future__ import annotations

from checks.opening import own
from checks.relation import Relation

NUMBER = own("number of the row")


def numbered_rows(data: Relation) -> str:
    """SQL for all rows with their numbers in the order of the files, from 1 on."""
    return f"(SELECT *, row_number() OVER () AS {NUMBER} FROM data)"  # noqa: S608


def some_rows(data: Relation, rows: int, salt: int) -> str:
    """SQL for about so many rows, up to twice as many, or for all if there are fewer.

    Who does not know `salt` cannot foresee which: draw it from `subject.generator`.
    """
    return f"(FROM {numbered_rows(data)} WHERE {one_in(max(1, data.rows // rows), salt)})"


def one_in(rows: int, salt: int) -> str:
    """SQL, over numbered rows, that is true of one row in so many."""
    return f"hash({NUMBER} + {salt}) % {rows} = 0"
