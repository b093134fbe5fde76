"""What is toggled and what that moves: on models that are understood, and on nets whose flips are known."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import german
import income
import numpy as np
import pandas as pd
import pytest

from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Measured
from checks.objectives.dependence import dependence, in_pairs
from checks.statistics.proportions import clopper_pearson
from checks.subject import Subject

Make = Callable[..., Subject]
SURE = Confidence(0.975)
CODES = {"x1": [0, 1]}
SEX = {"sex": {"female": [0], "male": [1]}}
REAL = pytest.mark.skipif(
    "CERTIFY_DATA" not in os.environ, reason="CERTIFY_DATA names no folder of real data"
)


def people(size: int = 200) -> pd.DataFrame:
    """`x0` a number, `x1` a code that says nothing of it, `x2` another number."""
    random = np.random.default_rng(2)
    x0 = random.uniform(-5, 5, size).round(3)
    columns = {"x0": x0, "x1": random.integers(0, 2, size), "x2": random.uniform(-5, 5, size).round(3)}
    return pd.DataFrame({**columns, "label": np.where(x0 >= 0, "yes", "no")})


def asked(subject: Subject, *features: str, seed: int = 1) -> Measured:
    return dependence(subject, subject.table("test"), SURE, features=features, seed=seed)


def estimate(result: Measured, statistic: str, stratum: str = "all") -> Estimate:
    return next(e for e in result.estimates if (e.statistic, e.stratum) == (statistic, stratum))


def share(result: Measured, stratum: str = "all", statistic: str = "undeclared_dependence") -> float:
    return float(estimate(result, statistic, stratum).value)


def holds(result: Measured) -> dict[str, bool]:
    assert {(s.name, s.kind) for s in result.statements} == {("no_dependence_found", "search")}
    return {s.subject: s.holds for s in result.statements}


def linear(make: Make, weights: tuple[float, float, float], frame: Any = None, **more: Any) -> Subject:
    frame = people() if frame is None else frame
    return make(frame, weights=weights, bias=[0], coded=CODES, columns=["x0", "x1", "x2"], **more)


def test_a_model_that_looks_elsewhere_moves_nothing(make_subject: Make) -> None:
    result = asked(linear(make_subject, (1, 0, 0)), "x1", "x2")
    assert {float(e.value) for e in result.estimates} == {0}
    assert holds(result) == {"all": True, "x1": True, "x2": True}


def test_the_bound_for_a_code_is_exact_over_rows_and_for_a_number_over_pairs(make_subject: Make) -> None:
    result = asked(linear(make_subject, (1, 0, 0)), "x1", "x2")
    upper = {s: float(estimate(result, "answer_moved", s).demonstrating.upper or 0) for s in ("x1", "x2")}
    assert upper["x1"] == pytest.approx(clopper_pearson(0, 200, 0.975)[1], rel=1e-10)
    assert upper["x2"] == pytest.approx(clopper_pearson(0, 100, 0.975)[1], rel=1e-10)


def test_a_code_that_decides_is_seen_in_the_very_rows_that_it_decides(make_subject: Make) -> None:
    """x0 + 2 x1 - 1 >= 0: with x1 toggled, a row changes where -1 <= x0 < 1."""
    frame = people()
    ours = make_subject(frame, weights=(1, 2, 0), bias=[-1], coded=CODES, columns=["x0", "x1", "x2"])
    result = asked(ours, "x1")
    expected = float(((frame.x0 >= -1) & (frame.x0 < 1)).mean())
    assert share(result, "x1") == share(result) == expected > 0.1
    assert share(result, "x1", "answer_moved") == 1
    assert holds(result) == {"all": False, "x1": False}


def test_an_answer_that_moves_without_a_decision_is_told_apart(make_subject: Make) -> None:
    result = asked(linear(make_subject, (100, 0.001, 0)), "x1")
    assert share(result, "x1") == 0
    assert share(result, "x1", "answer_moved") > 0.01
    assert holds(result)["x1"]


def test_a_number_is_exchanged_within_pairs(make_subject: Make) -> None:
    """The sign of x2 alone decides: two independent rows differ in it half of the time."""
    result = asked(linear(make_subject, (0, 0, 1), people(2000)), "x2")
    assert share(result, "x2") == pytest.approx(0.5, abs=0.06)
    assert estimate(result, "undeclared_dependence", "x2").n == 1000


def test_what_is_declared_unused_is_tried_without_being_asked_for(make_subject: Make) -> None:
    ours = linear(make_subject, (1, 3, 0), change={"objective": {"unused": ["x1"]}})
    assert holds(asked(ours)) == {"all": False, "x1": False}
    assert holds(asked(ours, "x2")) == {"all": False, "x2": True, "x1": False}


def test_all_of_several_features_is_the_one_or_the_other(make_subject: Make) -> None:
    result = asked(linear(make_subject, (0, 0, 1)), "x1", "x2")
    assert share(result, "x1") == 0
    assert share(result) == share(result, "x2") > 0.3


# An attribute under another name


def with_sex(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    return frame.assign(sex=frame.x1, **columns)


def test_an_attribute_that_is_fed_in_other_words_is_found_and_toggled(make_subject: Make) -> None:
    ours = linear(make_subject, (1, 4, 0), with_sex(people()), attributes=SEX)
    assert share(asked(ours, "sex"), "sex") > 0.3


def test_a_number_that_tells_the_groups_apart_is_an_attribute_as_well(make_subject: Make) -> None:
    frame = with_sex(people(), x2=people().x1 * 2.5 - 1)
    ours = linear(make_subject, (1, 0, 4), frame, attributes=SEX)
    result = asked(ours, "sex")
    assert share(result, "sex") > 0.2
    assert not holds(result)["sex"]


@pytest.mark.parametrize("wrong", [0, 5])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_an_attribute_is_found_though_it_is_blurred_and_sometimes_wrong(
    make_subject: Make, wrong: int, noise: float
) -> None:
    """One row in forty told wrongly, and a number that never repeats: still it is the sex that is fed."""
    code = people().x1.to_numpy().astype(float)
    code[:wrong] = 1 - code[:wrong]
    blurred = (2 * code - 1 + noise * np.random.default_rng(6).uniform(-1, 1, 200)).round(4)
    ours = linear(make_subject, (1, 0, 4), with_sex(people(), x2=blurred), attributes=SEX)
    assert share(asked(ours, "sex"), "sex") > 0.2


def test_a_column_that_goes_with_an_attribute_half_of_the_time_is_none(make_subject: Make) -> None:
    """It is a proxy, and dependence on it is dependence on something else."""
    proxy = np.where(np.random.default_rng(6).random(200) < 0.5, people().x1, 1 - people().x1)
    ours = linear(make_subject, (1, 0, 4), with_sex(people(), x2=proxy.astype(float)), attributes=SEX)
    result = asked(ours, "sex")
    assert share(result, "sex") == 0
    assert estimate(result, "undeclared_dependence", "sex").n == 200


def test_what_most_of_three_copies_say_is_found_by_moving_them_together(make_subject: Make) -> None:
    """The sex decides alone, and no single copy of it moves anything."""
    frame = with_sex(people(400))
    frame = frame.assign(x2=frame.x1, x3=frame.x1)
    ours = make_subject(
        frame, weights=(0, 1000, 1000, 1000), bias=[-1500], attributes=SEX,
        coded={**CODES, "x2": [0, 1], "x3": [0, 1]}, columns=["x0", "x1", "x2", "x3"],
    )  # fmt: skip
    result = asked(ours, "sex")
    assert share(result, "sex") == pytest.approx(0.5, abs=0.1)
    assert not holds(result)["sex"]


@pytest.mark.parametrize("scale", [1.0, -2.5])
@pytest.mark.parametrize("column", ["x1", "x0"])
def test_a_copy_of_an_unused_column_is_moved_as_well(make_subject: Make, column: str, scale: float) -> None:
    frame = people(400)
    frame["x2"] = scale * frame[column] / 3
    ours = linear(make_subject, (0, 0, 4), frame, change={"objective": {"unused": [column]}})
    result = asked(ours)
    assert share(result, column, "answer_moved") > 0.1
    assert column == "x1" or not holds(result)[column]


def test_an_attribute_of_which_the_model_is_told_nothing_moves_nothing(make_subject: Make) -> None:
    frame = people().assign(sex=np.random.default_rng(9).integers(0, 2, 200))
    result = asked(linear(make_subject, (1, 4, 1), frame, attributes=SEX), "sex")
    assert share(result, "sex") == share(result, "sex", "answer_moved") == 0
    assert estimate(result, "undeclared_dependence", "sex").n == 200


def test_an_attribute_of_one_group_only_is_not_measured_unless_it_is_fed(make_subject: Make) -> None:
    """A source that never varies could not betray the column in which the attribute is really fed."""
    ours = linear(make_subject, (1, 4, 0), people().assign(sex=0), attributes=SEX)
    with pytest.raises(CannotMeasure, match="all rows belong to one group of sex"):
        asked(ours, "sex")
    fed = linear(make_subject, (1, 4, 0), people().assign(x1=0), attributes=SEX, sources={"sex": "x1"})
    assert share(asked(fed, "sex"), "sex") > 0.2


# Rows and features that cannot be tried


def test_rows_without_a_decision_or_outside_the_contract_count_as_changed(make_subject: Make) -> None:
    frame = people()
    frame.loc[:4, "x0"] = np.nan
    frame.loc[5:9, "x0"] = 50.0
    result = asked(linear(make_subject, (1, 0, 0), frame), "x1")
    assert share(result, "x1") == 10 / 200
    assert not holds(result)["x1"]


def test_a_number_that_never_varies_is_not_measured(make_subject: Make) -> None:
    with pytest.raises(CannotMeasure, match="the values of x2 never differ"):
        asked(linear(make_subject, (1, 0, 0), people().assign(x2=1.0)), "x2")


def test_a_code_that_never_varies_in_the_data_is_toggled_all_the_same(make_subject: Make) -> None:
    assert share(asked(linear(make_subject, (0, 4, 0), people().assign(x1=0)), "x1"), "x1") == 0
    biased = make_subject(
        people().assign(x1=0), weights=(0, 4, 0), bias=[-2], coded=CODES, columns=["x0", "x1", "x2"]
    )
    assert share(asked(biased, "x1"), "x1") == 1


@pytest.mark.parametrize(
    ("features", "why"),
    [
        ((), "nothing is declared unused"),
        (("colour",), "colour is neither a column"),
        (("label",), "neither"),
    ],
)
def test_what_does_not_exist_is_not_measured(make_subject: Make, features: Any, why: str) -> None:
    with pytest.raises(CannotMeasure, match=why):
        asked(linear(make_subject, (1, 0, 0)), *features)


def test_in_an_image_nothing_can_be_toggled(make_subject: Make) -> None:
    random = np.random.default_rng(1)
    images = {"images": random.uniform(-1, 1, (60, 2, 2)), "sex": random.integers(0, 2, 60)}
    rows = {**images, "label": np.where(images["images"][:, 0, 0] > 0, "yes", "no")}
    ours = make_subject(rows, tensor="images", attributes=SEX)
    with pytest.raises(CannotMeasure, match="in which sex cannot be moved"):
        asked(ours, "sex")


def test_a_regression_is_not_measured(make_subject: Make) -> None:
    ours = make_subject({"x": np.arange(40.0) / 5, "label": np.arange(40.0)}, task="regression")
    with pytest.raises(CannotMeasure, match="decides nothing"):
        dependence(ours, ours.table("test"), SURE, features=("x",), seed=1)


# The interval over pairs


@pytest.mark.parametrize("together", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("chance", [0.005, 0.02, 0.2])
def test_the_bounds_over_pairs_miss_no_more_often_than_they_may(chance: float, together: float) -> None:
    """Two rows of a pair that change together always, sometimes or never; true is the chance of a row."""
    random, runs, pairs = np.random.default_rng(4), 2000, 300
    first = random.random((runs, pairs)) < chance
    same = random.random((runs, pairs)) < together
    second = np.where(same, first, random.random((runs, pairs)) < chance)
    missed = np.zeros(2)
    for one, other in zip(first, second, strict=True):
        lower, upper = in_pairs(np.stack([one, other], axis=1), SURE).demonstrating
        missed += [chance < lower, chance > upper]
    assert (missed / runs <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / runs)).all()


# Nets that others trained, and flips that others counted


def net(make: Make, folder: Path, name: str, rows: pd.DataFrame, target: str) -> Subject:
    columns = [column for column in rows if column != target]
    codes = {c: sorted(map(int, rows[c].unique())) for c in ("sex", "age", "race") if c in rows}
    small = {column: found for column, found in codes.items() if len(found) < 10}
    output = {"name": "output", "content": "probability"}
    return make(
        rows, graph=(folder / f"fairify/{name}.onnx").read_bytes(), columns=columns, coded=small,
        target=target, classes=("0", "1"), quantity={"range": (-1, 100_000)},
        change={"model": {"outputs": [output], "decision": {"output": "output"}}},
    )  # fmt: skip


def flips(subject: Subject, feature: str) -> int:
    found = estimate(asked(subject, feature), "undeclared_dependence", feature)
    return round(float(found.value) * found.n)


def adult_flips(make: Make, name: str) -> None:
    folder = Path(os.environ["CERTIFY_DATA"])
    known, rows = income.known(folder, name), income.encoded(folder)
    assert len(rows) == known["n_all"]
    expected = known["n_predictions_flipped_by_toggling_sex"]
    assert flips(net(make, folder, name, rows, "income"), "sex") == expected


@REAL
def test_on_adult_as_many_decisions_flip_with_the_sex_as_others_counted(make_subject: Make) -> None:
    adult_flips(make_subject, "AC-1")


@REAL
@pytest.mark.qualify
@pytest.mark.parametrize("name", income.NETS)
def test_on_adult_every_net_flips_as_often_as_others_counted(make_subject: Make, name: str) -> None:
    adult_flips(make_subject, name)


@REAL
@pytest.mark.parametrize("name", german.NETS)
def test_on_german_credit_sex_and_age_flip_as_often_as_others_counted(make_subject: Make, name: str) -> None:
    folder = Path(os.environ["CERTIFY_DATA"])
    known = german.known(folder, name)
    ours = net(make_subject, folder, name, german.encoded(folder), "credit")
    assert flips(ours, "sex") == known["n_flip_sex"]
    assert flips(ours, "age") == known["n_flip_age"]
