"""A model as onnxruntime runs it, point by point: what a counterexample is decided by."""

from __future__ import annotations

import numpy as np

from checks.measured import CannotMeasure
from checks.proof.property import F64
from checks.session import first_line, open_session


class Runtime:
    """One ONNX graph with one input of floating numbers; axes of open length are taken to be one."""

    def __init__(self, data: bytes, path: str) -> None:
        """Raises `CannotMeasure` for a graph that onnxruntime does not load, or with several inputs."""
        self._session = open_session(data, path)
        entries = self._session.get_inputs()
        if len(entries) != 1 or entries[0].type not in _KINDS:
            taken = ", ".join(f"{entry.name}: {entry.type}" for entry in entries)
            raise CannotMeasure(f"{path} takes {taken or 'nothing'}; expected one input of floating numbers")
        self._name, self._kind = entries[0].name, _KINDS[entries[0].type]
        self._shape = [axis if isinstance(axis, int) else 1 for axis in entries[0].shape]
        self._output = self._session.get_outputs()[0].name

    def __call__(self, points: F64) -> F64:
        """The first output (k, outputs) at points (k, inputs), each asked for alone.

        Raises `CannotMeasure` where onnxruntime fails.
        """
        return np.stack([self._answer(point) for point in points]) if len(points) else np.empty((0, 0))

    def _answer(self, point: F64) -> F64:
        try:
            fed = {self._name: point.astype(self._kind).reshape(self._shape)}
            (answer,) = self._session.run([self._output], fed)
            return np.asarray(answer, dtype=np.float64).reshape(-1)
        except Exception as error:  # onnxruntime raises its own classes without a common root
            raise CannotMeasure(f"onnxruntime cannot run the model: {first_line(error)}") from error


_KINDS = {"tensor(float)": np.float32, "tensor(double)": np.float64}
