"""Numbers for people: short on the page, with every digit behind them.

The dossier's decimals are never recomputed. A shown bound is rounded away from the estimate, so that the
page never shows a bound as better than it is. The decimal point is a point in every language: the digits
on the page are the digits of the record, and can be searched for.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal

DIGITS = 6
_LONGEST_INTEGER = 15
_SMALLEST_PLAIN = -7


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number as it is shown, and as it is."""

    shown: str
    """At most six significant digits; an integer keeps all of its digits."""
    exact: str
    """The number as the dossier spells it."""


def figure(number: Decimal) -> Figure:
    """A value or limit, rounded to nearest."""
    return _figure(number, ROUND_HALF_EVEN)


def lower_bound(number: Decimal) -> Figure:
    """A lower bound, rounded down."""
    return _figure(number, ROUND_FLOOR)


def upper_bound(number: Decimal) -> Figure:
    """An upper bound, rounded up."""
    return _figure(number, ROUND_CEILING)


def percent(share: Decimal) -> Figure:
    """A share of one in percent, rounded down: `0.975` is shown as `97.5`, without the sign."""
    return Figure(shown=_shown(share.scaleb(2), ROUND_FLOOR), exact=str(share))


def brief(share: Decimal) -> str:
    """A share of one in percent for a drawing: three significant digits, and 100 for nothing less than all.

    >>> brief(Decimal("0.12345")), brief(Decimal("0.9999"))
    ('12.3', '99.9')
    """
    rounded = Context(prec=3, rounding=ROUND_HALF_EVEN).plus(share.scaleb(2))
    below = ROUND_FLOOR if rounded >= 100 and share < 1 else ROUND_HALF_EVEN
    value = Context(prec=3, rounding=below).plus(share.scaleb(2)).normalize()
    return "0" if not value else f"{value:f}" if value.adjusted() > _SMALLEST_PLAIN else f"{value:e}"


def _figure(number: Decimal, rounding: str) -> Figure:
    return Figure(shown=_shown(number, rounding), exact=str(number))


def _shown(number: Decimal, rounding: str) -> str:
    if not number:
        return "0"
    if number == number.to_integral_value() and number.adjusted() < _LONGEST_INTEGER:
        return f"{int(number)}"
    rounded = Context(prec=DIGITS, rounding=rounding).plus(number).normalize(Context(prec=DIGITS))
    plain = _SMALLEST_PLAIN < rounded.adjusted() < _LONGEST_INTEGER
    return f"{rounded:f}" if plain else f"{rounded:e}"
