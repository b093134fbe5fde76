"""The graph of slopes while it is being written, and one node of the forward graph met on the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Unsupported(Exception):
    """An operator, or a variant of one, through which no slope is passed here."""


@dataclass(kw_only=True)
class Tape:
    """The graph that is being written: its nodes, its constants, and what it needs of the forward run."""

    dtype: Any
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Append a node and return the name of what it gives."""
        from onnx import helper

        name = f"slope_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, value: Any, dtype: Any = None) -> str:
        """A number or an array that is always the same."""
        name = f"fixed_{len(self.constants)}"
        self.constants[name] = np.asarray(value, dtype=dtype or self.dtype)
        return name

    def sizes(self, *sizes: int) -> str:
        """A shape, or axes."""
        return self.constant(sizes, np.int64)

    def forward(self, name: str) -> str:
        """A value of the forward run."""
        self.needed.add(name)
        return name


@dataclass(frozen=True, kw_only=True)
class Step:
    """One node of the forward graph, met on the way back with the slope of its output."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]
    opset: int
    slope: str
    tape: Tape
    values: Mapping[str, Array]
    """What every value was in the trial run."""
    fixed: frozenset[str]
    """The names of what does not depend on the input."""

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a value in the trial run."""
        return tuple(self.values[name].shape)

    def moving(self) -> list[str]:
        """The inputs that depend on the case."""
        return [name for name in self.inputs if name and name not in self.fixed]

    def only(self) -> str:
        """The one input through which a slope passes: the first, and no other one."""
        if self.moving() != [self.inputs[0]]:
            raise Unsupported(f"{self.operator} of several values that depend on the case")
        return self.inputs[0]

    def weights(self, index: int) -> Array:
        """A constant input."""
        name = self.inputs[index]
        if name not in self.fixed:
            raise Unsupported(f"{self.operator} by something that depends on the case")
        return np.asarray(self.values[name])

    def to(self, name: str, slope: str) -> tuple[str, str]:
        """The slope for an input of the same shape as the output."""
        if self.shape(name) != self.shape(self.output):
            raise Unsupported(f"{self.operator} that stretches what depends on the case")
        return name, slope


Passed = list[tuple[str, str]]
"""Pairs of an input and its slope."""
