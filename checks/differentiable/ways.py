"""Whether learnt weights, and none but learnt weights, stand on every way from a row to the answer.

Whoever reads something from the weights of a graph reads it from those that `weights` finds. A vendor who
writes a layer as products and a sum, puts it into the graph that prepares inputs, or reckons its numbers from
others, has weights that are not among them. So before the first learnt weight each number of a row may be
moved, scaled and bent by itself, as in a standardisation, and never be mixed with another; behind it no list
of other constants may meet it; and the answer must have passed a learnt weight on every way.

A graph that is written in another way may be honest, and is refused all the same. Single constants behind a
weight are allowed: what stands before them still feels the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from checks.differentiable.network import Graph
from checks.differentiable.weights import Node, operands
from checks.measured import CannotMeasure

_BY_ITSELF: Final = (
    "Abs", "Add", "Cast", "Clip", "Concat", "Div", "Dropout", "Elu", "Erf", "Exp", "Flatten", "Gather",
    "Identity", "LeakyRelu", "Log", "Max", "Min", "Mul", "Neg", "PRelu", "Pow", "Reciprocal", "Relu",
    "Reshape", "Sigmoid", "Slice", "Softplus", "Sqrt", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze",
)  # fmt: skip
"""Operators that leave numbers apart, where all but one of their inputs are constants."""

_TOGETHER: Final = ("Concat",)
"""Operators that leave numbers apart even of several inputs."""

_RECORD: Final = "The record of the training must stand in"


def require_learnt_ways(preparing: Graph | None, model: Graph, answer: str) -> None:
    """Raises `CannotMeasure` for numbers that shape the answer and are not among the learnt weights."""
    if preparing is not None:
        if preparing.learnt:
            raise CannotMeasure(f"the graph that prepares inputs holds weights of its own. {_RECORD}")
        _walked(preparing)
    learnt = _walked(model)
    if not learnt.get(answer, False):
        raise CannotMeasure(f"a way from the inputs to {answer} passes no learnt weight. {_RECORD}")


def _walked(graph: Graph) -> Mapping[str, bool]:
    """For each value that depends on the row: whether it passed a learnt weight on every way."""
    passed = dict.fromkeys(graph.takes, False)
    computed: set[str] = set()
    for node, own in _with_own_weights(graph):
        rows = [name for name in node.inputs if name in passed]
        if not rows:
            computed.update(node.outputs)
            continue
        others = [name for name in node.inputs if name and name not in passed and name not in own]
        _require_no_reckoned_weights(node, others, computed)
        if own and (node.operator not in _BY_ITSELF or not set(rows) & set(node.inputs[:1])):
            passed[node.outputs[0]] = True
            continue
        _require_apart(node, rows, passed)
        after = all(passed[name] for name in rows)
        if any(passed[name] for name in rows):
            _require_no_list(node, others, graph)
        passed[node.outputs[0]] = after
    return passed


def _with_own_weights(graph: Graph) -> Iterator[tuple[Node, set[str]]]:
    """Each node, and which of its inputs are learnt weights."""
    for node, found in operands(graph.nodes, graph.constants, graph.fractions):
        yield node, set(found)


def _require_no_reckoned_weights(node: Node, others: list[str], computed: set[str]) -> None:
    if node.operator in ("Gemm", "Conv", "MatMul") and computed & set(others):
        raise CannotMeasure(f"the weights of an operator {node.operator} are reckoned from others. {_RECORD}")


def _require_apart(node: Node, rows: list[str], passed: Mapping[str, bool]) -> None:
    if all(passed[name] for name in rows) or node.operator in _TOGETHER:
        return
    if len(rows) > 1 or node.operator not in _BY_ITSELF:
        raise CannotMeasure(
            f"an operator {node.operator} mixes numbers of a row before they meet a learnt weight. {_RECORD}"
        )


def _require_no_list(node: Node, others: list[str], graph: Graph) -> None:
    for name in others:
        constant = graph.constants.get(name)
        if constant is None or (constant.is_floating_point() and constant.numel() > 1):
            raise CannotMeasure(
                f"an operator {node.operator} holds numbers behind the learnt weights that are not counted "
                f"among them. {_RECORD}"
            )
