"""How random cases fail: each is run alone, again, and behind a neighbour drawn for it and for no other.

A neighbour of its own keeps the cases independent, as the bound on their rate needs: in one large batch a
single odd case could disturb all others at once. Large batches are left to the boundary cases. Where the
graph fixes its batch, "alone" is a batch of copies, and the neighbour takes all places but one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.cybersecurity.cases import Random, draw
from checks.cybersecurity.soundness import Outputs, differ, not_finite, not_repeated, out_of_range
from checks.measured import CannotMeasure
from checks.predictor import Inputs, Predictor

RAISES: Final = "raises an error"

Ways = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A random case that fails: its number in the order of drawing, counted from 0, and how it fails."""

    case: int
    ways: Ways


def failures_among(predictor: Predictor, cases: int, random: Random, tolerance: float) -> Iterator[Failure]:
    """The failures among `cases` drawn from the contract; see `input_contract` for what a failure is."""
    drawn = draw(predictor.model.inputs, cases, random("fuzzing: cases"))
    neighbours = draw(predictor.model.inputs, cases, random("fuzzing: neighbours"))
    ways = (
        way
        for block, beside in zip(drawn, neighbours, strict=True)
        for way in _ways_to_fail(predictor, block, beside, tolerance)
    )
    return (Failure(case=case, ways=way) for case, way in enumerate(ways) if way)


def _ways_to_fail(predictor: Predictor, block: Inputs, beside: Inputs, tolerance: float) -> list[Ways]:
    """For each case of the block the ways in which it fails; a block that raises an error is halved."""
    try:
        return _compared(predictor, block, beside, tolerance)
    except CannotMeasure:
        raise
    except Exception:  # onnxruntime raises its own classes without a common root
        cases = len(next(iter(block.values())))
        if cases == 1:
            return [(RAISES,)]
        halves = (slice(None, cases // 2), slice(cases // 2, None))
        return [
            way
            for half in halves
            for way in _ways_to_fail(predictor, _part(block, half), _part(beside, half), tolerance)
        ]


def _compared(predictor: Predictor, block: Inputs, beside: Inputs, tolerance: float) -> list[Ways]:
    model = predictor.model
    alone = predictor.outputs(block, batch=1)
    again = predictor.outputs(block, batch=1)
    last = _last_of_a_batch(predictor, block, beside)
    ways = {
        "is not finite": not_finite(alone),
        "leaves the declared range": out_of_range(model, alone),
        "differs when repeated": not_repeated(alone, again),
        "differs beside a neighbour": differ(model, alone, last, tolerance),
    }
    marks = np.stack(list(ways.values()), axis=1)
    return [tuple(way for way, mark in zip(ways, row, strict=True) if mark) for row in marks]


def _last_of_a_batch(predictor: Predictor, block: Inputs, beside: Inputs) -> Outputs:
    width = predictor.fixed_batch or 2
    cases = len(next(iter(block.values())))
    at_once = max(1, cases * 2 // width)  # as many numbers at once as for pairs, however wide the batch
    parts = [slice(start, start + at_once) for start in range(0, cases, at_once)]
    filled = (_behind(_part(beside, part), _part(block, part), width) for part in parts)
    ran = [_part(predictor.outputs(inputs, batch=width), slice(width - 1, None, width)) for inputs in filled]
    return {name: np.concatenate([outputs[name] for outputs in ran]) for name in ran[0]}


def _behind(neighbours: Inputs, cases: Inputs, width: int) -> dict[str, NDArray[Any]]:
    """A batch of `width` for each case: its neighbour in every place but the last, and there the case."""
    return {
        name: np.stack([*[value] * (width - 1), cases[name]], axis=1).reshape(-1, *value.shape[1:])
        for name, value in neighbours.items()
    }


def _part(arrays: Inputs | Outputs, positions: slice) -> dict[str, NDArray[Any]]:
    return {name: value[positions] for name, value in arrays.items()}
