"""Boundary cases: the corners of the contract, numbers outside it, and tensors that are none of its kind.

What is asked of the model: inside the contract it answers, and in a batch as it answers alone. To a
number outside the contract it may answer or say that it cannot (an error, or an output that is not finite),
but not give a finite output that it was declared never to give. A tensor of another shape or type is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Column, Input, Quantity, TableInput
from checks.cybersecurity.cases import Random, as_declared, draw, lattice, numbers_in_a_case
from checks.predictor import Inputs

Demand = Literal["answer", "answer_as_alone", "no_nonsense", "refuse"]

VERTICES = 256
BATCHES = (2, 64, 1024, 8192)
"""Sizes at which a batch is compared with its cases alone; the largest is about that of a whole data set."""

_NUMBERS_IN_A_BATCH = 1 << 26
_OTHER_TYPE = {"float32": "float64", "float64": "float32", "int32": "int64", "int64": "int32"}

Flat = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One boundary case and what is asked of the model; `inputs` may be malformed on purpose."""

    name: str
    inputs: Inputs
    demand: Demand

    @property
    def inside(self) -> bool:
        """Whether it is a case that the contract allows."""
        return self.demand in ("answer", "answer_as_alone")

    @property
    def cases(self) -> int:
        """How many cases are run at once, one at least."""
        return max(1, max(len(value) for value in self.inputs.values()))


def probes(inputs: tuple[Input, ...], random: Random) -> Iterator[Probe]:
    """All boundary cases of a contract; `random` draws the random corners and the large batches."""
    middle = {entry.name: _case(entry, _middle(entry)) for entry in inputs}
    generator = random("fuzzing: corners")
    for entry in inputs:
        for probe in (*_corners(entry, generator), *_strange_numbers(entry), *_malformed(entry)):
            yield Probe(
                name=f"{entry.name}: {probe.name}", inputs={**middle, **probe.inputs}, demand=probe.demand
            )
    yield Probe(name="no case at all", inputs={n: v[:0] for n, v in middle.items()}, demand="no_nonsense")
    most = max(2, _NUMBERS_IN_A_BATCH // numbers_in_a_case(inputs))
    for cases in sorted({min(size, most) for size in BATCHES}):
        yield _batch(inputs, cases, random(f"fuzzing: a batch of {cases}"))


def _corners(entry: Input, generator: np.random.Generator) -> Iterator[Probe]:
    middle, low, high = _middle(entry), _lowest(entry), _highest(entry)
    yield _flat_probe(entry, "every number lowest", low, "answer")
    yield _flat_probe(entry, "every number highest", high, "answer")
    for position, name in _places(entry):
        yield _flat_probe(entry, f"{name} lowest", _replaced(middle, position, low), "answer")
        yield _flat_probe(entry, f"{name} highest", _replaced(middle, position, high), "answer")
    for number in range(VERTICES):
        corner = np.where(generator.integers(0, 2, size=len(low)), high, low)
        yield _flat_probe(entry, f"random corner {number}", corner, "answer")


def _strange_numbers(entry: Input) -> Iterator[Probe]:
    middle = _middle(entry)
    for word, number in _strange(entry.dtype).items():
        strange = np.full(len(middle), number)
        inside = [_permits(quantity, number) for quantity in _quantities(entry)]
        yield _flat_probe(entry, f"every number {word}", strange, _demand(all(inside)))
        for position, name in _places(entry):
            replaced = _replaced(middle, position, strange)
            yield _flat_probe(entry, f"{name} {word}", replaced, _demand(inside[position]))


def _strange(dtype: str) -> dict[str, float]:
    if dtype.startswith("int"):
        return {"smallest integer": float(np.iinfo(dtype).min), "largest integer": float(np.iinfo(dtype).max)}
    limits = np.finfo(dtype)
    return {
        "NaN": math.nan,
        "infinity": math.inf,
        "minus infinity": -math.inf,
        "largest float": float(limits.max),
        "smallest float": float(limits.min),
        "denormal": float(limits.smallest_subnormal),
        "minus denormal": -float(limits.smallest_subnormal),
    }


def _malformed(entry: Input) -> Iterator[Probe]:
    case = _case(entry, _middle(entry))
    longer = np.concatenate([case, case[..., -1:]], axis=-1)
    tensors = {
        "an axis too many": case[..., np.newaxis],
        "an axis too few": case.reshape(-1)[:1],
        "a number too many": longer,
        "another type": case.astype(_OTHER_TYPE[entry.dtype]),
    }
    for name, tensor in tensors.items():
        yield Probe(name=name, inputs={entry.name: tensor}, demand="refuse")


def _batch(inputs: tuple[Input, ...], cases: int, generator: np.random.Generator) -> Probe:
    blocks = list(draw(inputs, cases, generator))
    joined = {entry.name: np.concatenate([block[entry.name] for block in blocks]) for entry in inputs}
    return Probe(name=f"a batch of {cases} cases", inputs=joined, demand="answer_as_alone")


def _demand(inside: bool) -> Demand:
    return "answer" if inside else "no_nonsense"


def _flat_probe(entry: Input, name: str, flat: Flat, demand: Demand) -> Probe:
    return Probe(name=name, inputs={entry.name: _case(entry, flat)}, demand=demand)


def _case(entry: Input, flat: Flat) -> NDArray[Any]:
    """One case in the declared type; an integer beyond a float's precision saturates."""
    if entry.dtype.startswith("int"):
        limits = np.iinfo(entry.dtype)
        whole = [min(max(int(number), limits.min), limits.max) for number in flat]
        return np.asarray(whole, dtype=entry.dtype).reshape(1, *entry.shape)
    return as_declared(flat, entry).reshape(1, *entry.shape)


def _places(entry: Input) -> Iterator[tuple[int, str]]:
    """Where one number alone is changed: each column of a table, the first element of a tensor."""
    if isinstance(entry, TableInput):
        yield from ((position, column.name) for position, column in enumerate(entry.columns))
    else:
        yield 0, "the first element"


def _replaced(flat: Flat, position: int, by: Flat) -> Flat:
    changed = flat.copy()
    changed[position] = by[position]
    return changed


def _quantities(entry: Input) -> tuple[Column | Quantity, ...]:
    """What stands at the places; all elements of a tensor are one quantity."""
    return entry.columns if isinstance(entry, TableInput) else (entry.elements,)


def _permits(quantity: Column | Quantity, number: float) -> bool:
    """In fractions, for a denormal beside ten vanishes in any float or decimal of ours."""
    if not math.isfinite(number):
        return False
    exact = Fraction(number)
    if isinstance(quantity, CodedColumn):
        return exact in map(Fraction, quantity.codes)
    low, high = map(Fraction, quantity.range)
    on_step = quantity.step is None or (exact - low) % Fraction(quantity.step) == 0
    return low <= exact <= high and on_step


def _lowest(entry: Input) -> Flat:
    return _vector(entry, 0)


def _middle(entry: Input) -> Flat:
    return _vector(entry, 1)


def _highest(entry: Input) -> Flat:
    return _vector(entry, 2)


def _vector(entry: Input, which: int) -> Flat:
    numbers = [_marks(quantity, entry)[which] for quantity in _quantities(entry)]
    return np.resize(np.asarray(numbers, dtype=np.float64), math.prod(entry.shape))


def _marks(quantity: Column | Quantity, entry: Input) -> tuple[float, float, float]:
    """The lowest value, one in between, and the highest that the contract allows."""
    if isinstance(quantity, CodedColumn):
        return float(min(quantity.codes)), float(quantity.codes[0]), float(max(quantity.codes))
    low, step, steps = lattice(quantity, entry)
    if step is None:
        high = quantity.range[1]
        return float(low), float((low + high) / 2), float(high)
    return float(low), float(low + step * (steps // 2)), float(low + step * steps)
