"""Six digits for people, all of them behind; a bound is never shown better than it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.number import brief, figure, lower_bound, percent, upper_bound

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("0.0176543211", "0.0176543"),
        ("0.10", "0.1"),
        ("5.0", "5"),
        ("1E+3", "1000"),
        ("1234567", "1234567"),
        ("1234567.8", "1234570"),
        ("0", "0"),
        ("-0", "0"),
        ("0.00000025", "2.5e-7"),
        ("-0.3333333333", "-0.333333"),
    ],
)
def test_a_number_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert figure(Decimal(number)).shown == shown


@given(NUMBERS)
def test_all_digits_are_kept_as_the_dossier_spells_them(number: Decimal) -> None:
    assert figure(number).exact == str(number)


@given(NUMBERS)
def test_a_shown_lower_bound_is_never_above_the_bound(number: Decimal) -> None:
    assert Decimal(lower_bound(number).shown) <= number


@given(NUMBERS)
def test_a_shown_upper_bound_is_never_below_the_bound(number: Decimal) -> None:
    assert Decimal(upper_bound(number).shown) >= number


@given(NUMBERS)
def test_a_shown_number_is_within_half_a_unit_of_the_sixth_digit(number: Decimal) -> None:
    error = abs(Decimal(figure(number).shown) - number)
    assert error <= abs(number) * Decimal("0.000005")


def test_a_bound_just_beyond_a_limit_is_shown_beyond_it() -> None:
    assert upper_bound(Decimal("0.05000000001")).shown == "0.0500001"


def test_a_confidence_is_rounded_down() -> None:
    assert percent(Decimal("0.99583333333")).shown == "99.5833"
    assert percent(Decimal("0.99999999")).shown == "99.9999"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        ("0", "0"), ("1", "100"), ("0.12345", "12.3"), ("0.9999", "99.9"), ("0.5", "50"),
        ("0.000012345", "0.00123"), ("0.0000000001", "1e-8"), ("0.0999999", "10"), ("0.66666", "66.7"),
    ],
)  # fmt: skip
def test_a_share_in_a_drawing_has_three_digits_and_is_never_rounded_to_all(share: str, shown: str) -> None:
    assert brief(Decimal(share)) == shown
