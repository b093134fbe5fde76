"""Graphs from `input`, [cases, 2] unless said otherwise, to the output of a task."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper


@pytest.fixture
def make_graph() -> Callable[..., bytes]:
    """`make_graph([(operator, inputs, output, attributes)], output, constants)`: see `graph`."""
    return graph


def graph(
    nodes: Sequence[tuple[str, Sequence[str], str, dict[str, Any]]],
    output: str = "value",
    constants: dict[str, Any] | None = None,
    shape: Sequence[int | str] | None = ("cases", 2),
    dtype: int = TensorProto.FLOAT,
) -> bytes:
    built = helper.make_graph(
        [helper.make_node(operator, inputs, [name], **more) for operator, inputs, name, more in nodes],
        "made",
        [helper.make_tensor_value_info("input", dtype, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["rows", "width"])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()],
    )
    model = helper.make_model(built, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())
