"""A graph up to the function that turns its last numbers into probabilities, run by onnxruntime itself.

A sigmoid or softmax flattens what lies far from its middle, so that nothing can be seen there; before it, all
can. Who proves something of the numbers before it compares with what the model itself computes there.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from checks.proof.decisions import Link
from checks.proof.declared import Declared
from checks.session import open_session

F64 = NDArray[np.float64]

_LINKS: Final[dict[str, Link]] = {"Sigmoid": "sigmoid", "Softmax": "softmax"}


class Unlinked:
    """The numbers before the last function of one output, and which function that is."""

    def __init__(self, data: bytes, output: str, domain: Declared) -> None:
        import onnx

        model = onnx.load_model_from_string(data)
        (maker,) = [node for node in model.graph.node if output in node.output] or [None]
        self.link: Link = _LINKS.get(maker.op_type, "none") if maker and not maker.domain else "none"
        self._name = maker.input[0] if maker and self.link != "none" else output
        self._domain = domain
        self._session = _session(model, self._name)

    def __call__(self, points: F64) -> F64:
        """The numbers (cases, numbers) at points (cases, inputs): all at once, or as many as the graph
        takes."""
        size = self._session.get_inputs()[0].shape[0]
        if not isinstance(size, int):
            return self._run(points)
        filled = np.concatenate([points, np.repeat(points[-1:], -len(points) % size, axis=0)])
        parts = [self._run(filled[at : at + size]) for at in range(0, len(filled), size)]
        return np.concatenate(parts)[: len(points)] if parts else self._run(points)

    def _run(self, points: F64) -> F64:
        given = self._session.run([self._name], self._domain.fed(points))[0]
        return np.asarray(given, dtype=np.float64).reshape(len(points), -1)


def _session(model: Any, name: str) -> Any:
    import onnx

    del model.graph.output[:]
    model.graph.output.append(onnx.ValueInfoProto(name=name))
    return open_session(model.SerializeToString(), f"the graph up to {name}")
