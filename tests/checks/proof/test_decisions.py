"""Conditions of a rule against the rule itself, at answers of single precision."""

from __future__ import annotations

import numpy as np
import pytest

from certify.submission.model import ArgmaxRule, ThresholdRule
from checks.measured import CannotMeasure
from checks.proof.decisions import decided_apart, decides, outside, undone

CLASSES = ("a", "b", "c")


def threshold(border, column=0):
    return ThresholdRule(
        rule="threshold", output="y", column=column, threshold=str(border),
        negative="no", positive="yes", favourable="positive",
    )  # fmt: skip


def neighbours(*numbers):
    """The numbers in single precision, with those next to them."""
    near = np.asarray(numbers, np.float32)
    return np.concatenate([near, np.nextafter(near, np.float32(9)), np.nextafter(near, np.float32(-9))])


@pytest.mark.parametrize("border", [0.5, 0.1, 0.3, 0.9, 0.0, -1.7, 1 / 3])
def test_of_single_precision_the_conditions_are_the_rule_to_the_last_digit(border):
    answers = neighbours(border, 0.0, 1.0, -2.0).astype(np.float64)[:, None]
    positive = answers[:, 0] >= float(threshold(border).threshold)
    for decided, right in ((1, positive), (0, ~positive)):
        assert (decides(threshold(border), decided, 1, "single").met(answers) == right).all()
        (otherwise,) = undone(threshold(border), decided, 1, "single")
        assert (otherwise.met(answers) == ~right).all()


@pytest.mark.parametrize("border", [0.5, 0.1, 0.99])
def test_before_a_sigmoid_nothing_that_single_precision_decides_so_is_left_out(border):
    logit = np.log(border) - np.log1p(-border)
    numbers = np.concatenate([np.linspace(-8, 8, 4001), logit + np.linspace(-1e-5, 1e-5, 2001)])
    answers = 1 / (1 + np.exp(-numbers.astype(np.float32)))
    positive = answers.astype(np.float64) >= border
    for decided, right in ((1, positive), (0, ~positive)):
        met = decides(threshold(border), decided, 1, "sigmoid").met(numbers[:, None])
        assert met[right].all()
        assert (met & ~right).mean() < 0.4  # only those next to the border


def test_two_answers_of_a_softmax_are_compared_with_the_border():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(2000, 2)) * 3
    for column in (0, 1):
        share = np.exp(numbers[:, column]) / np.exp(numbers).sum(1)
        met = decides(threshold(0.7, column), 1, 2, "softmax").met(numbers)
        assert (met == (share >= 0.7)).all()


def test_the_first_of_equal_classes_is_decided_and_ties_are_never_left_out():
    rule = ArgmaxRule(rule="argmax", output="y", classes=CLASSES)
    answers = np.asarray([[1, 1, 0], [0, 2, 2], [3, 3, 3], [1, 2, 3], [2, 1, 0]], np.float64)
    for case in answers:
        decided = int(case.argmax())
        assert decides(rule, decided, 3).met(case[None]).all()
        for other in {0, 1, 2} - {decided}:
            assert any(c.met(case[None]).all() for c in undone(rule, other, 3))


def test_what_decides_two_cases_apart_is_every_pair_of_different_classes():
    rule = ArgmaxRule(rule="argmax", output="y", classes=CLASSES)
    rng = np.random.default_rng(0)
    both = rng.normal(size=(500, 6))
    apart = both[:, :3].argmax(1) != both[:, 3:].argmax(1)
    met = np.any([c.met(both) for c in decided_apart(rule, 3)], axis=0)
    assert (met == apart).all()


@pytest.mark.parametrize(
    ("link", "low", "high"), [("none", -1, 2), ("single", 0.1, 0.9), ("sigmoid", 0.2, 0.9)]
)
def test_an_answer_outside_a_range_meets_one_of_the_conditions(link, low, high):
    numbers = np.random.default_rng(0).normal(size=(3000, 2)) * 3
    answers = 1 / (1 + np.exp(-numbers)) if link == "sigmoid" else numbers.astype(np.float32)
    met = np.any([c.met(numbers) for c in outside(low, high, 2, link)], axis=0)
    assert (met == ((answers < low) | (answers > high)).any(1)).all()


def test_a_probability_leaves_zero_to_one_by_no_more_than_rounding_if_nothing_overflows_before_it():
    for conditions in (outside(-0.001, 1.001, 3, "sigmoid"), outside(-1, 2, 3, "softmax")):
        numbers = np.array([[0.0, -50.0, 900.0], [0.0, 2e30, 0.0], [0.0, 0.0, -3e38]])
        met = np.any([condition.met(numbers) for condition in conditions], axis=0)
        assert met.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: decides(threshold(0.5, 2), 1, 2, "single"), "no column 2"),
        (lambda: decides(threshold(1.0), 1, 1, "sigmoid"), "rounding may reach"),
        (lambda: decides(threshold(0.5), 1, 3, "softmax"), "more than two classes"),
        (
            lambda: undone(ArgmaxRule(rule="argmax", output="y", classes=CLASSES), 0, 3, "sigmoid"),
            "same number",
        ),
        (lambda: outside(0.1, 2, 2, "softmax"), "not proved here"),
        (lambda: outside(0, 2, 2, "sigmoid"), "rounding of a probability"),
        (lambda: outside(-1, 1, 2, "softmax"), "rounding of a probability"),
    ],
)
def test_what_a_link_hides_is_refused(ask, sentence):
    with pytest.raises(CannotMeasure, match=sentence):
        ask()
