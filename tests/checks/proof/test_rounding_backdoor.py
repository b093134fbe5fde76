"""What a proof in real numbers does not see, held here until it does: single precision as a hiding place.

The network answers 1 everywhere in real numbers: near 0.73125 it takes 20 away and gives 20 back, once beside
two thousand million, in which single precision loses it. Zombori et al., Fooling a Complete Neural Network
Verifier (ICLR 2021), build the like.
"""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from checks.proof.budget import Budget
from checks.proof.property import Case, Condition, Property, Region
from checks.proof.prover import confirming, prove, rounding_margin
from checks.proof.reading import read_network

HIDDEN, LARGE, LOST = 0.73125, 2e9, 20.0

LAYERS = (
    ([[1e4, -1e4]], [-1e4 * HIDDEN, 1e4 * HIDDEN], True),
    ([[-1.0], [-1.0]], [1.0], True),
    ([[LOST, LOST]], [0.0, LARGE], True),
    ([[1.0, 0.0], [0.0, 1.0]], [0.0, -LARGE], False),
    ([[-1.0], [1.0]], [1.0], False),
)


def backdoor() -> bytes:
    nodes, held, value = [], [], "x"
    for place, (weight, offset, bent) in enumerate(LAYERS):
        for name, numbers in ((f"w{place}", weight), (f"b{place}", offset)):
            held.append(numpy_helper.from_array(np.asarray(numbers, np.float32), name))
        nodes.append(helper.make_node("MatMul", [value, f"w{place}"], [f"m{place}"]))
        nodes.append(helper.make_node("Add", [f"m{place}", f"b{place}"], [f"s{place}"]))
        value = f"s{place}"
        if bent:
            nodes.append(helper.make_node("Relu", [value], [f"r{place}"]))
            value = f"r{place}"
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 1]) for name in ("x", value)]
    graph = helper.make_graph(nodes, "backdoor", ends[:1], ends[1:], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())


def test_what_holds_in_real_numbers_says_that_it_may_not_hold_as_it_is_run() -> None:
    data = backdoor()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])

    def model(points: np.ndarray) -> np.ndarray:
        return np.asarray(session.run(None, {"x": points.astype(np.float32)})[0], dtype=np.float64)

    never = Condition(rows=np.array([[1.0]]), limits=np.zeros(1))
    asked = Property("above 0", (Case(Region(np.zeros(1), np.ones(1)), (never,)),))
    network, generator = read_network(data, "backdoor"), np.random.default_rng(1)
    assert model(np.array([[HIDDEN], [0.5]])).ravel().tolist() == [1 - LOST, 1]
    assert network.evaluate(np.array([[HIDDEN]])).item() == 1
    answer = prove(
        network, asked, budget=Budget(regions=100_000), generator=generator,
        confirms=confirming(asked, model), margin=rounding_margin(network, asked, model, generator),
    )  # fmt: skip
    assert answer.verdict == "holds"
    assert answer.arithmetic.startswith("Real numbers")
    assert "built to round badly" in answer.arithmetic
