"""The closed list of ONNX operators that can be differentiated, each as torch computes it.

The meaning is that of the ONNX operator specification (https://onnx.ai/onnx/operators), for opsets 7 to 21;
where an opset changed it, the number decides. Only what is needed for inference is here: an operator that
draws at random, learns, rounds to integers or branches is not, and neither is any quantised one or any tree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from checks.measured import CannotMeasure

OLDEST_OPSET, NEWEST_OPSET = 7, 21


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One node at work: its operator, its attributes, the opset, and its inputs (None where left out)."""

    operator: str
    attributes: Mapping[str, Any]
    opset: int
    inputs: tuple[Tensor | None, ...]

    def tensor(self, index: int) -> Tensor:
        """An input that must be there."""
        value = self.optional(index)
        if value is None:
            raise CannotMeasure(f"the graph leaves out input {index} of an operator {self.operator}")
        return value

    def optional(self, index: int) -> Tensor | None:
        """An input, if it is there."""
        return self.inputs[index] if index < len(self.inputs) else None

    def attribute(self, name: str, default: Any) -> Any:
        """An attribute, or what the specification says for its absence."""
        return self.attributes.get(name, default)

    def numbers(self, name: str, index: int) -> list[int] | None:
        """Whole numbers that older opsets write as an attribute and newer ones as an input."""
        if name in self.attributes:
            return list(self.attributes[name])
        value = self.optional(index)
        return None if value is None else [int(number) for number in value.reshape(-1).tolist()]

    def refuse(self, what: str) -> CannotMeasure:
        """The refusal of a variant that is outside the list."""
        return CannotMeasure(f"the graph has an operator {self.operator} {what}, which is not differentiated")


def _gemm(call: Call) -> Tensor:
    left, right = call.tensor(0), call.tensor(1)
    left = left.T if call.attribute("transA", 0) else left
    right = right.T if call.attribute("transB", 0) else right
    product: Tensor = call.attribute("alpha", 1.0) * (left @ right)
    offset = call.optional(2)
    return product if offset is None else product + call.attribute("beta", 1.0) * offset


def _softmax(call: Call) -> Tensor:
    return _along(call, functional.softmax)


def _log_softmax(call: Call) -> Tensor:
    return _along(call, functional.log_softmax)


def _along(call: Call, function: Callable[..., Tensor]) -> Tensor:
    """Before opset 13 all axes from `axis` on were one."""
    value = call.tensor(0)
    if call.opset >= 13:
        return function(value, dim=call.attribute("axis", -1))
    first = math.prod(value.shape[: call.attribute("axis", 1)])
    return function(value.reshape(first, -1), dim=1).reshape(value.shape)


def _flatten(call: Call) -> Tensor:
    value, axis = call.tensor(0), call.attribute("axis", 1)
    return value.reshape(math.prod(value.shape[: axis + value.ndim if axis < 0 else axis]), -1)


def _reshape(call: Call) -> Tensor:
    value, wanted = call.tensor(0), call.numbers("shape", 1)
    if wanted is None or call.attribute("allowzero", 0):
        raise call.refuse("with allowzero")
    return value.reshape([value.shape[i] if size == 0 else size for i, size in enumerate(wanted)])


def _squeeze(call: Call) -> Tensor:
    value, axes = call.tensor(0), call.numbers("axes", 1)
    return value.squeeze() if axes is None else value.squeeze(tuple(axes))


def _unsqueeze(call: Call) -> Tensor:
    value, axes = call.tensor(0), call.numbers("axes", 1) or []
    for axis in sorted(axis % (value.ndim + len(axes)) for axis in axes):
        value = value.unsqueeze(axis)
    return value


def _transpose(call: Call) -> Tensor:
    value = call.tensor(0)
    return value.permute(call.attribute("perm", tuple(reversed(range(value.ndim)))))


def _concat(call: Call) -> Tensor:
    return torch.cat([call.tensor(i) for i in range(len(call.inputs))], dim=call.attributes["axis"])


def _gather(call: Call) -> Tensor:
    value, index, axis = call.tensor(0), call.tensor(1).long(), call.attribute("axis", 0)
    axis %= value.ndim
    index = torch.where(index < 0, index + value.shape[axis], index)
    chosen = value.index_select(axis, index.reshape(-1))
    return chosen.reshape((*value.shape[:axis], *index.shape, *value.shape[axis + 1 :]))


def _slice(call: Call) -> Tensor:
    value, starts, ends = call.tensor(0), call.numbers("starts", 1) or [], call.numbers("ends", 2) or []
    axes = call.numbers("axes", 3) or list(range(len(starts)))
    steps = call.numbers("steps", 4) or [1] * len(starts)
    if min(steps, default=1) < 1:
        raise call.refuse("that runs backwards")
    where = [slice(None)] * value.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        where[axis] = slice(start, end, step)
    return value[tuple(where)]


def _cast(call: Call) -> Tensor:
    """To a floating type only: through an integer no gradient comes back."""
    if call.attributes["to"] not in (1, 10, 11, 16):
        raise call.refuse("to whole numbers or truth values")
    return call.tensor(0).double()


def _clip(call: Call) -> Tensor:
    low, high = call.optional(1), call.optional(2)
    least = call.attribute("min", None) if low is None else low.item()
    most = call.attribute("max", None) if high is None else high.item()
    return call.tensor(0).clamp(-math.inf if least is None else least, math.inf if most is None else most)


def _reduced(function: Callable[..., Tensor]) -> Callable[[Call], Tensor]:
    def reduce(call: Call) -> Tensor:
        value, axes = call.tensor(0), call.numbers("axes", 1)
        if not axes and call.attribute("noop_with_empty_axes", 0):
            return value
        over = tuple(axes or range(value.ndim))
        return function(value, dim=over, keepdim=bool(call.attribute("keepdims", 1)))

    return reduce


def _batch_normalization(call: Call) -> Tensor:
    if call.attribute("training_mode", 0):
        raise call.refuse("that learns")
    value, scale, offset, mean, variance = (call.tensor(i) for i in range(5))
    shape = (1, -1, *[1] * (value.ndim - 2))
    root = torch.sqrt(variance + call.attribute("epsilon", 1e-5))
    return (value - mean.reshape(shape)) * (scale / root).reshape(shape) + offset.reshape(shape)


def _layer_normalization(call: Call) -> Tensor:
    value = call.tensor(0)
    over = value.shape[call.attribute("axis", -1) :]
    epsilon = call.attribute("epsilon", 1e-5)
    return functional.layer_norm(value, list(over), call.tensor(1), call.optional(2), epsilon)


def _prelu(call: Call) -> Tensor:
    value = call.tensor(0)
    return torch.where(value < 0, call.tensor(1) * value, value)


def _dropout(call: Call) -> Tensor:
    """Off, as in every graph for inference."""
    if call.optional(2) is not None:
        raise call.refuse("that learns")
    return call.tensor(0)


def window(call: Call, value: Tensor, kernel: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
    """Strides, dilations and paddings (all beginnings, then all ends) of a sliding window."""
    axes = len(kernel)
    strides = list(call.attribute("strides", [1] * axes))
    dilations = list(call.attribute("dilations", [1] * axes))
    automatic = _text(call.attribute("auto_pad", "NOTSET"))
    if call.attribute("ceil_mode", 0):
        raise call.refuse("with ceil_mode")
    if automatic in ("NOTSET", "VALID"):
        return strides, dilations, list(call.attribute("pads", [0] * 2 * axes))
    missing = []
    for size, width, stride, dilation in zip(value.shape[2:], kernel, strides, dilations, strict=True):
        reach = (math.ceil(size / stride) - 1) * stride + (width - 1) * dilation + 1
        missing.append(max(0, reach - size))
    small, large = [m // 2 for m in missing], [m - m // 2 for m in missing]
    return strides, dilations, small + large if automatic == "SAME_UPPER" else large + small


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def padded(value: Tensor, pads: Sequence[int], filling: float) -> Tensor:
    """A value with more places at the beginnings, then at the ends, of its last axes."""
    axes = len(pads) // 2
    backwards = [pads[i + side * axes] for i in reversed(range(axes)) for side in (0, 1)]
    return functional.pad(value, backwards, value=filling)


def _convolution(call: Call) -> Tensor:
    value, weight = call.tensor(0), call.tensor(1)
    strides, dilations, pads = window(call, value, weight.shape[2:])
    function = (functional.conv1d, functional.conv2d, functional.conv3d)[weight.ndim - 3]
    return function(
        padded(value, pads, 0.0), weight, call.optional(2), strides, 0, dilations, call.attribute("group", 1)
    )


def _max_pool(call: Call) -> Tensor:
    value, kernel = call.tensor(0), list(call.attributes["kernel_shape"])
    strides, dilations, pads = window(call, value, kernel)
    function = (functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)[len(kernel) - 1]
    result: Tensor = function(padded(value, pads, -math.inf), kernel, strides, 0, dilations)
    return result


def _average_pool(call: Call) -> Tensor:
    value, kernel = call.tensor(0), list(call.attributes["kernel_shape"])
    strides, dilations, pads = window(call, value, kernel)
    if set(dilations) != {1}:
        raise call.refuse("with dilations")
    function = (functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)[len(kernel) - 1]
    mean = function(padded(value, pads, 0.0), kernel, strides)
    if call.attribute("count_include_pad", 0):
        return mean
    return mean / function(padded(torch.ones_like(value), pads, 0.0), kernel, strides)


def _global_average(call: Call) -> Tensor:
    value = call.tensor(0)
    return value.mean(dim=tuple(range(2, value.ndim)), keepdim=True)


def _each(function: Callable[[Tensor], Tensor]) -> Callable[[Call], Tensor]:
    return lambda call: function(call.tensor(0))


def _both(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Call], Tensor]:
    return lambda call: function(call.tensor(0), call.tensor(1))


def _all(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Call], Tensor]:
    def fold(call: Call) -> Tensor:
        result = call.tensor(0)
        for i in range(1, len(call.inputs)):
            result = function(result, call.tensor(i))
        return result

    return fold


OPERATORS: Final[Mapping[str, Callable[[Call], Tensor]]] = {
    "Abs": _each(torch.abs),
    "Add": _both(torch.add),
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_normalization,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _concat,
    "Conv": _convolution,
    "Div": _both(torch.div),
    "Dropout": _dropout,
    "Elu": lambda call: functional.elu(call.tensor(0), call.attribute("alpha", 1.0)),
    "Erf": _each(torch.erf),
    "Exp": _each(torch.exp),
    "Flatten": _flatten,
    "Gather": _gather,
    "Gemm": _gemm,
    "GlobalAveragePool": _global_average,
    "Identity": _each(lambda value: value),
    "LayerNormalization": _layer_normalization,
    "LeakyRelu": lambda call: functional.leaky_relu(call.tensor(0), call.attribute("alpha", 0.01)),
    "Log": _each(torch.log),
    "LogSoftmax": _log_softmax,
    "MatMul": _both(torch.matmul),
    "Max": _all(torch.maximum),
    "MaxPool": _max_pool,
    "Mean": lambda call: _all(torch.add)(call) / len(call.inputs),
    "Min": _all(torch.minimum),
    "Mul": _both(torch.mul),
    "Neg": _each(torch.neg),
    "PRelu": _prelu,
    "Pow": _both(torch.pow),
    "Reciprocal": _each(torch.reciprocal),
    "ReduceMean": _reduced(torch.mean),
    "ReduceSum": _reduced(torch.sum),
    "Relu": _each(torch.relu),
    "Reshape": _reshape,
    "Sigmoid": _each(torch.sigmoid),
    "Slice": _slice,
    "Softmax": _softmax,
    "Softplus": _each(functional.softplus),
    "Sqrt": _each(torch.sqrt),
    "Squeeze": _squeeze,
    "Sub": _both(torch.sub),
    "Sum": _all(torch.add),
    "Tanh": _each(torch.tanh),
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
"""Every operator that can be differentiated. A graph with any other is refused."""
