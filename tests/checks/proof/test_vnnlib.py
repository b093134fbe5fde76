"""What a VNN-LIB file says, exactly, and what is refused with its place."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify.errors import UnusableInput
from checks.proof.vnnlib import MOST_CASES, read_vnnlib

DATA = os.environ.get("CERTIFY_DATA")
DECLARED = "(declare-const X_0 Real)\n(declare-const Y_0 Real)\n(declare-fun Y_1 () Real)\n"
BOX = DECLARED + "(assert (and (<= X_0 1) (>= X_0 0.5)))\n"


def refusal(text: str) -> str:
    with pytest.raises(UnusableInput) as refused:
        read_vnnlib(text.encode(), "p.vnnlib")
    return str(refused.value)


def test_the_unsafe_set_is_what_is_asserted_together() -> None:
    text = BOX + "; a comment (\n(assert (<= Y_0 Y_1))(assert (>= (+ Y_0 (* 2 Y_1) (- 1)) 3))"
    (case,) = read_vnnlib(text.encode(), "p").cases
    (condition,) = case.unsafe
    assert (case.region.lower.tolist(), case.region.upper.tolist()) == ([0.5], [1.0])
    assert condition.rows.tolist() == [[1, -1], [-1, -2]]
    assert condition.limits.tolist() == [0, -4]


def test_boxes_and_outputs_within_an_or_become_cases() -> None:
    text = DECLARED + (
        "(assert (or (and (<= X_0 1) (>= X_0 0) (<= Y_0 1)) (and (<= X_0 3) (>= X_0 2) (<= Y_1 1))"
        " (and (>= X_0 0) (<= X_0 1) (<= Y_1 2))))(assert (<= Y_0 9))"
    )
    first, second = read_vnnlib(text.encode(), "p").cases
    assert [c.rows.tolist() for c in first.unsafe] == [[[1, 0], [1, 0]], [[1, 0], [0, 1]]]
    assert (second.region.lower[0], [c.limits.tolist() for c in second.unsafe]) == (2, [[9, 1]])


def test_the_tightest_of_several_ends_counts() -> None:
    text = (
        BOX + "(assert (<= X_0 0.75))(assert (>= X_0 0.25))(assert (<= (* -4 X_0) -2.4))(assert (<= Y_0 0))"
    )
    (case,) = read_vnnlib(text.encode(), "p").cases
    assert case.region.upper[0] == 0.75
    assert case.region.lower[0] == pytest.approx(0.6)


@given(st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, places=25), st.integers(1, 10**9))
def test_every_number_is_rounded_so_that_boxes_and_unsafe_sets_grow(number: object, wide: int) -> None:
    text = (
        f"{DECLARED}(assert (<= X_0 (+ {number} {wide})))(assert (>= X_0 {number}))(assert (<= Y_0 {number}))"
    )
    (case,) = read_vnnlib(text.encode(), "p").cases
    exact = Fraction(str(number))
    ends = [case.region.upper[0], case.region.lower[0], case.unsafe[0].limits[0]]
    assert Fraction(ends[0]) >= exact + wide
    assert Fraction(ends[1]) <= exact <= Fraction(ends[2])
    assert max(abs(ends[1] - float(exact)), abs(ends[2] - float(exact))) <= np.spacing(abs(float(exact)))


def test_fractions_as_factors_are_cleared_exactly() -> None:
    text = BOX + "(assert (<= (* 0.1 Y_0) (+ (* 0.3 Y_1) 1e-1)))(assert (= X_0 0.5))"
    (case,) = read_vnnlib(text.encode(), "p").cases
    assert (case.unsafe[0].rows.tolist(), case.unsafe[0].limits.tolist()) == ([[1, -3]], [1])
    assert case.region.upper[0] == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found no X_0"),
        ("(assert (<= X_0 1)", "p.vnnlib:1:1: expected a parenthesis that closes this one"),
        (")", "p.vnnlib:1:1: expected a parenthesis that closes an open one"),
        (BOX, "expected a comparison of outputs in every case"),
        (BOX + "(assert (or (<= Y_0 1) (<= X_0 0.7)))", "expected a comparison of outputs in every case"),
        (BOX + "(assert (<= Y_0 1))(assert (<= X_0 0.4))", "expected some value for X_0"),
        (DECLARED + "(assert (<= X_0 1))(assert (<= Y_0 1))", "a lower and an upper end for X_0"),
        (BOX + "(assert (<= Y_0 1))(assert (>= Y_0 2))", "outputs that could meet what is asserted"),
        (BOX + "(assert (<= 1 0))", "p.vnnlib:5:9: expected a comparison of one input with a number"),
        (BOX + "(assert (<= (+ X_0 Y_0) 1))", "inputs and outputs"),
        (BOX + "(assert (<= (* Y_0 Y_1) 1))", "a product with at most one variable"),
        (BOX + "(assert (< Y_0 1))", "expected and, or, or a comparison"),
        (BOX + "(assert (not (<= Y_0 1)))", "expected and, or, or a comparison"),
        (BOX + "(assert (or))", "expected and, or, or a comparison"),
        (BOX + "(assert (<= Y_7 1))", "a declared variable or a decimal number, found Y_7"),
        (BOX + "(assert (<= Y_0 1e999999999999))", "exponents up to 300"),
        (BOX + "(assert (<= Y_0 NaN))", "found NaN"),
        (BOX + "(assert (<= Y_0 \u0663))", "a declared variable or a decimal number"),
        (BOX + "(assert (<= Y_0 (* 1e300 1e300)))", "numbers that double precision can hold"),
        (BOX + "(assert (<= (* 1e-9 Y_0) (* 1e9 Y_1)))", "factors that double precision can hold together"),
        (BOX + "(declare-const Y_0 Real)", "each variable declared once"),
        (BOX + "(declare-const Y_3 Real)", "found no Y_2"),
        (BOX + "(declare-const Z Real)", "found Z"),
        (BOX + "(exit)", "expected (declare-const NAME Real) or (assert FORMULA), found (exit)"),
        (BOX + "\0", "p.vnnlib:5: expected text, found a zero byte"),
        ("(" * 100, "at most 64 parentheses"),
        (BOX + f"(assert (<= Y_0 1{'0' * 2000}))", "words of at most 1000 letters"),
        (BOX + "(assert (and " + "(or (<= Y_0 1) (<= Y_1 2))" * 40 + "))", f"at most {MOST_CASES} cases"),
        (BOX + f"(assert (<= (* {'1e-300 ' * 50} Y_0) 1))", "a product of a few numbers"),
        (" " * 5_000_000, "at most 4194304 bytes"),
    ],
)
def test_what_cannot_be_meant_is_refused(text: str, said: str) -> None:
    assert said in refusal(text)


def test_all_defects_are_told_at_once() -> None:
    text = refusal(BOX + "(foo)\n(assert (< Y_0 1))\n(assert (<= Y_9 1))")
    assert [line.split()[0] for line in text.splitlines()] == [
        f"p.vnnlib:{n}" for n in ("5:1:", "6:9:", "7:13:")
    ]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnusableInput, match="text in UTF-8"):
        read_vnnlib(b"\xff", "p")


@pytest.mark.skipif(DATA is None, reason="needs CERTIFY_DATA")
def test_the_properties_of_acas_xu_are_read() -> None:
    (case,) = read_vnnlib((Path(str(DATA)) / "acasxu" / "prop_2.vnnlib").read_bytes(), "prop_2").cases
    assert case.region.upper == pytest.approx([0.679857769, 0.5, 0.5, 0.5, -0.45], rel=1e-15)
    assert case.unsafe[0].rows.tolist() == [
        [-1, 1, 0, 0, 0], [-1, 0, 1, 0, 0], [-1, 0, 0, 1, 0], [-1, 0, 0, 0, 1]
    ]  # fmt: skip


@pytest.mark.skipif(DATA is None, reason="needs CERTIFY_DATA")
def test_ten_ways_to_be_misclassified_are_ten_conditions_of_one_box() -> None:
    (case,) = read_vnnlib((Path(str(DATA)) / "mnist_fc" / "prop_0_0.03.vnnlib").read_bytes(), "p").cases
    assert (len(case.region.lower), len(case.unsafe)) == (784, 9)
