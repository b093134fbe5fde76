"""A case as one vector: all numbers that the model is fed, one after the other, with what they may be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import CodedColumn, Input, MeasuredColumn, Quantity, TableInput
from checks.predictor import Inputs

Array = NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Space:
    """The numbers of a case in order. All arrays have the shape [numbers]."""

    inputs: tuple[Input, ...]
    names: tuple[str, ...]
    """Those of columns; of a tensor the array with the place of the element: `image[3,0]`."""
    units: tuple[str, ...]
    low: Array
    high: Array
    step: Array
    """The least difference between two values, 0 where there is none."""
    coded: NDArray[np.bool_]
    dtype: Any
    """What is reckoned in: float32 if every input is of that type, else float64."""

    @property
    def width(self) -> Array:
        """How wide the declared range of each number is."""
        return self.high - self.low

    def packed(self, inputs: Inputs) -> Array:
        """Cases as rows, of shape [cases, numbers]."""
        parts = [np.asarray(inputs[entry.name]).reshape(len(inputs[entry.name]), -1) for entry in self.inputs]
        return np.concatenate([part.astype(self.dtype) for part in parts], axis=1)

    def unpacked(self, rows: Array) -> dict[str, Array]:
        """The law: `packed(unpacked(rows)) == rows` for rows in the types of the inputs."""
        found: dict[str, Array] = {}
        start = 0
        for entry in self.inputs:
            end = start + math.prod(entry.shape)
            part = rows[:, start:end].reshape(len(rows), *entry.shape)
            found[entry.name] = (np.rint(part) if entry.dtype.startswith("int") else part).astype(entry.dtype)
            start = end
        return found


def space_of(inputs: tuple[Input, ...]) -> Space:
    """The space of a declared contract."""
    numbers = [number for entry in inputs for number in _numbers(entry)]
    return Space(
        inputs=inputs,
        names=tuple(str(n["name"]) for n in numbers),
        units=tuple(str(n["unit"]) for n in numbers),
        low=np.array([n["low"] for n in numbers], dtype=np.float64),
        high=np.array([n["high"] for n in numbers], dtype=np.float64),
        step=np.array([n["step"] for n in numbers], dtype=np.float64),
        coded=np.array([n["coded"] for n in numbers], dtype=np.bool_),
        dtype=np.float32 if all(entry.dtype == "float32" for entry in inputs) else np.float64,
    )


def _numbers(entry: Input) -> Iterator[Mapping[str, Any]]:
    whole = 1.0 if entry.dtype.startswith("int") else 0.0
    if isinstance(entry, TableInput):
        for column in entry.columns:
            kind = _code(column) if isinstance(column, CodedColumn) else _quantity(column, whole)
            yield {**kind, "name": column.name}
        return
    kind = _quantity(entry.elements, whole)
    for place in np.ndindex(*entry.shape):
        yield {**kind, "name": f"{entry.array}[{','.join(map(str, place))}]"}


def _quantity(quantity: Quantity | MeasuredColumn, whole: float) -> Mapping[str, Any]:
    low, high = map(float, quantity.range)
    return {
        "low": low, "high": high, "step": float(quantity.step or whole), "unit": quantity.unit,
        "coded": False,
    }  # fmt: skip


def _code(column: CodedColumn) -> Mapping[str, Any]:
    codes = [float(code) for code in column.codes]
    return {"low": min(codes), "high": max(codes), "step": 0.0, "unit": "code", "coded": True}
