"""Slopes by onnxruntime against those that torch takes of the same graph, in double precision."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from checks.attacks.derivatives import RULES
from checks.attacks.slopes import SlopeGraph
from checks.attacks.tape import Unsupported
from checks.differentiable.network import Graph
from checks.specimens.graph import graph

RANDOM = np.random.default_rng(7)

DENSE = """flat = Flatten <axis: int = 1> (x)
    one = Gemm <transB: int = 1, alpha: float = 0.5> (flat, w1, b1)
    two = {bend} (one)
    bare = MatMul(two, w2)
    y = Add(bare, b2)"""
CONVOLUTION = """a = Conv <{conv}> (x, k, kb)
    b = Relu(a)
    c = {pool} (b)
    d = Flatten <axis: int = 1> (c)
    y = MatMul(d, last)"""
RESIDUAL = """a = Conv <pads: ints = [1, 1, 1, 1]> (x, kk)
    n = BatchNormalization (a, s, m, m, v)
    r = Add(n, x)
    q = Mul(r, n)
    t = Transpose <perm: ints = [0, 2, 1, 3]> (q)
    g = GlobalAveragePool (t)
    u = Squeeze (g, axes)
    w = Sub(half, u)
    z = Div(w, two)
    f = Neg(z)
    c = Concat <axis: int = -1> (f, z, u)
    p = MatMul(c, mixed)
    h = Mean(p, z, p)
    i = Sum(h, u, half, p)
    y = Dropout(i)"""


def numbers(*shape: int) -> np.ndarray:
    return RANDOM.standard_normal(shape).astype(np.float32)


def dense(bend: str) -> tuple[bytes, tuple[int, ...]]:
    held = {"w1": numbers(7, 12), "b1": numbers(7), "w2": numbers(7, 3), "b2": numbers(3)}
    held |= {"low": np.float32(-0.5), "high": np.float32(0.5)}
    return made(DENSE.format(bend=bend).replace("(one)", _arguments(bend)), (3, 4), held), (3, 4)


def _arguments(bend: str) -> str:
    return "(one, low, high)" if bend == "Clip" else "(one)"


def convolution(conv: str, pool: str, side: int) -> tuple[bytes, tuple[int, ...]]:
    held = {"k": numbers(4, 2, 3, 3), "kb": numbers(4), "last": numbers(4 * side * side, 3)}
    return made(CONVOLUTION.format(conv=conv, pool=pool), (2, 9, 9), held), (2, 9, 9)


def residual() -> tuple[bytes, tuple[int, ...]]:
    held = {
        "kk": numbers(3, 3, 3, 3), "s": numbers(3), "m": numbers(3), "v": np.abs(numbers(3)) + 1,
        "axes": np.array([2, 3]), "half": np.float32(0.5), "two": np.float32(2), "mixed": numbers(9, 3),
    }  # fmt: skip
    return made(RESIDUAL, (3, 3, 3), held), (3, 3, 3)


def made(nodes: str, shape: tuple[int, ...], held: dict[str, np.ndarray], width: int = 3) -> bytes:
    return graph(shape=shape, source="x", answer="y", numbers=width, nodes=nodes, constants=held)


HIGHEST = "MaxPool <kernel_shape: ints = [2, 2], strides: ints = [2, 2]>"
NETS = [
    *(dense(bend) for bend in ("Relu", "Sigmoid", "Tanh", "LeakyRelu <alpha: float = 0.2>", "Clip")),
    dense("Softmax <axis: int = 1>"),
    convolution("pads: ints = [1, 1, 1, 1]", HIGHEST, 4),
    convolution("strides: ints = [2, 2]", HIGHEST, 2),
    convolution("pads: ints = [0, 1, 2, 1], strides: ints = [2, 2]", HIGHEST, 2),
    convolution('auto_pad: string = "SAME_UPPER", strides: ints = [2, 2]', HIGHEST, 2),
    convolution('auto_pad: string = "SAME_LOWER", dilations: ints = [1, 1]', HIGHEST, 4),
    convolution(
        "dilations: ints = [2, 2]", "MaxPool <kernel_shape: ints = [3, 3], strides: ints = [1, 1]>", 3
    ),
    convolution("pads: ints = [1, 1, 1, 1]", HIGHEST.replace("Max", "Average"), 4),
    residual(),
]


@pytest.mark.parametrize(("data", "shape"), NETS)
def test_slopes_are_those_of_torch(data: bytes, shape: tuple[int, ...]) -> None:
    slopes = SlopeGraph(data, "y", shape, np.float32)
    cases = RANDOM.standard_normal((6, *shape)).astype(np.float32)
    values = slopes.forward(cases)
    given = RANDOM.standard_normal(values["y"].shape).astype(np.float32)
    ours = slopes.pull(values, given)
    theirs = of_torch(data, cases, given)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


def of_torch(data: bytes, cases: np.ndarray, given: np.ndarray, name: str = "y") -> np.ndarray:
    net = Graph(data, "net.onnx")
    (source,) = net.takes
    inputs = torch.from_numpy(cases).double().requires_grad_(True)
    answers = net.run({source: inputs}, {})[name]
    (slope,) = torch.autograd.grad((answers * torch.from_numpy(given).double()).sum(), inputs)
    return slope.numpy()


def test_every_rule_was_tried() -> None:
    tried = {node.operator for data, _ in NETS for node in Graph(data, "net.onnx").nodes}
    same = {"Identity", "Reshape", "Unsqueeze", "Cast"}
    """What passes a slope on as it is, or in another shape, by the same functions as those above."""
    assert set(RULES) - tried == same


@pytest.mark.parametrize("squash", ["Softmax", "Sigmoid"])
def test_scores_are_taken_before_a_squeezing_end(squash: str) -> None:
    nodes = f"flat = Flatten(x)\n z = MatMul(flat, w)\n s = {squash}(z)\n y = Identity(s)"
    data = made(nodes, (4,), {"w": 100 * numbers(4, 3)})
    bare, whole = (SlopeGraph(data, "y", (4,), np.float32, bare=bare) for bare in (True, False))
    assert (bare.squash, bare.scores, whole.squash, whole.scores) == (squash, "z", "", "y")
    cases = np.ones((1, 4), np.float32)
    given = np.array([[1, -1, 0]], np.float32)
    assert np.abs(bare.pull(bare.forward(cases), given)).max() > 1


@pytest.mark.parametrize(
    "nodes",
    [
        "f = Flatten(x)\n m = MatMul(f, w)\n y = Round(m)",
        "f = Flatten(x)\n s = Sin(f)\n y = MatMul(s, w)",
        "t = Transpose <perm: ints = [1, 0]> (x)\n u = Transpose(t)\n y = MatMul(u, w)",
        "m = MatMul(one, w)\n y = Identity(m)",
        "c = Concat <axis: int = 1> (x, one)\n y = MatMul(c, wide)",
    ],
)
def test_what_has_no_rule_is_said(nodes: str) -> None:
    held = {"w": numbers(4, 3), "one": numbers(1, 4), "wide": numbers(8, 3)}
    with pytest.raises(Unsupported):
        SlopeGraph(made(nodes, (4,), held), "y", (4,), np.float32)


@pytest.mark.skipif("CERTIFY_DATA" not in os.environ, reason="needs real nets: set CERTIFY_DATA")
@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("mnist/mnist_cntk.onnx", (1, 28, 28)),
        ("mnist_fc/mnist-net_256x4.onnx", (784, 1)),
        ("acasxu/ACASXU_run2a_1_1_batch_2000.onnx", (1, 1, 5)),
    ],
)
def test_slopes_of_real_nets_are_those_of_torch_though_these_take_one_case_at_a_time(
    path: str, shape: tuple[int, ...]
) -> None:
    import onnx

    data = (Path(os.environ["CERTIFY_DATA"]) / path).read_bytes()
    output = onnx.load_from_string(data).graph.output[0].name
    slopes = SlopeGraph(data, output, shape, np.float32)
    cases = RANDOM.random((5, *shape)).astype(np.float32)
    values = slopes.forward(cases)
    given = RANDOM.standard_normal(values[output].shape).astype(np.float32)
    ours = slopes.pull(values, given)
    for place in range(len(cases)):
        theirs = of_torch(data, cases[[place]], given[[place]], output)
        np.testing.assert_allclose(ours[[place]], theirs, rtol=1e-3, atol=1e-5 * np.abs(theirs).max())
