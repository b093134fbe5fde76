"""How each ONNX operator passes slopes back, written as ONNX again: the chain rule, one operator at a time.

The list is closed: what stands in nets of dense and convolutional layers. Whoever meets another operator is
told so by `Unsupported`, and takes the gradient elsewhere. Shapes come from a trial run with a few cases, so
that nothing is guessed; the first axis is that of the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from checks.attacks.tape import Array, Passed, Step, Unsupported


def _gemm(s: Step) -> Passed:
    if s.attributes.get("transA", 0):
        raise Unsupported("Gemm of a transposed case")
    weights = s.weights(1)
    back = weights if s.attributes.get("transB", 0) else weights.T
    name = s.only()
    return [(name, s.tape.node("MatMul", s.slope, s.tape.constant(s.attributes.get("alpha", 1.0) * back)))]


def _matmul(s: Step) -> Passed:
    weights, name = s.weights(1), s.only()
    if weights.ndim != 2:
        raise Unsupported("MatMul by something that is no matrix")
    return [(name, s.tape.node("MatMul", s.slope, s.tape.constant(weights.T)))]


def _add(s: Step) -> Passed:
    return [s.to(name, s.slope) for name in s.moving()]


def _mean(s: Step) -> Passed:
    share = s.tape.node("Div", s.slope, s.tape.constant(len(s.inputs)))
    return [s.to(name, share) for name in s.inputs if name not in s.fixed]


def _neg(s: Step) -> Passed:
    return [s.to(s.only(), s.tape.node("Neg", s.slope))]


def _joined(s: Step) -> Passed:
    """To each part the piece that it gave."""
    axis = int(s.attributes["axis"]) % len(s.shape(s.output))
    if axis == 0:
        raise Unsupported("Concat of cases")
    ends = np.cumsum([s.shape(name)[axis] for name in s.inputs]).tolist()
    pieces = zip(s.inputs, [0, *ends[:-1]], ends, strict=True)
    return [(name, _piece(s, begin, end, axis)) for name, begin, end in pieces if name not in s.fixed]


def _piece(s: Step, begin: int, end: int, axis: int) -> str:
    return s.tape.node("Slice", s.slope, s.tape.sizes(begin), s.tape.sizes(end), s.tape.sizes(axis))


def _sub(s: Step) -> Passed:
    signs = [(name, place) for place, name in enumerate(s.inputs) if name not in s.fixed]
    return [s.to(n, s.slope if place == 0 else s.tape.node("Neg", s.slope)) for n, place in signs]


def _mul(s: Step) -> Passed:
    left, right = s.inputs
    pairs = [(left, right), (right, left)]
    return [s.to(a, s.tape.node("Mul", s.slope, _value(s, b))) for a, b in pairs if a not in s.fixed]


def _div(s: Step) -> Passed:
    name = s.only()
    return [s.to(name, s.tape.node("Div", s.slope, s.tape.constant(s.weights(1))))]


def _value(s: Step, name: str) -> str:
    return s.tape.constant(s.values[name]) if name in s.fixed else s.tape.forward(name)


def _relu(s: Step) -> Passed:
    return [s.to(s.only(), s.tape.node("Mul", s.slope, s.tape.node("Sign", s.tape.forward(s.output))))]


def _leaky(s: Step) -> Passed:
    name, alpha = s.only(), s.tape.constant(s.attributes.get("alpha", 0.01))
    above = s.tape.node("Greater", s.tape.forward(name), s.tape.constant(0))
    return [s.to(name, s.tape.node("Where", above, s.slope, s.tape.node("Mul", s.slope, alpha)))]


def _clip(s: Step) -> Passed:
    """A number that was cut has no slope: the output differs from the input."""
    name = s.only()
    kept = s.tape.node("Equal", s.tape.forward(name), s.tape.forward(s.output))
    return [s.to(name, s.tape.node("Where", kept, s.slope, s.tape.constant(0)))]


def _sigmoid(s: Step) -> Passed:
    out = s.tape.forward(s.output)
    rest = s.tape.node("Sub", s.tape.constant(1), out)
    return [s.to(s.only(), s.tape.node("Mul", s.slope, s.tape.node("Mul", out, rest)))]


def _tanh(s: Step) -> Passed:
    out = s.tape.forward(s.output)
    rest = s.tape.node("Sub", s.tape.constant(1), s.tape.node("Mul", out, out))
    return [s.to(s.only(), s.tape.node("Mul", s.slope, rest))]


def _softmax(s: Step) -> Passed:
    """Of tables only: one axis for the cases and one for the numbers."""
    if len(s.shape(s.output)) != 2 or s.attributes.get("axis", -1 if s.opset >= 13 else 1) not in (1, -1):
        raise Unsupported("Softmax over several axes")
    out = s.tape.forward(s.output)
    total = s.tape.node("ReduceSum", s.tape.node("Mul", s.slope, out), s.tape.sizes(1))
    return [s.to(s.only(), s.tape.node("Mul", out, s.tape.node("Sub", s.slope, total)))]


def _reshaped(s: Step) -> Passed:
    name = s.only()
    before, after = s.shape(name), s.shape(s.output)
    if before[0] != after[0]:
        raise Unsupported(f"{s.operator} that mixes cases")
    return [(name, s.tape.node("Reshape", s.slope, s.tape.sizes(-1, *before[1:])))]


def _same(s: Step) -> Passed:
    return [s.to(s.only(), s.slope)]


def _cast(s: Step) -> Passed:
    """To the type that it has already: a change of type is left to others."""
    name = s.only()
    if s.values[name].dtype != s.values[s.output].dtype:
        raise Unsupported("Cast to another type")
    return [s.to(name, s.slope)]


def _transposed(s: Step) -> Passed:
    name = s.only()
    order = s.attributes.get("perm", tuple(reversed(range(len(s.shape(name))))))
    if order[0] != 0:
        raise Unsupported("Transpose that moves the axis of the cases")
    return [(name, s.tape.node("Transpose", s.slope, perm=[int(i) for i in np.argsort(order)]))]


def _normalised(s: Step) -> Passed:
    name, scale, variance = s.only(), s.weights(1), s.weights(4)
    factor = scale / np.sqrt(variance + s.attributes.get("epsilon", 1e-5))
    sizes = (1, -1, *[1] * (len(s.shape(name)) - 2))
    return [s.to(name, s.tape.node("Mul", s.slope, s.tape.constant(factor.reshape(sizes))))]


def _mean_of_all(s: Step) -> Passed:
    name = s.only()
    _, channels, *sides = s.shape(name)
    spread = np.full((1, channels, *sides), 1 / np.prod(sides))
    return [(name, s.tape.node("Mul", s.slope, s.tape.constant(spread)))]


def _convolved(s: Step) -> Passed:
    kernel = s.weights(1)
    return [(s.only(), _back_through_windows(s, kernel, int(s.attributes.get("group", 1))))]


def _mean_pooled(s: Step) -> Passed:
    """A convolution of every channel by itself with equal weights."""
    name, sides = s.only(), s.attributes["kernel_shape"]
    if any(s.attributes.get("pads", (0,))) or s.attributes.get("ceil_mode", 0) or _automatic(s):
        raise Unsupported("AveragePool with a margin")
    channels = s.shape(name)[1]
    kernel = np.full((channels, 1, *sides), 1 / np.prod(sides))
    return [(name, _back_through_windows(s, kernel, channels))]


def _back_through_windows(s: Step, kernel: Array, group: int) -> str:
    sides, sizes = kernel.shape[2:], s.shape(s.inputs[0])[2:]
    steps = list(s.attributes.get("strides", [1] * len(sides)))
    spread = list(s.attributes.get("dilations", [1] * len(sides)))
    before, after = _margins(s, sides, sizes, steps, spread)
    outs = s.shape(s.output)[2:]
    left_over = [
        size - ((out - 1) * step + apart * (side - 1) + 1 - b - a)
        for size, out, step, apart, side, b, a in zip(
            sizes, outs, steps, spread, sides, before, after, strict=True
        )
    ]
    return s.tape.node(
        "ConvTranspose", s.slope, s.tape.constant(kernel), strides=steps, dilations=spread, group=group,
        pads=[*before, *after], output_padding=left_over,
    )  # fmt: skip


def _automatic(s: Step) -> str:
    found = s.attributes.get("auto_pad", b"NOTSET")
    spelt = found.decode() if isinstance(found, bytes) else str(found)
    return "" if spelt in ("NOTSET", "VALID") else spelt


def _margins(
    s: Step, sides: tuple[int, ...], sizes: tuple[int, ...], steps: list[int], spread: list[int]
) -> tuple[list[int], list[int]]:
    """What is put around an image before and after it, along each axis."""
    automatic = _automatic(s)
    if not automatic:
        pads = list(s.attributes.get("pads", [0] * 2 * len(sides)))
        return pads[: len(sides)], pads[len(sides) :]
    both = [
        max((-(-size // step) - 1) * step + apart * (side - 1) + 1 - size, 0)
        for side, size, step, apart in zip(sides, sizes, steps, spread, strict=True)
    ]
    less, more = [pad // 2 for pad in both], [pad - pad // 2 for pad in both]
    return (less, more) if automatic == "SAME_UPPER" else (more, less)


def _highest(s: Step) -> Passed:
    """Back to the place that was the highest; places are counted over all cases together."""
    name = s.only()
    shape = s.tape.node("Shape", s.tape.forward(name))
    zeros = s.tape.node("Expand", s.tape.constant(0), s.tape.node("ReduceProd", shape, keepdims=1))
    flat = s.tape.sizes(-1)
    places = s.tape.node("Reshape", s.tape.forward(places_of(s.output)), flat)
    slopes = s.tape.node("Reshape", s.slope, flat)
    overlap = list(s.attributes.get("strides", [1])) != list(s.attributes["kernel_shape"])
    kind = {"reduction": "add"} if overlap else {}
    back = s.tape.node("ScatterElements", zeros, places, slopes, axis=0, **kind)
    return [(name, s.tape.node("Reshape", back, shape))]


def places_of(output: str) -> str:
    """The name under which a MaxPool gives the places of what it chose."""
    return f"{output}:places"


RULES: Final[Mapping[str, Callable[[Step], Passed]]] = {
    "Add": _add,
    "AveragePool": _mean_pooled,
    "BatchNormalization": _normalised,
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _joined,
    "Conv": _convolved,
    "Div": _div,
    "Dropout": _same,
    "Flatten": _reshaped,
    "Gemm": _gemm,
    "GlobalAveragePool": _mean_of_all,
    "Identity": _same,
    "LeakyRelu": _leaky,
    "MatMul": _matmul,
    "MaxPool": _highest,
    "Mean": _mean,
    "Mul": _mul,
    "Neg": _neg,
    "Relu": _relu,
    "Reshape": _reshaped,
    "Sigmoid": _sigmoid,
    "Softmax": _softmax,
    "Squeeze": _reshaped,
    "Sub": _sub,
    "Sum": _add,
    "Tanh": _tanh,
    "Transpose": _transposed,
    "Unsqueeze": _reshaped,
}
"""What passes slopes back, by the name of the operator."""
