"""Which numbers of a graph were learnt, on graphs small enough to say so by eye."""

from __future__ import annotations

from typing import Any

import pytest

from checks.differentiable.weights import Node, learnt


def node(operator: str, inputs: str, output: str, **attributes: Any) -> Node:
    return Node(operator=operator, inputs=tuple(inputs.split()), outputs=(output,), attributes=attributes)


SCALER = (node("Sub", "x mean", "centred"), node("Div", "centred spread", "z"))


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ((*SCALER, node("Gemm", "z w b", "y")), ("w", "b")),
        ((*SCALER, node("MatMul", "z w", "p"), node("Add", "p b", "y")), ("w", "b")),
        ((node("MatMul", "x w", "p"), node("Add", "b p", "y")), ("w", "b")),
        ((node("Add", "x b", "z"), node("MatMul", "z w", "y")), ("w",)),
        ((node("Conv", "x w b", "y"),), ("w", "b")),
        ((node("Transpose", "w", "turned"), node("MatMul", "x turned", "y")), ("w",)),
        ((node("Mul", "x w", "y"), node("Pow", "y b", "z")), ()),
        ((node("BatchNormalization", "x scale b mean spread", "y"),), ("scale", "b")),
        ((node("MatMul", "x w", "p"), node("Relu", "p", "r"), node("Add", "r b", "y")), ("w",)),
        ((node("PRelu", "x w", "y"),), ("w",)),
        ((node("Gather", "w x", "y"),), ("w",)),
        ((node("Gather", "x shape", "z"), node("Gemm", "z w", "y")), ("w",)),
    ],
)
def test_what_enters_a_linear_operator_was_learnt(nodes: tuple[Node, ...], expected: tuple[str, ...]) -> None:
    varying = {"w", "b", "mean", "spread", "scale"}
    assert learnt(nodes, {*varying, "shape"}, varying) == expected


def test_a_weight_that_is_used_twice_is_one_weight() -> None:
    nodes = (node("MatMul", "x w", "p"), node("MatMul", "p w", "y"))
    assert learnt(nodes, {"w"}, {"w"}) == ("w",)
