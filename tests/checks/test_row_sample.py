from collections.abc import Callable

import numpy as np
import pandas as pd

from checks.relation import Relation
from checks.row_sample import some_rows
from checks.subject import Subject

Relations = Callable[..., Subject]


def drawn(relation: Relation, rows: int, salt: int) -> list[int]:
    return sorted(int(x) for (x,) in relation.query(f"SELECT x FROM {some_rows(relation, rows, salt)}"))


def numbered(make_subject: Relations, rows: int) -> Relation:
    frame = pd.DataFrame({"x": np.arange(rows), "label": ["yes", "no"] * (rows // 2)})
    return make_subject(frame).relation("test")


def test_about_so_many_rows_are_drawn_evenly_and_the_same_each_time(make_subject: Relations) -> None:
    relation = numbered(make_subject, 50_000)
    rows = drawn(relation, 5_000, 7)
    assert rows == drawn(relation, 5_000, 7)
    assert 4_700 < len(rows) < 5_300
    assert 24_000 < np.mean(rows) < 26_000


def test_another_salt_draws_other_rows(make_subject: Relations) -> None:
    relation = numbered(make_subject, 10_000)
    one, other = set(drawn(relation, 1_000, 1)), set(drawn(relation, 1_000, 2))
    assert len(one & other) < 200


def test_of_few_rows_all_are_taken(make_subject: Relations) -> None:
    assert drawn(numbered(make_subject, 100), 1_000, 3) == list(range(100))
