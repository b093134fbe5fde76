"""What somebody who wants another answer can change about a case, as the vendor declares it for each number.

A number can be raised and lowered by so much, an age cannot fall, a code becomes one of a list. Whoever says
nothing of a number has not said that it cannot be changed: then nothing is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Leeway, MeasuredColumn, Quantity, TableInput
from checks.attacks.reach import Reach, boxed
from checks.attacks.space import Space
from checks.measured import CannotMeasure

Array = NDArray[Any]
Declared = MeasuredColumn | CodedColumn | Quantity


def declared_reach(space: Space, cases: Array) -> Reach:
    """All that somebody can make of each case, within the declared ranges and codes.

    Raises `CannotMeasure` if of a number nothing is said, or if nothing at all can be changed.
    """
    numbers = list(_numbers(space))
    _require_a_word(space, numbers)
    up = np.array([float(_leeway(number).up) for number in numbers])
    down = np.array([float(_leeway(number).down) for number in numbers])
    choices = _choices(space, numbers)
    if not up.any() and not down.any() and not any(map(len, choices.values())):
        raise CannotMeasure("by the declarations nobody can change anything: there is nothing to be tried")
    centre = cases.astype(np.float64)
    lower, upper = np.maximum(centre - down, space.low), np.minimum(centre + up, space.high)
    reach = boxed(space, cases, lower, upper)
    movable = up + down > 0
    if movable.any():
        reach.require_room(movable)
    return _opened(reach, choices)


def whole_reach(space: Space, cases: Array) -> Reach:
    """All that the contract allows: every number anywhere in its range, every code any other."""
    numbers = list(_numbers(space))
    choices = {
        place: _as_codes(number.codes, space)
        for place, number in enumerate(numbers)
        if isinstance(number, CodedColumn)
    }
    ends = (np.broadcast_to(end, cases.shape).astype(np.float64) for end in (space.low, space.high))
    lower, upper = ends
    return _opened(boxed(space, cases, lower, upper), choices)


def _opened(reach: Reach, choices: dict[int, Array]) -> Reach:
    """The box around the codes that each case may have, its own among them."""
    lower, upper = reach.lower.copy(), reach.upper.copy()
    for place, codes in choices.items():
        own = reach.start[:, place]
        lower[:, place] = np.minimum(own, codes.min(initial=np.inf))
        upper[:, place] = np.maximum(own, codes.max(initial=-np.inf))
    kept = {place: codes for place, codes in choices.items() if len(codes)}
    return Reach(space=reach.space, start=reach.start, lower=lower, upper=upper, choices=kept)


def _numbers(space: Space) -> Iterator[Declared]:
    """The declaration of each number of a case, in order."""
    for entry in space.inputs:
        if isinstance(entry, TableInput):
            yield from entry.columns
        else:
            yield from [entry.elements] * int(np.prod(entry.shape))


def _require_a_word(space: Space, numbers: list[Declared]) -> None:
    silent = [name for name, number in zip(space.names, numbers, strict=True) if number.perturbable is None]
    if silent:
        raise CannotMeasure(
            f"nothing is declared of whether somebody can change {', '.join(silent[:20])}, and how far"
        )


def _leeway(number: Declared) -> Leeway:
    found = number.perturbable
    return found if isinstance(found, Leeway) else Leeway(up=Decimal(0), down=Decimal(0), source="A code.")


def _choices(space: Space, numbers: list[Declared]) -> dict[int, Array]:
    return {
        place: _as_codes(number.perturbable.to, space)
        for place, number in enumerate(numbers)
        if isinstance(number, CodedColumn) and number.perturbable is not None
    }


def _as_codes(codes: Iterable[Decimal], space: Space) -> Array:
    """In the type of the space, in which a code is compared with what a case holds."""
    return np.array([float(code) for code in codes], dtype=space.dtype)
