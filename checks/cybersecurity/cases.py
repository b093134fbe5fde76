"""Cases drawn from the declared contract: what the vendor says that the model will be given.

Every number is drawn uniformly and independently from its declared range, step or codes. That is the contract
and not the population: real inputs are correlated, and rarer combinations are what this is for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Column, Input, Quantity, TableInput
from checks.measured import CannotMeasure
from checks.predictor import Inputs

Random = Callable[[str], np.random.Generator]
"""A purpose to the randomness for it."""

BLOCK = 1024
"""So many cases are drawn at once, fewer where a case is large."""

_NUMBERS_IN_A_BLOCK = 1 << 24


def draw(inputs: tuple[Input, ...], cases: int, generator: np.random.Generator) -> Iterator[Inputs]:
    """Blocks of cases, `cases` in all.

    Each block maps input names to arrays of shape [block, ...] in the declared type.
    """
    size = max(1, min(BLOCK, _NUMBERS_IN_A_BLOCK // numbers_in_a_case(inputs)))
    for start in range(0, cases, size):
        number = min(size, cases - start)
        yield {entry.name: _entry(entry, number, generator) for entry in inputs}


def numbers_in_a_case(inputs: tuple[Input, ...]) -> int:
    """How many numbers one case consists of, over all inputs."""
    return sum(math.prod(entry.shape) for entry in inputs)


def _entry(entry: Input, cases: int, generator: np.random.Generator) -> NDArray[Any]:
    if isinstance(entry, TableInput):
        drawn = np.stack([_column(c, entry, cases, generator) for c in entry.columns], axis=1)
    else:
        drawn = _quantity(entry.elements, entry, (cases, *entry.shape), generator)
    return as_declared(drawn, entry)


def as_declared(numbers: NDArray[np.float64], entry: Input) -> NDArray[Any]:
    """Numbers in the type of an input; a range beyond that type is given as the infinity that it becomes."""
    with np.errstate(over="ignore"):
        return numbers.astype(entry.dtype)


def _column(column: Column, entry: Input, cases: int, generator: np.random.Generator) -> NDArray[np.float64]:
    if isinstance(column, CodedColumn):
        codes = np.asarray([float(code) for code in column.codes])
        return codes[generator.integers(0, len(codes), size=cases)]
    return _quantity(column, entry, (cases,), generator)


def _quantity(
    quantity: Quantity, entry: Input, shape: tuple[int, ...], generator: np.random.Generator
) -> NDArray[np.float64]:
    low, step, steps = lattice(quantity, entry)
    if step is None:
        part = generator.random(shape)  # not `uniform`, which cannot span all floats
        return float(low) * (1 - part) + float(quantity.range[1]) * part
    taken = generator.integers(0, steps, endpoint=True, size=shape)
    return np.asarray(float(low) + float(step) * taken, dtype=np.float64)


def lattice(quantity: Quantity, entry: Input) -> tuple[Decimal, Decimal | None, int]:
    """The lowest value, the step from one value to the next (None: any number), and how many steps fit.

    An integer input steps by one unless a step is declared.
    """
    low, high = quantity.range
    step = quantity.step
    if entry.dtype.startswith("int") and step is None:
        low, step = Decimal(math.ceil(low)), Decimal(1)
    if step is None:
        return low, None, 0
    if low > high:
        raise CannotMeasure(f"no integer lies between {quantity.range[0]} and {high}, for {entry.name}")
    return low, step, int((high - low) // step)
