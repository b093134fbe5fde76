"""Factors from the international definitions: 1 inch is 2.54 cm, 1 pound 0.45359237 kg, 1 mmHg 133.322 Pa."""

import pytest

from checks.data_quality.conversions import conversions


@pytest.mark.parametrize(
    ("unit", "other", "value", "written"),
    [
        ("cm", "inch", 2.54, 1), ("cm", "m", 170, 1.7), ("kg", "pound", 0.45359237, 1),
        ("kg", "g", 3.4, 3400), ("years", "month", 2, 24), ("°C", "degF", 37, 98.6),
        ("degC", "kelvin", 0, 273.15), ("mmHg", "kPa", 120, 15.99864), ("km", "mile", 1.609344, 1),
        ("mg/dl", "g/l", 90, 0.9), ("lbs", "kg", 1, 0.45359237), ("km/h", "mile/hour", 1.609344, 1),
        ("m²", "foot**2", 0.09290304, 1),
    ],
)  # fmt: skip
def test_a_value_is_written_in_another_unit_as_the_definitions_have_it(
    unit: str, other: str, value: float, written: float
) -> None:
    (found,) = [c for c in conversions(unit) if c.name == other]
    assert found.factor * value + found.offset == pytest.approx(written, rel=1e-5)


@pytest.mark.parametrize(
    "unit",
    ["1", "", "euros", "USD", "score", "%", "degree", "10**10**10", "m**99", "__import__('os')", "m" * 300],
)
def test_what_is_no_unit_or_has_no_other_has_no_conversion(unit: str) -> None:
    assert conversions(unit) == ()


def test_nobody_takes_a_unit_for_itself_or_seconds_for_centuries() -> None:
    assert "cm" not in {c.name for c in conversions("cm")}
    assert "second" not in {c.name for c in conversions("years")}
