"""How each operator of the closed list becomes layers: affine maps, sums, Relu and three smooth functions.

Every piecewise linear operator is rewritten exactly: `leaky(x) = s x + (1 - s) relu(x)`,
`clip(x) = low + relu(x - low) - relu(x - high)`, `max(a, b) = b + relu(a - b)`, and a maximum over a window
is a tournament of those. So all that follows knows only Relu.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from checks.differentiable.operators import OPERATORS, Call, padded, window
from checks.differentiable.weights import Node
from checks.measured import CannotMeasure
from checks.proof.builder import Builder, Held, Value
from checks.proof.linear_map import Convolution, Dense
from checks.proof.network import Shape

Inputs = tuple[Value | None, ...]
Reader = Callable[[Builder, Node, Inputs], Held]

LARGEST_MATRIX: Final = 1 << 26
"""Most numbers in a matrix that is written out for an operator: half a gigabyte."""


def _held(node: Node, value: Value | None) -> Held:
    if not isinstance(value, Held):
        raise CannotMeasure(f"an operator {node.operator} has the input where a constant is expected")
    return value


def _constant(node: Node, value: Value | None) -> Tensor:
    if not isinstance(value, Tensor):
        raise CannotMeasure(
            f"an operator {node.operator} takes a computed value where a proof needs a constant"
        )
    return value.double()


def _call(builder: Builder, node: Node, first: Tensor, inputs: Inputs) -> Tensor:
    """The operator as `differentiable` computes it, of a tensor in place of the value."""
    others = tuple(None if value is None else _as_given(node, value) for value in inputs[1:])
    return OPERATORS[node.operator](
        Call(operator=node.operator, attributes=node.attributes, opset=builder.opset, inputs=(first, *others))
    )


def _as_given(node: Node, value: Value) -> Tensor:
    if isinstance(value, Held):
        raise CannotMeasure(
            f"an operator {node.operator} takes a computed value where a proof needs a constant"
        )
    return value


def _moved(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value = _held(node, inputs[0])
    return builder.picked(value, _call(builder, node, value.index, inputs))


def _cast(builder: Builder, node: Node, inputs: Inputs) -> Held:
    if node.attributes["to"] not in (1, 11):
        raise CannotMeasure("an operator Cast rounds to a type in which nothing is proved")
    return _held(node, inputs[0])


def _gathered(builder: Builder, node: Node, inputs: Inputs) -> Held:
    if not isinstance(inputs[0], Held):
        raise CannotMeasure("an operator Gather looks up a row by a computed number")
    return _moved(builder, node, inputs)


def _added(builder: Builder, node: Node, inputs: Inputs) -> Held:
    """Add, Sub and Sum: of a value and a constant, or of two values."""
    first, *others = inputs
    sign = -1.0 if node.operator == "Sub" else 1.0
    total: Value | None = first
    for other in others:
        total = _both(builder, node, total, other, sign)
    return _held(node, total)


def _mean_of_values(builder: Builder, node: Node, inputs: Inputs) -> Held:
    return builder.scaled(_added(builder, node, inputs), 1 / len(inputs))


def _both(builder: Builder, node: Node, one: Value | None, other: Value | None, sign: float) -> Value:
    if isinstance(one, Held) and isinstance(other, Held):
        shape = np.broadcast_shapes(one.shape, other.shape)
        left, right = builder.broadcast(one, shape), builder.broadcast(other, shape)
        return builder.total(left, builder.scaled(right, -1.0) if sign < 0 else right)
    if isinstance(one, Held):
        offset = _constant(node, other)
        value = builder.broadcast(one, np.broadcast_shapes(one.shape, offset.shape))
        return builder.scaled(value, 1.0, sign * offset)
    offset = _constant(node, one)
    if isinstance(other, Held):
        value = builder.broadcast(other, np.broadcast_shapes(other.shape, offset.shape))
        return builder.scaled(value, sign, offset)
    return offset + sign * _constant(node, other)


def _multiplied(builder: Builder, node: Node, inputs: Inputs) -> Held:
    one, other = inputs
    if node.operator == "Div":
        value, factor = _held(node, one), 1.0 / _constant(node, other)
    elif isinstance(one, Held):
        value, factor = one, _constant(node, other)
    else:
        value, factor = _held(node, other), _constant(node, one)
    return builder.scaled(builder.broadcast(value, np.broadcast_shapes(value.shape, factor.shape)), factor)


def _negated(builder: Builder, node: Node, inputs: Inputs) -> Held:
    return builder.scaled(_held(node, inputs[0]), -1.0)


def _gemm(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value, weight = _held(node, inputs[0]), _constant(node, inputs[1])
    weight = weight if node.attributes.get("transB", 0) else weight.T
    if node.attributes.get("transA", 0) or len(value.shape) != 2 or value.shape[0] != 1:
        raise CannotMeasure("an operator Gemm mixes cases")
    shape = (1, weight.shape[0])
    offset = None
    if len(inputs) > 2 and inputs[2] is not None:
        offset = node.attributes.get("beta", 1.0) * _constant(node, inputs[2]).broadcast_to(shape)
    return builder.affine(value, Dense(node.attributes.get("alpha", 1.0) * weight), offset, shape)


def _matmul(builder: Builder, node: Node, inputs: Inputs) -> Held:
    one, other = inputs
    if isinstance(one, Held):
        weight = _constant(node, other)
        lead, shape = math.prod(one.shape[:-1]), (*one.shape[:-1], *weight.shape[1:])
        _require_small(node, one.size * math.prod(shape))
        if weight.ndim != 2:
            raise CannotMeasure("an operator MatMul multiplies by something that is no matrix")
        return builder.affine(
            one, Dense(torch.kron(torch.eye(lead).double(), weight.T.contiguous())), None, shape
        )
    value, weight = _held(node, other), _constant(node, one)
    if weight.ndim != 2 or len(value.shape) != 2:
        raise CannotMeasure("an operator MatMul multiplies something that is no matrix")
    columns, shape = value.shape[1], (weight.shape[0], value.shape[1])
    _require_small(node, value.size * math.prod(shape))
    return builder.affine(value, Dense(torch.kron(weight, torch.eye(columns).double())), None, shape)


def _convolved(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value, weight = _held(node, inputs[0]), _constant(node, inputs[1])
    if value.shape[0] != 1:
        raise CannotMeasure("an operator Conv takes more than one case")
    call = Call(operator="Conv", attributes=node.attributes, opset=builder.opset, inputs=())
    strides, dilations, pads = window(call, value.index, weight.shape[2:])
    axes, group = len(strides), node.attributes.get("group", 1)
    linear = Convolution(
        weight,
        value.shape[1:],
        tuple(strides),
        tuple(pads[:axes]),
        tuple(pads[axes:]),
        tuple(dilations),
        group,
    )
    offset = None
    if len(inputs) > 2 and inputs[2] is not None:
        channels = _constant(node, inputs[2]).reshape(-1, *[1] * axes)
        offset = channels.broadcast_to(linear.given).clone()
    return builder.affine(value, linear, offset, (1, *linear.given))


def _normalized(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value = _held(node, inputs[0])
    shape = (1, -1, *[1] * (len(value.shape) - 2))
    scale, offset, mean, variance = (_constant(node, entry).reshape(shape) for entry in inputs[1:5])
    if node.attributes.get("training_mode", 0):
        raise CannotMeasure("an operator BatchNormalization learns")
    factor = scale / torch.sqrt(variance + node.attributes.get("epsilon", 1e-5))
    return builder.scaled(builder.scaled(value, factor, -factor * mean), 1.0, offset)


def _averaged(builder: Builder, node: Node, inputs: Inputs) -> Held:
    """A linear operator without offset, written out by what it makes of each unit vector."""
    value = _held(node, inputs[0])
    shape = _call(builder, node, value.index, inputs).shape
    _require_small(node, value.size * math.prod(shape))
    columns = [
        _call(builder, node, unit.reshape(value.shape), inputs).reshape(-1)
        for unit in torch.eye(value.size).double()
    ]
    return builder.affine(value, Dense(torch.stack(columns, dim=1)), None, tuple(shape))


def _require_small(node: Node, size: int) -> None:
    if size > LARGEST_MATRIX:
        raise CannotMeasure(f"an operator {node.operator} would need a matrix of {size} numbers")


def _activation(shape: Shape) -> Reader:
    return lambda builder, node, inputs: builder.activated(_held(node, inputs[0]), shape)


def _leaky(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value = _held(node, inputs[0])
    slope = (
        torch.tensor(node.attributes.get("alpha", 0.01)).double()
        if len(inputs) == 1
        else _constant(node, inputs[1])
    )
    straight = builder.scaled(value, slope)
    return builder.total(straight, builder.scaled(builder.activated(value, "relu"), 1.0 - slope))


def _clipped(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value = _held(node, inputs[0])
    limits = [_limit(node, inputs, name, place) for name, place in (("min", 1), ("max", 2))]
    low, high = limits
    if low is not None and high is not None and not low <= high:
        raise CannotMeasure("an operator Clip has a lower limit above the upper one")
    if low is not None:
        value = builder.scaled(builder.activated(builder.scaled(value, 1.0, -low), "relu"), 1.0, low)
    if high is not None:  # min(x, high) = high - relu(high - x)
        value = builder.scaled(builder.activated(builder.scaled(value, -1.0, high), "relu"), -1.0, high)
    return value


def _limit(node: Node, inputs: Inputs, name: str, place: int) -> float | None:
    if name in node.attributes:
        limit = float(node.attributes[name])
    elif place < len(inputs) and inputs[place] is not None:
        limit = float(_constant(node, inputs[place]).item())
    else:
        return None
    if math.isnan(limit):
        raise CannotMeasure("an operator Clip has a limit that is no number")
    return limit if math.isfinite(limit) else None


def _absolute(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value = _held(node, inputs[0])
    back = builder.activated(builder.scaled(value, -1.0), "relu")
    return builder.total(builder.activated(value, "relu"), back)


def _extreme(builder: Builder, node: Node, inputs: Inputs) -> Held:
    """Max and Min, by `min(a, b) = -max(-a, -b)`."""
    sign = 1.0 if node.operator == "Max" else -1.0
    shape = np.broadcast_shapes(*(value.shape for value in inputs if value is not None))
    result: Held | None = None
    for value in (builder.broadcast(v, shape) for v in inputs if isinstance(v, Held)):
        other = builder.scaled(value, sign)
        result = other if result is None else builder.larger(result, other)
    result = _held(node, result)
    for constant in (sign * _constant(node, v) for v in inputs if isinstance(v, Tensor)):
        over = builder.activated(builder.scaled(result, 1.0, -constant), "relu")
        result = builder.scaled(over, 1.0, constant)
    return builder.scaled(result, sign)


def _max_pooled(builder: Builder, node: Node, inputs: Inputs) -> Held:
    value, kernel = _held(node, inputs[0]), list(node.attributes["kernel_shape"])
    call = Call(operator="MaxPool", attributes=node.attributes, opset=builder.opset, inputs=())
    strides, dilations, pads = window(call, value.index, kernel)
    if len(kernel) != 2 or value.shape[0] != 1:
        raise CannotMeasure("an operator MaxPool in other than two dimensions")
    wide = padded(value.index + 1, pads, 0.0)[0][:, None]
    columns = (
        functional.unfold(wide, tuple(kernel), tuple(dilations), 0, tuple(strides)).long() - 1
    )  # (channels, window, places)
    shape = tuple(_call(builder, node, value.index, inputs).shape)
    first = columns.max(dim=1, keepdim=True).values
    if (first < 0).any():
        raise CannotMeasure("an operator MaxPool has a window that lies in the padding")
    columns = torch.where(columns < 0, first, columns)
    rounds = [builder.picked(value, columns[:, place].reshape(shape)) for place in range(columns.shape[1])]
    while len(rounds) > 1:
        pairs = zip(rounds[::2], rounds[1::2], strict=False)
        rounds = [*(builder.larger(a, b) for a, b in pairs), *rounds[len(rounds) & ~1 :]]
    return rounds[0]


READERS: Final[Mapping[str, Reader]] = {
    "Abs": _absolute,
    "Add": _added,
    "AveragePool": _averaged,
    "BatchNormalization": _normalized,
    "Cast": _cast,
    "Clip": _clipped,
    "Conv": _convolved,
    "Div": _multiplied,
    "Dropout": _moved,
    "Flatten": _moved,
    "Gather": _gathered,
    "Gemm": _gemm,
    "GlobalAveragePool": _averaged,
    "Identity": _moved,
    "LeakyRelu": _leaky,
    "MatMul": _matmul,
    "Max": _extreme,
    "MaxPool": _max_pooled,
    "Min": _extreme,
    "Mean": _mean_of_values,
    "Mul": _multiplied,
    "Neg": _negated,
    "PRelu": _leaky,
    "ReduceMean": _averaged,
    "ReduceSum": _averaged,
    "Relu": _activation("relu"),
    "Reshape": _moved,
    "Sigmoid": _activation("sigmoid"),
    "Slice": _moved,
    "Softplus": _activation("softplus"),
    "Squeeze": _moved,
    "Sub": _added,
    "Sum": _added,
    "Tanh": _activation("tanh"),
    "Transpose": _moved,
    "Unsqueeze": _moved,
}
"""Every operator of which a proof is made."""
