"""Properties in VNN-LIB, the language of the verification of neural networks (https://www.vnnlib.org).

A file declares inputs `X_0`, `X_1`, ... and outputs `Y_0`, ... and asserts what is *unsafe*: the property
holds if no input and its output meet all assertions together. Read are `declare-const`, `declare-fun` without
arguments, and `assert` over `and`, `or`, `<=`, `>=`, `=` and linear expressions. Each comparison speaks of
one input or of outputs only; `or` may mix both, and is written out into cases.

Numbers are exact fractions until the end, and then rounded so that the boxes and the unsafe sets only grow:
what holds of the property that is returned holds of the one that was written. An empty box is refused, for
of no input everything holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np

from certify.errors import Problem, UnusableInput
from checks.proof.linear_form import LinearForm, Unlinear, linear_form, shown
from checks.proof.property import Case, Condition, Property, Region
from checks.proof.s_expression import Expression, Listed, Word, read_expressions

MOST_CASES: Final = 10_000
MOST_NUMBERS: Final = 2_000_000
LARGEST: Final = Fraction(2) ** 1000
MOST_PROBLEMS: Final = 50

_VARIABLE: Final = re.compile(r"([XY])_(0|[1-9]\d{0,6})")
_IGNORED: Final = ("set-logic", "set-info", "set-option", "check-sat", "get-model")


@dataclass(frozen=True, slots=True)
class _Bound:
    """One input is at most (`upper`) or at least a number."""

    place: int
    upper: bool
    limit: Fraction


@dataclass(frozen=True, slots=True)
class _Row:
    """The sum of outputs times whole numbers is at most a number."""

    factors: tuple[tuple[int, int], ...]
    limit: Fraction


_Atom = _Bound | _Row
_Alternative = tuple[_Atom, ...]
"""Atoms that all hold together; a formula is a list of alternatives, of which one holds."""


@dataclass
class _File:
    """What was read so far, and what was wrong with it."""

    source: str
    names: set[str] = field(default_factory=set)
    always: list[_Atom] = field(default_factory=list)
    alternatives: list[_Alternative] = field(default_factory=lambda: [()])
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, at: Expression | None, expected: str, found: str, remedy: str) -> None:
        """Note a defect and go on, so that all are told at once."""
        line, column = (at.line, at.column) if at else (None, None)
        self.problems.append(
            Problem(
                source=self.source, line=line, column=column, expected=expected, found=found, remedy=remedy
            )
        )
        if len(self.problems) >= MOST_PROBLEMS:
            raise UnusableInput(*self.problems)

    @property
    def inputs(self) -> int:
        """How many inputs are declared."""
        return sum(name[0] == "X" for name in self.names)

    @property
    def outputs(self) -> int:
        """How many outputs are declared."""
        return sum(name[0] == "Y" for name in self.names)


def read_vnnlib(data: bytes, source: str) -> Property:
    """The property that a file writes; `source` names it in messages.

    Raises `UnusableInput` with every defect: unknown words, expressions that are not linear, inputs without
    both ends, empty boxes, more than `MOST_CASES` cases.
    """
    file = _File(source)
    for expression in read_expressions(data, source):
        _command(file, expression)
    _require_declared(file)
    cases = () if file.problems else tuple(_cases(file))
    if file.problems:
        raise UnusableInput(*file.problems)
    if not any(_possible(condition) for case in cases for condition in case.unsafe):
        file.refuse(
            None, "outputs that could meet what is asserted", "contradictions", "Of none everything holds."
        )
        raise UnusableInput(*file.problems)
    return Property(name=source, cases=cases)


def _possible(condition: Condition) -> bool:
    """Whether any numbers at all meet a condition; where that cannot be told, it is taken that some do."""
    from scipy.optimize import linprog  # takes a second to import

    rows, limits = condition.rows, condition.limits
    sizes = np.maximum(np.abs(rows).max(axis=1), 1.0)
    found = linprog(
        np.zeros(rows.shape[1]), A_ub=rows / sizes[:, None], b_ub=limits / sizes, bounds=(None, None)
    )
    return bool(found.status != 2)


def _command(file: _File, expression: Expression) -> None:
    match expression:
        case Listed(items=(Word("declare-const"), Word(name), Word("Real"))):
            _declare(file, expression, name)
        case Listed(items=(Word("declare-fun"), Word(name), Listed(items=()), Word("Real"))):
            _declare(file, expression, name)
        case Listed(items=(Word("assert"), formula)):
            _assert(file, formula)
        case Listed() if expression.head in _IGNORED:
            pass
        case _:
            expected = "(declare-const NAME Real) or (assert FORMULA)"
            file.refuse(expression, expected, shown(expression), "Correct or remove it.")


def _declare(file: _File, at: Expression, name: str) -> None:
    if not _VARIABLE.fullmatch(name):
        file.refuse(at, "X_0, X_1, ... for inputs and Y_0, Y_1, ... for outputs", name, "Rename it.")
    elif name in file.names:
        file.refuse(at, "each variable declared once", f"{name} again", "Remove one of the declarations.")
    else:
        file.names.add(name)


def _assert(file: _File, formula: Expression) -> None:
    try:
        alternatives = _alternatives(formula, file.names)
        if len(alternatives) == 1:
            file.always.extend(alternatives[0])
        else:
            file.alternatives = _both(formula, file.alternatives, alternatives)
    except Unlinear as error:
        file.refuse(error.at, error.expected, error.found, "Write it in linear comparisons of X_i or Y_j.")


def _alternatives(formula: Expression, known: Set[str]) -> list[_Alternative]:
    """The formula as alternatives, one of which holds."""
    if isinstance(formula, Listed) and len(formula.items) > 1:
        parts = formula.items[1:]
        match formula.head:
            case "and":
                read = [_alternatives(part, known) for part in parts]
                always = tuple(atom for one in read if len(one) == 1 for atom in one[0])
                result: list[_Alternative] = [always]
                for part, one in zip(parts, read, strict=True):
                    result = _both(part, result, one) if len(one) > 1 else result
                return result
            case "or":
                return _few(formula, [one for part in parts for one in _alternatives(part, known)])
            case "<=" | ">=" | "=" if len(parts) == 2:
                return [tuple(_comparison(formula, known))]
    raise Unlinear(formula, "and, or, or a comparison of two values by <=, >= or =", shown(formula))


def _both(at: Expression, some: list[_Alternative], others: list[_Alternative]) -> list[_Alternative]:
    if len(some) * len(others) > MOST_CASES:
        raise Unlinear(at, f"at most {MOST_CASES} cases", f"{len(some) * len(others)}")
    if len(some) * sum(map(len, others)) + len(others) * sum(map(len, some)) > MOST_NUMBERS:
        raise Unlinear(at, "cases that fit into memory", "too many comparisons")
    return _few(at, [one + other for one in some for other in others])


def _few(at: Expression, alternatives: list[_Alternative]) -> list[_Alternative]:
    if len(alternatives) > MOST_CASES or sum(map(len, alternatives)) > MOST_NUMBERS:
        raise Unlinear(at, f"at most {MOST_CASES} cases", f"{len(alternatives)}, or too many comparisons")
    return alternatives


def _comparison(at: Listed, known: Set[str]) -> Iterator[_Atom]:
    """The atoms `form <= 0` that a comparison says."""
    left, right = (linear_form(item, known) for item in at.items[1:])
    form = left.plus(right, Fraction(-1))
    if at.head in ("<=", "="):
        yield _atom(at, form)
    if at.head in (">=", "="):
        yield _atom(at, LinearForm({}, Fraction(0)).plus(form, Fraction(-1)))


def _atom(at: Listed, form: LinearForm) -> _Atom:
    kinds = {name[0] for name in form.factors}
    if kinds == {"Y"}:
        scale = math.lcm(*(factor.denominator for factor in form.factors.values()))
        factors = tuple(sorted((int(name[2:]), int(f * scale)) for name, f in form.factors.items()))
        if max(abs(factor) for _, factor in factors) > 2**53:
            raise Unlinear(at, "factors that double precision can hold together", shown(at))
        return _Row(factors, _held(at, -form.constant * scale))
    if kinds == {"X"} and len(form.factors) == 1:
        (name, factor), limit = next(iter(form.factors.items())), -form.constant
        return _Bound(int(name[2:]), factor > 0, _held(at, limit / factor))
    expected = "a comparison of one input with a number, or of outputs"
    found = {0: "no variable"}.get(len(kinds), "several inputs" if kinds == {"X"} else "inputs and outputs")
    raise Unlinear(at, expected, f"{shown(at)}, which compares {found}")


def _held(at: Listed, number: Fraction) -> Fraction:
    if abs(number) > LARGEST:
        raise Unlinear(at, "numbers that double precision can hold", shown(at))
    return number


def _require_declared(file: _File) -> None:
    for kind, count in (("X", file.inputs), ("Y", file.outputs)):
        missing = next((i for i in range(count) if f"{kind}_{i}" not in file.names), None)
        if not count or missing is not None:
            expected = f"{kind}_0, {kind}_1, ... without a gap"
            found = f"no {kind}_{missing or 0}"
            file.refuse(None, expected, found, "Declare every input and output of the model.")


def _cases(file: _File) -> Iterator[Case]:
    """The alternatives, those over one box together; each box and condition rounded outwards."""
    if len(file.alternatives) * (file.inputs + file.outputs) > MOST_NUMBERS:
        file.refuse(None, "cases that fit into memory", f"{len(file.alternatives)}", "Split the file.")
        return
    always = _ends({}, file.always)
    boxes: dict[tuple[bytes, bytes], tuple[Region, list[Condition]]] = {}
    for alternative in file.alternatives:
        region, condition = _region(file, _ends(always, alternative)), _condition(file, alternative)
        if region is None or condition is None:
            return
        key = (region.lower.tobytes(), region.upper.tobytes())
        boxes.setdefault(key, (region, []))[1].append(condition)
    for region, conditions in boxes.values():
        yield Case(region, tuple(conditions))


_Ends = dict[tuple[int, bool], Fraction]
"""The tightest end of an input, by its place and whether it is the upper one."""


def _ends(always: _Ends, atoms: Iterable[_Atom]) -> _Ends:
    ends = dict(always)
    for atom in atoms:
        if isinstance(atom, _Bound):
            key = (atom.place, atom.upper)
            tightest = min if atom.upper else max
            ends[key] = tightest(ends.get(key, atom.limit), atom.limit)
    return ends


def _region(file: _File, ends: _Ends) -> Region | None:
    for i in range(file.inputs):
        if (i, False) not in ends or (i, True) not in ends:
            file.refuse(
                None, f"a lower and an upper end for X_{i}", "an open one", "Assert both in every case."
            )
        elif ends[i, False] > ends[i, True]:
            found = f"at least {float(ends[i, False])} and at most {float(ends[i, True])}"
            file.refuse(
                None, f"some value for X_{i}", found, "Of no input everything holds: correct the box."
            )
    if file.problems:
        return None
    lower = [_rounded(ends[i, False], up=False) for i in range(file.inputs)]
    upper = [_rounded(ends[i, True], up=True) for i in range(file.inputs)]
    return Region(np.array(lower), np.array(upper))


def _condition(file: _File, alternative: _Alternative) -> Condition | None:
    rows = [atom for atom in (*file.always, *alternative) if isinstance(atom, _Row)]
    if not rows:
        file.refuse(
            None, "a comparison of outputs in every case", "a case without one", "Say what is unsafe."
        )
        return None
    matrix = np.zeros((len(rows), file.outputs))
    for row, atom in zip(matrix, rows, strict=True):
        for place, factor in atom.factors:
            row[place] = factor
    return Condition(matrix, np.array([_rounded(atom.limit, up=True) for atom in rows]))


def _rounded(exact: Fraction, *, up: bool) -> float:
    """The nearest number of double precision that is not below (`up`) or not above the exact one."""
    nearest = float(exact)
    if up and Fraction(nearest) < exact:
        return math.nextafter(nearest, math.inf)
    if not up and Fraction(nearest) > exact:
        return math.nextafter(nearest, -math.inf)
    return nearest
