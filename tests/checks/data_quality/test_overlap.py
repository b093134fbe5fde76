import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from checks.data_quality.overlap import overlap
from checks.measured import CannotMeasure, Confidence, Measured
from checks.subject import Subject

CONFIDENCE = Confidence(0.975)


def people(first: int, last: int) -> pd.DataFrame:
    numbers = np.arange(first, last)
    labels = np.where(numbers % 2 == 0, "yes", "no")
    return pd.DataFrame({"x0": numbers / 1000, "x1": 1.0, "label": labels})


@pytest.fixture
def measure(make_subject: Callable[..., Subject]) -> Callable[..., Measured]:
    def run(test: object, train: object, other_role: str = "train", **more: object) -> Measured:
        subject = make_subject(test, sets={"train": train}, **more)
        return overlap(subject, subject.relation("test"), CONFIDENCE, other_role=other_role)

    return run


def test_rows_that_were_never_seen_have_a_share_of_zero_and_a_bound_above_it(
    measure: Callable[..., Measured],
) -> None:
    (share,) = measure(people(0, 300), people(300, 1000)).estimates
    assert (share.statistic, share.stratum, share.kind, share.value, share.n) == (
        "overlapping_share", "all", "statistical", 0, 300,
    )  # fmt: skip
    assert float(share.demonstrating.upper or 0) == pytest.approx(1 - 0.025 ** (1 / 300), abs=1e-11)


@pytest.mark.parametrize("seen", [1, 40, 199])
def test_rows_seen_in_training_are_counted_with_scipys_exact_bounds(
    measure: Callable[..., Measured], seen: int
) -> None:
    (share,) = measure(people(0, 200), people(200 - seen, 900)).estimates
    exact = binomtest(seen, 200).proportion_ci(0.95, method="exact")
    assert float(share.value) == pytest.approx(seen / 200)
    assert float(share.demonstrating.lower or 0) == pytest.approx(exact.low, abs=1e-11)
    assert float(share.demonstrating.upper or 0) == pytest.approx(exact.high, abs=1e-11)


def test_a_set_that_is_tested_on_what_it_was_trained_on_overlaps_whole(
    measure: Callable[..., Measured],
) -> None:
    shuffled = people(0, 100).sample(frac=1, random_state=1)
    assert measure(people(0, 100), shuffled).estimates[0].value == 1


def test_another_label_makes_no_case_a_new_one(measure: Callable[..., Measured]) -> None:
    flipped = people(0, 100).assign(label=lambda rows: np.where(rows.label == "yes", "no", "yes"))
    assert measure(people(0, 100), flipped).estimates[0].value == 1


def test_what_the_model_is_not_fed_makes_no_case_a_new_one(measure: Callable[..., Measured]) -> None:
    test, train = people(0, 50).assign(row=range(50)), people(0, 50).assign(row=range(50, 100))
    assert measure(test, train).estimates[0].value == 1


def test_every_input_has_to_be_the_same(measure: Callable[..., Measured]) -> None:
    train = people(0, 100)
    train.loc[:24, "x1"] = 2.0
    assert float(measure(people(0, 100), train).estimates[0].value) == 0.75


def test_copies_in_the_other_set_count_once_for_each_row_that_they_equal(
    measure: Callable[..., Measured],
) -> None:
    train = pd.concat([people(0, 1)] * 50)
    assert float(measure(people(0, 100), train).estimates[0].value) == 0.01


def test_an_empty_case_was_seen_if_an_empty_case_was_seen(measure: Callable[..., Measured]) -> None:
    test = people(0, 10)
    test.loc[3, ["x0", "x1"]] = None
    train = pd.DataFrame({"x0": [None, 5.0], "x1": [None, 5.0], "label": ["yes", "no"]})
    assert float(measure(test, train).estimates[0].value) == 0.1


def test_images_seen_in_training_are_found(measure: Callable[..., Measured]) -> None:
    rng = np.random.default_rng(2)
    test, train = (rng.normal(size=(30, 12, 12)).astype(np.float32) for _ in range(2))
    train[:6] = test[24:]
    labels = np.array(["a", "b", "c"] * 10)
    sets = ({"image": images, "label": labels} for images in (test, train))
    (share,) = measure(*sets, task="multiclass", tensor="image").estimates
    assert (float(share.value), share.n) == (0.2, 30)


def test_files_of_both_sets_are_remembered_as_opened(make_subject: Callable[..., Subject]) -> None:
    subject = make_subject(people(0, 10), sets={"train": people(10, 20), "validation": people(20, 30)})
    overlap(subject, subject.relation("test"), CONFIDENCE, other_role="train")
    assert [opened.path for opened in subject.files.opened] == ["test.csv", "train.csv"]


@pytest.mark.parametrize(
    ("other_role", "why"),
    [
        ("test", "overlap with themselves"),
        ("validation", "no validation data"),
        ("reference", "no reference data"),
        ("", "no  data"),
    ],
)
def test_without_another_set_nothing_is_measured(
    measure: Callable[..., Measured], other_role: str, why: str
) -> None:
    with pytest.raises(CannotMeasure, match=why):
        measure(people(0, 10), people(10, 20), other_role)


def test_no_data_and_rows_that_are_no_independent_trials_are_not_measured(
    measure: Callable[..., Measured], make_subject: Callable[..., Subject]
) -> None:
    with pytest.raises(CannotMeasure, match="none was given"):
        overlap(make_subject(), None, CONFIDENCE, other_role="train")
    weighted = [people(*ends).assign(w=1.0) for ends in ((0, 10), (10, 20))]
    with pytest.raises(CannotMeasure, match="survey weights"):
        measure(*weighted, row_weights="w")
    clustered = [people(*ends).assign(person=0) for ends in ((0, 10), (10, 20))]
    with pytest.raises(CannotMeasure, match="clustered"):
        measure(*clustered, unit_column="person")
    with pytest.raises(CannotMeasure, match="not independent"):
        measure(pd.concat([people(0, 50)] * 2), people(50, 100))


def test_another_set_without_rows_is_not_measured(make_subject: Callable[..., Subject]) -> None:
    """An empty training set would overlap with nothing."""
    subject = make_subject(people(0, 10), files={"train": {"empty.csv": b"x0,x1,label\n"}})
    with pytest.raises(CannotMeasure, match="no rows"):
        overlap(subject, subject.relation("test"), CONFIDENCE, other_role="train")


def test_the_counts_and_nothing_else_are_shown_to_everybody(measure: Callable[..., Measured]) -> None:
    (exhibit,) = measure(people(0, 100), people(90, 120)).exhibits
    assert exhibit.visibility == "public"
    assert json.loads(exhibit.data) == {
        "rows": 100, "overlapping": 10, "other_role": "train", "other_rows": 30,
    }  # fmt: skip
