"""A property asks something, of finite numbers that fit together: of nothing nothing is proved."""

import numpy as np
import pytest

from checks.proof.property import Case, Condition, Property, Region

BOX = Region(np.zeros(2), np.ones(2))
POSITIVE = Condition(rows=np.array([[-1.0]]), limits=np.zeros(1))


@pytest.mark.parametrize(
    ("lower", "upper"),
    [([1.0], [0.0]), ([0.0], [np.inf]), ([np.nan], [1.0]), ([0.0, 0.0], [1.0]), ([[0.0]], [[1.0]])],
)
def test_what_is_no_box_is_refused(lower: list[float], upper: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Region(np.array(lower), np.array(upper))


@pytest.mark.parametrize(
    ("rows", "limits"), [([[1.0]], []), ([[np.nan]], [0.0]), ([[1.0]], [np.inf]), ([1.0], [0.0])]
)
def test_what_is_no_condition_is_refused(rows: list[float], limits: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Condition(rows=np.array(rows), limits=np.array(limits))


def test_a_condition_without_a_row_is_met_by_every_answer() -> None:
    always = Condition(rows=np.zeros((0, 3)), limits=np.zeros(0))
    assert always.met(np.zeros((4, 3))).all()


def test_no_answer_that_is_no_number_meets_a_condition() -> None:
    assert not POSITIVE.met(np.array([[np.nan]])).any()


@pytest.mark.parametrize(
    "cases",
    [
        (),
        (Case(BOX, ()),),
        (Case(BOX, (POSITIVE,)), Case(BOX, ())),
        (Case(BOX, (POSITIVE,)), Case(Region(np.zeros(1), np.ones(1)), (POSITIVE,))),
        (Case(BOX, (POSITIVE, Condition(rows=np.ones((1, 2)), limits=np.zeros(1)))),),
    ],
)
def test_a_property_that_asks_nothing_or_does_not_fit_together_is_refused(cases: tuple[Case, ...]) -> None:
    with pytest.raises(ValueError, match="expected at least one"):
        Property("p", cases)
