"""Copies planted at a known rate, in data that are clean and in data that others collected."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits

from checks.data_quality.near_duplicates import near_duplicates
from checks.data_quality.near_overlap import near_overlap
from checks.measured import CannotMeasure, Confidence

SURE = Confidence(0.975)
NEAR = {"tolerance": 0.01, "rows": 100_000, "seed": 1}
RANGE = {"quantity": {"range": (0, 1)}}


def people(rows, seed, columns=4):
    random = np.random.default_rng(seed)
    values = {f"x{at}": random.uniform(size=rows) for at in range(columns)}
    return pd.DataFrame({**values, "label": random.choice(["no", "yes"], rows)})


def nearly(rows, seed, off=0.009):
    random, changed = np.random.default_rng(seed), rows.copy()
    for name in rows.columns.drop("label"):
        changed[name] = np.clip(rows[name] + random.uniform(-off, off, len(rows)), 0, 1)
    return changed


def with_copies(rows, share, seed):
    """So that a share of the result are copies with a digit changed, at any place."""
    copies = nearly(rows.sample(round(share / (1 - share) * len(rows)), random_state=seed), seed)
    return pd.concat([rows, copies]).sample(frac=1, random_state=seed)


def by_name(measured):
    return {estimate.statistic: estimate for estimate in measured.estimates}


@pytest.fixture
def repeated(make_subject):
    def run(table, **more):
        arguments = {**NEAR, **{name: more.pop(name) for name in NEAR if name in more}}
        subject = make_subject(table, **{**RANGE, **more})
        return near_duplicates(subject, subject.relation("test"), SURE, **arguments)

    return run


@pytest.fixture
def leaked(make_subject):
    def run(test, train, other_role="train", **more):
        subject = make_subject(test, sets={"train": train}, **{**RANGE, **more})
        return near_overlap(subject, subject.relation("test"), SURE, other_role=other_role, **NEAR)

    return run


def test_copies_with_a_digit_changed_are_counted_and_equal_ones_too(repeated):
    rows = people(1000, 1)
    both = pd.concat([rows, nearly(rows.head(30), 2), rows.tail(20)])
    found = by_name(repeated(both))
    assert float(found["near_share"].value) == pytest.approx(50 / 1050)
    assert float(found["near_copy_share"].value) == pytest.approx(50 / 1050, abs=0.002)


def test_the_control_takes_off_what_is_near_by_chance(repeated):
    """In one column of 300 rows nearly all are near another: 5 % of copies are lost among them, not found."""
    dense = people(300, 3, columns=1)
    for rows in (dense, with_copies(dense, 0.05, 4)):
        found = by_name(repeated(rows))
        assert float(found["near_share"].value) > 0.7
        copies = found["near_copy_share"].demonstrating
        assert copies.lower < 0.05 < copies.upper


@pytest.mark.parametrize("share", [0.0, 0.05])
def test_coarse_rows_with_many_honest_repetitions_raise_no_alarm(repeated, share):
    random = np.random.default_rng(6)
    rows = people(3000, 5, columns=2).assign(x0=lambda r: r.x0.round(2), x1=random.choice([0, 0.5, 1], 3000))
    planted = pd.concat([rows, rows.sample(round(share / (1 - share) * 3000), random_state=1)])
    found = by_name(repeated(planted.sample(frac=1, random_state=2), coded={"x1": [0, 0.5, 1]}))
    assert float(found["near_share"].value) > 0.5
    copies = found["near_copy_share"].demonstrating
    assert copies.lower < share < copies.upper


def test_rows_of_another_set_are_counted_whatever_their_label(leaked):
    test, train = people(600, 1), people(900, 2)
    seen = nearly(test.head(60), 3).assign(label="no")
    found = by_name(leaked(test, pd.concat([train, seen])))
    assert float(found["near_copy_share"].value) == pytest.approx(0.1, abs=0.005)
    assert found["near_copy_share"].n == 600
    assert float(by_name(leaked(test, train))["near_copy_share"].demonstrating.upper) < 0.02


def test_a_value_changed_by_more_than_the_tolerance_hides_a_copy(leaked):
    test = people(600, 1)
    train = test.assign(x0=np.random.default_rng(2).uniform(size=600))
    assert float(by_name(leaked(test, train))["near_share"].value) < 0.03


def test_copies_are_found_though_a_fine_column_is_called_codes(repeated):
    rows = people(800, 1).round(3)
    both = pd.concat([rows, nearly(rows.head(80), 2).round(3)])
    found = by_name(repeated(both, coded={"x0": sorted(both.x0.unique())}))
    assert float(found["near_copy_share"].value) == pytest.approx(80 / 880, abs=0.005)


def test_rows_a_step_apart_do_not_pass_for_chance(repeated):
    ladder = [
        people(700, 1).assign(x0=lambda rows, step=step: rows.x0 * 0.9 + 0.025 * step) for step in range(3)
    ]
    with pytest.raises(CannotMeasure, match="once they are moved"):
        repeated(pd.concat(ladder))


def test_images_are_near_where_no_pixel_differs_by_more(make_subject):
    random = np.random.default_rng(2)
    test, train = (random.uniform(size=(200, 5, 5)).astype(np.float32) for _ in range(2))
    train[:20] = np.clip(test[180:] + random.uniform(-0.009, 0.009, (20, 5, 5)), 0, 1)
    labels = np.array(["a", "b", "c", "a", "b"] * 40)
    sets = {"train": {"image": train, "label": labels}}
    subject = make_subject(
        {"image": test, "label": labels}, sets=sets, task="multiclass", tensor="image", **RANGE
    )
    found = near_overlap(subject, subject.relation("test"), SURE, other_role="train", **NEAR)
    assert float(by_name(found)["near_copy_share"].value) == 0.1


def test_a_sample_of_the_rows_is_looked_up_among_all(repeated):
    rows = with_copies(people(4000, 1), 0.1, 2)
    found = by_name(repeated(rows, rows=1000))["near_copy_share"]
    assert found.n == 1000
    assert found.demonstrating.lower < 0.1 < found.demonstrating.upper


def test_the_same_seed_gives_the_same_estimates(repeated):
    rows = with_copies(people(800, 1, columns=1), 0.1, 2)
    first, again = (repeated(rows, seed=5).estimates for _ in range(2))
    assert first == again


def test_what_cannot_be_told_is_not_measured(repeated, leaked, make_subject):
    codes = people(200, 1).assign(x0=np.tile([0, 1], 100))[["x0", "label"]]
    with pytest.raises(CannotMeasure, match="by chance is not known"):
        repeated(codes, coded={"x0": [0, 1]})
    with pytest.raises(CannotMeasure, match="tolerance between"):
        repeated(people(100, 1), tolerance=0)
    with pytest.raises(CannotMeasure, match="survey weights"):
        repeated(people(100, 1).assign(w=1.0), row_weights="w")
    with pytest.raises(CannotMeasure, match="clustered"):
        leaked(*(people(100, 1).assign(unit=1) for _ in range(2)), unit_column="unit")
    with pytest.raises(CannotMeasure, match="themselves"):
        leaked(people(100, 1), people(100, 2), "test")
    with pytest.raises(CannotMeasure, match="no validation data"):
        leaked(people(100, 1), people(100, 2), "validation")
    with pytest.raises(CannotMeasure, match="none was given"):
        near_duplicates(make_subject(), None, SURE, **NEAR)
    with pytest.raises(CannotMeasure, match="none was given"):
        near_overlap(make_subject(), None, SURE, other_role="train", **NEAR)


def test_the_counts_are_shown(leaked):
    (exhibit,) = leaked(people(300, 1), people(400, 2)).exhibits
    counts = json.loads(exhibit.data)
    assert (counts["looked_up"], counts["rows"], counts["other_rows"], counts["other_role"]) == (
        300, 300, 400, "train",
    )  # fmt: skip


def scaled(values):
    """Whatever others measured, between 0 and 1."""
    low, high = values.min(axis=0), values.max(axis=0)
    unit = (values - low) / np.where(high > low, high - low, 1)
    rows = pd.DataFrame(unit, columns=[f"x{at}" for at in range(values.shape[1])])
    return rows.assign(label=np.resize(["no", "yes"], len(rows)))


def adult():
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    path = Path(os.environ["CERTIFY_DATA"]) / "adult" / "adult.data"
    rows = pd.read_csv(path, header=None, skipinitialspace=True, na_values="?").drop(columns=[2, 3, 14])
    codes = [name for name in rows if name not in (0, 4, 10, 11, 12)]
    rows[codes] = rows[codes].apply(lambda column: pd.factorize(column)[0])
    named = scaled(rows[[0, 4, 10, 11, 12]].to_numpy(dtype=float)).drop(columns="label")
    for at, code in enumerate(codes, start=5):
        named[f"x{at}"] = rows[code]
    coded = {f"x{at}": list(range(-1, 42)) for at in range(5, 5 + len(codes))}
    return named.assign(label=np.resize(["no", "yes"], len(rows))), coded


def german():
    if "CERTIFY_DATA" not in os.environ:
        pytest.skip("CERTIFY_DATA names no folder with the shared data")
    path = Path(os.environ["CERTIFY_DATA"]) / "german_credit" / "german.data"
    rows = pd.read_csv(path, header=None, sep=" ").drop(columns=20)
    return scaled(rows.apply(lambda column: pd.factorize(column)[0]).to_numpy(dtype=float)), {}


COLLECTED = {
    "Wisconsin breast cancer": lambda: (scaled(load_breast_cancer().data), {}),
    "digits": lambda: (scaled(load_digits().data[:500]), {}),
    "German credit": german,
}


@pytest.mark.parametrize("name", COLLECTED)
def test_in_real_data_planted_copies_are_found_and_honest_rows_are_none(repeated, name):
    rows, coded = COLLECTED[name]()
    clean = by_name(repeated(rows, coded=coded))["near_copy_share"].demonstrating
    assert clean.lower <= 0
    assert clean.upper < 0.02
    found = by_name(repeated(with_copies(rows, 0.05, 7), coded=coded))["near_copy_share"].demonstrating
    assert found.lower < 0.05 < found.upper
    assert found.lower > 0.02


def test_adult_repeats_one_row_in_eight_by_chance_and_hardly_any_as_a_copy(repeated):
    """Its repeated rows are well known; without the weight of the row they are honest coincidences."""
    rows, coded = adult()
    found = by_name(repeated(rows, coded=coded))
    assert float(found["near_share"].value) > 0.1
    assert float(found["near_copy_share"].value) < 0.02


@pytest.mark.qualify
@pytest.mark.parametrize("columns", [1, 2, 3, 6])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.05, 0.1])
def test_the_bounds_hold_the_planted_share(repeated, columns, share):
    """A run of which chance is not known refuses, and neither holds nor alarms."""
    runs, held, alarms, refused = 60, 0, 0, 0
    for run in range(runs):
        rows = with_copies(people(1000, run, columns), share, run) if share else people(1000, run, columns)
        try:
            bounds = by_name(repeated(rows, seed=run))["near_copy_share"].demonstrating
        except CannotMeasure:
            refused += 1
            continue
        held += float(bounds.lower) <= share <= float(bounds.upper)
        alarms += float(bounds.lower) > 0
    print(
        f"{columns} columns, {share:.0%} planted: held {held / runs:.3f}, "
        f"more than none {alarms / runs:.3f}, refused {refused / runs:.3f}",
        flush=True,
    )
    assert held + refused >= 0.95 * runs - 3 * (0.05 * 0.95 * runs) ** 0.5
