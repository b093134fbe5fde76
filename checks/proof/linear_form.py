"""Linear expressions in exact fractions: what `(+ (* 2 Y_0) (- Y_1) 0.1)` means.

Decimals are read as the fractions that they are, so that nothing is rounded before it is known to which side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from checks.proof.s_expression import Expression, Listed, Word

MOST_DIGITS: Final = 400
MOST_EXPONENT: Final = 300
MOST_BITS: Final = 5000

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?")


class Unlinear(ValueError):
    """An expression that is not linear or cannot be read. `at` is where; `expected` and `found` in words."""

    def __init__(self, at: Expression, expected: str, found: str) -> None:
        super().__init__(expected)
        self.at, self.expected, self.found = at, expected, found


@dataclass(frozen=True, slots=True)
class LinearForm:
    """`constant` plus the sum of each variable times its factor; no factor is zero."""

    factors: Mapping[str, Fraction]
    constant: Fraction

    def plus(self, other: LinearForm, times: Fraction) -> LinearForm:
        """This form plus `times` the other."""
        factors = dict(self.factors)
        for name, factor in other.factors.items():
            factors[name] = factors.get(name, Fraction(0)) + times * factor
        kept = {name: factor for name, factor in factors.items() if factor}
        return LinearForm(kept, self.constant + times * other.constant)


NOTHING: Final = LinearForm({}, Fraction(0))


def linear_form(expression: Expression, known: Set[str]) -> LinearForm:
    """The form that an expression writes, over the variables `known`. Raises `Unlinear`."""
    if isinstance(expression, Word):
        return _word(expression, known)
    parts = [linear_form(item, known) for item in expression.items[1:]]
    match expression.head, len(parts):
        case "+", count if count > 0:
            return _total(parts)
        case "-", 1:
            return NOTHING.plus(parts[0], Fraction(-1))
        case "-", count if count > 1:
            return parts[0].plus(_total(parts[1:]), Fraction(-1))
        case "*", count if count > 0:
            return _product(expression, parts)
    raise Unlinear(expression, "a sum of variables times numbers, in +, - and *", shown(expression))


def shown(expression: Expression) -> str:
    """The beginning of an expression, for a message."""
    text = expression.text if isinstance(expression, Word) else _listed(expression)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _listed(expression: Listed) -> str:
    inner = " ".join("(...)" if isinstance(item, Listed) else item.text for item in expression.items[:8])
    return f"({inner})"


def _total(parts: list[LinearForm]) -> LinearForm:
    factors: dict[str, Fraction] = {}
    for part in parts:
        for name, factor in part.factors.items():
            factors[name] = factors.get(name, Fraction(0)) + factor
    constant = sum((part.constant for part in parts), Fraction(0))
    return LinearForm({name: factor for name, factor in factors.items() if factor}, constant)


def _product(expression: Listed, parts: list[LinearForm]) -> LinearForm:
    variable = [part for part in parts if part.factors]
    if len(variable) > 1:
        raise Unlinear(expression, "a product with at most one variable", shown(expression))
    factor = Fraction(1)
    for part in parts:
        factor = factor if part.factors else factor * part.constant
        if factor.numerator.bit_length() + factor.denominator.bit_length() > MOST_BITS:
            raise Unlinear(expression, "a product of a few numbers", "more digits than any number needs")
    return NOTHING.plus(variable[0] if variable else LinearForm({}, Fraction(1)), factor)


def _word(word: Word, known: Set[str]) -> LinearForm:
    if word.text in known:
        return LinearForm({word.text: Fraction(1)}, Fraction(0))
    found = _NUMBER.fullmatch(word.text)
    if found is None or not word.text.isascii():
        raise Unlinear(word, "a declared variable or a decimal number", shown(word))
    if len(found[1]) > MOST_DIGITS or len(found[2] or "") > 6 or abs(int(found[2] or 0)) > MOST_EXPONENT:
        raise Unlinear(word, f"at most {MOST_DIGITS} digits and exponents up to {MOST_EXPONENT}", shown(word))
    return LinearForm({}, Fraction(word.text))
