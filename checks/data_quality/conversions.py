"""Units that people take for one another, and how a value written in one is written in the other.

What a submission declares as a unit is a text. It is read by pint, after some spellings that pint does not
know; `1`, currencies and whatever else is no unit of pint have no conversions, and are said to have none.
Conversions that need to know the substance (mmol/l to mg/dl) are not made.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_SPELLINGS: Final = {
    "°c": "degC", "deg c": "degC", "celsius": "degC", "°f": "degF", "deg f": "degF", "fahrenheit": "degF",
    "kelvin": "kelvin", "lbs": "pound", "kgs": "kilogram", "mm hg": "mmHg", "bpm": "1/minute",
    "beats/min": "1/minute", "kmh": "km/hour", "km/h": "km/hour", "mph": "mile/hour", "sec": "second",
    "secs": "second", "mins": "minute", "hrs": "hour", "hr": "hour", "yrs": "year", "yr": "year", "y": "year",
    "mo": "month", "mos": "month", "wk": "week", "jahre": "year", "ans": "year", "années": "year",
    "mois": "month", "jours": "day",
}  # fmt: skip
_USED: Final = (
    ("mm", "cm", "m", "km", "inch", "foot", "mile"),
    ("mg", "g", "kg", "pound", "ounce", "tonne"),
    ("second", "minute", "hour", "day", "week", "month", "year"),
    ("degC", "degF", "kelvin"),
    ("kPa", "hPa", "mmHg", "bar", "psi", "Pa"),
    ("ml", "cl", "dl", "l", "m**3", "gallon"),
    ("m/s", "km/hour", "mile/hour", "knot"),
    ("kJ", "kcal", "kWh", "MJ"),
    ("mg/dl", "mg/l", "g/l", "g/dl", "ug/ml", "ng/ml"),
    ("cm**2", "m**2", "hectare", "acre", "foot**2", "km**2"),
    ("1/second", "1/minute", "1/hour"),
    ("W", "kW", "MW", "horsepower"),
    ("l/second", "l/minute", "m**3/hour", "gallon/minute"),
    ("kg/m**2", "pound/foot**2"),
)  # fmt: skip
"""Units of one dimension that stand beside each other in practice."""

_POWER: Final = r"[A-Za-zµμ°]+(?:(?:\*\*|\^)-?\d)?"
_PLAIN: Final = re.compile(rf"(?:1 ?/ ?)?{_POWER}(?: ?[*/ ] ?{_POWER})*")
"""Products of powers below ten: what a vendor writes is parsed, and might be an expression without end."""

_FARTHEST: Final = 1e5
"""Nobody takes millimetres for kilometres."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """How a value in the declared unit is written in the unit `name`: `factor` times it, plus `offset`."""

    name: str
    factor: float
    offset: float = 0.0


def conversions(unit: str) -> tuple[Conversion, ...]:
    """Every other unit in which a value may have been written by mistake; none where pint knows no such unit.

    >>> [(c.name, round(c.factor, 3)) for c in conversions("cm")][:2]
    [('mm', 10.0), ('m', 0.01)]
    >>> conversions("1"), conversions("euros")
    ((), ())
    """
    declared = _read(unit)
    if declared is None:
        return ()
    others = [
        other for used in _USED for other in used if _registry().Unit(other).is_compatible_with(declared)
    ]
    found = [_conversion(declared, other) for other in others]
    return tuple(
        c for c in found if (c.factor, c.offset) != (1, 0) and 1 / _FARTHEST <= c.factor <= _FARTHEST
    )


def _conversion(declared: Any, other: str) -> Conversion:
    quantity = _registry().Quantity
    zero, one = (float(quantity(value, declared).to(other).magnitude) for value in (0.0, 1.0))
    return Conversion(name=other, factor=_unrounded(one - zero), offset=_unrounded(zero))


def _unrounded(value: float) -> float:
    """Without what is left of rounding."""
    return round(value, 9) if abs(value) > 1e-3 else float(f"{value:.9g}")


def _read(unit: str) -> Any:
    """The unit of pint that a text means, or None."""
    import pint

    text = _SPELLINGS.get(unit.strip().casefold(), unit.strip()).replace("²", "**2").replace("³", "**3")
    if not _PLAIN.fullmatch(text):
        return None
    try:
        found = _registry().Unit(text)
    except (pint.errors.PintError, AttributeError, ValueError, TypeError, AssertionError, SyntaxError):
        return None
    return None if found.dimensionless else found


@cache
def _registry() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pint

        return pint.UnitRegistry(cache_folder=None)
