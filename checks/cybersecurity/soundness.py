"""Whether outputs are sound: finite, in the range declared for them, and the case's own.

Each function looks at the declared outputs of the same cases and returns one truth value per case. Whether an
unsound output is a failure depends on the input that led to it, which is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from certify.submission.model import Model, Output
from checks.domain import Mask

Outputs = Mapping[str, NDArray[Any]]

_LAST_PLACES = 4


def not_finite(outputs: Outputs) -> Mask:
    """Cases with a NaN or an infinity in any output."""
    return _any_case([~np.isfinite(value) for value in outputs.values() if value.dtype.kind == "f"], outputs)


def out_of_range(model: Model, outputs: Outputs) -> Mask:
    """Cases with a finite number outside the range declared for its output, which it "never leaves".

    The range's ends are rounded to the output's own type first: float32 has no 0.1. A float may lie beyond an
    end by `_LAST_PLACES` roundings of it: kernels that compute many cases at once answer a logistic function
    with 1.0000001.
    """
    declared = [entry for entry in model.outputs if entry.range is not None]
    return _any_case([_outside(entry, outputs[entry.name]) for entry in declared], outputs)


def not_repeated(first: Outputs, again: Outputs) -> Mask:
    """Cases of which some output differs in any bit between two runs of the same batch."""
    return _any_case([_bits(value) != _bits(again[name]) for name, value in first.items()], first)


def differ(model: Model, one: Outputs, other: Outputs, tolerance: float) -> Mask:
    """Cases of which some output differs by more than `tolerance`, absolute or relative, whichever is larger.

    A label beside the deciding output is left out: two scores within the tolerance of each other may be
    ranked either way.
    """
    names = [e.name for e in model.outputs if e.content != "label" or e.name == model.decision.output]
    return _any_case([_apart(one[name], other[name], tolerance) for name in names], one)


def _any_case(marks: list[NDArray[np.bool_]], outputs: Outputs) -> Mask:
    cases = len(next(iter(outputs.values())))
    flat = [mark.any(axis=tuple(range(1, mark.ndim))) for mark in marks]
    return np.asarray(np.logical_or.reduce([np.zeros(cases, dtype=np.bool_), *flat]), dtype=np.bool_)


def _outside(entry: Output, value: NDArray[Any]) -> NDArray[np.bool_]:
    if entry.range is None or value.dtype.kind not in "fiu":
        return np.zeros(value.shape, dtype=np.bool_)
    kind = value.dtype if value.dtype.kind == "f" else np.dtype(np.float64)
    low, high = np.asarray([float(end) for end in entry.range], dtype=kind)
    give = _LAST_PLACES * np.finfo(kind).eps * max(abs(low), abs(high))
    return np.asarray(np.isfinite(value) & ((value < low - give) | (value > high + give)), dtype=np.bool_)


def _bits(value: NDArray[Any]) -> NDArray[Any]:
    """Floats as the integers that have the same bits, so that a NaN equals itself."""
    whole = np.ascontiguousarray(value)
    return whole.view(f"u{whole.itemsize}") if whole.dtype.kind == "f" else whole


def _apart(one: NDArray[Any], other: NDArray[Any], tolerance: float) -> NDArray[np.bool_]:
    if one.dtype.kind not in "fiub":
        return np.asarray(one != other, dtype=np.bool_)
    a, b = one.astype(np.float64), other.astype(np.float64)
    with np.errstate(invalid="ignore"):  # infinity minus infinity
        near = np.abs(a - b) <= tolerance * np.maximum(1.0, np.maximum(np.abs(a), np.abs(b)))
    close = near & np.isfinite(a) & np.isfinite(b)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.asarray(~(close | same), dtype=np.bool_)
