"""Which of the numbers in a graph were learnt: what enters a linear operator, and nothing else.

Learnt are the second operand and the offset of Gemm and Conv, a constant operand of MatMul, a constant that
is added to what one of these made, the slopes of PRelu, scale and offset of a normalisation, and a table from
which Gather looks up a row for a case. Not learnt are the means and spreads by which inputs are standardised,
running statistics, shapes, limits and exponents. A constant is followed through Identity, Transpose, Reshape,
Cast, Squeeze and Unsqueeze, as exporters put them between a weight and its use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

PASSED_ON: Final = ("Identity", "Transpose", "Reshape", "Cast", "Squeeze", "Unsqueeze")
LINEAR: Final = ("Gemm", "Conv", "MatMul")

_OPERANDS: Final[Mapping[str, tuple[int, ...]]] = {
    "Gemm": (1, 2),
    "Conv": (1, 2),
    "PRelu": (1,),
    "BatchNormalization": (1, 2),
    "LayerNormalization": (1, 2),
    "Gather": (0,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One node of a graph: operator, names of inputs ("" where left out) and outputs, attributes."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


def learnt(nodes: Sequence[Node], constants: Collection[str], varying: Collection[str]) -> tuple[str, ...]:
    """The names among `constants`, numbers with fractions, that were learnt, in the order of their first use.

    `varying` are the constants that are no shapes, indices or truth values.
    """
    found = (names.values() for _, names in operands(nodes, constants, varying))
    return tuple(dict.fromkeys(name for names in found for name in names))


def operands(
    nodes: Sequence[Node], constants: Collection[str], varying: Collection[str]
) -> Iterator[tuple[Node, Mapping[str, str]]]:
    """Each node that does not pass on a constant, with those of its inputs that are learnt, and their names.

    An input may be a rearrangement of the constant whose name it has here.
    """
    origin = {name: name for name in constants}
    made_by_linear: set[str] = set()
    for node in nodes:
        if node.operator in PASSED_ON and node.inputs[0] in origin:
            origin[node.outputs[0]] = origin[node.inputs[0]]
            continue
        named = {name: origin[name] for name in _operands(node, origin, made_by_linear)}
        yield node, {name: constant for name, constant in named.items() if constant in varying}
        if node.operator in LINEAR:
            made_by_linear.add(node.outputs[0])


def _operands(node: Node, origin: Mapping[str, str], made_by_linear: Collection[str]) -> Iterator[str]:
    """Inputs of a node that are constants and that training would have moved."""
    if node.operator == "MatMul":
        places: tuple[int, ...] = (0, 1)
    elif node.operator == "Add" and any(name in made_by_linear for name in node.inputs):
        places = (0, 1)
    else:
        places = _OPERANDS.get(node.operator, ())
    for place in places:
        if place < len(node.inputs) and node.inputs[place] in origin:
            yield node.inputs[place]
