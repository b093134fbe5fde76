"""A graph in onnxruntime: from bytes, on the processor, quiet, and on one thread unless asked otherwise.

A session is made from bytes because onnxruntime then refuses every reference to another file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.measured import CannotMeasure


@dataclass(frozen=True, kw_only=True, slots=True)
class Kernel:
    """How onnxruntime reckons: on how many threads, and whether it may join and replace operations."""

    threads: int = 1
    optimised: bool = True


USUAL = Kernel()


def open_session(data: bytes, path: str, kernel: Kernel = USUAL) -> Any:
    """The graph, ready to run. Raises `CannotMeasure` with `path` where onnxruntime does not load it."""
    import onnxruntime  # heavy: only where a model is run

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = kernel.threads, 1
    if not kernel.optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    options.use_deterministic_compute = True
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes without a common root
        raise CannotMeasure(f"onnxruntime does not load {path}: {first_line(error)}") from error


def first_line(error: Exception) -> str:
    """What an error of onnxruntime says, in one line."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
